"""The header lines that name a request in the logs of its target."""

from __future__ import annotations

import re

import pytest

from cartfuzz.contract import Credentials
from cartfuzz.wire import Request, RequestHeaders
from cartfuzz.wire.secrets import TargetSecrets
from cartfuzz.wire.trace import (
    TRACE_HEADER,
    TRACEPARENT,
    TraceHeaders,
    execution_name,
    request_name,
    trace_id,
)

NAME = request_name(execution_name("abcdefgh", "edges/0/4"), 3)
REQUEST = Request(method="GET", target="/v2/customer_sessions/a", trace=NAME)


def lines_of(request: Request, trace: TraceHeaders) -> dict[str, str]:
    """The header lines of ``request``, by name."""
    return dict(RequestHeaders(TargetSecrets("the-secret-key"), trace).of(request, "host"))


def test_a_request_carries_its_name() -> None:
    """Run, phase, shard, index and number of the request."""
    assert lines_of(REQUEST, TraceHeaders())[TRACE_HEADER] == "abcdefgh/edges/0/4#3"


def test_without_the_header_nothing_names_a_request() -> None:
    """For gates that refuse unknown header lines."""
    lines = lines_of(REQUEST, TraceHeaders(name=False))
    assert TRACE_HEADER not in lines
    assert TRACEPARENT not in lines


def test_traceparent_has_the_form_of_trace_context() -> None:
    """Version 00, trace-id, parent-id, sampled; the ids are not all zeros."""
    value = lines_of(REQUEST, TraceHeaders(traceparent=True))[TRACEPARENT]
    found = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-01", value)
    assert found
    assert found[1] == trace_id(NAME)
    assert found[1].strip("0")
    assert found[2].strip("0")


def test_all_requests_of_an_execution_have_one_trace() -> None:
    """So one search shows all; another execution, or another run, has another one."""
    first = trace_id(request_name("abcdefgh/edges/0/4", 1))
    assert trace_id(request_name("abcdefgh/edges/0/4", "2/read")) == first
    assert trace_id("abcdefgh/edges/0/4") == first
    assert trace_id(request_name("abcdefgh/edges/0/5", 1)) != first
    assert trace_id(request_name("abcdefgi/edges/0/4", 1)) != first


@pytest.mark.parametrize(
    "headers",
    [
        (("X-Long", "x" * 4_096),),
        tuple((f"X-{index}", "x") for index in range(200)),
        (("X-Cartfuzz", "x" * 70_000),),
    ],
)
def test_a_request_about_header_limits_carries_nothing_more(
    headers: tuple[tuple[str, str], ...],
) -> None:
    """What it is about must not be decided by another line."""
    request = Request(method="PUT", target="/", headers=headers, trace=NAME)
    lines = RequestHeaders(TargetSecrets("k" * 9), TraceHeaders(traceparent=True)).of(request, "h")
    assert NAME not in dict(lines).values()
    assert TRACEPARENT not in dict(lines)


def test_a_line_of_the_request_itself_replaces_the_name() -> None:
    """A raw request may be about that very line."""
    request = Request(method="PUT", target="/", headers=((TRACE_HEADER, ""),), trace=NAME)
    lines = RequestHeaders(TargetSecrets("k" * 9)).of(request, "h")
    assert [value for name, value in lines if name == TRACE_HEADER] == [""]


def test_other_raw_requests_carry_it() -> None:
    """Without a key, and with a line of their own."""
    request = Request(
        method="PUT",
        target="/",
        headers=(("Accept", "text/html"),),
        omitted_headers=("user-agent",),
        credentials=Credentials.MISSING,
        trace=NAME,
    )
    assert lines_of(request, TraceHeaders())[TRACE_HEADER] == NAME


def test_a_request_without_a_name_carries_nothing() -> None:
    """Reproduction scripts and examples have no run."""
    lines = lines_of(Request(method="GET", target="/"), TraceHeaders(traceparent=True))
    assert not {TRACE_HEADER, TRACEPARENT} & lines.keys()
