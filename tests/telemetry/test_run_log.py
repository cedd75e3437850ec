"""`--log-file`: one line an event, for people and for log collectors."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import RunOutcome, RunState
from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ConfigurationError
from cartfuzz.harness.errors import TargetUnreachableError
from cartfuzz.harness.pace.pacing import Notice, NoticeKind
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.run_settings import LogFormat
from cartfuzz.record import Event, JudgingError, KnownFailure, Pacing, RunFinished, StopReason
from cartfuzz.telemetry.choice import Telemetry
from cartfuzz.telemetry.listener import Listeners
from cartfuzz.telemetry.numbers import NumbersOfRun
from cartfuzz.telemetry.run_log import LOGGER, LineFormatter, RunLog
from cartfuzz.telemetry.status_tracker import StatusTracker
from cartfuzz.wire.known_secrets import remember
from cartfuzz.wire.secrets import TargetSecrets
from tests.served import KEY, served

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

BUG = discrepancy("CART-02")


class Logged:
    """A run whose events a test makes, and its log."""

    def __init__(self, file: Path, log_format: LogFormat = LogFormat.JSON) -> None:
        self.file = file
        self.state = RunState()
        plan = Plan(url="http://127.0.0.1:1", environment=EXAMPLE_ENVIRONMENT)
        self.tracker = StatusTracker(plan, self.state)
        self.numbers = NumbersOfRun(self.tracker, self.state, pace_of=lambda _: None)
        self.log = RunLog(file, log_format, state=self.state, numbers=self.numbers)

    def happens(self, *events: Event) -> None:
        for event in events:
            self.state.add(event)
            self.tracker.add(event)
            self.numbers.add(event)
            self.log.add(event)

    def lines(self) -> list[dict[str, Any]]:
        """What the file holds, once the log is closed."""
        self.log.close()
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


def test_a_log_tells_what_a_run_did(tmp_path: Path) -> None:
    """Start, each phase once, each signature once, minimising, the end and the verdict; each line
    has time, level, event and the ID of the run."""
    run = Logged(tmp_path / "run.log")
    run.happens(started())
    run.happens(*(scenario_run(number, discrepancies=(BUG,)) for number in range(5)))
    run.happens(scenario_run(5, phase="explore", id="explore/0/5"), scenario_run(6))
    run.happens(minimised(BUG), RunFinished(seconds=4.0, reason=StopReason.COMPLETED))
    run.log.finish(RunOutcome.FAILED)
    lines = run.lines()
    assert [line["event"] for line in lines] == [
        "run_started",
        "phase_started",
        "finding",
        "phase_started",
        "phase_started",
        "minimised",
        "run_finished",
        "verdict",
    ]
    assert {line["run"] for line in lines} == {"abcdefgh"}
    finding = lines[2]
    assert (finding["level"], finding["rule"], finding["signature"], finding["known"]) == (
        "warning",
        "CART-02",
        BUG.signature,
        False,
    )
    assert lines[-1]["outcome"] == "failed"
    assert all(line["time"].endswith("+00:00") for line in lines)


def test_a_known_failure_is_no_warning(tmp_path: Path) -> None:
    """What the baseline accepts wakes nobody."""
    run = Logged(tmp_path / "run.log")
    run.happens(started(baseline={BUG.signature: KnownFailure(ticket="X-1")}))
    run.happens(scenario_run(0, discrepancies=(BUG,)))
    (finding,) = [line for line in run.lines() if line["event"] == "finding"]
    assert (finding["level"], finding["known"]) == ("info", True)


def test_outages_lost_workers_and_errors_have_lines(tmp_path: Path) -> None:
    """With a level above info; that the target is back is good news."""
    run = Logged(tmp_path / "run.log")
    run.happens(started())
    run.log.notice(Notice(NoticeKind.TARGET_AWAY, "the target is away"))
    run.log.notice(Notice(NoticeKind.TARGET_BACK, "the target is back"))
    run.log.notice(Notice(NoticeKind.WORKER_LOST, "a worker is lost"))
    run.happens(scenario_run(0, errors=(JudgingError(step=0, error="E: x", place="a.py:1"),)))
    levels = {line["event"]: line["level"] for line in run.lines()}
    assert levels == {
        "run_started": "info",
        "target_away": "warning",
        "target_back": "info",
        "worker_lost": "warning",
        "phase_started": "info",
        "judging_failed": "error",
    }


def test_pauses_have_a_line_a_minute_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target with a rate limit may ask for one every second."""
    run = Logged(tmp_path / "run.log")
    run.happens(started())
    paused = iter(range(1, 100))
    monkeypatch.setattr(
        NumbersOfRun, "read_pacing", lambda _: Pacing(paused_sec=float(next(paused)))
    )
    run.happens(*(scenario_run(number) for number in range(10)))
    pauses = [line for line in run.lines() if line["event"] == "target_pause"]
    assert len(pauses) == 1


def test_what_a_target_says_is_bounded_and_harmless(tmp_path: Path) -> None:
    """Neither a line break nor an escape sequence gets into a line, in either format."""
    hostile = msgspec.structs.replace(BUG, title="x\n\x1b[2J" + "long " * 1_000)
    for log_format in LogFormat:
        run = Logged(tmp_path / f"{log_format}.log", log_format)
        run.happens(started(), scenario_run(0, discrepancies=(hostile,)))
        run.log.close()
        lines = run.file.read_text("utf-8").splitlines()
        assert len(lines) == 3
        assert max(map(len, lines)) < 1_500
        assert not any("\x1b" in line for line in lines)


