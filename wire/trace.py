"""Header lines that name a request, so that it is found in the logs of its target.

``X-Cartfuzz: RUN/PHASE/SHARD/INDEX#REQUEST`` names run, scenario and request. W3C Trace Context
(https://www.w3.org/TR/trace-context/) adds ``traceparent``, for what follows a request through
several services.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from .messages import Request

TRACE_HEADER = "X-Cartfuzz"
TRACEPARENT = "traceparent"
_BEFORE_REQUEST = "#"
_MAX_OWN_LINES = 20
_MAX_OWN_CHARS = 1_000
"""A raw request whose own header lines are more or longer is about the limits on header lines: what
else it carries must not decide which side of a limit it is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeaders:
    """Which of these header lines requests carry.

    Attributes:
        name: whether `TRACE_HEADER` is sent.
        traceparent: whether `TRACEPARENT` is sent.
        traced_share: which share of the executions has the flag that asks to record its trace.
    """

    name: bool = True
    traceparent: bool = False
    traced_share: float = 1.0

    def lines(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Names and values of the lines that ``request`` carries because of its `Request.trace`."""
        if not request.trace or (request.headers and _is_about_header_limits(request)):
            return ()
        named = ((TRACE_HEADER, request.trace),) if self.name else ()
        if not self.traceparent:
            return named
        trace = trace_id(request.trace)
        flags = "01" if is_traced(trace, self.traced_share) else "00"
        return (*named, (TRACEPARENT, f"00-{trace}-{span_id(request.trace)}-{flags}"))


DEFAULT_TRACE = TraceHeaders()


def execution_name(run_id: str, execution: str) -> str:
    """What the names of all requests of one execution begin with.

    Args:
        run_id: the run's part of its marks.
        execution: ``phase/shard/index``, or what else sends requests: ``"preflight"``.
    """
    return f"{run_id}/{execution}"


def request_name(execution: str, request: int | str) -> str:
    """The value of `TRACE_HEADER`: printable ASCII without blanks, and no secret.

    Args:
        execution: of `execution_name`.
        request: its number in the execution from 1, as reports count them, or what it is for.
    """
    return f"{execution}{_BEFORE_REQUEST}{request}"


def added_read(step_index: int, nth: int) -> str:
    """The number, for `request_name`, of a read that a run adds to a step of the scenario.

    Args:
        step_index: of the step.
        nth: which of its added reads it is, from 1.
    """
    return f"{step_index + 1}/read{nth if nth > 1 else ''}"


def trace_id(trace: str) -> str:
    """The trace-id of a request with this name, 32 hexadecimal digits.

    All requests of one execution have the same: the name up to ``#`` makes it.
    """
    execution = trace.partition(_BEFORE_REQUEST)[0]
    return blake2b(execution.encode(), digest_size=16).hexdigest()


def span_id(trace: str) -> str:
    """The parent-id of a request with this name, 16 hexadecimal digits.

    A request that is sent again has the same: it is the same request. The name of an execution
    makes the ID of what all its requests belong to.
    """
    return blake2b(trace.encode(), digest_size=8).hexdigest()


def is_traced(trace: str, share: float) -> bool:
    """Whether the trace with this trace-id is one of the ``share`` that is recorded.

    The lower 64 bits decide, as the sampler ``traceidratio`` of OpenTelemetry has it.
    """
    return int(trace[16:], 16) < round(share * 2**64)


def _is_about_header_limits(request: Request) -> bool:
    length = sum(len(name) + len(value) for name, value in request.headers)
    return len(request.headers) > _MAX_OWN_LINES or length > _MAX_OWN_CHARS
