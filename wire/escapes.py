"""Undoes the escapes in which a text may stand inside another one, and keeps track of positions.

`unescaped` knows the escapes of JSON, URLs, HTML, quoted-printable and UTF-16 at once, since an
answer may mix them: a URL in a JSON text in a page. It is for finding a text, not for reading one:
what is no escape in its place is undone too.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

_MAX_CACHED = 4096
_MAX_NAME = 12
_NESTED = 8
"""How often an escape may be escaped again; see `_ANY`."""

_UNIT = rb"[0-9A-Fa-f]{4}"
_SURROGATES = rb"[Dd][89ABab][0-9A-Fa-f]{2}\\{1,8}u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
_ANY = re.compile(
    rb"(\\{1,8}(?:u" + _SURROGATES + rb"|u" + _UNIT + rb"|x[0-9A-Fa-f]{2}|[\"'/])?"
    rb"|%(?:25){0,8}(?:u" + _UNIT + rb"|[0-9A-Fa-f]{2})"
    rb"|&(?:amp;){0,8}(?:\#0{0,8}[0-9]{1,7};?|\#[xX]0{0,8}[0-9A-Fa-f]{1,6};?|[A-Za-z]{2,12};)"
    rb"|=(?:[0-9A-F]{2}|\r?\n)"
    rb"|\0)"
)
"""An escape, however often it is escaped itself. All repeats are bounded, so the time is linear.

This pattern and the next ones have one group, so that `re.split` keeps what they find."""
_JSON = re.compile(rb"(\\(?:u" + _SURROGATES.replace(b"{1,8}", b"") + rb"|u" + _UNIT + rb"|.))")
_URL = re.compile(rb"(%[0-9A-Fa-f]{2}|\+)")
_HTML = re.compile(rb"(&(?:\#[0-9]{1,7};|\#[xX][0-9A-Fa-f]{1,6};|[A-Za-z]{2,12};))")
_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_MARKS = (b"\\u", b"\\x", b"\\/", b'\\"', b"%", b"&", b"=", b"\0")
LONGEST = 48
"""Bytes of the longest escape of one character."""


class Layer:
    """A text, and where each part of it was in the text that it was made of.

    Attributes:
        text: without the escapes.
    """

    def __init__(self, source: Layer | None, pattern: re.Pattern[bytes], text: bytes) -> None:
        self._source = source
        self._pattern = pattern
        self._escaped = text
        self._places: _Places | None = None
        self.text = _without(pattern, text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``start`` to ``end``, which are not equal, was in the first text of all."""
        start, _ = self._place(start)
        _, end = self._place(end - 1)
        return (start, end) if self._source is None else self._source.span(start, end)

    def _place(self, at: int) -> tuple[int, int]:
        """Start and end, in the source, of what became the byte at ``at``."""
        if self._places is None:  # few texts hold a secret: the others need no positions
            self._places = _Places.of(self._pattern, self._escaped)
        places = self._places
        index = bisect_right(places.decoded, at) - 1
        if index < 0:
            return at, at + 1
        beyond = at - places.decoded[index] - places.sizes[index]
        end = places.ends[index]
        return (places.starts[index], end) if beyond < 0 else (end + beyond, end + beyond + 1)


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each escape of a text, the first one first."""

    decoded: array[int]
    """Where its plain text begins in the decoded text."""
    sizes: array[int]
    """Bytes of that."""
    starts: array[int]
    """Where it begins in the text itself."""
    ends: array[int]

    @classmethod
    def of(cls, pattern: re.Pattern[bytes], text: bytes) -> _Places:
        """Those of the escapes that ``pattern`` finds."""
        found = cls(array("q"), array("q"), array("q"), array("q"))
        done = size = 0
        for match in pattern.finditer(text):
            plain = _plain(match.group())
            start, end = match.span()
            size += start - done
            found.decoded.append(size)
            found.sizes.append(len(plain))
            found.starts.append(start)
            found.ends.append(end)
            size, done = size + len(plain), end
        return found


def unescaped(text: bytes) -> bytes:
    """``text`` with all escapes undone once; the same object where there are none."""
    if not has_escapes(text):
        return text
    return _without(_ANY, text)


def has_escapes(text: bytes) -> bool:
    """Whether there may be something for `unescaped` to do; quick."""
    # One by one: a loop over the marks takes twice the time, and every answer comes by here.
    return (b"\\" in text or b"%" in text or b"&" in text or b"=" in text or b"\0" in text) and any(
        mark in text for mark in _MARKS
    )


def unescaped_layer(text: bytes, source: Layer | None) -> Layer:
    """`unescaped` as a layer; ``source``: the layer whose text ``text`` is, None: none."""
    return Layer(source, _ANY, text)


def exact_layers(text: bytes) -> list[Layer]:
    """``text`` read once as JSON, as a URL and as HTML, each by its own rules alone.

    A text with backslashes, percent signs or ampersands of its own is found this way only.
    """
    return [
        Layer(None, pattern, text)
        for pattern, mark in ((_JSON, b"\\"), (_URL, b"%"), (_HTML, b"&"))
        if mark in text
    ]


def _without(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    """``text`` with what the group of ``pattern`` holds in its plain form.

    All of it happens in C: a text of nothing but escapes would take a second of Python else.
    """
    pieces = pattern.split(text)
    pieces[1::2] = map(_plain, pieces[1::2])
    return b"".join(pieces)


@lru_cache(_MAX_CACHED)
def _plain(escape: bytes) -> bytes:
    """What an escape means, as UTF-8; what means nothing stays as it is."""
    first = escape[:1]
    reader = _READERS.get(first)
    return reader(escape) if reader is not None else escape


def _backslash(escape: bytes) -> bytes:
    text = escape.lstrip(b"\\")
    if not text:
        return b"\\" * (len(escape) // 2 or 1)
    kind, digits = text[:1], text[1:]
    if kind == b"u" and len(digits) > 4:
        units = int(digits[:4], 16), int(digits[-4:], 16)
        return chr(0x10000 + ((units[0] - 0xD800) << 10) + units[1] - 0xDC00).encode()
    if kind == b"u" and len(digits) == 4:
        return chr(int(digits, 16)).encode("utf-8", "surrogatepass")
    if kind == b"x" and len(digits) == 2:
        return bytes((int(digits, 16),))
    return _SHORT.get(text, text)


def _percent(escape: bytes) -> bytes:
    if escape[-5:-4] == b"u":
        return chr(int(escape[-4:], 16)).encode("utf-8", "surrogatepass")
    return bytes((int(escape[-2:], 16),))


def _entity(escape: bytes) -> bytes:
    name = escape.rpartition(b"&")[2].rpartition(b"amp;")[2] if b"#" in escape else b""
    if not name:
        found = html5.get(escape.rpartition(b"amp;")[2].lstrip(b"&").decode())
        return found.encode() if found else b"&" if escape.endswith(b"amp;") else escape
    digits = name.lstrip(b"#").rstrip(b";")
    number = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else escape


def _equals(escape: bytes) -> bytes:
    return b"" if escape[-1:] == b"\n" else bytes((int(escape[1:], 16),))


_READERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"\\": _backslash,
    b"%": _percent,
    b"&": _entity,
    b"=": _equals,
    b"\0": lambda _: b"",
    b"+": lambda _: b" ",
}
