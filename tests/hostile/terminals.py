"""Modes that drive a terminal: escape sequences and control characters in every text."""

from __future__ import annotations

import json
from functools import partial

from tests.hostile.exchange import (
    Exchange,
    Moves,
    body_replaced,
    message,
    planted,
    refusal,
    texts_changed,
)
from tests.hostile.mode import Area, Mode

SEQUENCES: tuple[tuple[str, str, str], ...] = (
    ("colours", "colours and a cleared screen", "\x1b[31m\x1b[2J\x1b[H"),
    ("hyperlink", "a hyperlink (OSC 8)", "\x1b]8;;http://example.com\x1b\\click\x1b]8;;\x1b\\"),
    ("clipboard", "a write to the clipboard (OSC 52)", "\x1b]52;c;cm0gLXJmIC8=\x07"),
    ("title", "a window title (OSC 0)", "\x1b]0;owned\x07"),
    ("device", "a device control string", '\x1bP$q"p\x1b\\'),
    ("c1", "C1 control characters", "\x9b31m\x9d0;x\x9c\x85"),
    ("bell", "the bell", "\a"),
    ("return", "a carriage return that hides the line", "bad\rgood"),
    ("backspace", "backspaces", "bad\b\b\bgood"),
    ("delete", "delete and NUL", "\x7f\x00"),
    ("bidi", "marks of writing direction", "\u202egood\u202c\u2066\u2069\u200f"),
    ("lines", "form feeds and vertical tabs", "\f\v"),
    ("invisible", "invisible characters", "\u200b\u2060\ufeff\U000e0041"),
)


def _everywhere(text: str, exchange: Exchange) -> Moves:
    changed = texts_changed(exchange.json(), lambda old: old + text)
    return [body_replaced(exchange, json.dumps(changed).encode())]


def _refused(text: str, _: Exchange) -> Moves:
    return [refusal(f"no {text} such thing")]


def _failed(text: str, _: Exchange) -> Moves:
    return [refusal(f"no {text} such thing", status=500, reason=b"Error")]


def _named(exchange: Exchange) -> Moves:
    names = {text: 1 for _, _, text in SEQUENCES}
    return [planted(exchange, json.dumps(names).encode())]


def _reason(_: Exchange) -> Moves:
    return [message(b"{}", status=400, reason=b"\x1b[31mBad\x07")]


def _raw_page(_: Exchange) -> Moves:
    page = "".join(text for _, _, text in SEQUENCES).encode()
    return [
        message(
            page,
            status=502,
            reason=b"Bad Gateway",
            headers=((b"content-type", b"text/\x1b[31mplain"),),
        )
    ]


MODES = (
    *(
        Mode(f"terminal-{name}", Area.TERMINAL, f"{what} in each text", partial(_everywhere, text))
        for name, what, text in SEQUENCES
    ),
    *(
        Mode(
            f"terminal-refusal-{name}",
            Area.TERMINAL,
            f"a refusal with {what}",
            partial(_refused, text),
        )
        for name, what, text in SEQUENCES[:2] + SEQUENCES[5:6]
    ),
    *(
        Mode(f"terminal-error-{name}", Area.TERMINAL, f"a 500 with {what}", partial(_failed, text))
        for name, what, text in SEQUENCES[:2] + SEQUENCES[10:11]
    ),
    Mode("terminal-names", Area.TERMINAL, "control characters in names of members", _named),
    Mode(
        "terminal-reason",
        Area.TERMINAL,
        "control characters in the reason of the status line",
        _reason,
    ),
    Mode("terminal-page", Area.TERMINAL, "control characters in a page and its type", _raw_page),
)
