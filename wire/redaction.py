"""Takes secrets out of texts: by their value, in every encoding, and in parts.

Every answer of a target passes through here, so the usual case, an answer without a secret, costs
a few searches of `bytes`. The time is linear in the length of a text, whatever it holds.

What is found: the whole secret in plain, in other case, in the escapes of JSON, URLs, HTML and
quoted-printable in any mixture and nested, in UTF-16, in hex and, at any alignment, in base64; and
a part of a secret that looks drawn at random, if it is at least half of it. So a secret that is
split in two leaves less than its half. One that is split into more pieces is found if each has at
least `MIN_LENGTH` bytes, and all of them are in one text, in any order. One that is encrypted,
compressed or reversed is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .escapes import LONGEST, Layer, exact_layers, has_escapes, unescaped, unescaped_layer
from .secrets import TargetSecrets
from .spellings import FOLD, MIN_LENGTH, Spelling, looks_random, needs_exact_layers, spellings

API_KEY_REDACTED = b"[API key]"
SECRET_REDACTED = b"[secret]"
_WINDOW = 256 * 1024
"""Bytes that are searched at a time, so that a long text costs no copies of its length."""
_DEPTH = 3
"""Kinds of escapes around each other that are undone, such as a URL in JSON in a page."""
_SCHEMES = (b"ApiKey-v1 ", b"Basic ")
_AFTER_SCHEME = rb"(?:(?<=ApiKey-v1 )|(?<=Basic ))"
_NOT_LONGER = rb"(?![\w-])"

_MAX_BLOCKS = 2_000
"""Of a window that are looked at, where it may hold a secret in pieces. Each block of the secret
has an equal share: one that a text repeats does not use up that of the others."""

_Span = tuple[int, int]


class Redactor:
    """Takes the secrets of one or more targets out of texts. Threads may share one."""

    def __init__(self, *secrets: TargetSecrets) -> None:
        keys = {one.api_key.encode("utf-8", "surrogateescape") for one in secrets} - {b""}
        further = {
            value.encode("utf-8", "surrogateescape")
            for one in secrets
            for value in one.further_values()
        }
        self._short = [_short_pattern(key) for key in sorted(keys) if len(key) < MIN_LENGTH]
        self._secrets = [
            _Secret(value, API_KEY_REDACTED if value in keys else SECRET_REDACTED)
            for value in sorted(keys | further, key=len, reverse=True)
            if len(value) >= MIN_LENGTH
        ]
        self._anchors = tuple({anchor for one in self._secrets for anchor in one.anchors()})
        self._exact = any(needs_exact_layers(one.value) for one in self._secrets)
        longest = max((one.longest for one in self._secrets), default=0)
        self._overlap = LONGEST * longest

    def clean(self, text: bytes) -> tuple[bytes, bool]:
        """``text`` without secrets, and whether it held a whole API key.

        A key of less than `MIN_LENGTH` bytes is only taken out where it follows the scheme of an
        Authorization line: everywhere else the same characters may be the target's own.
        """
        shown = False
        for pattern in self._short if any(one in text for one in _SCHEMES) else ():
            text, count = pattern.subn(API_KEY_REDACTED, text)
            shown = shown or count > 0
        if not self._anchors:
            return text, shown
        if len(text) <= _WINDOW:
            # Without the loop below: this is the usual case.
            if not self._may_hold(text):
                return text, shown
            spans = list(self._found(text, 0))
        else:
            spans = list(self._found_in_windows(text))
        if not spans:
            return text, shown
        return _replaced(text, spans), shown or any(one.shows_key for one in spans)

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        try:
            encoded = text.encode("utf-8", "surrogatepass")
        except UnicodeError:  # pragma: no cover - surrogatepass takes every text
            return text
        cleaned, _ = self.clean(encoded)
        return text if cleaned is encoded else cleaned.decode("utf-8", "surrogatepass")

    def holds_plainly(self, text: bytes) -> bool:
        """Whether a secret, or a part that counts, may be in ``text`` without escapes."""
        folded = text.translate(FOLD)
        return any(anchor in folded for anchor in self._anchors)

    def _may_hold(self, text: bytes) -> bool:
        """Whether there is an anchor in ``text``, or behind its escapes."""
        for _ in range(_DEPTH):
            folded = text.translate(FOLD)
            for anchor in self._anchors:
                if anchor in folded:
                    return True
            if self._exact and b"\\" in text:
                return True
            if not has_escapes(text):
                return False
            if self._exact:
                return True
            decoded = unescaped(text)
            if decoded == text:
                return False
            text = decoded
        return self.holds_plainly(text)

    def _found_in_windows(self, text: bytes) -> Iterator[_Found]:
        for start in range(0, len(text), _WINDOW):
            window = text[start : start + _WINDOW + self._overlap]
            if self._may_hold(window):
                yield from self._found(window, start)

    def _found(self, text: bytes, offset: int) -> Iterator[_Found]:
        """What of secrets is in ``text``, by its place from ``offset`` on."""
        for layer in _layers(text, exact=self._exact):
            plain = text if layer is None else layer.text
            folded = plain.translate(FOLD)
            for secret in self._secrets:
                for start, end, whole in secret.found(plain, folded):
                    first, last = (start, end) if layer is None else layer.span(start, end)
                    yield _Found(first + offset, last + offset, whole, secret.mark)


class _Found:
    """A part of a text that is to be replaced."""

    __slots__ = ("end", "mark", "shows_key", "start")

    def __init__(self, start: int, end: int, whole: bool, mark: bytes) -> None:
        self.start = start
        self.end = end
        self.mark = mark
        self.shows_key = whole and mark == API_KEY_REDACTED


class _Secret:
    """One secret and its spellings."""

    def __init__(self, value: bytes, mark: bytes) -> None:
        self.value = value
        self.mark = mark
        self._spellings = spellings(value)
        self.longest = max(len(one.text) for one in self._spellings)

    def anchors(self) -> Iterator[bytes]:
        for spelling in self._spellings:
            for _, anchor in spelling.anchors:
                yield anchor
            if spelling.piece:
                yield spelling.first_piece

    def found(self, plain: bytes, folded: bytes) -> Iterator[tuple[int, int, bool]]:
        """Start, end, and whether it is the whole secret, of each place in ``folded``."""
        for spelling in self._spellings:
            if spelling.least == len(spelling.text):
                yield from _wholes(spelling, plain, folded)
            else:
                yield from _wholes(spelling, plain, folded)
                # Without the whole ones, each of which every anchor would find once more.
                rest = folded.replace(spelling.text, b"\xff" * len(spelling.text))
                yield from _parts(spelling, plain, rest)
            if spelling.piece and spelling.first_piece in folded:
                yield from _pieces(spelling, folded)


def _wholes(spelling: Spelling, plain: bytes, folded: bytes) -> Iterator[tuple[int, int, bool]]:
    size, start = len(spelling.text), folded.find(spelling.text)
    while start >= 0:
        found = spelling.exact is None or plain[start : start + size] == spelling.exact
        if found:
            yield start, start + size, True
        start = folded.find(spelling.text, start + (size if found else 1))


def _parts(spelling: Spelling, plain: bytes, folded: bytes) -> Iterator[tuple[int, int, bool]]:
    """Runs of at least ``spelling.least`` bytes that are also in the secret, as long as they go."""
    for at, anchor in spelling.anchors:
        start = folded.find(anchor)
        while start >= 0:
            first, last = _extended(spelling.text, at, folded, start, len(anchor))
            is_long = last - first >= spelling.least
            if is_long and looks_random(plain[first:last]):
                yield first, last, False
            start = folded.find(anchor, last if is_long else start + 1)


def _pieces(spelling: Spelling, folded: bytes) -> Iterator[tuple[int, int, bool]]:
    """The pieces in a text that together are the whole secret; none where a part of it lacks."""
    found = list(_matches(spelling, folded))
    reached = 0
    for at, first, last in sorted(found):
        if at > reached:
            return
        reached = max(reached, at + last - first)
    if reached == len(spelling.text):
        for _, first, last in found:
            yield first, last, False


def _matches(spelling: Spelling, folded: bytes) -> Iterator[tuple[int, int, int]]:
    """Places in the secret of what a text has of it, and where it begins and ends in the text."""
    blocks = tuple(spelling.blocks())
    for at, block in blocks:
        left = max(1, _MAX_BLOCKS // len(blocks))
        start = folded.find(block)
        while start >= 0 and left:
            left -= 1
            first, last = _extended(spelling.text, at, folded, start, len(block))
            if last - first >= spelling.piece:
                yield at - (start - first), first, last
            start = folded.find(block, start + 1)


def _extended(secret: bytes, at: int, text: bytes, start: int, size: int) -> _Span:
    """The longest run around ``start`` in which ``text`` agrees with ``secret`` around ``at``."""
    first, last = start, start + size
    while at > 0 and first > 0 and text[first - 1] == secret[at - 1]:
        first, at = first - 1, at - 1
    at += last - first
    while at < len(secret) and last < len(text) and text[last] == secret[at]:
        last, at = last + 1, at + 1
    return first, last


def _layers(text: bytes, *, exact: bool) -> Iterator[Layer | None]:
    """The text itself (None), and what is behind its escapes."""
    yield None
    if not has_escapes(text) and not (exact and b"\\" in text):
        return
    if exact:
        yield from exact_layers(text)
    layer: Layer | None = None
    for _ in range(_DEPTH):
        plain = text if layer is None else layer.text
        if not has_escapes(plain):
            return
        layer = unescaped_layer(plain, layer)
        yield layer


def _replaced(text: bytes, found: Iterable[_Found]) -> bytes:
    """``text`` with one mark in place of each of ``found``; those that overlap are one."""
    pieces: list[bytes] = []
    done = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.end <= done:
            continue
        if one.start >= done:
            pieces += (text[done : one.start], one.mark)
        done = one.end
    pieces.append(text[done:])
    return b"".join(pieces)


def _short_pattern(key: bytes) -> re.Pattern[bytes]:
    """A short key behind the scheme of an Authorization line, also in JSON's escapes."""
    spelled = b"".join(map(_json_spellings, key.decode("utf-8", "surrogateescape")))
    return re.compile(_AFTER_SCHEME + spelled + _NOT_LONGER)


def _json_spellings(char: str) -> bytes:
    """A pattern of all ways to write ``char`` in a JSON string."""
    units = char.encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2].hex().encode() for at in range(0, len(units), 2))
    escape = b"".join(b"\\\\u(?i:" + pair + b")" for pair in pairs)
    plain = re.escape(char.encode("utf-8", "surrogateescape"))
    short = b"|\\\\" + plain if char in '"\\/' else b""
    # The plain character comes last: a plain backslash would match the first byte of an escape.
    return b"(?:" + escape + short + b"|" + plain + b")"
