"""An error in judging ends one scenario, not the run: it is kept, with what was answered."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cartfuzz.analysis import RunState, read_summary, summary_of
from cartfuzz.analysis.outcome import RunOutcome
from cartfuzz.contract import Environment
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.errors import JudgingFailedError
from cartfuzz.harness.plan import Plan
from cartfuzz.oracle import sequential
from cartfuzz.oracle.judgement import Judgement
from cartfuzz.oracle.judging import judge
from cartfuzz.record import Event, Phase, RunFinished, ScenarioRun, StopReason, read_events
from cartfuzz.reports.wording import verdict_reason
from cartfuzz.sandbox import start
from cartfuzz.wire.secrets import TargetSecrets

TEXT = "a value that no check has foreseen"
PATCH = f"""
import itertools
from cartfuzz.oracle import sequential
numbers = itertools.count(1)
def broken(*args):
    if next(numbers) % 40 == 0:
        raise OverflowError({TEXT!r})
    return judge(*args)
sequential.judge = broken
"""
"""Makes every 40th judgement of a process fail."""


@pytest.fixture
def broken_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every 40th judgement fails, as a check would on a value that nobody thought of."""
    numbers = itertools.count(1)

    def broken(*args: object) -> Judgement:
        if next(numbers) % 40 == 0:
            raise RecursionError(TEXT)
        return judge(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(sequential, "judge", broken)


def campaign(state: RunState) -> Iterator[Event]:
    """A small campaign against the sandbox."""
    environment = Environment()
    with start(environment) as sandbox:
        plan = Plan(
            url=sandbox.url, environment=environment, seed=1, phases=(Phase.EDGES,), scenarios=60
        )
        yield from run_campaign(plan, TargetSecrets(sandbox.api_key), state=state)


@pytest.mark.usefixtures("broken_check")
def test_the_run_goes_on_and_fails_at_its_end() -> None:
    """Each error is in the event of its scenario, with the answers; the run fails last of all."""
    state = RunState()
    events: list[Event] = []
    with pytest.raises(JudgingFailedError, match=TEXT):
        events.extend(campaign(state))
    runs = [event for event in events if isinstance(event, ScenarioRun)]
    failed = [event for event in runs if event.errors]
    assert len(failed) > 2
    assert not runs[-1].errors or len(runs) > len(failed)
    for event in failed:
        (error,) = event.errors
        assert error.error == f"RecursionError: {TEXT}"
        assert error.place.startswith("test_judging_errors.py:")
        assert "judge" in error.trace
        assert event.scenario is not None
        assert event.exchanges[-1].status is not None
    assert isinstance(events[-1], RunFinished)
    assert events[-1].reason is StopReason.COMPLETED


@pytest.mark.usefixtures("broken_check")
def test_the_summary_names_the_errors() -> None:
    """Each place once, with how often it came, and the first scenario."""
    state = RunState()
    with pytest.raises(JudgingFailedError):
        list(campaign(state))
    summary = summary_of(state)
    (failed,) = summary.failed_judgements
    assert failed.count > 2
    assert failed.scenario.startswith("edges/")
    assert summary.outcome is RunOutcome.BROKEN
    assert f"kept {failed.count} responses from being judged" in verdict_reason(summary)


def test_worker_processes_keep_errors_too(tmp_path: Path) -> None:
    """The command ends with 4 after its report; terminal, summary and record name the errors."""
    (tmp_path / "sitecustomize.py").write_text(PATCH, "utf-8")
    report = tmp_path / "report"
    arguments = ["--sandbox", "--seed", "1", "--workers", "2", "--scenarios", "80", "-v"]
    done = subprocess.run(
        [sys.executable, "-m", "cartfuzz.cli", "run", *arguments, "--report-dir", str(report)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert f"OverflowError: {TEXT}" in done.stdout
    assert "the traceback is in" in done.stderr
    summary = read_summary(report / "summary.json")
    assert summary.failed_judgements
    assert summary.reason is StopReason.COMPLETED
    kept = [
        event
        for event in read_events(report / "events.ndjson")
        if isinstance(event, ScenarioRun) and event.errors
    ]
    assert sum(len(event.errors) for event in kept) == sum(
        one.count for one in summary.failed_judgements
    )


def test_an_event_that_cannot_be_folded_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it found is lost, its error is kept, and the run goes on."""
    state = RunState()
    fold = state.add

    def broken(event: Event) -> object:
        if isinstance(event, ScenarioRun) and event.id.endswith("/3") and not event.errors:
            raise OverflowError(TEXT)
        return fold(event)

    monkeypatch.setattr(state, "add", broken)
    events: list[Event] = []
    with pytest.raises(JudgingFailedError, match=TEXT):
        events.extend(campaign(state))
    failed = [event for event in events if isinstance(event, ScenarioRun) and event.errors]
    assert failed
    assert {event.id.rpartition("/")[2] for event in failed} == {"3"}
    assert isinstance(events[-1], RunFinished)
