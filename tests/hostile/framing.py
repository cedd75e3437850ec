"""Modes that lie about where an answer ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.hostile.exchange import Answer, Exchange, Move, Moves, refusal
from tests.hostile.mode import Area, Mode


def _framed(lines: bytes, body: bytes, answer: Answer) -> bytes:
    """The lawful head with other lines that frame ``body``."""
    head = answer.message().split(b"\r\n\r\n", 1)[0]
    kept = [line for line in head.split(b"\r\n") if not line.startswith(b"content-length:")]
    return b"\r\n".join([*kept, lines, b"", body])


def _length(write: Callable[[int], bytes], end: Move | None, exchange: Exchange) -> Moves:
    body = exchange.answer.body
    content = _framed(write(len(body)), body, exchange.answer)
    return [content] if end is None else [content, end]


def _chunked(write: Callable[[bytes], bytes], exchange: Exchange) -> Moves:
    body = write(exchange.answer.body)
    return [_framed(b"transfer-encoding: chunked", body, exchange.answer), Move.CLOSE]


def _chunk(content: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(content), extension, content)


def _bytewise(body: bytes) -> bytes:
    return b"".join(_chunk(body[n : n + 1]) for n in range(len(body))) + b"0\r\n\r\n"


def _more(extra: bytes, exchange: Exchange) -> Moves:
    return [exchange.answer.message() + extra]


def _twice(exchange: Exchange) -> Moves:
    return [exchange.answer.message() * 2]


def _earlier_first(exchange: Exchange) -> Moves:
    """Another answer stands in the buffer behind the right one."""
    return [exchange.answer.message(), *(answer.message() for answer in exchange.earlier[:1])]


def _until_close(exchange: Exchange) -> Moves:
    return [_framed(b"connection: close", exchange.answer.body, exchange.answer), Move.CLOSE]


def _digits(count: int, _: int) -> bytes:
    return b"content-length: " + b"9" * count


_LENGTHS: tuple[tuple[str, str, Callable[[int], bytes], Move | None, bool], ...] = (
    (
        "length-long",
        "Content-Length is 100 too large, then a close",
        lambda n: b"content-length: %d" % (n + 100),
        Move.CLOSE,
        False,
    ),
    (
        "length-long-open",
        "Content-Length is 100 too large, then nothing",
        lambda n: b"content-length: %d" % (n + 100),
        Move.HANG,
        False,
    ),
    (
        "length-short",
        "Content-Length is 10 too small",
        lambda n: b"content-length: %d" % max(0, n - 10),
        None,
        True,
    ),
    (
        "length-zero",
        "Content-Length is 0, a body follows",
        lambda _: b"content-length: 0",
        None,
        True,
    ),
    (
        "length-negative",
        "Content-Length is negative",
        lambda n: b"content-length: -%d" % n,
        Move.CLOSE,
        False,
    ),
    ("length-31-digits", "Content-Length has 31 digits", partial(_digits, 31), Move.CLOSE, False),
    (
        "length-5000-digits",
        "Content-Length has 5,000 digits",
        partial(_digits, 5000),
        Move.CLOSE,
        False,
    ),
    (
        "length-text",
        "Content-Length is a word",
        lambda _: b"content-length: many",
        Move.CLOSE,
        False,
    ),
    (
        "length-plus",
        "Content-Length has a plus sign",
        lambda n: b"content-length: +%d" % n,
        Move.CLOSE,
        False,
    ),
    (
        "length-hex",
        "Content-Length is hexadecimal",
        lambda n: b"content-length: 0x%x" % n,
        Move.CLOSE,
        False,
    ),
    ("length-empty", "Content-Length is empty", lambda _: b"content-length:", Move.CLOSE, False),
    (
        "length-twice",
        "two values of Content-Length",
        lambda n: b"content-length: %d\r\ncontent-length: %d" % (n, n + 7),
        Move.CLOSE,
        False,
    ),
    (
        "length-and-chunked",
        "Content-Length beside chunked, body not chunked",
        lambda n: b"content-length: %d\r\ntransfer-encoding: chunked" % n,
        Move.CLOSE,
        False,
    ),
    (
        "transfer-unknown",
        "Transfer-Encoding of no known name",
        lambda _: b"transfer-encoding: rot13, chunked",
        Move.CLOSE,
        False,
    ),
)
_CHUNKS: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    (
        "chunk-size-garbage",
        "a chunk size that is no number",
        lambda body: b"zz\r\n" + body + b"\r\n0\r\n\r\n",
    ),
    (
        "chunk-size-negative",
        "a negative chunk size",
        lambda body: b"-5\r\n" + body + b"\r\n0\r\n\r\n",
    ),
    (
        "chunk-size-huge",
        "a chunk size of 16 hexadecimal digits",
        lambda body: b"ffffffffffffffff\r\n" + body,
    ),
    (
        "chunk-size-overflow",
        "a chunk size of 40 hexadecimal digits",
        lambda body: b"f" * 40 + b"\r\n" + body,
    ),
    ("chunk-unfinished", "the last chunk is missing", _chunk),
    ("chunk-cut", "a close within a chunk", lambda body: b"%x\r\n" % (len(body) + 50) + body),
    (
        "chunk-no-line-end",
        "a chunk without its line end",
        lambda body: b"%x\r\n%b0\r\n\r\n" % (len(body), body),
    ),
    (
        "chunk-extension-long",
        "a chunk extension of 200 kB",
        lambda body: _chunk(body, b";x=" + b"a" * 200_000) + b"0\r\n\r\n",
    ),
    (
        "chunk-trailers",
        "100,000 trailer lines",
        lambda body: _chunk(body) + b"0\r\n" + b"x: y\r\n" * 100_000 + b"\r\n",
    ),
    ("chunk-bytewise", "a chunk for each byte, lawful", _bytewise),
)

MODES = (
    *(
        Mode(name, Area.FRAMING, what, partial(_length, write, end), just)
        for name, what, write, end, just in _LENGTHS
    ),
    *(
        Mode(name, Area.FRAMING, what, partial(_chunked, write), False)
        for name, what, write in _CHUNKS
    ),
    Mode(
        "until-close",
        Area.FRAMING,
        "no length: the close ends the body, lawful",
        _until_close,
        False,
    ),
    Mode("two-answers", Area.FRAMING, "the answer twice", _twice, False),
    Mode(
        "another-answer",
        Area.FRAMING,
        "an answer for another session behind the right one",
        _earlier_first,
        False,
    ),
    Mode(
        "extra-garbage",
        Area.FRAMING,
        "100 bytes behind the answer",
        partial(_more, b"\x00garbage" * 12),
        False,
    ),
    Mode(
        "extra-line-ends",
        Area.FRAMING,
        "empty lines behind the answer",
        partial(_more, b"\r\n\r\n"),
        False,
    ),
    Mode(
        "extra-408",
        Area.FRAMING,
        "an unasked 408 behind the answer",
        partial(_more, refusal("too late", status=408, reason=b"Request Timeout")),
        False,
    ),
)
