"""The totals of a comparison of two runs, in one line that all its reports share."""

from __future__ import annotations

from ..analysis import Change, Comparison


def diff_totals(comparison: Comparison) -> str:
    """``"old -> new: 2 new, 1 fixed, 3 still there"``."""
    counts = [(len(comparison.with_change(change)), change.value) for change in Change]
    counts.insert(-1, (len(comparison.drifts), "drifted"))
    lost = len(comparison.lost_coverage)
    counts.insert(-1, (lost, f"{'rule' if lost == 1 else 'rules'} no longer tested"))
    listed = ", ".join(f"{count} {name}" for count, name in counts if count)
    if comparison.is_empty:
        listed = f"no change, {listed or 'no discrepancy in either run'}"
    return f"{comparison.old} -> {comparison.new}: {listed}"
