"""What an output cannot encode is shown in another form, and ends nothing."""

from __future__ import annotations

import io
import json

import pytest

from cartfuzz.reports.readable import READABLE, encodable, make_readable


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("cut… a → b", "ascii", "cut... a -> b"),
        ("cut…", "utf-8", "cut…"),
        ("é日", "latin-1", r"é\u65e5"),
        ("\U0001f600", "ascii", r"\ud83d\ude00"),
        ("\ud800", "utf-8", r"\ud800"),
        ("…", "no-such-encoding", "..."),
    ],
)
def test_a_text_is_as_readable_as_can_be(text: str, encoding: str, shown: str) -> None:
    """Typography becomes ASCII, all else the escapes of JSON."""
    assert encodable(text, encoding) == shown


def test_json_stays_json() -> None:
    """What people paste from a terminal of any encoding is the same value."""
    value = {"name": "Zoë \U0001f600 日本"}
    assert json.loads(encodable(json.dumps(value, ensure_ascii=False), "ascii")) == value


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_stream_writes_what_it_lacks(errors: str) -> None:
    """Also that of the locale C, which Python opens with surrogateescape."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors=errors)
    make_readable(stream)
    assert stream.errors == READABLE
    stream.write("…")
    stream.flush()
