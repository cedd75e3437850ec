"""Shows characters that an output cannot encode as something that people can read.

`READABLE` is an error handler for encoders, like ``backslashreplace``: typographic characters of
Cartfuzz's own texts become those of ASCII, all others the escapes that JSON has, so that a body can
still be pasted. Nothing raises an error.
"""

from __future__ import annotations

import codecs
import io
import json
from typing import TextIO

READABLE = "cartfuzz-readable"
"""The name of the error handler."""
_PLAIN = {
    "…": "...",
    "–": "-",
    "—": "-",
    "→": "->",
    "×": "x",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "\N{NO-BREAK SPACE}": " ",
}


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(char) or json.dumps(char)[1:-1] for char in text), error.end


codecs.register_error(READABLE, _replaced)


def encodable(text: str, encoding: str) -> str:
    """``text`` as an output with ``encoding`` shows it; an encoding that is not known is ASCII."""
    try:
        return text.encode(encoding, READABLE).decode(encoding)
    except LookupError:
        return encodable(text, "ascii")


def make_readable(stream: TextIO) -> None:
    """Has ``stream`` write what its encoding lacks readably, where it would raise an error."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
        stream.reconfigure(errors=READABLE)
