"""Exports a run over OTLP: its spans and its metrics, as the OTEL_* variables have it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from time import monotonic, time

import click
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Histogram, Meter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from ..analysis import RunOutcome
from ..harness.pace.pacing import Notice
from ..record import Event, Minimised, RunStarted, ScenarioRun, upper_bound_ms
from ..record.latency_buckets import BUCKETS, BUCKETS_PER_DOUBLING, with_bucket
from ..reports.plain import plain
from ..wire.known_secrets import without_secrets
from .numbers import FAMILIES, Family, FamilyKind, NumbersOfRun
from .open_telemetry_variables import exports, traced_share
from .spans import GivenIds, RunSpans, ShareSampler

_NAME = "cartfuzz"
_CLOSING_SEC = 5.0
"""What a collector that is slow may cost at the end of a run."""
_CLOSING_AFTER_FAILURE_SEC = 1.0
"""What one that has failed may cost then."""
_TICK_SEC = 0.05
_MAX_WARNING = 200
_SILENT = logging.NullHandler()
"""Without any handler, what comes after the end would be printed."""


class OpenTelemetryListener:
    """Exports a run. Queues are bounded: what a slow collector does not take is left out.

    Args:
        numbers: of the run; take in each event before this listener does.
        version: of Cartfuzz.
        environment: the variables of the process.
    """

    def __init__(
        self, numbers: NumbersOfRun, *, version: str, environment: Mapping[str, str]
    ) -> None:
        self._warning = _OneWarning()
        self._warning.install()
        resource = _resource(version)
        self._closing: list[Callable[[], None]] = []
        self._exporters: list[OTLPSpanExporter | OTLPMetricExporter] = []
        self._spans: RunSpans | None = None
        self._latency: Histogram | None = None
        if exports(environment, "TRACES"):
            ids = GivenIds()
            tracers = TracerProvider(
                sampler=ShareSampler(traced_share(environment)),
                resource=resource,
                id_generator=ids,
                shutdown_on_exit=False,
            )
            spans = OTLPSpanExporter()
            tracers.add_span_processor(BatchSpanProcessor(spans))
            self._exporters.append(spans)
            self._spans = RunSpans(tracers.get_tracer(_NAME, version), ids)
            self._closing.append(tracers.shutdown)
        if exports(environment, "METRICS"):
            metrics = OTLPMetricExporter()
            meters = MeterProvider(
                metric_readers=[PeriodicExportingMetricReader(metrics)],
                resource=resource,
                shutdown_on_exit=False,
            )
            self._latency = _instruments(meters.get_meter(_NAME, version), numbers)
            self._closing.append(meters.shutdown)
            self._exporters.append(metrics)

    def add(self, event: Event) -> None:
        """Takes one event in."""
        if isinstance(event, ScenarioRun):
            self._count_latency(event)
        if self._spans is None:
            return
        if isinstance(event, RunStarted):
            self._spans.begin(event)
        elif isinstance(event, ScenarioRun):
            self._spans.add(event)
        elif isinstance(event, Minimised):
            self._spans.add_minimised(event, time())

    def notice(self, notice: Notice) -> None:
        """Exports nothing: the numbers show it."""

    def finish(self, outcome: RunOutcome) -> None:
        """Ends the span of the run."""
        if self._spans is not None:
            self._spans.finish(outcome)

    def not_started(self, _reason: str) -> None:
        """Exports nothing."""

    def close(self) -> None:
        """Sends what is left, as long as that takes a few seconds at most."""
        # Threads of their own, since a collector may accept a connection and never answer.
        threads = [threading.Thread(target=close, daemon=True) for close in self._closing]
        for thread in threads:
            thread.start()
        deadline = monotonic() + _CLOSING_SEC
        has_failed = False
        while any(thread.is_alive() for thread in threads) and monotonic() < deadline:
            if self._warning.has_warned and not has_failed:
                has_failed = True
                deadline = min(deadline, monotonic() + _CLOSING_AFTER_FAILURE_SEC)
            for thread in threads:
                thread.join(_TICK_SEC)
        if any(thread.is_alive() for thread in threads):
            self._warning.warn("the collector did not take the last spans and metrics in time")
            for exporter in self._exporters:
                exporter.shutdown()  # no further attempt
            for thread in threads:
                thread.join(_TICK_SEC)
        self._warning.remove()

    def _count_latency(self, event: ScenarioRun) -> None:
        if self._latency is None:
            return
        for key, count in event.latency.items():
            operation, bucket = with_bucket(key)
            for _ in range(count):
                self._latency.record(upper_bound_ms(bucket) / 1000, {"operation": operation})


def _resource(version: str) -> Resource:
    """What the variables say of the service wins."""
    own = Resource.create({"service.name": _NAME, "service.version": version})
    return own.merge(OTELResourceDetector().detect())


def _instruments(meter: Meter, numbers: NumbersOfRun) -> Histogram:
    """One instrument for each family of numbers, and the one for times."""
    for family in FAMILIES:
        name = f"{_NAME}.{family.name}"
        callback = _observing(family, numbers)
        if family.kind is FamilyKind.COUNTER:
            meter.create_observable_counter(name, [callback], family.unit, family.text)
        else:
            meter.create_observable_gauge(name, [callback], family.unit, family.text)
    return meter.create_histogram(
        f"{_NAME}.response_seconds",
        "s",
        "How long responses took",
        explicit_bucket_boundaries_advisory=[
            upper_bound_ms(bucket) / 1000 for bucket in range(0, BUCKETS, BUCKETS_PER_DOUBLING)
        ],
    )


def _observing(
    family: Family, numbers: NumbersOfRun
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(_options: CallbackOptions) -> Iterable[Observation]:
        for label, value in numbers.latest.values.get(family.name, {}).items():
            yield Observation(value, {family.label: label} if family.label else {})

    return observe


class _OneWarning(logging.Handler):
    """Prints the first trouble of an exporter, and no further one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._logger = logging.getLogger("opentelemetry")
        self._propagated = self._logger.propagate
        self.has_warned = False

    def install(self) -> None:
        """Takes the messages of OpenTelemetry in."""
        self._logger.addHandler(self)
        self._logger.propagate = False

    def remove(self) -> None:
        """Takes no more of them in."""
        self._logger.removeHandler(self)
        self._logger.addHandler(_SILENT)
        self._logger.propagate = self._propagated

    def emit(self, record: logging.LogRecord) -> None:
        self.warn(record.getMessage())

    def warn(self, text: str) -> None:
        """Prints ``text``, if it is the first one."""
        if self.has_warned:
            return
        self.has_warned = True
        text = plain(without_secrets(text), longest=_MAX_WARNING)
        click.echo(
            "cartfuzz: OpenTelemetry: an export failed; the run goes on, and further failures are "
            f"not shown: {text}",
            err=True,
        )
