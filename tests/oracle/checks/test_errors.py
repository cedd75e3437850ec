"""How far into an error leaks are looked for, and what blanks around codes are."""

from __future__ import annotations

import pytest

from cartfuzz.oracle.model.codes import trimmed

from ..histories import DATA, answer, judge, rules, update

TRACE = "Traceback (most recent call last)"


@pytest.mark.parametrize(
    ("before", "expected"), [(0, True), (1_100, True), (16_330, True), (16_384, False)]
)
def test_leaks_are_looked_for_in_the_first_16_kib(before: int, expected: bool) -> None:
    """The work on what a target writes is bounded."""
    body = {"message": "m" * before + TRACE}
    found = rules(judge([(update({**DATA, "cartItems": "none"}), answer(400, body))]))
    assert ("ERR-03" in found) is expected


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        ("~ ", "~"),
        (" !", "!"),
        ("\x7fa\xa0", "a"),
        ("\u200ba\u200c", "a\u200c"),
        ("", ""),
        (" ", ""),
    ],
)
def test_blanks_around_codes(code: str, plain: str) -> None:
    """Controls, spaces and marks of no width; no printable character."""
    assert trimmed(code) == plain
