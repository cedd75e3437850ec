"""Finds the declared code that a text names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from .campaigns import Redeemable

_Code = TypeVar("_Code", bound=Redeemable)


class CodesByText(Generic[_Code]):
    """Declared codes, prepared once so that many texts can be looked up.

    Args:
        codes: all of one kind. Where a text names several, the first is found.
        folds: whether the case of codes does not matter.
    """

    def __init__(self, codes: Sequence[_Code], *, folds: bool) -> None:
        self._codes = tuple(codes)
        self._folds = folds
        self._folded = tuple(one.folded() for one in codes) if folds else ()
        self._patterns = tuple(index for index, one in enumerate(codes) if one.is_pattern)
        self._spellings = _by_spelling(self._codes)
        self._folded_spellings = _by_spelling(self._folded)

    def find(self, code: str) -> _Code | None:
        """The declared code that ``code`` names; None: none does."""
        found = self._spellings.get(code, len(self._codes))
        lower = code.lower() if self._folds else ""
        if self._folds:
            found = min(found, self._folded_spellings.get(lower, found))
        for index in self._patterns:
            if index >= found:
                break
            if self._codes[index].has_numbered(code) or (
                self._folds and self._folded[index].has_numbered(lower)
            ):
                found = index
        return self._codes[found] if found < len(self._codes) else None


def _by_spelling(codes: Sequence[Redeemable]) -> dict[str, int]:
    """By each text by which scenarios write a code: the index of the first code with it."""
    found: dict[str, int] = {}
    for index, code in enumerate(codes):
        for spelling in code.spellings():
            found.setdefault(spelling, index)
    return found
