"""Asking somebody else must not hold up the work."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from cartfuzz.harness.executors.cached_poll import CachedPoll


class Clock:
    """A time that only passes where a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_asks_now_and_then_and_no_more_once_it_knows() -> None:
    """Between two polls the last answer counts; after True there is no poll."""
    clock = Clock()
    answers = [False, False, True]
    asked: list[float] = []

    def ask() -> bool:
        asked.append(clock.now)
        return answers[len(asked) - 1]

    inquiry = CachedPoll(ask, every_sec=1.0, clock=clock)
    said = []
    for _ in range(60):
        said.append(inquiry())
        clock.now += 0.25
    assert asked == [1.0, 2.0, 3.0]
    assert said == [False] * 12 + [True] * 48


def test_who_answers_slowly_is_asked_seldom() -> None:
    """A peer that cannot be reached takes 10 seconds each time: a small part of the time goes."""
    clock = Clock()
    asked = 0

    def ask() -> bool:
        nonlocal asked
        asked += 1
        clock.now += 10.0
        return False

    inquiry = CachedPoll(ask, every_sec=0.25, clock=clock)
    while clock.now < 1_000:
        inquiry()
        clock.now += 0.1
    assert asked == 5


def test_others_go_on_while_one_asks() -> None:
    """A poll in one thread does not block the others."""
    asking, let_go = threading.Event(), threading.Event()

    def ask() -> bool:
        asking.set()
        return let_go.wait(300)

    inquiry = CachedPoll(ask, every_sec=0.0)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(inquiry)
        assert asking.wait(300)
        assert not inquiry()
        let_go.set()
        assert slow.result(300)
    assert inquiry()
