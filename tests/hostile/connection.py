"""Modes that disturb the connection: resets, half closes, drips, answers without end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial

from tests.hostile.exchange import Exchange, Move, Moves, Pause, endless
from tests.hostile.mode import Area, Mode, Stage

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def _only(move: Move, _: Exchange) -> Moves:
    return [move]


def _status_line(end: Move, _: Exchange) -> Moves:
    return [b"HTTP/1.1 2", end]


def _header(end: Move, _: Exchange) -> Moves:
    return [_HEAD + b"content-len", end]


def _half_body(end: Move, exchange: Exchange) -> Moves:
    answer = exchange.answer.message()
    return [answer[: len(answer) - len(exchange.answer.body) // 2 - 1], end]


def _whole(end: Move, exchange: Exchange) -> Moves:
    return [exchange.answer.message(), end]


def _dripped_head(exchange: Exchange) -> Iterator[bytes | Pause]:
    return _dripped(exchange.answer.message())


def _dripped_body(exchange: Exchange) -> Iterator[bytes | Pause]:
    answer = exchange.answer.message()
    cut = len(answer) - len(exchange.answer.body)
    return itertools.chain([answer[:cut]], _dripped(answer[cut:]))


def _dripped(content: bytes) -> Iterator[bytes | Pause]:
    for place in range(len(content)):
        yield Pause(0.3)
        yield content[place : place + 1]


def _after(head: bytes, piece: bytes, _: Exchange) -> Iterator[bytes]:
    return itertools.chain([head], endless(piece))


def _spaced_interim(_: Exchange) -> Iterator[bytes | Pause]:
    while True:
        yield b"HTTP/1.1 102 Processing\r\n\r\n"
        yield Pause(0.2)


def _interim(count: int, exchange: Exchange) -> Moves:
    hints = b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n"
    return [hints * count, exchange.answer.message()]


def _head_then_nothing(_: Exchange) -> Moves:
    return [_HEAD + b"content-length: 400\r\n\r\n", Move.HANG]


_ENDS: tuple[tuple[str, str, Callable[[Move, Exchange], Moves], Stage], ...] = (
    ("at-accept", "before the request is read", _only, Stage.CONNECTED),
    ("after-request", "when the request arrives, which nobody executes", _only, Stage.REQUESTED),
    ("before-answer", "when the request was executed", _only, Stage.ANSWERED),
    ("in-status-line", "within the status line", _status_line, Stage.ANSWERED),
    ("in-header", "within a header line", _header, Stage.ANSWERED),
    ("in-body", "in the middle of the body", _half_body, Stage.ANSWERED),
    ("after-body", "right after the complete answer", _whole, Stage.ANSWERED),
)
_WAYS = (("reset", Move.RESET), ("close", Move.CLOSE), ("half-close", Move.HALF_CLOSE))
_DRIBBLES: tuple[tuple[str, str, Callable[[Exchange], Moves]], ...] = (
    ("drip-head", "the answer arrives byte by byte, 0.3 s apart", _dripped_head),
    ("drip-body", "the body arrives byte by byte, 0.3 s apart", _dripped_body),
    ("silent-after-head", "the head arrives, the body never", _head_then_nothing),
    (
        "endless-body",
        "a body without length and without end",
        partial(_after, _HEAD + b'\r\n{"x":"', b"a" * 65_536),
    ),
    (
        "endless-chunks",
        "chunks without end",
        partial(
            _after,
            _HEAD + b"transfer-encoding: chunked\r\n\r\n",
            b"1000\r\n" + b" " * 4096 + b"\r\n",
        ),
    ),
    (
        "endless-headers",
        "header lines without end",
        partial(_after, _HEAD, b"x-more: and more\r\n" * 500),
    ),
    (
        "endless-header",
        "one header line without end",
        partial(_after, _HEAD + b"x-more: ", b"a" * 8192),
    ),
    ("endless-status-line", "a reason without end", partial(_after, b"HTTP/1.1 200 ", b"O" * 8192)),
    (
        "interim-storm",
        "100 Continue again and again, never an answer",
        partial(_after, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 200),
    ),
    ("interim-slow", "102 Processing each 0.2 s, never an answer", _spaced_interim),
)


def _never(_: Exchange) -> Moves:
    return [Move.HANG]


MODES = (
    *(
        Mode(f"{way}-{place}", Area.CONNECTION, f"{way} {when}", partial(act, end), False, stage)
        for way, end in _WAYS
        for place, when, act, stage in _ENDS
    ),
    *(Mode(name, Area.CONNECTION, what, act, False) for name, what, act in _DRIBBLES),
    Mode("silent", Area.CONNECTION, "nothing is ever sent", _never, False, Stage.REQUESTED),
    Mode(
        "silent-after-execution",
        Area.CONNECTION,
        "the request is executed, nothing is sent",
        _never,
        False,
    ),
    Mode(
        "interim-once",
        Area.CONNECTION,
        "103 Early Hints, then the answer",
        partial(_interim, 1),
        False,
    ),
    Mode(
        "interim-1000",
        Area.CONNECTION,
        "103 a thousand times, then the answer",
        partial(_interim, 1000),
        False,
    ),
)
