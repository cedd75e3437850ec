"""Loyalty points: those that a close adds, and those that are rolled back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ....contract import Loyalty, SessionState
from ....record import Near, Outcome, Situation, pointer
from ...effects import Effect, EffectKind, Effects
from ...judged_response import UPDATE, Finding, JudgedResponse, brief
from ...model import situation_of
from ...model.applied import Applied
from ..totals import DiscountableTotals, discountable_totals
from .amounts import Amounts, is_surely_rate
from .context import is_evaluation
from .rollbacks import applied_before

_CLOSE = Situation.other("close of a session with a profile")
_NONE, _OTHERS = Outcome.other("no points"), Outcome.other("another number of points")
_TWICE = Outcome.other("the points twice")
_ANOTHER_SUM = Outcome.other("another sum of points is rolled back")
_ONE_TRANSACTION = Outcome.other("one transaction is rolled back twice")
_AGAIN = Outcome.other("points that a return rolled back are rolled back again")
_CENT = 0.01
_WHOLE = 1
"""What rounding to a whole number of points may add to one rollback."""


def check_added_points(response: JudgedResponse, effects: Effects) -> Iterable[Finding]:
    """LOY-01: the close of a session with a profile adds the declared points."""
    totals = response.once(_totals)
    if totals is None or not effects.is_whole:
        return ()
    return _wrong_sums(response, effects, totals)


def _wrong_sums(
    response: JudgedResponse, effects: Effects, totals: DiscountableTotals
) -> Iterator[Finding]:
    for declared in response.environment.loyalty:
        finding = _added(declared, effects, totals)
        if finding is not None:
            yield finding


def check_points_given_back(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """LOY-01: cancel and reopen roll back the sum of the points, each transaction once.

    How much returns take back of it is open. Together they take back no more than was added.
    """
    applied = applied_before(response)
    if applied is None or not effects.is_whole:
        return
    listed = list(effects.of(EffectKind.ROLLBACK_ADDED_POINTS))
    if not listed and not applied.points:
        return
    situation = situation_of(response.step, response.before)
    transactions = [effect.transaction for effect in listed if effect.transaction]
    if len(set(transactions)) < len(transactions):
        yield Finding(
            rule="LOY-01",
            situation=situation,
            outcome=_ONE_TRANSACTION,
            expected="each transactionUUID once",
            found=f"{len(transactions)} rollbacks, {len(set(transactions))} transactions",
        )
        return
    expected = math.fsum(one.value for one in applied.points)
    found = math.fsum(effect.value for effect in listed)
    if not applied.reduced and abs(expected - found) >= _CENT:
        yield Finding(
            rule="LOY-01",
            situation=situation,
            outcome=_ANOTHER_SUM,
            expected=f"{EffectKind.ROLLBACK_ADDED_POINTS}: {expected} in all",
            found=str(found),
        )
    elif applied.points_returned and _is_above(found, len(listed), applied):
        yield Finding(
            rule="LOY-01",
            situation=situation,
            outcome=_AGAIN,
            expected=f"{EffectKind.ROLLBACK_ADDED_POINTS}: at most {expected} in all, of which "
            f"returns have taken {math.fsum(applied.points_returned)}",
            found=str(found),
        )


def _is_above(given_back: float, count: int, applied: Applied) -> bool:
    """Whether more points are rolled back than were added, in ``count`` effects and by returns.

    Each of them may be rounded to whole points. A return that evaluates the campaigns anew may
    have added more.
    """
    added = math.fsum(one.value for one in applied.points)
    together = given_back + math.fsum(applied.points_returned)
    most = added + _WHOLE * (count + len(applied.points_returned))
    return applied.is_sure and together >= most


def tested_rules(response: JudgedResponse, effects: Effects) -> Iterable[str]:
    """The rules of this module that the answer could have broken."""
    if not effects.is_whole:
        return ()
    applied = applied_before(response)
    gives_back = isinstance(applied, Applied) and bool(applied.points)
    return ("LOY-01",) if gives_back or response.once(_totals) is not None else ()


def _totals(response: JudgedResponse) -> DiscountableTotals | None:
    """The totals of a session that the step closes, if it surely earns points."""
    if response.after.state is not SessionState.CLOSED or not response.environment.loyalty:
        return None
    if not is_evaluation(response.step, response):
        return None
    profile = response.after.fields.get("profileId")
    if not isinstance(profile, str) or not profile.strip():
        return None
    totals = discountable_totals(response)
    if totals is None or not totals.totals:
        return None
    if not all(one.is_positive for one in totals.totals):
        return None
    return totals


def _added(declared: Loyalty, effects: Effects, totals: DiscountableTotals) -> Finding | None:
    listed = [e for e in effects.of(EffectKind.ADD_POINTS) if declared.name in ("", e.name)]
    groups: dict[tuple[int, str], list[float]] = {}
    for effect in listed:
        groups.setdefault((effect.campaign_id, effect.name), []).append(effect.value)
    for values in groups.values():
        if len(values) == 1 and is_surely_rate(
            values[0], declared.points, totals.totals, whole=True
        ):
            return None
    amounts = Amounts.of_rate(declared.points, totals.totals)
    # Another campaign may add points of the same name, so one campaign with the right sum will do.
    if any(_is_right(values, amounts) for values in groups.values()):
        return None
    right = [effect for effect in listed if amounts.hold(effect.value, whole=True)]
    return _finding(declared, amounts, listed, right)


def _is_right(values: list[float], amounts: Amounts) -> bool:
    """Whether a campaign adds the points, in one transaction or in several, and not twice.

    Points of several transactions may each be rounded.
    """
    once = sum(amounts.hold(value, whole=True) for value in values) == 1
    are_whole = all(value == int(value) for value in values)
    return once or amounts.hold(math.fsum(values), whole=are_whole, terms=len(values))


def _finding(
    declared: Loyalty, amounts: Amounts, listed: list[Effect], right: list[Effect]
) -> Finding:
    claim = None
    if listed and not right:
        place = pointer("effects", listed[0].index, "props", "value")
        claim = Near(pointer=place, values=amounts.texts, tolerance="1")
    named = f" {declared.name}" if declared.name else ""
    return Finding(
        rule="LOY-01",
        situation=_CLOSE,
        operation=UPDATE,
        outcome=_TWICE if right else _OTHERS if listed else _NONE,
        expected=f"{EffectKind.ADD_POINTS}{named}: {' or '.join(amounts.texts)}, once",
        found=brief([effect.value for effect in listed]),
        claim=claim,
    )
