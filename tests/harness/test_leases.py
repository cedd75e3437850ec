"""Leases: one holder at a time, in threads and processes; none outlives its holder."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator

import pytest

from cartfuzz.harness.leases import Leases, removing_leases
from cartfuzz.wire import new_run_id


@pytest.fixture
def run_id() -> Iterator[str]:
    """Of a run whose leases are removed again."""
    name = new_run_id()
    with removing_leases(name):
        yield name


def never() -> bool:
    """A run that is not stopped."""
    return False


def test_one_thread_at_a_time_holds_a_lease(run_id: str) -> None:
    """Two threads with leases in common never overlap, in whatever order they name them."""
    inside, overlaps = [0], []

    def use(names: tuple[str, str]) -> None:
        for _ in range(20):
            with Leases(run_id, stopped=never).held(names) as held:
                assert held
                inside[0] += 1
                overlaps.append(inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=use, args=(names,)) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == [1] * 40


def hold_and_die(run_id: str, held: multiprocessing.synchronize.Event) -> None:
    """Takes a lease and ends without giving it back."""
    with Leases(run_id, stopped=never).held(["a"]):
        held.set()
        os._exit(1)


def test_a_lease_dies_with_its_holder(run_id: str) -> None:
    """A process that is killed takes nothing with it."""
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=hold_and_die, args=(run_id, held))
    process.start()
    process.join()
    assert held.is_set()
    with Leases(run_id, stopped=never).held(["a"]) as mine:
        assert mine


def test_nobody_waits_for_a_lease_once_the_run_is_stopped(run_id: str) -> None:
    """Whoever waits then goes on without it; another lease is free all the time."""
    with Leases(run_id, stopped=never).held(["a"]):
        stopped = threading.Event()
        results: list[bool] = []

        def wait() -> None:
            with Leases(run_id, stopped=stopped.is_set).held(["a"]) as held:
                results.append(held)

        thread = threading.Thread(target=wait)
        thread.start()
        with Leases(run_id, stopped=never).held(["b"]) as other:
            assert other
        stopped.set()
        thread.join()
        assert results == [False]


def test_without_file_locks_there_are_no_leases(
    run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary folder that cannot be written to is no error: nothing is exclusive then."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/dev/null")
    with Leases(run_id, stopped=never).held(["a"]) as held:
        assert not held
