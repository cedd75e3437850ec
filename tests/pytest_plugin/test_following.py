"""A run of pytest is shown to programs while it goes on, as a run of the command line is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.harness.run_settings import LogFormat
from cartfuzz.pytest_plugin.following import RecordedEvents
from cartfuzz.pytest_plugin.options import LOG_FORMATS
from cartfuzz.record import RunFinished, StopReason, encode_line, read_events
from tests.served import KEY
from tests.telemetry.receiver import attributes_of, collector

from .runs import outcomes, run_tests

TESTS = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_a_session_is_kept(cartfuzz_client, number):
    order = cartfuzz_client.open()
    order.update({"profileId": f"p{number}"})
    assert order.read().accepted
"""


def line(seconds: int) -> bytes:
    return encode_line(RunFinished(seconds=seconds, reason=StopReason.COMPLETED))


def seconds_of(events: RecordedEvents) -> list[float]:
    return [one.seconds for one in events.new() if isinstance(one, RunFinished)]


def test_what_is_new_in_records_is_read_once(tmp_path: Path) -> None:
    """Whole lines alone, across the new name of a record that is complete, and of one that was
    begun again."""
    events = RecordedEvents(tmp_path)
    part = tmp_path / "edges-1.part"
    part.write_bytes(line(1) + line(2)[:9])
    (tmp_path / "client-1.ndjson").write_bytes(line(7))
    (tmp_path / "target.json").write_text("{}")
    assert seconds_of(events) == [7, 1]
    part.write_bytes(line(1) + line(2))
    assert seconds_of(events) == [2]
    with part.open("ab") as file:
        file.write(line(3))
    part.replace(part.with_suffix(".ndjson"))
    assert seconds_of(events) == [3]
    part.with_suffix(".ndjson").unlink()
    part.write_bytes(line(4))
    assert seconds_of(events) == [4]
    part.write_bytes(line(4) + b"no event\n" + line(5))
    assert seconds_of(events) == [5]


@pytest.mark.parametrize("in_place", [True, False])
def test_a_record_that_is_begun_again_may_be_longer(tmp_path: Path, in_place: bool) -> None:
    """It is read from its beginning: it has another inode, or another line where reading ended."""
    events = RecordedEvents(tmp_path)
    part = tmp_path / "edges-1.part"
    part.write_bytes(line(1) + line(2))
    assert seconds_of(events) == [1, 2]
    if in_place:
        part.write_bytes(line(1) + line(3) + line(4))
        assert seconds_of(events) == [1, 3, 4]
    else:
        other = tmp_path / "other"
        other.write_bytes(line(1) + line(2) + line(3))
        other.replace(part)
        assert seconds_of(events) == [1, 2, 3]


def test_log_metrics_and_spans_of_a_worker(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One log with start and verdict, one file of metrics, one span for each request; the record
    holds no times of requests."""
    pytester.makepyfile(TESTS)
    with collector() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        result = run_tests(
            pytester,
            *("-p", "no:cacheprovider", "-n", "1", "--cartfuzz-otel"),
            *("--cartfuzz-log-file", "run.log", "--cartfuzz-metrics-file", "run.prom"),
            *("--cartfuzz-report-dir", "out"),
        )
    assert set(outcomes(result).values()) == {"PASSED"}
    logged = [json.loads(one) for one in (pytester.path / "run.log").read_text().splitlines()]
    names = [one["event"] for one in logged]
    assert (names[0], names[-2:]) == ("run_started", ["run_finished", "verdict"])
    assert logged[-2]["scenarios"] == 4
    metrics = (pytester.path / "run.prom").read_text()
    assert 'cartfuzz_scenarios_total{phase="client"} 4.0' in metrics
    assert "cartfuzz_running 0.0" in metrics
    requests = [
        one for one in received.spans if "cartfuzz.request" in attributes_of(one.attributes)
    ]
    assert len(requests) >= 8
    assert {logged[0]["run"]} == {one["run"] for one in logged}
    events = list(read_events(pytester.path / "out" / "events.ndjson"))
    assert not any(getattr(one, "request_times", ()) for one in events)


def test_a_target_that_does_not_answer_is_logged(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its reason, as text where that is asked for."""
    pytester.makepyfile(TESTS)
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    result = pytester.runpytest_inprocess(
        *("-p", "no:cacheprovider", "--cartfuzz-url", "http://127.0.0.1:9"),
        *("--cartfuzz-log-file", "run.log", "--cartfuzz-log-format", "text"),
    )
    assert result.ret
    text = (pytester.path / "run.log").read_text()
    assert "ERROR   run_not_started" in text


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--cartfuzz-log-format", "xml"), "expected one of json, text, found 'xml'"),
        (("--cartfuzz-metrics-port", "http"), "expected PORT or HOST:PORT such as 9464"),
        (("--cartfuzz-log-file", "no/run.log"), "--cartfuzz-log-file"),
    ],
)
def test_wrong_options_end_pytest(
    pytester: pytest.Pytester, option: tuple[str, str], message: str
) -> None:
    """With one line, before anything is sent."""
    result = pytester.runpytest_inprocess("--cartfuzz-sandbox", *option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr.str()


def test_the_formats_are_those_of_the_log() -> None:
    """Their names are copied, so that pytest starts quickly."""
    assert tuple(LogFormat) == LOG_FORMATS