def test_a_secret_is_in_no_line(tmp_path: Path) -> None:
    """Whatever text it is part of: an error of Cartfuzz, a notice, a title."""
    secret = "canary-" + "of-the-run-log-4711"
    remember(TargetSecrets(secret))
    run = Logged(tmp_path / "run.log")
    leaking = msgspec.structs.replace(BUG, title=f"update: {secret}")
    error = JudgingError(step=0, error=f"ValueError: {secret}", place="a.py:1")
    run.happens(started(), scenario_run(0, discrepancies=(leaking,), errors=(error,)))
    run.log.notice(Notice(NoticeKind.SLOWED_DOWN, f"slow: {secret}"))
    run.log.not_started(secret)
    run.log.close()
    text = run.file.read_text("utf-8")
    assert text.count("\n") == 6
    assert secret not in text


def test_lines_as_text() -> None:
    """Time, level and event first, then names with values; values with blanks are quoted."""
    record = logging.makeLogRecord(
        {
            "created": 0.0,
            "levelname": "WARNING",
            "msg": "finding",
            "run": "abcdefgh",
            "fields": {"rule": "CART-02", "title": "update: accepted", "known": False, "n": None},
        }
    )
    assert LineFormatter(LogFormat.TEXT).format(record) == (
        "1970-01-01T00:00:00.000+00:00 WARNING finding run=abcdefgh rule=CART-02 "
        'title="update: accepted" known=False n=None'
    )


def test_a_run_that_does_not_begin_says_why(tmp_path: Path) -> None:
    """A log collector sees that a run was meant to be there."""
    run = Logged(tmp_path / "run.log")
    with pytest.raises(TargetUnreachableError), Listeners((run.log,)):
        raise TargetUnreachableError("http://127.0.0.1:1: nothing answers")
    (line,) = run.lines()
    assert (line["event"], line["level"]) == ("run_not_started", "error")
    assert "nothing answers" in line["message"]


def test_a_log_is_appended_to(tmp_path: Path) -> None:
    """Several runs share one file."""
    for _ in range(2):
        run = Logged(tmp_path / "run.log")
        run.happens(started())
        run.log.close()
    assert len((tmp_path / "run.log").read_text("utf-8").splitlines()) == 2


def test_a_log_that_cannot_be_written_warns_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk does not end the run, and neither does closing the log on it."""
    run = Logged(Path("/dev/full"))
    run.happens(started(), scenario_run(0))
    run.log.close()
    error = capsys.readouterr().err
    assert error.count("/dev/full cannot be written: no space left on device") == 1
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["run.log", "-"])
def test_a_run_writes_its_log(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Into a file, or to standard error for a container; no handler stays."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    arguments = ["--scenarios", "3", "--seed", "5", "-qq", "--no-minimise", "--report-dir", "run"]
    with served() as sandbox:
        main(["run", sandbox.url, *arguments, "--log-file", name])
    errors = capsys.readouterr().err
    text = errors if name == "-" else (tmp_path / name).read_text("utf-8")
    events = [json.loads(line)["event"] for line in text.splitlines()]
    assert events[0] == "run_started"
    assert events[-2:] == ["run_finished", "verdict"]
    assert logging.getLogger("cartfuzz.run").handlers == []


def test_a_log_file_without_its_folder_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is sent."""
    file = tmp_path / "gone" / "run.log"
    assert main(["run", "--sandbox", "--log-file", str(file)]) == 2
    assert f"--log-file {file}: expected a file in a folder" in capsys.readouterr().err


def test_a_log_ends_where_another_listener_cannot_begin(tmp_path: Path) -> None:
    """The port is taken: the log names why nothing runs, and is closed."""
    run, path = Logged(tmp_path / "first.log"), tmp_path / "run.log"
    run.log.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        telemetry = Telemetry(log_file=path, metrics_port=taken.getsockname()[:2])
        with pytest.raises(ConfigurationError, match="a port that is free"):
            telemetry.listeners(run.tracker, run.state)
    (line,) = map(json.loads, path.read_text("utf-8").splitlines())
    assert line["event"] == "run_not_started"
    assert not logging.getLogger(LOGGER).handlers


def test_messages_of_listeners_name_who_asked(tmp_path: Path) -> None:
    """The place of a key, or an option of pytest."""
    run = Logged(tmp_path / "first.log")
    run.log.close()

    def named(name: str) -> str:
        return f"cartfuzz.toml: run.{name}"

    with socket.create_server(("127.0.0.1", 0)) as taken:
        served = Telemetry(metrics_port=taken.getsockname()[:2], named=named)
        with pytest.raises(ConfigurationError, match=r"^cartfuzz\.toml: run\.metrics_port "):
            served.listeners(run.tracker, run.state)
    logged = Telemetry(log_file=tmp_path, named=named)
    with pytest.raises(ConfigurationError, match=r"^cartfuzz\.toml: run\.log_file "):
        logged.listeners(run.tracker, run.state)
