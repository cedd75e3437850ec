"""`--metrics-file` and `--metrics-port`: the numbers of a run, as Prometheus reads them."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cartfuzz.analysis import RunOutcome, RunState
from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.pace.pace_state import Field, PaceState, local_pace
from cartfuzz.harness.pace.pacing import Notice, NoticeKind
from cartfuzz.harness.plan import Plan
from cartfuzz.record import Event, KnownFailure, Pacing, RunFinished, StopReason
from cartfuzz.telemetry.numbers import FAMILIES, NumbersOfRun
from cartfuzz.telemetry.prometheus import PrometheusListener
from cartfuzz.telemetry.status_tracker import StatusTracker
from tests.served import KEY, served

from ..record.events import discrepancy, scenario_run, started

BUG = discrepancy("CART-02")
OTHER = discrepancy("CART-04", outcome="answered 500")

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples_of(text: str) -> Samples:
    """By name and labels, all values."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"cartfuzz_{name}", frozenset(labels.items())]


def read(url: str) -> str:
    with urlopen(url) as answer:  # noqa: S310 - of the listener
        return str(answer.read(), "utf-8")


class Measured:
    """A run whose events a test makes, and its file."""

    def __init__(self, file: Path | None, *, address: tuple[str, int] | None = None) -> None:
        self.file = file
        self.state = RunState()
        plan = Plan(url="http://127.0.0.1:1", environment=EXAMPLE_ENVIRONMENT)
        self.tracker = StatusTracker(plan, self.state)
        self.pace: PaceState | None = None
        self.numbers = NumbersOfRun(self.tracker, self.state, pace_of=lambda _: self.pace)
        self.listener = PrometheusListener(self.numbers, address=address, file=file)

    def happens(self, *events: Event) -> None:
        for event in events:
            self.state.add(event)
            self.tracker.add(event)
            self.numbers.add(event)
            self.listener.add(event)

    def notice(self, kind: NoticeKind) -> None:
        self.numbers.notice(Notice(kind, ""))
        self.listener.notice(Notice(kind, ""))

    def finish(self) -> Samples:
        """The last numbers."""
        assert self.file is not None
        self.numbers.finish(RunOutcome.FAILED)
        self.listener.finish(RunOutcome.FAILED)
        return samples_of(self.file.read_text("utf-8"))


def test_the_numbers_are_those_of_the_run(tmp_path: Path) -> None:
    """Requests, statuses, findings by rule, known ones apart, times, pauses."""
    run = Measured(tmp_path / "run.prom")
    run.happens(started(baseline={OTHER.signature: KnownFailure(ticket="X-1")}))
    for number in range(10):
        found = (BUG, OTHER) if number == 3 else ()
        run.happens(
            scenario_run(
                number, discrepancies=found, sent={"update": 2}, unjudged={"update": 1},
                inconclusive=("429",), statuses=(200, None), latency={"update 80": 1},
            )
        )  # fmt: skip
    run.happens(
        RunFinished(
            seconds=4.0,
            reason=StopReason.COMPLETED,
            pacing=Pacing(paused_sec=2.5, outages=1, away_sec=1.5),
            lost_workers=2,
        )
    )
    samples = run.finish()
    assert value(samples, "requests_total", phase="edges") == 20
    assert value(samples, "scenarios_total", phase="edges") == 10
    assert value(samples, "steps_total", operation="update") == 20
    assert value(samples, "unjudged_steps_total", operation="update") == 10
    assert value(samples, "not_judged_total") == 10
    assert value(samples, "responses_total", status="200") == 10
    assert value(samples, "responses_total", status="none") == 10
    assert value(samples, "findings_total", rule="CART-02") == 1
    assert ("cartfuzz_findings_total", frozenset({("rule", "CART-04")})) not in samples
    assert value(samples, "known_findings_total") == 1
    assert value(samples, "paused_seconds_total") == 2.5
    assert value(samples, "outages_total") == 1
    assert value(samples, "lost_workers_total") == 2
    assert value(samples, "running") == 0
    assert value(samples, "response_seconds_count", operation="update") == 10
    assert value(samples, "response_seconds_bucket", operation="update", le="+Inf") == 10
    assert value(samples, "run_info", run="abcdefgh", target="http://127.0.0.1:1",
                 contract="2.5.1", version="0.1.0") == 1  # fmt: skip


def test_a_run_that_is_broken_off_no_longer_runs(tmp_path: Path) -> None:
    """Without a `RunFinished`, as after a second Ctrl-C, the file shows that the run has ended."""
    for has_verdict in (True, False):
        file = tmp_path / f"{has_verdict}.prom"
        run = Measured(file)
        run.happens(started())
        assert value(samples_of(file.read_text("utf-8")), "running") == 1
        if has_verdict:
            run.numbers.finish(RunOutcome.FAILED)
            run.listener.finish(RunOutcome.FAILED)
        run.numbers.close()
        run.listener.close()
        assert value(samples_of(file.read_text("utf-8")), "running") == 0


