"""`cartfuzz run --otel`: spans and metrics at a collector, and what a missing collector costs."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace.sampling import Decision, TraceIdRatioBased

from cartfuzz.cli import main
from cartfuzz.record import ScenarioRun, read_events
from cartfuzz.telemetry import choice, open_telemetry
from cartfuzz.telemetry.open_telemetry_variables import traced_share
from cartfuzz.wire.trace import is_traced, span_id, trace_id
from tests.served import KEY, Served, served

from .receiver import Received, attributes_of, collector

FAULT, RULE = "refuses-to-close", "STATE-04"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of whoever runs the tests do not count."""
    for name in ("ENDPOINT", "PROTOCOL", "HEADERS"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{name}", raising=False)
    for name in ("TRACES_SAMPLER", "TRACES_EXPORTER", "METRICS_EXPORTER", "SERVICE_NAME"):
        monkeypatch.delenv(f"OTEL_{name}", raising=False)
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)


def run(sandbox: Served, folder: Path, *more: str, requests: int = 60) -> int:
    return main(
        [
            "run", sandbox.url, "--seed", "1", "--requests", str(requests), "--no-minimise", "-qq",
            "--report-dir", str(folder), "--otel", *more,
        ]
    )  # fmt: skip


def traceparents(sandbox: Served) -> dict[str, tuple[str, str, str]]:
    """By name of the request, the IDs and the flags that it carried."""
    found = {}
    for call in sandbox.calls:
        if "traceparent" in call.headers and "x-cartfuzz" in call.headers:
            _, trace, span, flags = call.headers["traceparent"].split("-")
            found[call.headers["x-cartfuzz"]] = trace, span, flags
    return found


def by_kind(spans: list[Span]) -> Mapping[str, list[Span]]:
    """Spans of runs, scenarios and requests."""
    kinds: dict[str, list[Span]] = {"run": [], "scenario": [], "request": []}
    for span in spans:
        attributes = attributes_of(span.attributes)
        kind = "request" if "cartfuzz.request" in attributes else span.name.split()[0]
        kinds[kind].append(span)
    return kinds


def test_spans_have_the_ids_that_requests_carry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what the target exports of a request joins: below its span, in one trace a scenario."""
    with collector() as received, served(faults=[FAULT]) as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        assert run(sandbox, tmp_path / "run") == 1
        carried = traceparents(sandbox)
    spans = by_kind(received.spans)
    requests = {
        str(attributes_of(one.attributes)["cartfuzz.request"]): one for one in spans["request"]
    }
    assert len(requests) == len(spans["request"]) >= 50
    for name, span in requests.items():
        assert carried[name] == (span.trace_id.hex(), span.span_id.hex(), "01")
        assert span.kind == Span.SPAN_KIND_CLIENT
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
    parents = {(one.trace_id, one.span_id): one for one in spans["scenario"]}
    (whole,) = spans["run"]
    assert attributes_of(whole.attributes)["cartfuzz.outcome"] == "failed"
    for span in requests.values():
        above = parents[span.trace_id, span.parent_span_id]
        assert above.start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= above.end_time_unix_nano
    assert all(one.links[0].span_id == whole.span_id for one in spans["scenario"])
    found = [event for one in spans["request"] for event in one.events]
    assert {attributes_of(one.attributes)["cartfuzz.rule"] for one in found} == {RULE}
    assert received.services == {"cartfuzz"}


def test_metrics_are_those_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests by phase, statuses, findings by rule, and times."""
    with collector() as received, served(faults=[FAULT]) as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        run(sandbox, tmp_path / "run", "--phase", "edges")
    events = list(read_events(tmp_path / "run" / "events.ndjson"))
    sent = sum(one.requests for one in events if isinstance(one, ScenarioRun))
    assert received.value("cartfuzz.requests", phase="edges") == sent
    assert received.value("cartfuzz.findings", rule=RULE) >= 1
    assert received.value("cartfuzz.running") == 0
    assert received.value("cartfuzz.responses", status="200") > 0
    times = received.metrics["cartfuzz.response_seconds"].histogram.data_points
    assert {attributes_of(one.attributes)["operation"] for one in times} >= {"get", "update"}


def test_a_record_holds_no_times_of_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are for who follows a run; a record would grow by them."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    with served() as sandbox:
        run(sandbox, tmp_path / "run")
    assert "request_times" not in (tmp_path / "run" / "events.ndjson").read_text("utf-8")


