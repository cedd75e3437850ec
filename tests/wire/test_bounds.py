"""Bodies are measured before anything of them is decoded."""

from __future__ import annotations

import json
from time import thread_time

import pytest

from cartfuzz.wire.bounds import (
    MAX_BODY_BYTES,
    MAX_DIGITS,
    MAX_LEVELS,
    MAX_TEXT_BYTES,
    MAX_VALUES,
    excess,
    most_values,
)

ITEM = {"name": "mug", "sku": "mug-1", "quantity": 1, "price": 2.5, "attributes": {"a": [1, "x"]}}


def nested(levels: int, opened: str = "[", closed: str = "]") -> bytes:
    """A value with so many levels."""
    return (opened * levels + "1" + closed * levels).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * MAX_LEVELS,
        nested(MAX_LEVELS),
        nested(MAX_LEVELS, '{"a":', "}"),
        b"[" + b",".join([nested(MAX_LEVELS - 1)] * 50) + b"]",
        json.dumps({"customerSession": {"cartItems": [ITEM] * 1_000}}).encode(),
        json.dumps(["[{" * 5_000]).encode(),
        json.dumps(['"[\\' * 5_000]).encode(),
        b'["' + b"," * (MAX_VALUES + 1) + b'"]',
        b'["' + b"[" * (MAX_VALUES + 1) + b'"]',
        b"[" + b"9" * MAX_DIGITS + b"]",
        b'["' + b"9" * (MAX_DIGITS + 1) + b'"]',
        b'["' + b"x" * MAX_TEXT_BYTES + b'"]',
        b"[" + b",".join([b"1"] * (MAX_VALUES - 1)) + b"]",
    ],
    ids=lambda body: f"{body[:12]!r}-{len(body)}",
)
def test_what_keeps_to_the_bounds_is_decoded(body: bytes) -> None:
    """Also where a text holds so many brackets, commas or digits that a count exceeds a bound."""
    assert excess(body) == ""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b" " * (MAX_BODY_BYTES + 1), "bytes"),
        (b"[" * (MAX_LEVELS + 1), "levels"),
        (nested(MAX_LEVELS + 1), "levels"),
        (nested(700, '{"a":', "}"), "levels"),
        (b'["[[",' + nested(MAX_LEVELS) + b"]", "levels"),
        (nested(2_000_000), "values"),
        (b'{"effects":[' + b",".join([b"[]"] * MAX_VALUES) + b"]}", "values"),
        (b"{" + b",".join(b'"k%d":1' % i for i in range(MAX_VALUES + 1)) + b"}", "values"),
        (b"[-" + b"9" * (MAX_DIGITS + 1) + b"]", "digits"),
        (b'["' + b"x" * (MAX_TEXT_BYTES + 10) + b'"]', "text"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_what_exceeds_a_bound_is_named(body: bytes, found: str) -> None:
    """Bytes, levels, values, the length of a number and of a text are bounded."""
    assert excess(body).endswith(found) or f"a {found} of" in excess(body)


@pytest.mark.parametrize(
    "piece",
    [b"[", b"[]", b"[{", b'["', b'"', b'"\\', b'\\"', b'""', b"\\", b"9", b",", b" ", b'"['],
)
def test_the_work_grows_with_the_length_alone(piece: bytes) -> None:
    """Whatever a body repeats, four times as much of it takes about four times as long.

    CPU time of this thread is compared, the best of a few measurements: quadratic work would take
    sixteen times as long.
    """

    def cost(size: int) -> float:
        body = b'{"a":' + piece * (size // len(piece))
        times = []
        for _ in range(3):
            began = thread_time()
            excess(body)
            times.append(thread_time() - began)
        return min(times)

    assert cost(4_000_000) < 10 * cost(1_000_000) + 0.05


def test_the_count_of_values_is_an_upper_bound() -> None:
    """No JSON value has more members and elements than are counted."""
    text = json.dumps({"a": [1, {"b": [], "c": {}}, "x,[{"], "d": None}).encode()
    assert most_values(text) >= 8
