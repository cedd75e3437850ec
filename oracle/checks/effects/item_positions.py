"""Which items and units the discounts of items name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ....contract import Fetch, Reopen, SessionState, Update
from ....record import Outcome, Situation
from ...effects import Effect, EffectKind, Effects
from ...judged_response import VIEW, Finding, JudgedResponse
from ...model import UNKNOWN, sent_session

_SITUATION = Situation.other("setDiscountPerItem listed")
_NO_ITEM = Outcome.other("position is no index of the cart")
_NO_UNIT = Outcome.other("subPosition is no unit of the item")


def check_item_positions(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """EFF-07: the discount of an item names a position of the cart, and a unit of that item."""
    listed = list(effects.of(EffectKind.SET_DISCOUNT_PER_ITEM))
    items = _items(response) if listed else None
    if items is None:
        return
    for effect in listed:
        finding = _finding(effect, items)
        if finding is not None:
            yield finding
            return


def tested_rules(response: JudgedResponse, effects: Effects) -> Iterable[str]:
    """The rules of this module that the answer could have broken."""
    if EffectKind.SET_DISCOUNT_PER_ITEM not in effects.kinds:
        return ()
    return ("EFF-07",) if _items(response) is not None else ()


def _finding(effect: Effect, items: list[Mapping[str, Any]]) -> Finding | None:
    position, unit = effect.position, effect.sub_position
    if position is None or not 0 <= position < len(items):
        outcome, expected = _NO_ITEM, f"a position below {len(items)}"
        found = f"position: {position}"
    else:
        quantity = items[position].get("quantity")
        if unit is None or type(quantity) is not int or 0 <= unit < quantity:
            return None
        outcome, expected = _NO_UNIT, f"item {position}: a subPosition below {quantity}"
        found = f"subPosition: {unit}"
    return Finding(
        rule="EFF-07",
        situation=_SITUATION,
        operation=VIEW,
        outcome=outcome,
        expected=expected,
        found=found,
    )


def _items(response: JudgedResponse) -> list[Mapping[str, Any]] | None:
    """The cart that the effects are about; None: not known.

    That of a dry update is its own; whether one that leaves the cart out is evaluated with the
    stored one is open (DRY-U1). So is what an update of a session that takes no data is.
    """
    step = response.step
    if isinstance(step, Update) and response.before.state not in (None, SessionState.OPEN):
        return None
    if isinstance(step, Update) and step.dry:
        items = sent_session(step).get("cartItems")
    elif isinstance(step, Fetch | Update | Reopen):
        items = response.after.items
    else:
        items = response.before.items
    if items is UNKNOWN or not isinstance(items, list):
        return None
    return items if all(isinstance(item, dict) for item in items) else None