def test_a_share_of_the_traces_is_the_one_that_requests_ask_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flag of a request and the export agree."""
    with collector() as received, served() as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
        run(sandbox, tmp_path / "run")
        carried = traceparents(sandbox)
    exported = {one.trace_id.hex() for one in by_kind(received.spans)["scenario"]}
    ours = {ids for name, ids in carried.items() if "/edges/" in name}
    assert {trace for trace, _, flags in ours if flags == "01"} >= exported
    assert not {trace for trace, _, flags in ours if flags == "00"} & exported


def test_what_shows_a_discrepancy_is_always_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, and nothing else besides the run, where no trace is asked for."""
    with collector() as received, served(faults=[FAULT]) as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
        run(sandbox, tmp_path / "run")
        assert {flags for _, _, flags in traceparents(sandbox).values()} == {"00"}
    spans = by_kind(received.spans)
    assert len(spans["run"]) == 1
    assert spans["scenario"]
    assert all(one.status.code == one.status.STATUS_CODE_ERROR for one in spans["scenario"])
    assert {one.trace_id for one in spans["request"]} == {one.trace_id for one in spans["scenario"]}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_share_is_that_of_the_sampler_of_open_telemetry(share: float) -> None:
    """So a service that samples by itself decides the same."""
    sampler = TraceIdRatioBased(share)
    for number in range(200):
        trace = trace_id(f"abcdefgh/edges/0/{number}#1")
        decision = sampler.should_sample(None, int(trace, 16), "").decision
        assert is_traced(trace, share) is (decision is Decision.RECORD_AND_SAMPLE)


def test_ids_of_requests_and_executions_differ() -> None:
    """A request is not its own parent."""
    assert span_id("abcdefgh/edges/0/1#1") != span_id("abcdefgh/edges/0/1")
    assert trace_id("abcdefgh/edges/0/1#1") == trace_id("abcdefgh/edges/0/1")


def test_without_a_collector_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line of warning; the verdict is the same."""
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        with served(faults=[FAULT]) as sandbox:
            assert run(sandbox, tmp_path / "run") == 1
    assert capsys.readouterr().err.count("OpenTelemetry") == 1


def test_a_collector_that_never_answers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It takes connections and no more; the run ends all the same, with one line."""
    monkeypatch.setattr(open_telemetry, "_CLOSING_SEC", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, served() as sandbox:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        run(sandbox, tmp_path / "run")
    assert capsys.readouterr().err.count("OpenTelemetry") == 1


def test_a_collector_that_refuses_costs_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with a wrong token."""
    with collector(status=401) as received, served() as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        run(sandbox, tmp_path / "run")
    assert capsys.readouterr().err.count("OpenTelemetry") == 1


def test_without_the_option_nothing_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is set for other programs makes no traffic, and no header line."""
    with collector() as received, served() as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        main(
            [
                "run", sandbox.url, "--requests", "20", "--seed", "1", "-qq",
                "--report-dir", str(tmp_path / "run"),
            ]
        )  # fmt: skip
        assert not traceparents(sandbox)
    assert received.bodies == []


def test_traceparent_can_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a gate that refuses it: spans are exported all the same."""
    with collector() as received, served() as sandbox:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        run(sandbox, tmp_path / "run", "--no-traceparent")
        assert not traceparents(sandbox)
    assert by_kind(received.spans)["request"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "expected http/protobuf, found 'grpc'"),
        ("OTEL_TRACES_EXPORTER", "jaeger", "expected otlp or none, found 'jaeger'"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote", "expected one of always_off"),
        ("OTEL_TRACES_SAMPLER_ARG", "2", "expected a share from 0 to 1, found '2'"),
    ],
)
def test_a_variable_that_cannot_be_followed_is_bad_usage(
    name: str,
    value: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is sent, in one line that names the variable."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv(name, value)
    assert main(["run", "--sandbox", "--otel"]) == 2
    error = capsys.readouterr().err
    assert f"${name}: {expected}" in error
    assert error.count("\n") == 1


def test_share_of_samplers() -> None:
    """All without a variable; none with ``always_off``."""
    assert traced_share({}) == 1.0
    assert traced_share({"OTEL_TRACES_SAMPLER": "always_off"}) == 0.0
    assert traced_share({"OTEL_TRACES_SAMPLER": "traceidratio"}) == 1.0


@pytest.mark.parametrize(
    ("option", "extra"),
    [
        (["--otel"], "otel"),
        (["--metrics-port", "0"], "prometheus"),
        (["--metrics-file", "x.prom"], "prometheus"),
    ],
)
def test_a_missing_extra_is_named(
    option: list[str],
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line with the command that installs it; exit code 2."""

    def missing(name: str, _package: str) -> None:
        raise ModuleNotFoundError(f"no {name}", name="the_library")

    monkeypatch.setattr(choice, "import_module", missing)
    assert main(["run", "--sandbox", *option]) == 2
    error = capsys.readouterr().err
    assert f"{option[0]}: expected pip install 'cartfuzz[{extra}]', found" in error
    assert error.count("\n") == 1


def test_a_received_value_is_the_last_one() -> None:
    """Of the test's own collector: what it has not received is an error."""
    with pytest.raises(KeyError):
        Received().value("cartfuzz.requests")
