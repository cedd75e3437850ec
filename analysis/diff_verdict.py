"""Whether the newer of two runs shows a worse target, in words for somebody in a hurry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum

import msgspec

from .discrepancy_change import Change, DiscrepancyChange
from .outcome import RunOutcome
from .summary import Summary

MIN_SHARE = 0.9
"""Of the sweeps: a run that did less says too little of what it did not find."""
_FAR_FEWER = 2


class Judgement(StrEnum):
    """What a comparison says of the newer target."""

    WORSE = "worse"
    """It is wrong where the older one was right."""
    CANNOT_SAY = "cannot say"
    """Nothing is proven to be new, but it may well be."""
    NOT_WORSE = "nothing new"
    """Nothing is new in what was sent."""


class DiffVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the question whether the newer target is worse."""

    judgement: Judgement = Judgement.CANNOT_SAY
    text: str = "cannot say: nothing was compared"
    """``"1 new, worse; 2 fixed"``, ``"cannot say: only 14% of the sweeps"``."""
    doubts: tuple[str, ...] = ()
    """Why the newer run may have missed something."""


def diff_verdict(
    changes: Collection[DiscrepancyChange],
    *,
    drifts: int = 0,
    lost_rules: int = 0,
    doubts: Iterable[str] = (),
) -> DiffVerdict:
    """The verdict of a comparison. What is known counts as no change.

    Args:
        changes: the discrepancies of both runs.
        drifts: behaviours that changed where the contract is silent.
        lost_rules: rules that are no longer tested, or on fewer sides.
        doubts: why the newer run may have missed something, the weightiest first.
    """
    counted = [one for one in changes if not one.ticket]
    new = [one for one in counted if one.change is Change.NEW]
    sure = [one for one in new if not one.unconfirmed]
    why = tuple(doubts)
    judgement, first = Judgement.NOT_WORSE, "nothing new"
    if sure:
        judgement, first = Judgement.WORSE, f"{len(sure)} new, worse"
    elif reasons := (*_unsure(counted, new), *why):
        judgement, first = Judgement.CANNOT_SAY, f"cannot say: {reasons[0]}"
    rest = list(_rest(counted, first, drifts=drifts, lost_rules=lost_rules))
    if judgement is Judgement.NOT_WORSE and not rest:
        rest = ["no change"]
    if sure and why:
        rest.append(why[0])
    return DiffVerdict(judgement=judgement, text="; ".join((first, *rest)), doubts=why)


def doubts_about(old: Summary, new: Summary) -> Iterator[str]:
    """Why the newer run may have missed what the older one would have shown; empty: nothing."""
    if new.contract is not old.contract:
        yield f"the contract versions differ, {old.contract.value} and {new.contract.value}"
    outcomes = {
        RunOutcome.TARGET_LOST: "the newer target gave no usable answers any more",
        RunOutcome.BROKEN: "Cartfuzz failed in the newer run",
        RunOutcome.INCONCLUSIVE: "too little of the newer run could be judged",
    }
    if new.outcome in outcomes:
        yield outcomes[new.outcome]
    share = new.share_of_sweeps
    if share is not None:
        if _is_too_small(share, old, new):
            yield f"only {share:.0%} of the sweeps"
    elif new.reason is None:
        yield "the newer run was killed"
    elif new.requests * _FAR_FEWER < old.requests:
        yield f"only {new.requests} requests instead of {old.requests}"


def _is_too_small(share: float, old: Summary, new: Summary) -> bool:
    """Whether the newer run did too little; less than all is well where it was asked for, if the
    older run did no more."""
    if share < MIN_SHARE * (old.share_of_sweeps or 0.0):
        return True
    return share < MIN_SHARE and not (new.allow_partial or new.selected)


def _unsure(
    changes: Iterable[DiscrepancyChange], new: Collection[DiscrepancyChange]
) -> Iterator[str]:
    if new:
        yield f"{len(new)} new, not confirmed"
    first_seen = _count(changes, Change.FIRST_SEEN)
    if first_seen:
        yield f"{first_seen} first seen, which may be old"
    different = _count(changes, Change.DIFFERENT)
    if different:
        yield f"{different} different, wrong in another way now"


def _rest(
    changes: Collection[DiscrepancyChange], first: str, *, drifts: int, lost_rules: int
) -> Iterator[str]:
    """What else changed than ``first`` has it, in the order of the report."""
    for change in (Change.FIRST_SEEN, Change.DIFFERENT):
        count = _count(changes, change)
        if count and f"{count} {change.value}" not in first:
            yield f"{count} {change.value}"
    if drifts:
        yield f"{drifts} drifted"
    for change in (Change.FIXED, Change.NOT_SEEN, Change.FLAKY):
        count = _count(changes, change)
        if count:
            yield f"{count} {change.value}"
    if lost_rules:
        yield f"lost coverage in {lost_rules} {'rule' if lost_rules == 1 else 'rules'}"


def _count(changes: Iterable[DiscrepancyChange], change: Change) -> int:
    return sum(one.change is change for one in changes)
