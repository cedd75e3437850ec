"""What of two runs cannot be compared, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from .latency_diff import LatencyChange, LatencyVerdict
from .summary import Summary

_MAX_REASONS = 3
_KEEPS: tuple[tuple[str, Callable[[Summary], bool]], ...] = (
    ("the state machine", lambda run: bool(run.transitions)),
    ("latency", lambda run: bool(run.latency.operations)),
    ("behaviour where the contract is silent", lambda run: bool(run.behaviours)),
    ("how far the sweeps got", lambda run: run.share_of_sweeps is not None),
)


class NotCompared(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a comparison says nothing about."""

    what: str
    why: str


def not_sent_again() -> Iterator[NotCompared]:
    """What is left out where the scenarios of one run were sent again, and there is no other."""
    for what in ("rules", "lost coverage", *(what for what, _ in _KEEPS)):
        yield NotCompared(what=what, why="only what the older run had found was sent again")


def not_compared(
    old: Summary, new: Summary, latency: Iterable[LatencyChange]
) -> Iterator[NotCompared]:
    """What a comparison of the two runs leaves out.

    Args:
        old: the older run.
        new: the newer run.
        latency: how its times compare.
    """
    if old.contract is not new.contract:
        versions = f"{old.contract.value} and {new.contract.value}"
        for what in ("rules", "the state machine", "behaviour where the contract is silent"):
            yield NotCompared(what=what, why=f"the contract versions differ: {versions}")
    for what, keeps in _KEEPS:
        lacking = [name for name, run in (("older", old), ("newer", new)) if not keeps(run)]
        if lacking:
            runs = f"the {' and the '.join(lacking)} run"
            yield NotCompared(what=what, why=f"the record of {runs} holds nothing of it")
    for one in latency:
        if one.verdict is LatencyVerdict.TOO_FEW:
            yield NotCompared(
                what=f"latency of {one.operation}",
                why=f"too few responses: {one.before} and {one.after}",
            )
    for name, run in (("older", old), ("newer", new)):
        if run.withheld:
            yield NotCompared(
                what=f"{run.withheld} discrepancies of the {name} run",
                why="no update was accepted, so no rule is blamed",
            )
        unjudged = sum(run.inconclusive.values())
        if unjudged:
            yield NotCompared(
                what=f"{unjudged} of {run.requests} requests of the {name} run",
                why=f"not judged: {_frequent(run.inconclusive)}",
            )


def _frequent(reasons: dict[str, int]) -> str:
    ordered = sorted(reasons.items(), key=lambda item: -item[1])
    named = ", ".join(f"{count} x {reason}" for reason, count in ordered[:_MAX_REASONS])
    return named if len(ordered) <= _MAX_REASONS else f"{named}, and others"
