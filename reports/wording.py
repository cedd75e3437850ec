"""Words that several reports share, so that one thing has one name in all of them."""

from __future__ import annotations

from ..analysis import Bug, Summary
from ..record import Kind

_KINDS = {
    Kind.VIOLATION: "violation",
    Kind.CONTRADICTION: "contradiction",
    Kind.FLAKY: "flaky",
}


def kind_name(kind: Kind) -> str:
    """The kind of a discrepancy as reports call it; files keep the stored value."""
    return _KINDS[kind]


def standing(bug: Bug) -> str:
    """The kind of a discrepancy, or that nobody confirmed it."""
    return "not confirmed" if bug.unconfirmed else kind_name(bug.kind)


def times(count: int) -> str:
    """``"once"`` or ``"3 times"``."""
    return "once" if count == 1 else f"{count} times"


def counted(count: int, singular: str, plural: str = "") -> str:
    """``count`` with its noun: ``"1 request"``, ``"2 requests"``.

    Args:
        plural: of a noun that does not just add an s.
    """
    return f"{count} {singular if count == 1 else plural or f'{singular}s'}"


def unreached_operations(summary: Summary) -> str:
    """Why a run is inconclusive: the operations that accepted no request."""
    return f"nothing was ever accepted by: {', '.join(summary.unreached)}"
