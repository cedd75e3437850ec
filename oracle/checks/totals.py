"""Checks the computed totals of a session: what `sums` allows a total to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...contract import Addition, SessionState, Update
from ...record import SESSION_SHOWN, CheckName, Near, Outcome, OutcomeKind
from ..judged_response import VIEW, Finding, JudgedResponse, brief
from ..model import UNKNOWN, AtLeast, is_number, same_json
from ..model.remarks.attributes_and_costs import ENORMOUS
from ..model.remarks.updates import sent_session
from .cart import cart_difference
from .sums import Sum


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountableTotals:
    """What the rates of campaigns apply to."""

    items: Sequence[Mapping[str, Any]]
    cart_item_total: Sum
    totals: tuple[Sum, ...]
    """``total``, once for each way in which the costs of items may count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What totals are the sums of."""

    items: list[dict[str, Any]]
    costs: Mapping[str, Any] | None
    """The session's own; None: not known."""
    lines: Sum
    own: Sum
    """The session's own costs."""
    item_costs: tuple[Sum, Sum]
    """The costs of items: once a line, and once a unit; the contract leaves it open."""
    all_costs: tuple[Sum, Sum]
    """The session's own costs with those of items, either way."""
    whole: tuple[Sum, Sum]
    """Lines and all costs, either way."""


def check_totals(response: JudgedResponse) -> Iterator[Finding]:
    """RESP-04, -05, -06, -09: the sums of what was sent, before discounts."""
    shown = response.shown
    if shown is None:
        return
    parts = response.once(_parts)
    if parts is None:
        return
    known = parts.items
    if response.dry and cart_difference(known, shown.get("cartItems"), (), response.environment):
        return  # they are the totals of another cart
    wrong = list(_check(shown, "cartItemTotal", "RESP-04", [parts.lines]))
    yield from wrong
    if parts.costs is None or wrong or not _shows(parts.costs, shown):
        return  # the totals that contain it are wrong for the same reason
    wrong = list(_check(shown, "additionalCostTotal", "RESP-05", [parts.own, *parts.all_costs]))
    yield from wrong
    if response.environment.has(Addition.ITEM_COST_TOTAL) and not wrong:
        yield from _check(shown, "additionalCostTotal", "RESP-09", [parts.own])
        yield from _check(shown, "cartItemAdditionalCostTotal", "RESP-09", parts.item_costs)
    whole: Sequence[Sum] = parts.whole
    if response.environment.has(Addition.ITEM_COST_TOTAL):
        whole = _as_shown(shown, parts, whole)
    for finding in _check(shown, "total", "RESP-06", whole):
        yield replace(finding, alternatives=_parts_to_blame(shown))


def _as_shown(shown: Mapping[str, Any], parts: _Parts, totals: Sequence[Sum]) -> Sequence[Sum]:
    """Of the totals, with the costs of items once a line and once a unit, those that fit what is
    shown of these costs (RESP-09)."""
    found = shown.get("cartItemAdditionalCostTotal")
    if not is_number(found):
        return totals
    read = zip(parts.item_costs, totals, strict=True)
    fitting = [total for reading, total in read if reading.is_near(found)]
    return fitting or totals


def discountable_totals(response: JudgedResponse) -> DiscountableTotals | None:
    """The totals of the session that rates apply to; None: they are not known for sure.

    Not of dry updates, which may leave out a part of what is counted (DRY-U1).
    """
    return response.once(_discountable_totals)


def _discountable_totals(response: JudgedResponse) -> DiscountableTotals | None:
    if response.dry or response.after.lost:
        return None
    parts = response.once(_parts)
    if parts is None or parts.costs is None:
        return None
    totals: Iterable[Sum] = parts.whole
    shown = response.shown.get("total") if response.shown is not None else None
    if is_number(shown):
        totals = [total for total in totals if total.is_near(shown)]
    return DiscountableTotals(items=parts.items, cart_item_total=parts.lines, totals=tuple(totals))


def totals_are_computable(response: JudgedResponse) -> bool:
    """Whether `check_totals` can compute the totals."""
    return response.once(_parts) is not None


def item_cost_reading(response: JudgedResponse) -> str | None:
    """Whether ``additionalCostTotal`` counts the costs of items: ``in`` or ``out``.

    None where the response does not show it, as where doubles cannot tell the two apart. Either is
    right, but it must be the same always (RESP-05).
    """
    shown, items = response.shown, _items(response)
    if shown is None or items is None or not _have_costs(items):
        return None
    parts = response.once(_parts)
    if parts is None or parts.costs is None:
        return None
    found = shown.get("additionalCostTotal")
    if not is_number(found) or parts.item_costs[0].is_zero:
        return None
    is_out = parts.own.is_near(found)
    if is_out and any(parts.own.plus(costs).is_near(found) for costs in parts.item_costs):
        return None
    return "out" if is_out else "in"


def return_reading(response: JudgedResponse) -> str | None:
    """Whether ``cartItemTotal`` counts what was returned; None where that is not shown."""
    shown, items = response.shown, response.after.items
    returned = response.after.returned
    if shown is None or response.dry or items is UNKNOWN or returned is UNKNOWN or not returned:
        return None
    found = shown.get("cartItemTotal")
    if response.after.lost or not is_number(found) or not all(map(_countable, items)):
        return None
    whole = _goods(items)
    gone = Sum.of((items[at]["price"], units) for at, units in returned.items())
    if gone.is_zero:
        return None
    stays = whole.is_near(found)
    shrinks = whole.minus(gone).is_near(found)
    if stays and shrinks:
        return None
    return "stays" if stays else "shrinks" if shrinks else "is something else"


