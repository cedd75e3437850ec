"""Makes any text harmless in Markdown, as GitHub and GitLab show it.

Both sites look for mentions, references and addresses once more in the finished page, where a
backslash is gone. So the characters that begin one are followed by a space without width. In code
they look for none.
"""

from __future__ import annotations

import re

from .plain import plain

_ESCAPED = frozenset("\\`*_{}[]|#!~$")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_WIDTH = "\u200b"
_BEGINS_A_LINK = re.compile(
    r"@|#(?=\w)|\bGH-(?=\d)|!(?=\d)|:(?=//)|\bwww(?=\.)"
    # Of GitLab: epics, milestones, labels, snippets, alerts, iterations, and all with a name.
    r"""|&(?=\w)|[%~](?=[\w"])|\$(?=\w)|\^(?=\w)|\*(?=\w+:)|\[(?=\w+:)""",
    re.IGNORECASE,
)
_BACKTICKS = re.compile("`+")
_LONGEST_CODE = 600


def cell(text: str) -> str:
    """``text`` in a table or a line, shown as it is: no markup, no HTML, no further cell, and
    nobody is mentioned."""
    parted = _BEGINS_A_LINK.sub(lambda found: f"{found[0]}{_NO_WIDTH}", plain(text))
    return "".join(
        f"\\{char}" if char in _ESCAPED else _ENTITIES.get(char, char) for char in parted
    )


def code(text: str, *, longest: int = _LONGEST_CODE) -> str:
    """``text`` as code in a line; it is not for tables, where a bar would end the cell."""
    shown = plain(text, longest=longest)
    if not shown.strip():
        return "(empty)"
    fence = "`" * (1 + _longest_run(shown))
    # Markdown takes one space off each end, so that the text may begin or end with a backtick.
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_block(lines: list[str], language: str = "") -> str:
    """Lines of code, which no line of them can end."""
    shown = [plain(line, longest=len(line) * _LONGEST_ESCAPE) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_run, shown), default=0))
    return "\n".join((f"{fence}{language}", *shown, fence))


_LONGEST_ESCAPE = len("\\U0010ffff")
"""So that no line is cut."""


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
