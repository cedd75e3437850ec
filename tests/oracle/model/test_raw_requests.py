"""What raw requests are to the contract: ordinary, malformed, without a key, or open."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import (
    API_KEY,
    Credentials,
    Fetch,
    Operation,
    Raw,
    Reopen,
    ReturnItems,
    Update,
)
from cartfuzz.oracle.model.raw_requests import (
    Nature,
    family,
    is_keyless_only,
    is_write,
    lacks_key,
    nature,
    ordinary_step,
)

KEY = ("Authorization", f"ApiKey-v1 {API_KEY}")


def raw(body: bytes = b"{}", **parts: Any) -> Raw:
    return Raw(oddity="odd: somehow", body=body, **parts)


def nested(levels: int, body: bytes = b"1") -> bytes:
    return b"[" * levels + body + b"]" * levels


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": [1, 2.5, null, "x"]}', Nature.ORDINARY),
        (b"[]", Nature.ORDINARY),
        (b"", Nature.MALFORMED),
        (b'{"a": 1', Nature.MALFORMED),
        (b'{"a": NaN}', Nature.MALFORMED),
        (b'{"a": -Infinity}', Nature.MALFORMED),
        (b'{"a": 1, "a": 1}', Nature.OPEN),
        (b'{"a": {"b": 1, "b": 2}}', Nature.OPEN),
        (b"\xef\xbb\xbf{}", Nature.OPEN),
        (b"{\x00}\x00", Nature.OPEN),
        (b'"abc\x00"', Nature.MALFORMED),
        (b'{"\xff": 1}', Nature.OPEN),
        (b'{"a": 1e999}', Nature.OPEN),
        (b"[" + b"1" * 300 + b"]", Nature.ORDINARY),
        (b"[" + b"1" * 301 + b"]", Nature.OPEN),
        (b"[0." + b"1" * 298 + b"]", Nature.ORDINARY),
        (b"[0." + b"1" * 299 + b"]", Nature.OPEN),
        (nested(63), Nature.ORDINARY),
        (nested(64), Nature.OPEN),
        (nested(61, b'{"a": {"b": 1}}'), Nature.ORDINARY),
        (nested(62, b'{"a": {"b": 1}}'), Nature.OPEN),
        (nested(100_000), Nature.OPEN),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bodies(body: bytes, expected: Nature) -> None:
    """JSON that all readers take for the same value is ordinary; what is no JSON is malformed."""
    for endpoint in (Operation.UPDATE, Operation.RETURN):
        assert nature(raw(body, endpoint=endpoint)) is expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"query": "dry=true"}, Nature.ORDINARY),
        ({"query": "dry=1"}, Nature.OPEN),
        ({"path": "/x"}, Nature.OPEN),
        ({"method": "PUT"}, Nature.ORDINARY),
        ({"method": "POST"}, Nature.OPEN),
        ({"method": "POST", "endpoint": Operation.RETURN}, Nature.ORDINARY),
        ({"method": "PUT", "endpoint": Operation.RETURN}, Nature.OPEN),
        ({"method": "GET", "endpoint": Operation.GET, "body": b""}, Nature.ORDINARY),
        ({"method": "HEAD", "endpoint": Operation.GET, "body": b""}, Nature.OPEN),
        ({"method": "PUT", "endpoint": Operation.REOPEN, "body": b""}, Nature.ORDINARY),
        ({"endpoint": Operation.GET}, Nature.OPEN),
        ({"endpoint": Operation.REOPEN}, Nature.OPEN),
        ({"omitted_headers": ("accept",)}, Nature.ORDINARY),
        ({"omitted_headers": ("accept", "user-agent")}, Nature.ORDINARY),
        ({"omitted_headers": ("content-type",)}, Nature.OPEN),
        ({"omitted_headers": ("accept", "user-agent", "content-type")}, Nature.OPEN),
        ({"headers": (("Content-Type", "application/json"),)}, Nature.ORDINARY),
        ({"headers": (("content-type", "Application/JSON; charset=UTF-8"),)}, Nature.ORDINARY),
        ({"headers": (("Content-Type", "text/plain"),)}, Nature.OPEN),
        ({"headers": (("X-Custom", "application/json"),)}, Nature.OPEN),
        ({"headers": (("Content-Type", "application/json"),) * 2}, Nature.OPEN),
        ({"headers": (KEY,)}, Nature.ORDINARY),
        ({"headers": (KEY, KEY)}, Nature.OPEN),
        ({"headers": (KEY, ("authorization", "other"))}, Nature.OPEN),
        ({"headers": (("Authorization", f"apikey-v1 {API_KEY}"),)}, Nature.OPEN),
        ({"headers": (("Authorization", "ApiKey-v1 other"),)}, Nature.KEYLESS),
        ({"headers": (("Authorization", ""), ("Authorization", "x"))}, Nature.KEYLESS),
        ({"omitted_headers": ("authorization",)}, Nature.KEYLESS),
        ({"credentials": Credentials.WRONG}, Nature.KEYLESS),
        ({"credentials": Credentials.MISSING, "path": "/x"}, Nature.KEYLESS),
        ({"omitted_headers": ("authorization",), "headers": (KEY,)}, Nature.ORDINARY),
    ],
    ids=str,
)
def test_what_is_around_the_body(parts: dict[str, Any], expected: Nature) -> None:
    """Only what a well-behaved client may send as well is ordinary."""
    step = raw(**parts)
    assert nature(step) is expected
    assert lacks_key(step) is (expected is Nature.KEYLESS)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, True),
        ({"body": b"{"}, False),
        ({"body": b'{"a": 1, "a": 2}'}, False),
        ({"body": b"{", "endpoint": Operation.RETURN}, False),
        ({"body": b"", "endpoint": Operation.GET}, True),
        ({"body": b"", "endpoint": Operation.REOPEN}, True),
        ({"path": "/x"}, False),
        ({"query": "a"}, False),
    ],
    ids=str,
)
def test_only_the_key_is_missing(parts: dict[str, Any], expected: bool) -> None:
    """The answer is surely a 401 where nothing else is odd about the request."""
    assert is_keyless_only(raw(omitted_headers=("authorization",), **parts)) is expected


def test_ordinary_steps() -> None:
    """A raw request that is ordinary is judged as the step that it amounts to."""
    aims = ("ERR-04",)
    body = b'{"a": 1}'
    for query, dry in (("", False), ("dry=true", True)):
        update = raw(body, session=1, query=query, aims=aims)
        assert ordinary_step(update) == Update(session=1, body={"a": 1}, dry=dry, aims=aims)
        back = raw(body, session=1, query=query, aims=aims, endpoint=Operation.RETURN)
        assert ordinary_step(back) == ReturnItems(session=1, body={"a": 1}, dry=dry, aims=aims)
    fetch = raw(b"", session=2, aims=aims, endpoint=Operation.GET)
    assert ordinary_step(fetch) == Fetch(session=2, aims=aims)
    reopening = raw(b"", session=2, aims=aims, endpoint=Operation.REOPEN)
    assert ordinary_step(reopening) == Reopen(session=2, aims=aims)
    for itself in (raw(b"{"), raw(path="/x"), Fetch()):
        assert ordinary_step(itself) is itself


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (raw(), True),
        (raw(endpoint=Operation.GET), False),
        (raw(endpoint=Operation.GET, method="DELETE"), True),
        (raw(endpoint=Operation.RETURN), True),
        (raw(endpoint=Operation.REOPEN), True),
        *((raw(method=method), False) for method in ("GET", "HEAD", "OPTIONS", "TRACE")),
        (Update(body={}), True),
        (Update(body={}, dry=True), False),
        (Fetch(), False),
        (Reopen(), True),
    ],
    ids=str,
)
def test_what_may_seem_a_write(step: Any, expected: bool) -> None:
    """Everything but reads and dry runs, and what HTTP itself calls safe."""
    assert is_write(step) is expected


def test_the_family_is_what_precedes_the_colon() -> None:
    """Requests that are odd in one way are one situation."""
    assert family(raw()) == "odd"
    assert family(Raw(oddity="truncated JSON")) == "truncated JSON"
