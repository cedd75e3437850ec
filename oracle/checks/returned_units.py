"""What a cart shows of its returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...contract import ReturnItems
from ...record import AnyOf, CheckName, Claim, Holds, Outcome, Unchanged
from ...wire.encoding import NOT_JSON
from ..attribution.blame import Blame, blame, other_causes
from ..attribution.side_effects import side_effect
from ..judged_response import Finding, JudgedResponse, brief
from ..model import UNKNOWN
from ..model.knowledge import UnknownType
from .cart import cart_difference

_UNEQUAL_SUM = Outcome.other("returned and remaining do not add up")
_RETURNED_DIFFER = Outcome.field_differs("returnedQuantity")
_REMAINING_DIFFER = Outcome.field_differs("remainingQuantity")
UNIT_PROBLEMS = (_UNEQUAL_SUM, _RETURNED_DIFFER, _REMAINING_DIFFER)


def check_returned_units(response: JudgedResponse) -> Iterator[Finding]:
    """RET-02: returned and remaining quantity of each item; no return that was refused counts."""
    shown = response.shown
    if shown is None or response.dry or response.after.lost:
        return
    items = response.after.items
    found = shown.get("cartItems") or []
    if items is UNKNOWN or not isinstance(found, list) or len(found) != len(items):
        return
    if not all(isinstance(item, dict) for item in found):
        return
    returned = _known_units(response, found)
    for position, (sent, item) in enumerate(zip(items, found, strict=True)):
        known = UNKNOWN if returned is UNKNOWN else returned.get(position, 0)
        finding = _unit_finding(response, position, sent["quantity"], item, known)
        if finding is not None:
            if cart_difference(items, found, (), response.environment) is None:
                yield finding  # else the units are those of another cart
            return


def _known_units(
    response: JudgedResponse, shown: list[dict[str, object]]
) -> Mapping[int, int] | UnknownType:
    """The units that must be shown as returned; after a reopening none, or those of before."""
    before = response.after.returned_before_reopening
    if before is None or response.after.returned is not UNKNOWN:
        return response.after.returned
    anew = all(
        item.get("returnedQuantity") in (None, 0)
        and item.get("remainingQuantity") in (None, item.get("quantity"))
        for item in shown
    )
    return {} if anew else before


def check_repeated_return(response: JudgedResponse) -> Iterator[Finding]:
    """RET-06: a used Idempotency-Key has the answer that it had."""
    step = response.step
    if not response.expectation.repeats_return or response.open_status or not response.accepted:
        return
    if not isinstance(step, ReturnItems) or response.json is NOT_JSON:
        return
    _, before = response.before.accepted_returns[step.idempotency_key or ""]
    now = response.json.get("return") if isinstance(response.json, dict) else None
    if before is not UNKNOWN and before != now:
        yield Finding(
            rule="RET-06",
            situation=response.expectation.situation,
            outcome=Outcome.other("another answer"),
            expected=f"return: {brief(before)}",
            found=f"return: {brief(now)}",
            claim=Unchanged(pointer="/return"),
        )


def _units_claim(
    position: int, quantity: int, expected: int | None, returned: object
) -> Claim | None:
    units = expected if expected is not None else returned
    if not isinstance(units, int):
        return None
    item = {"returnedQuantity": units, "remainingQuantity": quantity - units}
    held = Holds(
        pointer=f"/customerSession/cartItems/{position}",
        value=item if expected is not None else {"remainingQuantity": quantity - units},
    )
    # A right answer to a used key is the first one again, which may not show the session.
    return AnyOf(claims=(held, Holds(pointer="/customerSession", value=None)))


def _unit_finding(
    response: JudgedResponse,
    position: int,
    quantity: object,
    item: dict[str, object],
    known: int | UnknownType,
) -> Finding | None:
    returned = item.get("returnedQuantity")
    remaining = item.get("remainingQuantity")
    expected_returned = None if known is UNKNOWN else known
    if type(quantity) is not int:
        return None
    problem: Outcome | None = None
    if (
        isinstance(returned, int)
        and isinstance(remaining, int)
        and returned + remaining != quantity
    ):
        problem = _UNEQUAL_SUM
    elif expected_returned is not None and returned not in (None, expected_returned):
        problem = _RETURNED_DIFFER
    elif expected_returned is not None and remaining not in (None, quantity - expected_returned):
        problem = _REMAINING_DIFFER
    if problem is None:
        return None
    cause = blame(response)
    expected = f"item {position}: returned {expected_returned}, of {quantity}"
    shown = f"item {position}: returned {brief(returned)}, remaining {brief(remaining)}"
    first, *others = (
        replace(units_finding(of, problem), expected=expected, found=shown)
        for of in (cause, *other_causes(response, cause))
    )
    claim = _units_claim(position, quantity, expected_returned, returned)
    return replace(first, claim=claim, alternatives=(*first.alternatives, *others))


def units_finding(cause: Blame, problem: Outcome) -> Finding:
    """That ``cause`` left the units of an item as they should not be; texts are left out."""
    if cause.must_change_nothing:
        return side_effect(cause)
    repeated = cause.past is not None and cause.past.expectation.repeats_return
    return Finding(
        rule="RET-06" if repeated else "RET-02",
        situation=cause.situation,
        outcome=problem,
        operation=cause.step,
        check=CheckName.RETURNED_UNITS,
    )
