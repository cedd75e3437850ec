"""Modes of content coding: bombs, broken streams, claims that do not hold."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import cache, partial

from tests.hostile.exchange import Exchange, Move, Moves, message
from tests.hostile.mode import Area, Mode

_MIB = 1 << 20


@cache
def bomb(mebibytes: int, *, opening: bytes = b"", wbits: int = 31) -> bytes:
    """A compressed stream of ``opening`` and blanks, a thousandth of its decoded size.

    ``wbits`` is that of zlib: 31 for gzip, 15 for deflate.
    """
    squeezer = zlib.compressobj(6, zlib.DEFLATED, wbits)
    blanks = b" " * _MIB
    parts = [squeezer.compress(opening), *(squeezer.compress(blanks) for _ in range(mebibytes))]
    return b"".join([*parts, squeezer.flush()])


def coded(content: bytes, coding: bytes, *, status: int = 200, reason: bytes = b"OK") -> bytes:
    """A response whose body is ``content``, claimed to be of this coding."""
    headers = ((b"content-type", b"application/json"), (b"content-encoding", coding))
    return message(content, status=status, reason=reason, headers=headers)


def _of(coding: bytes, encode: Callable[[bytes], bytes], exchange: Exchange) -> Moves:
    answer = exchange.answer
    content = encode(answer.body)
    return [coded(content, coding, status=answer.status, reason=answer.reason), Move.CLOSE]


def _bomb(coding: bytes, wbits: int, _: Exchange) -> Moves:
    return [coded(bomb(64, opening=b'{"x":"', wbits=wbits), coding), Move.CLOSE]


def _bomb_of_bombs(_: Exchange) -> Moves:
    return [coded(_twice_squeezed(), b"gzip, gzip"), Move.CLOSE]


@cache
def _twice_squeezed() -> bytes:
    return gzip.compress(bomb(256), 9)


def _wrong_sum(body: bytes) -> bytes:
    whole = gzip.compress(body)
    return whole[:-8] + bytes(8)


def _same(body: bytes) -> bytes:
    return body


def _nine_times(body: bytes) -> bytes:
    for _ in range(9):
        body = gzip.compress(body)
    return body


_CODINGS: tuple[tuple[str, str, bytes, Callable[[bytes], bytes], bool], ...] = (
    ("gzip", "gzip, lawful", b"gzip", gzip.compress, False),
    ("gzip-upper-case", "gzip by its old name, lawful", b"X-GZIP", gzip.compress, False),
    ("deflate", "deflate, lawful", b"deflate", zlib.compress, False),
    (
        "gzip-members",
        "gzip of two members, lawful",
        b"gzip",
        lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]),
        False,
    ),
    (
        "gzip-twice",
        "gzip in gzip, lawful",
        b"gzip, gzip",
        lambda body: gzip.compress(gzip.compress(body)),
        True,
    ),
    (
        "gzip-nine-times",
        "gzip nine times over",
        b", ".join([b"gzip"] * 9),
        _nine_times,
        True,
    ),
    ("gzip-cut", "half a gzip stream", b"gzip", lambda body: gzip.compress(body)[:20], True),
    ("gzip-wrong-sum", "a gzip stream with a wrong checksum", b"gzip", _wrong_sum, True),
    (
        "gzip-garbage",
        "garbage after a gzip header",
        b"gzip",
        lambda body: gzip.compress(body)[:10] + b"\xff" * 400,
        True,
    ),
    (
        "gzip-trailing",
        "bytes after the gzip stream",
        b"gzip",
        lambda body: gzip.compress(body) + b"trailing",
        True,
    ),
    ("gzip-claimed", "plain JSON that claims gzip", b"gzip", _same, True),
    ("gzip-empty", "an empty body that claims gzip", b"gzip", lambda _: b"", True),
    ("br-claimed", "plain JSON that claims br", b"br", _same, True),
    ("zstd-claimed", "plain JSON that claims zstd", b"zstd", _same, True),
    (
        "zstd-garbage",
        "garbage that claims zstd",
        b"zstd",
        lambda _: b"\x28\xb5\x2f\xfd" + b"\x00" * 99,
        True,
    ),
    ("coding-unknown", "plain JSON that claims a coding of no known name", b"rot13", _same, True),
    ("coding-identity", "the coding identity, lawful", b"identity", _same, False),
    ("coding-thousands", "a thousand names of codings", b", ".join([b"gzip"] * 1000), _same, True),
)


MODES = (
    *(
        Mode(name, Area.CODING, what, partial(_of, coding, encode), just)
        for name, what, coding, encode, just in _CODINGS
    ),
    Mode("gzip-bomb", Area.CODING, "65 kB of gzip that hold 64 MiB", partial(_bomb, b"gzip", 31)),
    Mode(
        "deflate-bomb",
        Area.CODING,
        "65 kB of deflate that hold 64 MiB",
        partial(_bomb, b"deflate", 15),
    ),
    Mode(
        "deflate-raw-bomb",
        Area.CODING,
        "the same without its header",
        partial(_bomb, b"deflate", -15),
    ),
    Mode(
        "gzip-bomb-of-bombs",
        Area.CODING,
        "a few kB that hold 256 kB that hold 256 MiB",
        _bomb_of_bombs,
    ),
)
