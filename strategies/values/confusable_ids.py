"""Pairs of session IDs that look alike and are different (IDENT-01, IDENT-02)."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from ...contract import MARK
from .odd_identifiers import ACCEPTED, SILENT, IdentifierFamily, is_silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusableIds:
    """Two session IDs, each with the mark exactly once, that only a faulty server confuses."""

    first: str
    second: str
    family: IdentifierFamily
    difference: str
    """How they differ, in a few plain words."""

    @property
    def silent(self) -> bool:
        """Whether the contract leaves open what becomes of one of the two (IDENT-U3)."""
        return is_silent(self.first) or is_silent(self.second)

    @property
    def aims(self) -> tuple[str, ...]:
        """The rules that sessions under these IDs put to the test."""
        return SILENT if self.silent else ACCEPTED


def _suffixes(family: IdentifierFamily, difference: str, first: str, second: str) -> ConfusableIds:
    return ConfusableIds(
        first=f"{MARK}{first}", second=f"{MARK}{second}", family=family, difference=difference
    )


def _prefixes(family: IdentifierFamily, difference: str, first: str, second: str) -> ConfusableIds:
    return ConfusableIds(
        first=f"{first}{MARK}", second=f"{second}{MARK}", family=family, difference=difference
    )


def _last_character(length: int) -> ConfusableIds:
    body = MARK + "n" * (length - len(MARK) - 1)
    return ConfusableIds(
        first=body + "a",
        second=body + "b",
        family=IdentifierFamily.LONG,
        difference=f"last of {length} characters",
    )


def _one_longer(length: int) -> ConfusableIds:
    body = MARK + "n" * (length - len(MARK))
    return ConfusableIds(
        first=body,
        second=body + "n",
        family=IdentifierFamily.LONG,
        difference=f"{length} or one character more",
    )


CONFUSABLE_IDS: tuple[ConfusableIds, ...] = (
    _suffixes(IdentifierFamily.CASE, "letter case", "-abc", "-ABC"),
    _prefixes(IdentifierFamily.CASE, "case of one letter before", "a", "A"),
    _suffixes(IdentifierFamily.CASE, "sharp s and SS", "-STRASSE", "-straße"),
    _suffixes(IdentifierFamily.CASE, "small and capital sharp s", "-ß", "-ẞ"),
    _suffixes(IdentifierFamily.CASE, "dotless i", "-i", "-ı"),
    _suffixes(IdentifierFamily.CASE, "dotted capital I", "-I", "-İ"),
    _suffixes(IdentifierFamily.CASE, "Kelvin sign", "-K", "-\u212a"),
    _suffixes(IdentifierFamily.CASE, "long s", "-s", "-ſ"),
    _suffixes(IdentifierFamily.CASE, "final sigma", "-σ", "-ς"),
    _suffixes(IdentifierFamily.CASE, "accented letter", "-é", "-É"),
    _suffixes(IdentifierFamily.NORMALISATION, "composed and decomposed", "-é", "-e\u0301"),
    _suffixes(IdentifierFamily.NORMALISATION, "accent or none", "-e", "-é"),
    _suffixes(IdentifierFamily.NORMALISATION, "ligature", "-fi", "-\ufb01"),
    _suffixes(IdentifierFamily.NORMALISATION, "width", "-A1", "-Ａ１"),
    _suffixes(IdentifierFamily.NORMALISATION, "Angstrom sign", "-Å", "-\u212b"),
    _suffixes(IdentifierFamily.NORMALISATION, "superscript", "-2", "-²"),
    _suffixes(IdentifierFamily.NORMALISATION, "Latin and Cyrillic", "-a", "-а"),
    _suffixes(IdentifierFamily.NORMALISATION, "zero and capital O", "-0", "-O"),
    _suffixes(IdentifierFamily.BLANK, "blank after", "", " "),
    _prefixes(IdentifierFamily.BLANK, "blank before", "", " "),
    _suffixes(IdentifierFamily.BLANK, "no-break space", "- x", "-\u00a0x"),
    _suffixes(IdentifierFamily.BLANK, "one blank or two", "-a b", "-a  b"),
    _suffixes(IdentifierFamily.BLANK, "wide blank after", "", "\u3000"),
    _suffixes(IdentifierFamily.BLANK, "dot after", "", "."),
    _prefixes(IdentifierFamily.BLANK, "dot before", "", "."),
    _suffixes(IdentifierFamily.PERCENT, "percent form and letter", "-%41", "-A"),
    _suffixes(IdentifierFamily.PERCENT, "percent sign escaped twice", "-%", "-%25"),
    _suffixes(IdentifierFamily.PERCENT, "blank and its percent form", "-a b", "-a%20b"),
    _suffixes(IdentifierFamily.PERCENT, "case of a percent form", "-%c3%a9", "-%C3%A9"),
    _suffixes(IdentifierFamily.PERCENT, "slash and its percent form", "-a/b", "-a%2Fb"),
    _suffixes(IdentifierFamily.DELIMITER, "plus and blank", "-a+b", "-a b"),
    _suffixes(IdentifierFamily.DELIMITER, "parameter after a semicolon", "", ";v=1"),
    _suffixes(IdentifierFamily.DELIMITER, "query", "", "?dry=true"),
    _suffixes(IdentifierFamily.DELIMITER, "fragment", "", "#top"),
    _suffixes(IdentifierFamily.DELIMITER, "hyphen and underscore", "-a", "_a"),
    _suffixes(IdentifierFamily.PATH, "backslash", "-a\\b", "-ab"),
    _suffixes(IdentifierFamily.PATH, "slash after", "", "/"),
    _suffixes(IdentifierFamily.INVISIBLE, "zero-width space", "-ab", "-a\u200bb"),
    _suffixes(IdentifierFamily.INVISIBLE, "byte order mark after", "", "\ufeff"),
    _suffixes(IdentifierFamily.INVISIBLE, "soft hyphen", "-ab", "-a\u00adb"),
    _suffixes(IdentifierFamily.BIDI, "right-to-left mark", "-a", "-a\u200f"),
    _suffixes(IdentifierFamily.ASTRAL, "beyond the basic plane", "-😀", "-😁"),
    _suffixes(IdentifierFamily.ASTRAL, "variation selector", "-❤", "-❤\ufe0f"),
    _suffixes(IdentifierFamily.CONTROL, "NUL after", "", "\x00"),
    _suffixes(IdentifierFamily.CONTROL, "cut at NUL", "-a\x00a", "-a\x00b"),
    _suffixes(IdentifierFamily.CONTROL, "line feed after", "", "\n"),
    _suffixes(IdentifierFamily.CONTROL, "tab and blank", "-a\tb", "-a b"),
    _suffixes(IdentifierFamily.NUMBER, "padded with a zero", "-1", "-01"),
    _prefixes(IdentifierFamily.NUMBER, "zeros before", "7", "007"),
    _suffixes(IdentifierFamily.NUMBER, "integer and float", ".1", ".10"),
    *(_last_character(length) for length in (64, 128, 255, 256, 512, 1_000)),
    *(_one_longer(length) for length in (64, 255, 256)),
)
"""All pairs, each once."""


def confusable_session_ids(*, silent: bool = False) -> st.SearchStrategy[tuple[str, str]]:
    """Pairs of different session IDs that look alike, each with the mark once.

    Args:
        silent: whether to include pairs that IDENT-U3 leaves open.
    """
    pairs = [(pair.first, pair.second) for pair in CONFUSABLE_IDS if silent or not pair.silent]
    return st.sampled_from(pairs)
