"""The totals of a comparison of two runs, in one line that all its reports share."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis import Comparison
from .diff_words import Group, groups_of


def diff_totals(comparison: Comparison) -> str:
    """``"old -> new: 2 new, worse; 1 fixed; 3 still there"``."""
    parts = (comparison.verdict.text, *_unchanged(comparison))
    return f"{comparison.old} -> {comparison.new}: {'; '.join(parts)}"


def _unchanged(comparison: Comparison) -> Iterator[str]:
    groups = groups_of(comparison)
    for group in (Group.KNOWN, Group.STILL_THERE):
        if groups[group]:
            yield f"{len(groups[group])} {group.value.lower()}"
