"""Makes texts of a target harmless in a page: no control characters, bounded, line by line."""

from __future__ import annotations

from markupsafe import Markup

from ..plain import plain

_MAX_BLOCK = 4_000
_MAX_LINE = 600


def harmless(value: object) -> object:
    """``value`` as a page may show it: in a text all but line breaks and tabs is printable.

    Bidirectional overrides become escapes, so no text can pose as another one, and so do lone
    surrogates, which UTF-8 cannot encode. What is no text, and `Markup`, stays.
    """
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(
        char if char.isprintable() or char in "\n\t" else _escaped(char) for char in value
    )


def block(text: str, *, longest: int = _MAX_BLOCK) -> str:
    """``text`` of several lines, each of them as `plain` makes it.

    Args:
        text: anything.
        longest: characters of the result, but for a last line with the length of ``text``.
    """
    lines: list[str] = []
    left = longest
    for line in text[: 2 * longest].splitlines():
        shown = plain(line, longest=_MAX_LINE)
        if len(shown) > left:
            lines.append(plain(line, longest=max(left, 1)))
            left = -1
            break
        lines.append(shown)
        left -= len(shown) + 1
    if left < 0 or len(text) > 2 * longest:
        lines.append(f"… ({len(text):,} characters in all)")
    return "\n".join(lines)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
