"""Makes hostile text harmless: a report shows what a target sent, and no terminal obeys it."""

from __future__ import annotations

_MAX_LENGTH = 600


def plain(text: str, *, longest: int = _MAX_LENGTH) -> str:
    """``text`` on one line, without anything that a terminal would obey.

    Control characters, bidirectional overrides and lone surrogates become escapes. So no escape
    sequence reaches a terminal, and no text can forge a line.

    Args:
        text: anything.
        longest: characters of the result; a longer text ends with an ellipsis.
    """
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text[: longest + 1]
    )
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
