"""How far a run is: the lines of a log, and the file that ``--status-file`` names."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from cartfuzz.analysis import RunOutcome, RunState
from cartfuzz.analysis.run_status import RunActivity, RunStatus
from cartfuzz.cli import main
from cartfuzz.cli.progress import Plain
from cartfuzz.cli.run_status import StatusFile
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.plan import Plan, TriageBudget
from cartfuzz.record import Event, RunFinished, StopReason
from cartfuzz.telemetry.status_tracker import StatusTracker

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

BUG = discrepancy("CART-02")


class Clock:
    """A time source that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Run:
    """A run whose events a test makes."""

    def __init__(self, **plan: Any) -> None:
        self.clock, self.state = Clock(), RunState()
        values = {"url": "http://127.0.0.1:1", "environment": EXAMPLE_ENVIRONMENT, **plan}
        self.tracker = StatusTracker(Plan(**values), self.state, clock=self.clock)
        self.happens(started(sweeps={"edges": 20}))

    def happens(self, event: Event, *, after_sec: float = 0.0) -> None:
        self.clock.now += after_sec
        self.state.add(event)
        self.tracker.add(event)

    @property
    def status(self) -> RunStatus:
        status = self.tracker.status()
        assert status is not None
        return status


def test_a_status_counts_what_a_run_did() -> None:
    """Requests, what was found and not judged, the share of the sweeps, rates and the time left."""
    run = Run(duration_sec=100.0)
    for number in range(10):
        run.happens(
            scenario_run(number, inconclusive=("429",), discrepancies=(BUG,) * (number == 3)),
            after_sec=2.0,
        )
    status = run.status
    assert (status.scenarios, status.requests, status.not_judged) == (10, 20, 10)
    assert status.found == [BUG.signature]
    assert status.share_of_sweeps == 0.5
    assert status.requests_per_sec_overall == 1.0
    assert status.requests_per_sec == 1.0
    assert status.sec_left == 80.0
    assert status.state is RunActivity.RUNNING


@pytest.mark.parametrize(
    ("bounds", "left"),
    [
        ({"requests": 40}, 20.0),
        ({"scenarios": 15}, 10.0),
        ({"requests": 40, "scenarios": 15}, 10.0),
        ({"whole_round": True}, 4 / 3 * 40 - 20),
        ({"quiet_sec": 5.0}, None),
    ],
)
def test_the_time_left_follows_from_the_bounds(bounds: dict[str, Any], left: float | None) -> None:
    """The bound that comes first counts; a run that ends when it is quiet may go on for ever."""
    run = Run(**bounds)
    for number in range(10):
        run.happens(scenario_run(number), after_sec=2.0)
    assert run.status.sec_left == (None if left is None else pytest.approx(left, abs=0.1))


def test_the_present_rate_is_that_of_the_last_seconds() -> None:
    """A target that has become slow shows at once, not after hours."""
    run = Run()
    for number in range(100):
        run.happens(scenario_run(number), after_sec=1.0)
    for number in range(5):
        run.happens(scenario_run(number), after_sec=10.0)
    assert run.status.requests_per_sec == 0.2
    assert run.status.requests_per_sec_overall == 1.4


def test_a_status_shows_minimisation_and_the_end() -> None:
    """With the budget that is left, and the verdict in the end."""
    run = Run(minimise=TriageBudget(seconds=60.0))
    run.happens(scenario_run(0, discrepancies=(BUG,)))
    run.happens(msgspec.structs.replace(minimised(BUG), elapsed_ms=4000.0), after_sec=4.0)
    assert run.status.state is RunActivity.MINIMISING
    assert run.status.sec_left == 56.0
    run.happens(RunFinished(seconds=4.0, reason=StopReason.COMPLETED))
    last = run.tracker.status(RunOutcome.FAILED)
    assert last is not None
    assert (last.state, last.outcome) == (RunActivity.FINISHED, RunOutcome.FAILED)
    assert last.sec_left == 0.0


def test_a_status_that_cannot_be_written_does_not_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names the file and the reason."""
    run = Run()
    file = StatusFile(tmp_path / "gone" / "status.json", run.tracker)
    file.add(started())
    file.finish(RunOutcome.PASSED)
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_a_log_has_lines_of_the_first_minute_then_one_a_minute() -> None:
    """Each with a clock, phase, rate, found, rules, not judged and the time left."""
    run = Run(duration_sec=600.0)
    written = io.StringIO()
    shown = Plain(Console(file=written, width=80), run.tracker, now=run.clock)
    shown.add(started())
    for number in range(300):
        event = scenario_run(number, inconclusive=("429",), discrepancies=(BUG,))
        run.happens(event, after_sec=1.0)
        shown.add(event)
    _, found, *lines = written.getvalue().splitlines()
    assert found == f"0:01  found {BUG.signature}  {BUG.title}"
    assert len(lines) == 5 + 4
    assert lines[0] == (
        "0:10  phase 1 of 2: edges, sweeps 50%, 2 requests/s, 1 found, rules 2 of 96, "
        "10 not judged, about 10 min left"
    )


def test_a_run_writes_its_status(tmp_path: Path) -> None:
    """The file is JSON by its schema, and ends with the verdict."""
    file = tmp_path / "status.json"
    arguments = ["--sandbox", "--scenarios", "30", "--seed", "5", "-qq", "--report-dir"]
    main(["run", *arguments, str(tmp_path / "run"), "--status-file", str(file)])
    status = msgspec.json.decode(file.read_bytes(), type=RunStatus)
    assert status.scenarios == 30
    assert status.state is RunActivity.FINISHED
    assert status.outcome is not None
    assert json.loads(file.read_text("utf-8"))["format"] == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["status.json"]


def test_a_status_file_without_its_folder_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is sent."""
    file = tmp_path / "gone" / "status.json"
    assert main(["run", "--sandbox", "--status-file", str(file)]) == 2
    assert f"--status-file {file}: expected a file in a folder" in capsys.readouterr().err
