"""Twins: pairs of session IDs that look alike and are not the same (IDENT-01, IDENT-02)."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from ...contract import MARK
from .odd_identifiers import ACCEPTED, SILENT, Family, is_silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusableIds:
    """Two session IDs, each with the mark exactly once, that only a sloppy server confuses."""

    first: str
    second: str
    family: Family
    what: str
    """How they differ, in a few plain words."""

    @property
    def silent(self) -> bool:
        """Whether the contract leaves open what becomes of one of the two (IDENT-U3)."""
        return is_silent(self.first) or is_silent(self.second)

    @property
    def aims(self) -> tuple[str, ...]:
        return SILENT if self.silent else ACCEPTED


def _tails(family: Family, what: str, first: str, second: str) -> ConfusableIds:
    return ConfusableIds(first=f"{MARK}{first}", second=f"{MARK}{second}", family=family, what=what)


def _heads(family: Family, what: str, first: str, second: str) -> ConfusableIds:
    return ConfusableIds(first=f"{first}{MARK}", second=f"{second}{MARK}", family=family, what=what)


def _long(length: int) -> ConfusableIds:
    body = MARK + "n" * (length - len(MARK) - 1)
    return ConfusableIds(
        first=body + "a",
        second=body + "b",
        family=Family.LONG,
        what=f"last of {length} characters",
    )


def _longer(length: int) -> ConfusableIds:
    body = MARK + "n" * (length - len(MARK))
    return ConfusableIds(
        first=body, second=body + "n", family=Family.LONG, what=f"{length} or one character more"
    )


CONFUSABLE_IDS: tuple[ConfusableIds, ...] = (
    _tails(Family.CASE, "letter case", "-abc", "-ABC"),
    _heads(Family.CASE, "case of one letter before", "a", "A"),
    _tails(Family.CASE, "sharp s and SS", "-STRASSE", "-straße"),
    _tails(Family.CASE, "small and capital sharp s", "-ß", "-ẞ"),
    _tails(Family.CASE, "dotless i", "-i", "-ı"),
    _tails(Family.CASE, "dotted capital I", "-I", "-İ"),
    _tails(Family.CASE, "Kelvin sign", "-K", "-\u212a"),
    _tails(Family.CASE, "long s", "-s", "-ſ"),
    _tails(Family.CASE, "final sigma", "-σ", "-ς"),
    _tails(Family.CASE, "accented letter", "-é", "-É"),
    _tails(Family.NORMALISATION, "composed and decomposed", "-é", "-e\u0301"),
    _tails(Family.NORMALISATION, "accent or none", "-e", "-é"),
    _tails(Family.NORMALISATION, "ligature", "-fi", "-\ufb01"),
    _tails(Family.NORMALISATION, "width", "-A1", "-Ａ１"),
    _tails(Family.NORMALISATION, "Angstrom sign", "-Å", "-\u212b"),
    _tails(Family.NORMALISATION, "superscript", "-2", "-²"),
    _tails(Family.NORMALISATION, "Latin and Cyrillic", "-a", "-а"),
    _tails(Family.NORMALISATION, "zero and capital O", "-0", "-O"),
    _tails(Family.BLANK, "blank after", "", " "),
    _heads(Family.BLANK, "blank before", "", " "),
    _tails(Family.BLANK, "no-break space", "- x", "-\u00a0x"),
    _tails(Family.BLANK, "one blank or two", "-a b", "-a  b"),
    _tails(Family.BLANK, "wide blank after", "", "\u3000"),
    _tails(Family.BLANK, "dot after", "", "."),
    _heads(Family.BLANK, "dot before", "", "."),
    _tails(Family.PERCENT, "percent form and letter", "-%41", "-A"),
    _tails(Family.PERCENT, "percent sign escaped twice", "-%", "-%25"),
    _tails(Family.PERCENT, "blank and its percent form", "-a b", "-a%20b"),
    _tails(Family.PERCENT, "case of a percent form", "-%c3%a9", "-%C3%A9"),
    _tails(Family.PERCENT, "slash and its percent form", "-a/b", "-a%2Fb"),
    _tails(Family.DELIMITER, "plus and blank", "-a+b", "-a b"),
    _tails(Family.DELIMITER, "parameter after a semicolon", "", ";v=1"),
    _tails(Family.DELIMITER, "query", "", "?dry=true"),
    _tails(Family.DELIMITER, "fragment", "", "#top"),
    _tails(Family.DELIMITER, "hyphen and underscore", "-a", "_a"),
    _tails(Family.PATH, "backslash", "-a\\b", "-ab"),
    _tails(Family.PATH, "slash after", "", "/"),
    _tails(Family.INVISIBLE, "zero-width space", "-ab", "-a\u200bb"),
    _tails(Family.INVISIBLE, "byte order mark after", "", "\ufeff"),
    _tails(Family.INVISIBLE, "soft hyphen", "-ab", "-a\u00adb"),
    _tails(Family.BIDI, "right-to-left mark", "-a", "-a\u200f"),
    _tails(Family.ASTRAL, "beyond the basic plane", "-😀", "-😁"),
    _tails(Family.ASTRAL, "variation selector", "-❤", "-❤\ufe0f"),
    _tails(Family.CONTROL, "NUL after", "", "\x00"),
    _tails(Family.CONTROL, "cut at NUL", "-a\x00a", "-a\x00b"),
    _tails(Family.CONTROL, "line feed after", "", "\n"),
    _tails(Family.CONTROL, "tab and blank", "-a\tb", "-a b"),
    _tails(Family.NUMBER, "padded with a zero", "-1", "-01"),
    _heads(Family.NUMBER, "zeros before", "7", "007"),
    _tails(Family.NUMBER, "integer and float", ".1", ".10"),
    *(_long(length) for length in (64, 128, 255, 256, 512, 1_000)),
    *(_longer(length) for length in (64, 255, 256)),
)
"""All twins; no pair twice."""


def confusable_session_ids(*, silent: bool = False) -> st.SearchStrategy[tuple[str, str]]:
    """Pairs of distinct look-alike session IDs.

    Args:
        silent: whether to include pairs that IDENT-U3 leaves open.
    """
    pairs = [(twins.first, twins.second) for twins in CONFUSABLE_IDS if silent or not twins.silent]
    return st.sampled_from(pairs)
