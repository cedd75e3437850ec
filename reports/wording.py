"""Words that several reports share, so that one thing has one name in all of them."""

from __future__ import annotations

from collections.abc import Iterable

from ..analysis import Summary
from ..record import Kind

_KINDS = {
    Kind.VIOLATION: "violation",
    Kind.CONTRADICTION: "contradiction",
    Kind.FLAKY: "flaky",
}


def kind_name(kind: Kind) -> str:
    """The kind of a discrepancy as reports call it; files keep the stored value."""
    return _KINDS[kind]


def times(count: int) -> str:
    """``"once"`` or ``"3 times"``."""
    return "once" if count == 1 else f"{count} times"


def counted(count: int, singular: str, plural: str = "") -> str:
    """``count`` with its noun: ``"1 request"``, ``"2 requests"``.

    Args:
        plural: of a noun that does not just add an s.
    """
    return f"{count} {singular if count == 1 else plural or f'{singular}s'}"


def numbered_requests(indices: Iterable[int]) -> str:
    """``"Requests 1 and 2"``, ``"Requests 1 to 3"``, ``"Requests 1, 4 and 5"``.

    Args:
        indices: of the requests, from 0, at least one.
    """
    numbers = [index + 1 for index in indices]
    if len(numbers) == 1:
        return f"Request {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"Requests {numbers[0]} to {numbers[-1]}"
    return f"Requests {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def unreached_operations(summary: Summary) -> str:
    """Why a run is inconclusive: the operations that accepted no request."""
    return f"nothing was ever accepted by: {', '.join(summary.unreached)}"
