"""A run as spans of OpenTelemetry, with the IDs that its requests carry in ``traceparent``.

Each execution of a scenario is a trace of its own: one span of the scenario, below it one of each
request, below that what the target exports. The run is a span in another trace, to which all
scenarios link, since no backend shows a trace of millions of spans. Spans are made of the events of
the run, once what they show is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from opentelemetry.context import Context
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import (
    Decision,
    Sampler,
    SamplingResult,
)
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    TraceState,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.util.types import Attributes

from ..analysis import RunOutcome
from ..record import Discrepancy, Minimised, RequestTime, RunStarted, ScenarioRun
from ..wire.trace import execution_name, is_traced, span_id, trace_id

_ALWAYS = "cartfuzz.always"
"""The attribute of spans that no sampling leaves out; it is not exported."""
_METHODS = frozenset(("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"))
_MAX_FINDINGS = 20
"""Of one request."""


class GivenIds(IdGenerator):
    """Gives the IDs that were set before; for one thread."""

    def __init__(self) -> None:
        self._trace = self._span = 0

    def set_next(self, name: str) -> None:
        """The next span is that of the request, the execution or the run with this name."""
        self._trace, self._span = int(trace_id(name), 16), int(span_id(name), 16)

    def generate_span_id(self) -> int:
        return self._span

    def generate_trace_id(self) -> int:
        return self._trace


@dataclass(frozen=True, slots=True)
class ShareSampler(Sampler):
    """Keeps the traces whose requests ask for it, and those that show a discrepancy, whole."""

    share: float

    def should_sample(  # noqa: PLR0917 - of the protocol
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,  # noqa: ARG002 - of the protocol
        kind: SpanKind | None = None,  # noqa: ARG002
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,  # noqa: ARG002
        trace_state: TraceState | None = None,  # noqa: ARG002
    ) -> SamplingResult:
        kept = dict(attributes or {})
        below = get_current_span(parent_context).get_span_context().trace_flags.sampled
        if kept.pop(_ALWAYS, False) or below or is_traced(f"{trace_id:032x}", self.share):
            return SamplingResult(Decision.RECORD_AND_SAMPLE, kept)
        return SamplingResult(Decision.DROP)

    def get_description(self) -> str:
        return f"cartfuzz{{{self.share}}}"


class RunSpans:
    """Makes the spans of a run.

    Args:
        tracer: makes spans.
        ids: what its provider takes IDs from.
    """

    def __init__(self, tracer: Tracer, ids: GivenIds) -> None:
        self._tracer = tracer
        self._ids = ids
        self._run: Span | None = None
        self._run_id = ""

    def begin(self, event: RunStarted) -> None:
        """The run, or a part of it, begins."""
        self._run_id = event.run
        self._ids.set_next(event.run)
        self._run = self._tracer.start_span(
            "run",
            Context(),
            attributes={
                _ALWAYS: True,
                "cartfuzz.run": event.run,
                "cartfuzz.seed": event.seed,
                "cartfuzz.contract": event.contract.value,
                "cartfuzz.phases": event.phases,
                "cartfuzz.target": event.target,
                "cartfuzz.resumption": event.resumption,
            },
            start_time=_ns(datetime.fromisoformat(event.started).timestamp()),
        )

    def add(self, event: ScenarioRun) -> None:
        """The scenario of ``event``, and its requests."""
        by_execution: dict[str, list[RequestTime]] = {}
        for one in event.request_times:
            by_execution.setdefault(one.name.partition("#")[0], []).append(one)
        for execution, times in by_execution.items():
            self._add_execution(execution, times, event)

    def add_minimised(self, event: Minimised, now: float) -> None:
        """The search for a smallest scenario, which has ended at ``now``; its requests are not
        followed one by one."""
        self._ids.set_next(execution_name(self._run_id, f"minimise/{event.signature}"))
        span = self._tracer.start_span(
            "minimise",
            Context(),
            links=self._links(),
            attributes={
                _ALWAYS: True,
                "cartfuzz.signature": event.signature,
                "cartfuzz.rule": event.discrepancy.rule,
                "cartfuzz.requests": event.requests,
                "cartfuzz.confirmed": event.confirmed,
                "cartfuzz.confirmations": event.confirmations,
            },
            start_time=_ns(now - event.elapsed_ms / 1000),
        )
        span.end(_ns(now))

    def finish(self, outcome: RunOutcome) -> None:
        """The run has ended."""
        if self._run is None:
            return
        self._run.set_attribute("cartfuzz.outcome", outcome.value)
        if outcome is not RunOutcome.PASSED:
            self._run.set_status(Status(StatusCode.ERROR, outcome.value))
        self._run.end()
        self._run = None

    def _add_execution(
        self, execution: str, times: Sequence[RequestTime], event: ScenarioRun
    ) -> None:
        found = event.discrepancies
        ends = max(one.started_at + one.elapsed_ms / 1000 for one in times)
        attributes: dict[str, str | int | bool] = {
            "cartfuzz.scenario": event.id,
            "cartfuzz.phase": event.phase,
            "cartfuzz.findings": len(found),
            "cartfuzz.not_judged": len(event.inconclusive),
        }
        if found or event.errors:
            attributes[_ALWAYS] = True
        self._ids.set_next(execution)
        scenario = self._tracer.start_span(
            f"scenario {event.phase}",
            Context(),
            links=self._links(),
            attributes=attributes,
            start_time=_ns(min(one.started_at for one in times)),
        )
        if scenario.is_recording():
            _mark_failed(scenario, found)
            below = set_span_in_context(scenario, Context())
            by_name: dict[str, list[RequestTime]] = {}
            for one in times:
                by_name.setdefault(one.name, []).append(one)
            for name, same in by_name.items():
                # A read of a request is another request than the one that the finding is about.
                is_step = "/" not in _number(name)
                shown = [one for one in found if is_step and one.step == same[-1].step]
                self._add_request(name, same, below, shown)
        scenario.end(_ns(ends))

    def _add_request(
        self,
        name: str,
        same: Sequence[RequestTime],
        below: Context,
        found: Sequence[Discrepancy],
    ) -> None:
        """One request; where it was sent again, from the first time to the end of the last."""
        last = same[-1]
        method = last.method if last.method in _METHODS else "_OTHER"
        attributes: dict[str, str | int | bool] = {
            "http.request.method": method,
            "cartfuzz.request": name,
            "cartfuzz.operation": last.operation.value,
        }
        if len(same) > 1:
            attributes["http.request.resend_count"] = len(same) - 1
        if last.status is None:
            attributes["error.type"] = "no_response"
        else:
            attributes["http.response.status_code"] = last.status
        self._ids.set_next(name)
        span = self._tracer.start_span(
            f"{method} {last.operation.value}",
            below,
            kind=SpanKind.CLIENT,
            attributes=attributes,
            start_time=_ns(same[0].started_at),
        )
        ends = _ns(last.started_at + last.elapsed_ms / 1000)
        for one in found[:_MAX_FINDINGS]:
            span.add_event("finding", _finding(one), timestamp=ends)
        if last.status is None and not found:
            span.set_status(Status(StatusCode.ERROR, "no response"))
        _mark_failed(span, found)
        span.end(ends)

    def _links(self) -> list[Link]:
        return [] if self._run is None else [Link(self._run.get_span_context())]


def _mark_failed(span: Span, found: Iterable[Discrepancy]) -> None:
    rules = sorted({one.rule for one in found})
    if rules:
        span.set_status(Status(StatusCode.ERROR, ", ".join(rules)))


def _finding(found: Discrepancy) -> dict[str, str]:
    """Names of Cartfuzz alone: what a target answered is in the report."""
    return {
        "cartfuzz.signature": found.signature,
        "cartfuzz.rule": found.rule,
        "cartfuzz.check": found.check,
        "cartfuzz.operation": found.operation.value,
        "cartfuzz.situation": found.situation,
        "cartfuzz.outcome": found.outcome,
    }


def _number(name: str) -> str:
    return name.partition("#")[2]


def _ns(seconds: float) -> int:
    return int(seconds * 1e9)
