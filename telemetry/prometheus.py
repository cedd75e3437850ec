"""Metrics for Prometheus: on a port, and in a file for the textfile collector of node_exporter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from wsgiref.simple_server import WSGIServer

import click
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ..analysis import RunOutcome
from ..contract import ConfigurationError
from ..harness.pace.pacing import Notice
from ..record import BUCKETS, Event, upper_bound_ms
from ..record.latency_buckets import BUCKETS_PER_DOUBLING
from ..reports.clean_file import write_clean_named
from .numbers import FAMILIES, Family, FamilyKind, NumbersOfRun, RunNumbers

_WRITE_SEC = 5.0
"""Between two states of the file; Prometheus asks every 15 seconds or more."""
_LAST_BUCKETS = range(0, BUCKETS, BUCKETS_PER_DOUBLING)
"""One bound a doubling."""


class Metrics(Collector):
    """The latest numbers of a run in the terms of Prometheus."""

    def __init__(self, latest: Callable[[], RunNumbers]) -> None:
        self._latest = latest

    def describe(self) -> Iterator[Metric]:
        """Nothing: the names are the collector's own."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All metrics; before the run has begun only their names."""
        numbers = self._latest()
        info = InfoMetricFamily("cartfuzz_run", "The run.")
        if numbers.info:
            info.add_metric([], dict(numbers.info))
        yield info
        for family in FAMILIES:
            yield _metric(family, numbers)
        yield _latency(numbers)


def _metric(family: Family, numbers: RunNumbers) -> Metric:
    kind = CounterMetricFamily if family.kind is FamilyKind.COUNTER else GaugeMetricFamily
    labels = [family.label] if family.label else []
    metric = kind(f"cartfuzz_{family.name}", f"{family.text}.", labels=labels)
    for label, value in sorted(numbers.values.get(family.name, {}).items()):
        metric.add_metric([label] if labels else [], value)
    return metric


def _latency(numbers: RunNumbers) -> Metric:
    """Times are read off the buckets of the record: they are too long by 9 % at most."""
    metric = HistogramMetricFamily(
        "cartfuzz_response_seconds", "How long responses took.", labels=["operation"]
    )
    for operation, counts in sorted(numbers.latency.items()):
        buckets: list[tuple[str, float]] = [
            (
                repr(upper_bound_ms(last) / 1000),
                sum(count for bucket, count in counts.items() if bucket <= last),
            )
            for last in _LAST_BUCKETS
        ]
        buckets.append(("+Inf", sum(counts.values())))
        seconds = sum(upper_bound_ms(bucket) * count for bucket, count in counts.items()) / 1000
        metric.add_metric([operation], buckets, seconds)
    return metric


class PrometheusListener:
    """Offers the numbers of a run.

    Args:
        numbers: of the run; take in each event before this listener does.
        address: host and port to listen on; port 0: any that is free. None: there is no server.
        file: is replaced as a whole every few seconds; None: there is none.
        option: who gave ``address``, for the error.

    Raises:
        ConfigurationError: the port cannot be listened on.
    """

    def __init__(
        self,
        numbers: NumbersOfRun,
        *,
        address: tuple[str, int] | None,
        file: Path | None,
        option: str = "--metrics-port",
    ) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Metrics(lambda: numbers.latest))
        self._file = file
        self._written: float | None = None
        self._has_failed = False
        self._server: WSGIServer | None = None
        if address is not None:
            self._server = _serve(self._registry, *address, option=option)
            host, port = self._server.server_address[:2]
            click.echo(f"cartfuzz: metrics at http://{_in_url(str(host))}:{port}/metrics", err=True)

    def add(self, _event: Event) -> None:
        """Writes the numbers, if it is time."""
        if self._written is None or monotonic() - self._written >= _WRITE_SEC:
            self._write()

    def notice(self, _notice: Notice) -> None:
        """Writes the numbers: the next event may come late."""
        self._write()

    def finish(self, _outcome: RunOutcome) -> None:
        """Writes the last numbers."""
        self._write()

    def not_started(self, _reason: str) -> None:
        """Writes nothing: there are no numbers."""

    def close(self) -> None:
        """Writes the last numbers, of a run that was broken off too, and closes the port."""
        if self._written is not None:
            self._write()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _write(self) -> None:
        if self._file is None:
            return
        self._written = monotonic()
        try:
            write_clean_named(self._file, generate_latest(self._registry))
        except OSError as error:
            if not self._has_failed:
                reason = (error.strerror or str(error)).lower()
                click.echo(f"cartfuzz: {self._file} cannot be written: {reason}", err=True)
            self._has_failed = True


def _serve(registry: CollectorRegistry, host: str, port: int, *, option: str) -> WSGIServer:
    try:
        server, _thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise ConfigurationError(
            f"{option} {_in_url(host)}:{port}",
            expected="a port that is free",
            found=(error.strerror or str(error)).lower(),
        ) from None
    return server


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
