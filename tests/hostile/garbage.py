"""Modes with something else in place of HTTP, or with HTTP that is spelled wrongly."""

from __future__ import annotations

import random
from functools import partial

from tests.hostile.exchange import Exchange, Move, Moves, header_added
from tests.hostile.mode import Area, Mode, Stage

_TLS_ALERT = bytes.fromhex("15030300020246")
_TLS_HELLO = bytes.fromhex("160303007a0200007603035b") + bytes(range(120))
_HTTP2 = bytes.fromhex("00001204000000000000030000008000040001000000050000ffff")
_GOAWAY = bytes.fromhex("0000080700000000000000000000000001")
_PAGE = b"<html><head><title>Welcome</title></head><body>It works!</body></html>"
_BANNERS: tuple[tuple[str, str, bytes], ...] = (
    ("ssh-banner", "an SSH server", b"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13\r\n"),
    ("smtp-banner", "a mail server", b"220 mail.example.com ESMTP Postfix\r\n"),
    ("ftp-banner", "an FTP server", b"220-Welcome\r\n220 ready\r\n"),
    ("redis-error", "a Redis server", b"-ERR unknown command 'PUT'\r\n"),
    ("tls-alert", "a TLS alert", _TLS_ALERT),
    ("tls-hello", "a TLS hello", _TLS_HELLO),
    ("rtsp", "an RTSP answer", b"RTSP/1.0 200 OK\r\nCSeq: 1\r\ncontent-length: 2\r\n\r\n{}"),
    ("icy", "a SHOUTcast answer", b"ICY 200 OK\r\nicy-name: radio\r\ncontent-length: 2\r\n\r\n{}"),
    ("sip", "a SIP answer", b"SIP/2.0 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
    ("http2-settings", "HTTP/2 frames", _HTTP2 + _GOAWAY),
    ("http2-preface", "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _HTTP2),
    ("bare-json", "a JSON text without a head", b'{"customerSession":{"state":"open"}}'),
    ("bare-page", "a page without a head", _PAGE),
    ("nul-bytes", "4,000 NUL bytes", bytes(4000)),
    ("random-bytes", "4,000 random bytes", random.Random(1).randbytes(4000)),
    ("empty-lines", "empty lines only", b"\r\n" * 2000),
    (
        "a-request",
        "a request in place of an answer",
        b"GET / HTTP/1.1\r\nhost: example.com\r\n\r\n",
    ),
)


def _sent(content: bytes, _: Exchange) -> Moves:
    return [content, Move.CLOSE]


def _first_line(line: bytes, exchange: Exchange) -> Moves:
    rest = exchange.answer.message().split(b"\r\n", 1)[1]
    return [line + b"\r\n" + rest, Move.CLOSE]


def _line_added(line: bytes, exchange: Exchange) -> Moves:
    first, rest = exchange.answer.message().split(b"\r\n", 1)
    return [first + b"\r\n" + line + b"\r\n" + rest, Move.CLOSE]


def _bare_line_ends(exchange: Exchange) -> Moves:
    head, body = exchange.answer.message().split(b"\r\n\r\n", 1)
    return [head.replace(b"\r\n", b"\n") + b"\n\n" + body, Move.CLOSE]


def _odd_value(exchange: Exchange) -> Moves:
    return [header_added(exchange, b"x-name", "zażółć".encode() + b"\xff\xfe")]


_LINES: tuple[tuple[str, bytes], ...] = (
    ("version-3-7", b"HTTP/3.7 200 OK"),
    ("version-text", b"HTTP/one 200 OK"),
    ("version-missing", b"HTTP 200 OK"),
    ("status-two-digits", b"HTTP/1.1 20 OK"),
    ("status-four-digits", b"HTTP/1.1 2000 OK"),
    ("status-text", b"HTTP/1.1 two-hundred OK"),
    ("status-negative", b"HTTP/1.1 -200 OK"),
    ("status-099", b"HTTP/1.1 099 Early"),
    ("status-missing", b"HTTP/1.1"),
)
_HEADERS: tuple[tuple[str, str, bytes], ...] = (
    ("header-without-colon", "a header line without colon", b"this is no header"),
    ("header-space-before-colon", "a blank before the colon", b"x-name : value"),
    ("header-folded", "a folded header line", b"x-name: one\r\n  two"),
    ("header-nul", "a NUL in a header value", b"x-name: a\x00b"),
    ("header-cr", "a bare CR in a header value", b"x-name: a\rb"),
    ("header-no-name", "a header line without name", b": value"),
)

MODES = (
    *(
        Mode(name, Area.GARBAGE, f"{what} answers", partial(_sent, content), False, Stage.REQUESTED)
        for name, what, content in _BANNERS
    ),
    *(
        Mode(
            name,
            Area.GARBAGE,
            f"the first line is {line.decode()}",
            partial(_first_line, line),
            False,
        )
        for name, line in _LINES
    ),
    *(
        Mode(name, Area.GARBAGE, f"the answer holds {what}", partial(_line_added, line), False)
        for name, what, line in _HEADERS
    ),
    Mode(
        "line-ends-lf", Area.GARBAGE, "lines of the head end with LF only", _bare_line_ends, False
    ),
    Mode("header-latin", Area.GARBAGE, "a header value that is no ASCII", _odd_value, False),
    Mode(
        "reason-missing",
        Area.GARBAGE,
        "a status line without reason, lawful",
        lambda exchange: [_unreasoned(exchange)],
        False,
    ),
)


def _unreasoned(exchange: Exchange) -> bytes:
    rest = exchange.answer.message().split(b"\r\n", 1)[1]
    return f"HTTP/1.1 {exchange.answer.status} \r\n".encode() + rest
