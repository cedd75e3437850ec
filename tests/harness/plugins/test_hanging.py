"""Plugins that hang: each part has a bound, the run goes on or ends, and the record names them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest

from cartfuzz.analysis import summarise
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ConfigurationError
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.errors import (
    PluginFailedError,
    TargetUnreachableError,
    WorkerFailedError,
)
from cartfuzz.harness.executors import Executor, processes, stillness
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.plugins import transport, trial
from cartfuzz.harness.plugins.bounded_call import NoAnswerError, called_within
from cartfuzz.harness.plugins.loading import extensions_of
from cartfuzz.harness.plugins.trial import check_extensions
from cartfuzz.harness.scheduling import shards
from cartfuzz.record import Event, Phase, RunFinished, StopReason
from tests.served import KEY, served

from .acme import SHORT_SEC
from .test_runs import MODULE, plan_of

MARGIN_SEC = 60.0
"""For what ends by itself, on whatever machine."""


def events_until(
    error: type[Exception], message: str, plan: Plan, *, executor: Executor | None = None
) -> list[Event]:
    """The events of a run that ends with ``error``."""
    events: list[Event] = []

    def run() -> None:
        for event in run_campaign(plan, KEY, executor=executor):
            events.append(event)  # noqa: PERF402 - those before the error count

    with pytest.raises(error, match=message):
        run()
    return events


def test_a_check_that_hangs_ends_no_run() -> None:
    """Plugin, rule and bound are in the record, once each; the others judge all answers."""
    with served() as sandbox:
        message = r"plugin hanging, TEST-06: NoAnswerError: no answer within 0\.1 s"
        events = events_until(PluginFailedError, message, plan_of(sandbox, "HANGING"))
    summary = summarise(events)
    assert summary.scenarios == 2
    assert [bug.rule for bug in summary.discrepancies] == ["TEST-08"]
    failed = sorted(one.error.partition(":")[0] for one in summary.failed_judgements)
    assert failed == ["plugin hanging, TEST-06", "plugin hanging, TEST-07"]
    assert {one.plugin for one in summary.failed_judgements} == {"hanging"}


def test_header_lines_that_hang_send_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that request nor one after it, for which nobody waits again."""
    monkeypatch.setattr(transport, "MAX_SEC", SHORT_SEC)
    with (
        served() as sandbox,
        pytest.raises(TargetUnreachableError, match="plugin late, header lines: NoAnswerError"),
    ):
        list(run_campaign(plan_of(sandbox, "LATE"), KEY))
    assert not sandbox.calls


def test_a_strategy_that_hangs_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the names of the plugins that draw, and a record that is whole."""
    monkeypatch.setattr(shards, "MAX_DRAW_SEC", SHORT_SEC)
    with served() as sandbox:
        plan = plan_of(sandbox, "NEVER_DRAWN")
        plan = msgspec.structs.replace(plan, phases=(Phase.EXPLORE,))
        message = "plugin drawing: drawing 20 scenarios: no answer"
        events = events_until(WorkerFailedError, message, plan)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.reason is StopReason.FAILED


def test_a_sweep_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is sent."""
    monkeypatch.setattr(trial, "MAX_TRIAL_SEC", SHORT_SEC)
    with pytest.raises(ConfigurationError, match=r"scenarios: .*NoAnswerError: no answer within"):
        check_extensions(extensions_of((f"{MODULE}:NO_END",)), EXAMPLE_ENVIRONMENT)


def test_a_bound_is_a_time() -> None:
    """Zero would let no check answer."""
    with pytest.raises(ConfigurationError, match="TEST-01: expected seconds above 0, at most 600"):
        extensions_of((f"{MODULE}:UNBOUNDED",))


def test_a_worker_that_cannot_be_interrupted_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search by a regular expression holds the interpreter lock: the process is killed."""
    monkeypatch.setattr(stillness, "MAX_STILL_SEC", 1.0)
    with served() as sandbox:
        plan = plan_of(sandbox, "BACKTRACKING")
        message = "held up by a plugin, killed"
        events = events_until(WorkerFailedError, message, plan, executor=processes)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.lost_workers == 1


def calls_of_own(function: Callable[[], object], thread: list[threading.Thread]) -> object:
    thread.append(threading.current_thread())
    return function()


def test_calls_share_a_thread_until_one_hangs() -> None:
    """What is raised comes back; a loop that is left behind ends, and a new thread follows."""
    threads: list[threading.Thread] = []

    def call(function: Callable[[], object], seconds: float = MARGIN_SEC) -> object:
        return called_within(lambda: calls_of_own(function, threads), seconds)

    def loop() -> Iterator[None]:
        while True:
            pass

    assert call(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        call(lambda: 1 // 0)
    assert threads[0] is threads[1]
    with pytest.raises(NoAnswerError, match=r"no answer within 0\.1 s"):
        call(loop, SHORT_SEC)
    assert call(lambda: 4) == 4
    assert threads[2] is threads[0]
    assert threads[3] is not threads[0]
    threads[2].join(MARGIN_SEC)
    assert not threads[2].is_alive()
