"""Modes whose texts make a regular expression backtrack: paths, blanks, traces, brackets."""

from __future__ import annotations

import gzip
import json
from functools import partial

from tests.hostile.coding import coded
from tests.hostile.exchange import (
    Exchange,
    Move,
    Moves,
    body_replaced,
    error_body,
    refusal,
    repeated,
    texts_changed,
)
from tests.hostile.mode import Area, Mode

_FOOD: tuple[tuple[str, str, str, int], ...] = (
    ("paths", "/usr/usr/usr...", "/usr", 300_000),
    ("windows-paths", r"C:\a\a\a...", "C:\\a", 300_000),
    ("path-dots", "/../../..", "/..", 300_000),
    ("blanks", "blanks", " ", 300_000),
    ("line-ends", "line ends", "\n", 300_000),
    ("tabs-and-blanks", "tabs and blanks in turn", "\t ", 300_000),
    ("dots", "dots", ".", 300_000),
    (
        "java-frames",
        "lines of a Java trace",
        "\tat com.example.Service.run(Service.java:17)\n",
        300_000,
    ),
    ("at-words", "'at ' again and again", "at ", 300_000),
    (
        "python-frames",
        "lines of a Python trace",
        '  File "/app/service.py", line 17, in run\n',
        300_000,
    ),
    ("file-words", "'File \"' again and again", 'File "', 300_000),
    (
        "go-frames",
        "lines of a Go trace",
        "goroutine 1 [running]:\nmain.main()\n\t/go/src/main.go:17 +0x1d\n",
        300_000,
    ),
    ("brackets", "a million opening brackets", "(", 1_000_000),
    ("square-brackets", "a million square brackets", "[", 1_000_000),
    ("backslashes", "backslashes", "\\", 300_000),
    ("quotes", "quotes", '"', 300_000),
    ("sql", "SELECT again and again", "SELECT * FROM ", 300_000),
    ("sql-blanks", "SELECT and blanks", "SELECT      ", 300_000),
    ("digits", "digits", "1", 300_000),
    ("hex-digits", "hexadecimal digits", "a1", 300_000),
    ("addresses", "a@a@a@...", "a@", 300_000),
    ("colons", "a:a:a:...", "a:", 300_000),
    ("urls", "http://http://...", "http://", 300_000),
    ("dates", "dates", "2026-01-01T", 300_000),
    ("uuids", "UUIDs", "123e4567-e89b-12d3-a456-426614174000-", 300_000),
    ("percents", "percent signs", "%25", 300_000),
    ("ampersands", "entities without end", "&amp", 300_000),
    ("less-than", "less-than signs", "<", 300_000),
    ("marks", "the start of a session ID of the run", "cf-", 300_000),
)
_REFUSAL_PATHS = "/usr" * (15_000_000 // 4)


def _text(piece: str, total: int) -> str:
    return repeated(piece.encode(), total).decode()


def _refused(piece: str, total: int, _: Exchange) -> Moves:
    return [refusal(_text(piece, total))]


def _failed(piece: str, total: int, _: Exchange) -> Moves:
    return [refusal(_text(piece, total), status=500, reason=b"Internal Server Error")]


def _everywhere(piece: str, total: int, exchange: Exchange) -> Moves:
    """Each text of the answer is a twentieth of it."""
    changed = texts_changed(exchange.json(), lambda _: _text(piece, total // 20))
    return [body_replaced(exchange, json.dumps(changed).encode())]


def _squeezed(_: Exchange) -> Moves:
    return [
        coded(
            gzip.compress(error_body(_REFUSAL_PATHS)), b"gzip", status=400, reason=b"Bad Request"
        ),
        Move.CLOSE,
    ]


MODES = (
    *(
        Mode(
            f"refusal-{name}",
            Area.PATTERN,
            f"a refusal of {total // 1000} kB: {what}",
            partial(_refused, piece, total),
        )
        for name, what, piece, total in _FOOD
    ),
    *(
        Mode(
            f"error-{name}",
            Area.PATTERN,
            f"a 500 of {total // 1000} kB: {what}",
            partial(_failed, piece, total),
        )
        for name, what, piece, total in _FOOD[:1] + _FOOD[7:11:3]
    ),
    *(
        Mode(
            f"texts-{name}",
            Area.PATTERN,
            f"each text of the answer: {what}",
            partial(_everywhere, piece, total),
        )
        for name, what, piece, total in (_FOOD[0], _FOOD[3], _FOOD[12])
    ),
    Mode(
        "refusal-paths-gzip", Area.PATTERN, "a refusal of 15 MB in gzip: /usr/usr/usr...", _squeezed
    ),
)
