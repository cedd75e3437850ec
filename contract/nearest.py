"""Names the known word that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_CUTOFF = 0.6
"""Of `difflib`: below it a suggestion misleads more often than it helps."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that is most like ``word``, whatever its case; None: none is."""
    by_text = {one.lower().replace("-", "_"): one for one in known}
    sought = word.lower().replace("-", "_")
    found = difflib.get_close_matches(sought, by_text, n=1, cutoff=_CUTOFF)
    return by_text[found[0]] if found else None


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The end of an error message that names the nearest of ``known``; empty: none is near."""
    near = nearest(word, known) if isinstance(word, str) else None
    return "" if near is None else f'; did you mean "{near}"?'
