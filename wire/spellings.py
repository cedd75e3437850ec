"""The spellings of a secret: what to look for in a text, and how long a part of it counts.

All that is compared is folded first (`FOLD`): ASCII letters in lower case, and the two alphabets of
base64 as one. So one search serves all of upper and lower case, hex digits and both alphabets.
"""

from __future__ import annotations

import base64
import html
import json
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import quote, quote_plus

from .escapes import exact_layers, unescaped

FOLD = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ+/", b"abcdefghijklmnopqrstuvwxyz-_"
)  # for bytes.translate
MIN_LENGTH = 8
"""Bytes. A shorter text is also part of texts and numbers that have nothing to do with a secret."""
_MIN_CHANGES = 3
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a secret.

    Attributes:
        text: folded.
        least: bytes of a part that counts; the length of ``text`` where only the whole one does.
        exact: the spelling before folding, where only that counts; None: also others.
        anchors: folded parts, of which each part that counts holds one.
        piece: bytes of a piece, where pieces that make up the whole count together; 0: they do not.
    """

    text: bytes
    least: int
    exact: bytes | None
    anchors: tuple[tuple[int, bytes], ...]
    piece: int = 0

    @property
    def first_piece(self) -> bytes:
        """What a text holds if pieces of it make up the whole; empty: that does not count."""
        return self.text[: self.piece]

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Place and text of parts, of which each piece holds one whole."""
        size = (self.piece + 1) // 2
        for at in range(0, len(self.text) - size + 1, size):
            yield at, self.text[at : at + size]


def spellings(secret: bytes) -> tuple[Spelling, ...]:
    """All spellings of ``secret``, which has at least `MIN_LENGTH` bytes.

    A secret that looks drawn at random counts in any case, and so does half of it (and more), at
    least `MIN_LENGTH` bytes; all of it in pieces of that length counts as well. Of a secret that
    may be words (``customer-session``) only the whole counts, in its own case: parts of it are in
    answers that have nothing to do with it.
    """
    is_random = looks_random(secret)
    folded = secret.translate(FOLD)
    least = max(MIN_LENGTH, (len(secret) + 1) // 2) if is_random else len(secret)
    whole = _spelling(folded, least, None if is_random else secret)
    if is_random:
        whole = replace(whole, piece=MIN_LENGTH)
    found = {folded: whole}
    for text in _others(secret):
        other = text.translate(FOLD)
        found.setdefault(other, _spelling(other, len(other), None))
    return tuple(found.values())


def needs_exact_layers(secret: bytes) -> bool:
    """Whether ``secret`` holds what the other escapes are made of, so that mixing them blurs it."""
    return any(char in b'\\"%&=+' for char in secret)


def looks_random(text: bytes) -> bool:
    """Whether ``text`` changes between small letters, capitals and digits more often than names."""
    kinds = [_kind(char) for char in text]
    changes = sum(one != other for one, other in pairwise(kinds) if one and other)
    return changes >= max(_MIN_CHANGES, len(text) / 4)


def _kind(char: int) -> int:
    if 48 <= char <= 57:
        return 1
    if 65 <= char <= 90:
        return 2
    return 3 if 97 <= char <= 122 else 0


def _spelling(text: bytes, least: int, exact: bytes | None) -> Spelling:
    """With anchors: a part of ``least`` bytes holds a whole block of half that length."""
    if least >= len(text):
        return Spelling(text, len(text), exact, ((0, text),))
    size = (least + 1) // 2
    places = range(0, len(text) - size + 1, size)
    return Spelling(text, least, exact, tuple((at, text[at : at + size]) for at in places))


def _others(secret: bytes) -> list[bytes]:
    """The spellings that are no mixture of escapes: each is looked for as it is."""
    texts = [secret.hex().encode(), *map(bytes, _base64_cores(secret))]
    if set(secret) <= _PLAIN:
        return texts
    # What is no escape anywhere is found behind all escapes at once. Of the others, the usual
    # encoders' spellings are looked for as they are, and behind exact_layers.
    text = secret.decode()
    for ascii_only in (True, False):
        in_json = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        again = json.dumps(in_json, ensure_ascii=ascii_only)[1:-1]
        texts += [one.encode() for one in (in_json, in_json.replace("/", "\\/"), again)]
    for quoted in (quote(text, safe=""), quote(text), quote_plus(text)):
        texts += [quoted.encode(), quote(quoted, safe="").encode()]
    for escaped in (html.escape(text), html.escape(text, quote=False)):
        texts += [escaped.encode(), json.dumps(escaped)[1:-1].encode()]
    wide = "\0".join(text)
    texts += [wide.encode(), json.dumps(wide)[1:-1].encode()]
    texts.append(quopri.encodestring(secret).replace(b"=\n", b""))
    deeper = secret
    for _ in range(3):
        deeper = unescaped(deeper)
        texts.append(deeper)
    texts += [layer.text for layer in exact_layers(secret)]
    return [one for one in texts if len(one) >= MIN_LENGTH and one != secret]


def _base64_cores(secret: bytes) -> list[bytes]:
    """Of ``secret`` inside a longer base64 text: the characters that it alone decides."""
    cores = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + secret)
        start = (before * 8 + 5) // 6
        end = (before + len(secret)) * 8 // 6
        cores.append(text[start:end])
    return cores
