"""``comment.md``: the change since an earlier run and the run itself, as one comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .markdown_report import MAX_COMMENT

LEAST_REPORT = 16_384
"""UTF-8 bytes that are kept free for the report of the run."""
_CUT = "\n\n(The rest is too long for this page; the file in the report folder has it.)"
_FENCE = re.compile("`{3,}")


def comment(change: str, report: str, *, longest: int = MAX_COMMENT) -> str:
    """One Markdown text of two, the change first, short enough for a comment.

    Args:
        change: the comparison; empty: there is none.
        report: of the run.
        longest: UTF-8 bytes of the result.
    """
    if not change.strip():
        return cut_sections(report, longest)
    room = max(longest - _size(report) - 1, longest - LEAST_REPORT)
    first = cut_sections(change.rstrip("\n") + "\n", room)
    return f"{first}\n{cut_sections(report, longest - _size(first) - 1)}"


def cut_sections(text: str, longest: int) -> str:
    """``text`` without its last sections where it is too long, and a line that says so.

    It is cut before a heading, so that no table, code block or folded part stays open.

    Args:
        text: Markdown of a report, which begins with a heading.
        longest: UTF-8 bytes of the result.
    """
    if _size(text) <= longest:
        return text
    kept = ""
    size = _size(_CUT) + 1
    for section in _sections(text):
        size += _size(section)
        if size > longest:
            break
        kept += section
    return f"{kept.rstrip()}{_CUT}\n"


def _sections(text: str) -> Iterator[str]:
    """The parts of ``text``, each of which begins with a heading that nothing encloses."""
    section: list[str] = []
    fence, folds = "", 0
    for line in text.splitlines(keepends=True):
        begun = _FENCE.match(line)
        if begun is not None:
            fence = begun[0] if not fence else "" if begun[0] == fence else fence
        elif not fence:
            folds += line.count("<details>") - line.count("</details>")
            if line.startswith("#") and not folds:
                yield "".join(section)
                section = []
        section.append(line)
    yield "".join(section)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))
