"""Hostile text becomes one printable line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from cartfuzz.reports import plain

from .summaries import any_text


@settings(deadline=None)
@given(any_text)
def test_plain_text_is_one_printable_line(text: str) -> None:
    """Printable text stays as it is; every other character becomes an escape."""
    shown = plain(text)
    assert shown.isprintable()
    if text.isprintable() and len(text) <= 600:
        assert shown == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b[31m", "\\x1b[31m"), ("a\nb", "a\\nb"), ("\u202e", "\\u202e"), ("\ud800", "\\ud800")],
)
def test_an_escape_shows_which_character_it_was(text: str, shown: str) -> None:
    """Control characters, overrides and lone surrogates are written as Python would."""
    assert plain(text) == shown


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    """The result has at most the given number of characters."""
    assert plain("abcde", longest=5) == "abcde"
    assert plain("abcdef", longest=5) == "abcd…"
