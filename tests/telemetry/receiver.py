"""A collector on loopback that takes OTLP over HTTP in, and keeps what it was sent."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Value = str | int | float | bool | list[str]


@dataclass
class Received:
    """What a collector was sent."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    metrics: dict[str, Metric] = field(default_factory=dict)
    """By name, as they were last."""

    def take(self, path: str, body: bytes) -> None:
        """Decodes what was sent to ``path``."""
        self.bodies.append(body)
        if path == "/v1/traces":
            for traced in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.services.add(str(attributes_of(traced.resource.attributes)["service.name"]))
                for scope in traced.scope_spans:
                    self.spans.extend(scope.spans)
        elif path == "/v1/metrics":
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for one in measured.scope_metrics:
                    self.metrics.update({metric.name: metric for metric in one.metrics})

    def value(self, name: str, **labels: str) -> float:
        """The last value of a metric."""
        metric = self.metrics[name]
        points = metric.sum.data_points or metric.gauge.data_points
        (found,) = [one for one in points if attributes_of(one.attributes) == labels]
        return found.as_double or float(found.as_int)


def attributes_of(pairs: Iterable[KeyValue]) -> Mapping[str, Value]:
    """Attributes as values of Python."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Value:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [one.string_value for one in value.array_value.values]
    found: Value = getattr(value, str(kind))
    return found


@contextmanager
def collector(*, status: int = 200) -> Iterator[Received]:
    """A collector that answers everything with ``status``."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            received.take(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Writes nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
