"""Hostile text made harmless: what a target sent is shown, never obeyed."""

from __future__ import annotations

_LONGEST = 600


def plain(text: str, *, longest: int = _LONGEST) -> str:
    """``text`` on one line, without anything that a terminal would obey.

    Control characters, bidirectional overrides and lone surrogates are shown as escapes, so that
    no escape sequence reaches a terminal and no line can be forged.

    Args:
        text: anything.
        longest: characters after which it is cut.
    """
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text[: longest + 1]
    )
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