def test_buckets_add_up(tmp_path: Path) -> None:
    """Each has all that were as fast; a time on a bound belongs to it."""
    run = Measured(tmp_path / "run.prom")
    run.happens(started(), scenario_run(0, latency={"get 8": 1, "get 9": 2, "get 100": 1}))
    samples = run.finish()
    assert value(samples, "response_seconds_bucket", operation="get", le="0.000125") == 1
    assert value(samples, "response_seconds_bucket", operation="get", le="0.00025") == 3
    assert value(samples, "response_seconds_bucket", operation="get", le="+Inf") == 4


def test_labels_are_bounded(tmp_path: Path) -> None:
    """Whatever statuses a target invents."""
    run = Measured(tmp_path / "run.prom")
    run.happens(started(), scenario_run(0, statuses=tuple(range(600, 5_000))))
    samples = run.finish()
    statuses = [labels for name, labels in samples if name == "cartfuzz_responses_total"]
    assert statuses == [frozenset({("status", "other")})]


def test_an_outage_shows_at_once(tmp_path: Path) -> None:
    """No event comes while the target is away."""
    run = Measured(tmp_path / "run.prom")
    run.happens(started())
    run.notice(NoticeKind.TARGET_AWAY)
    text = (tmp_path / "run.prom").read_text("utf-8")
    assert value(samples_of(text), "target_available") == 0
    run.notice(NoticeKind.TARGET_BACK)
    run.notice(NoticeKind.WORKER_LOST)
    samples = samples_of((tmp_path / "run.prom").read_text("utf-8"))
    assert value(samples, "target_available") == 1
    assert value(samples, "lost_workers_total") == 1


def test_pauses_and_outages_are_those_of_all_workers(tmp_path: Path) -> None:
    """While the run goes on: from the numbers that its processes share."""
    run = Measured(tmp_path / "run.prom")
    run.pace = local_pace()
    run.happens(started())
    run.pace[Field.PAUSED_SEC], run.pace[Field.OUTAGES], run.pace[Field.AWAY_SINCE] = 7.5, 2, 1.0
    run.notice(NoticeKind.SLOWED_DOWN)
    samples = samples_of((tmp_path / "run.prom").read_text("utf-8"))
    assert value(samples, "paused_seconds_total") == 7.5
    assert value(samples, "outages_total") == 2
    assert value(samples, "target_available") == 0


def test_a_file_that_cannot_be_written_warns_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run goes on."""
    run = Measured(tmp_path / "gone" / "run.prom")
    run.happens(started())
    run.notice(NoticeKind.WORKER_LOST)
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_a_port_serves_the_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On loopback; a line names the address, and the port is free again afterwards."""
    run = Measured(None, address=("127.0.0.1", 0))
    url = capsys.readouterr().err.split()[-1]
    assert url.startswith("http://127.0.0.1:")
    assert "cartfuzz_run_seconds" in read(url)
    run.happens(started(), scenario_run(0))
    run.numbers.finish(RunOutcome.PASSED)
    samples = samples_of(read(url))
    run.listener.close()
    assert value(samples, "requests_total", phase="edges") == 2
    with pytest.raises(OSError, match="refused"):
        read(url)


def test_a_port_in_use_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    with socket.create_server(("127.0.0.1", 0)) as taken, served() as sandbox:
        port = taken.getsockname()[1]
        assert main(["run", sandbox.url, "--metrics-port", str(port)]) == 2
        assert not sandbox.calls
    assert f"--metrics-port 127.0.0.1:{port}: expected a port that is free" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("text", ["", "x", "99999", "127.0.0.1:", "9464x"])
def test_what_is_no_port_is_bad_usage(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The text is shown."""
    assert main(["run", "--sandbox", "--metrics-port", text]) == 2
    assert f"expected PORT or HOST:PORT such as 9464, found {text!r}" in capsys.readouterr().err


def test_readers_never_meet_a_change(tmp_path: Path) -> None:
    """The server reads in threads of its own while the run goes on: what it has got stays."""
    run = Measured(tmp_path / "run.prom")
    run.happens(started())
    latest = run.numbers.latest
    run.happens(scenario_run(0, phase="explore", id="explore/0/0"))
    run.numbers.finish(RunOutcome.PASSED)
    assert "explore" not in latest.values["requests"]
    assert "explore" in run.numbers.latest.values["requests"]


def test_a_file_that_is_a_link_stays_one(tmp_path: Path) -> None:
    """What it leads to gets the metrics."""
    (tmp_path / "link.prom").symlink_to(tmp_path / "own.prom")
    run = Measured(tmp_path / "link.prom")
    run.happens(started())
    run.listener.close()
    assert (tmp_path / "link.prom").is_symlink()
    assert b"cartfuzz_running" in (tmp_path / "own.prom").read_bytes()


def test_a_run_writes_its_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file, whole, with every family by name."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    file = tmp_path / "cartfuzz.prom"
    arguments = ["--scenarios", "3", "--seed", "5", "-qq", "--no-minimise", "--report-dir"]
    with served() as sandbox:
        main(["run", sandbox.url, *arguments, str(tmp_path / "run"), "--metrics-file", str(file)])
    text = file.read_text("utf-8")
    assert value(samples_of(text), "running") == 0
    for family in FAMILIES:
        assert f"# TYPE cartfuzz_{family.name}" in text
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cartfuzz.prom"]