def _check(
    shown: Mapping[str, Any], field: str, rule: str, readings: Sequence[Sum]
) -> Iterator[Finding]:
    """``shown[field]`` must be one of ``readings``."""
    found = shown.get(field)
    if not is_number(found):
        return  # `check_schema` reports it
    if any(reading.is_near(found) for reading in readings):
        return
    sums = dict.fromkeys(str(reading.value) for reading in readings)
    yield replace(
        wrong_total(rule, field),
        expected=f"{field}: {' or '.join(sums)}",
        found=f"{field}: {brief(found)}",
        claim=Near(
            pointer=f"/customerSession/{field}",
            values=tuple(sums),
            tolerance=str(max(reading.tolerance for reading in readings)),
        ),
    )


def _shows(costs: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether the session's own costs came back; if not, `check_fields` reports it."""
    found = shown.get("additionalCosts") or {}
    return isinstance(found, dict) and all(
        isinstance(found.get(name), dict) and same_json(found[name].get("price"), cost["price"])
        for name, cost in costs.items()
    )


def _parts_to_blame(shown: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The totals that are to blame for a ``total`` that is the sum of what it is shown with."""
    parts = [shown.get(name) for name in ("cartItemTotal", "additionalCostTotal")]
    numbers = [part for part in parts if is_number(part)]
    shown_parts = Sum.of((number, 1) for number in numbers)
    if len(numbers) < len(parts) or not shown_parts.is_near(shown["total"]):
        return ()
    return (
        wrong_total("RESP-04", "cartItemTotal"),
        wrong_total("RESP-05", "additionalCostTotal"),
    )


def wrong_total(rule: str, field: str) -> Finding:
    """That a total is not the sum that it should be, wherever it is shown."""
    return Finding(
        rule=rule,
        situation=SESSION_SHOWN,
        operation=VIEW,
        outcome=Outcome(OutcomeKind.TOTAL_IS_WRONG, field),
        check=CheckName.TOTALS,
    )


def _parts(response: JudgedResponse) -> _Parts | None:
    """What the totals are the sums of; None where they cannot be computed."""
    items, costs = _items(response), _costs(response)
    if items is None or not _judgeable(response, items, costs):
        return None
    with_costs = items if _have_costs(items) else []
    lines, own = _goods(items), _own_costs(costs or {})
    by_line, by_unit = (_item_costs(with_costs, units=units) for units in (False, True))
    all_costs = own.plus(by_line), own.plus(by_unit)
    return _Parts(
        items=items,
        costs=costs,
        lines=lines,
        own=own,
        item_costs=(by_line, by_unit),
        all_costs=all_costs,
        whole=(lines.plus(all_costs[0]), lines.plus(all_costs[1])),
    )


def _items(response: JudgedResponse) -> list[dict[str, Any]] | None:
    """The items that the totals are about; None where they are not known."""
    if response.dry:
        # DRY-U1: what a dry answer counts for fields left out is open; so is what cancelling
        # stores, and a session that is not open takes no data at all.
        takes = response.before.state in (None, SessionState.OPEN)
        if not takes or response.expectation.reaches is SessionState.CANCELLED:
            return None
        items = _sent(response).get("cartItems")
        return items if isinstance(items, list) else None
    known = response.after.items
    return None if known is UNKNOWN else known


def _costs(response: JudgedResponse) -> Mapping[str, Any] | None:
    """The session's own costs by name; None where they are not known."""
    if response.dry:
        before = response.before.fields.get("additionalCosts")
        return _sent(response).get("additionalCosts") if not before else None
    known = response.after.fields.get("additionalCosts", {})
    if isinstance(known, AtLeast):
        return known.entries if not known.optional else None
    return known if isinstance(known, dict) else None


def _sent(response: JudgedResponse) -> Mapping[str, Any]:
    return sent_session(response.step) if isinstance(response.step, Update) else {}


def _judgeable(
    response: JudgedResponse, items: list[dict[str, Any]], costs: Mapping[str, Any] | None
) -> bool:
    """Not after returns (RESP-U1), nor with prices whose fate is open (CART-U1, CART-U3)."""
    if response.after.lost or (not response.dry and response.after.returned != {}):
        return False
    return all(map(_countable, items)) and _all_priced(costs or {})


def _have_costs(items: Iterable[object]) -> bool:
    """Whether an item has a cost of its own: a short look before the long one of `_judgeable`."""
    return any(isinstance(item, dict) and item.get("additionalCosts") for item in items)


def _countable(item: object) -> bool:
    return (
        isinstance(item, dict)
        and _sane(item.get("price"))
        and type(item.get("quantity")) is int
        and _all_priced(item.get("additionalCosts") or {})
    )


def _all_priced(costs: object) -> bool:
    return isinstance(costs, dict) and all(
        isinstance(cost, dict) and _sane(cost.get("price")) for cost in costs.values()
    )


def _sane(price: object) -> bool:
    return is_number(price) and 0 <= price < ENORMOUS


def _goods(items: Iterable[Mapping[str, Any]]) -> Sum:
    return Sum.of((item["price"], item["quantity"]) for item in items)


def _own_costs(costs: Mapping[str, Any]) -> Sum:
    return Sum.of((cost["price"], 1) for cost in costs.values())


def _item_costs(items: Iterable[Mapping[str, Any]], *, units: bool) -> Sum:
    """The costs of items: once a line, or once a unit; the contract leaves it open."""
    return Sum.of(
        (cost["price"], item["quantity"] if units else 1)
        for item in items
        for cost in (item.get("additionalCosts") or {}).values()
    )
