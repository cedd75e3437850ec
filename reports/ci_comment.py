"""``comment.md``: the change since an earlier run and the run itself, as one comment."""

from __future__ import annotations

from .markdown_report import MAX_COMMENT

LEAST_REPORT = 16_384
"""UTF-8 bytes that are kept free for the report of the run."""
_CUT = "\n\n(The comparison is too long for a comment: its file has the rest.)"


def comment(change: str, report: str, *, longest: int = MAX_COMMENT) -> str:
    """One Markdown text of two, the change first, short enough for a comment.

    Whole lines are left out at the end of each that is too long.

    Args:
        change: the comparison; empty: there is none.
        report: of the run.
        longest: UTF-8 bytes of the result.
    """
    if not change.strip():
        return cut_lines(report, longest)
    room = max(longest - _size(report) - 1, longest - LEAST_REPORT)
    first = cut_lines(change.rstrip("\n") + "\n", room, end=_CUT)
    return f"{first}\n{cut_lines(report, longest - _size(first) - 1)}"


def cut_lines(text: str, longest: int, *, end: str = "") -> str:
    """The first lines of ``text`` that fit ``longest`` UTF-8 bytes; ``end`` where some do not."""
    if _size(text) <= longest:
        return text
    kept: list[str] = []
    room = longest - _size(end) - 1
    for line in text.splitlines(keepends=True):
        room -= _size(line)
        if room < 0:
            break
        kept.append(line)
    return f"{''.join(kept).rstrip()}{end}\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))
