"""The blanks around codes: the text of a target, cut in linear time."""

from __future__ import annotations

import re
import sys

from cartfuzz.oracle.model.codes import trimmed


def test_blanks_are_what_some_library_counts_as_one() -> None:
    """White space of Unicode, controls, and marks of no width; nothing else."""
    blank = re.compile("[\\s\x00-\x20\x7f-\xa0\ufeff\u200b]")
    wrong = [
        code
        for code in range(sys.maxunicode + 1)
        if (trimmed(f"{chr(code)}é") == "é") is not bool(blank.match(chr(code)))
    ]
    assert wrong == []


def test_blanks_within_a_code_stay() -> None:
    """Only those around it do not count."""
    assert trimmed("\ufeff a  b\u3000") == "a  b"
