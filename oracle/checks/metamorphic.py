"""Compares two responses: metamorphic relations hold where no total can be computed.

Where prices are odd the contract leaves open what they count for (CART-U1, CART-U3). But a sum has
no order, and n units in one line are n lines of one unit: two carts that differ in nothing else
have the same totals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from ...record import Outcome, Situation, Unchanged
from ...wire.encoding import encode_json
from ..judged_response import VIEW, Finding, JudgedResponse, brief
from ..model import is_number
from ..model.remarks.items import COMPUTED
from .totals import totals_are_computable, wrong_total

_SAME_GOODS = Situation.other("the same items in another order or other lines")
_TOTALS = (("cartItemTotal", "RESP-04"), ("additionalCostTotal", "RESP-05"), ("total", "RESP-06"))
_RELATIVE_TOLERANCE = 1e-9
"""Of the absolute terms as they are shown: sums in another order may round otherwise."""
_NOT_COMPARED = frozenset((*COMPUTED, "quantity"))


def check_related_totals(response: JudgedResponse) -> Iterator[Finding]:
    """RESP-04, RESP-05, RESP-06: totals do not depend on the order or the grouping of items."""
    now, before = response.shown, response.earlier_view
    if now is None or before is None or response.dry or totals_are_computable(response):
        return
    if not _related(before, now):
        return
    scale = _scale(now)
    for field, rule in _TOTALS:
        was, found = before.get(field), now.get(field)
        if not is_number(was) or not is_number(found):
            continue
        tolerance = _tolerance(was, found, scale)
        if _differ(was, found, tolerance):
            yield Finding(
                rule=rule,
                situation=_SAME_GOODS,
                operation=VIEW,
                outcome=Outcome.field_differs(field),
                expected=f"{field}: {brief(was)}",
                found=f"{field}: {brief(found)}",
                claim=Unchanged(pointer=f"/customerSession/{field}", tolerance=tolerance),
                alternatives=(wrong_total(rule, field),),
            )
            return  # the totals that contain it are wrong for the same reason


def _related(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether two shown sessions have the same goods and the same costs."""
    if (before.get("additionalCosts") or {}) != (now.get("additionalCosts") or {}):
        return False
    lines, goods = _goods(before.get("cartItems")), _goods(now.get("cartItems"))
    return lines is not None and lines == goods


def _goods(items: object) -> Counter[bytes] | None:
    """Units by item; None where units were returned (RESP-U1) or a quantity is odd.

    Whether the costs of an item count once a line or once a unit is open, so the number of lines
    counts where there are such costs.
    """
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    goods: Counter[bytes] = Counter()
    for item in items:
        quantity = item.get("quantity")
        if type(quantity) is not int or item.get("returnedQuantity"):
            return None
        key = {name: item[name] for name in sorted(item) if name not in _NOT_COMPARED}
        if item.get("additionalCosts"):
            key["quantity"], quantity = quantity, 1
        goods[encode_json(key)] += quantity
    return goods


def _scale(view: Mapping[str, Any]) -> float:
    """The sum of all absolute amounts in a session, which its totals may be far below.

    Large prices that cancel out leave a total in which their rounding is all that there is.
    """
    items = view.get("cartItems") or []
    amounts: list[float] = [
        (_price(item) + _costs(item.get("additionalCosts"))) * item["quantity"] for item in items
    ]
    return sum(amounts) + _costs(view.get("additionalCosts"))


def _costs(costs: object) -> float:
    return sum(map(_price, costs.values())) if isinstance(costs, dict) else 0.0


def _price(priced: object) -> float:
    price = priced.get("price") if isinstance(priced, dict) else None
    try:
        return abs(float(price)) if is_number(price) else 0.0
    except OverflowError:
        return inf


def _tolerance(was: float, found: float, scale: float) -> float:
    """How much two totals may differ, as a part of the larger one."""
    largest = max(abs(was), abs(found))
    try:
        return _RELATIVE_TOLERANCE * max(1.0, scale / largest) if largest else _RELATIVE_TOLERANCE
    except OverflowError:  # an integer beyond doubles: all that a session costs is less
        return _RELATIVE_TOLERANCE


def _differ(was: float, found: float, tolerance: float) -> bool:
    try:
        return abs(was - found) > tolerance * max(abs(was), abs(found))
    except OverflowError:  # an integer beyond doubles, which is only equal to itself
        return was != found
