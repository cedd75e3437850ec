"""Finds what became of a value that was sent, as the session shows it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...contract import Environment
from ..model import UNKNOWN, AtLeast, is_empty, same_json
from ..model.attribute_values import is_default, same_value
from ..model.codes import CODE_FIELDS, folded
from ..model.costs import is_free, same_cost, without_free
from ..model.remarks.items import COMPUTED

STORED, IGNORED, CLEARED, DROPPED, CHANGED = "stored", "ignored", "cleared", "dropped", "changed"
MERGED, REPLACED, PARTLY = "merged", "replaced", "partly kept"


def effect_on(field: str, sent: Any, before: Any, shown: Any) -> str:
    """What became of ``sent`` in a data field that held ``before`` and now shows ``shown``.

    Returns:
        `STORED` as it was sent; `IGNORED`: the former value is still there; `CLEARED`: neither is
        there; `DROPPED`: there was no former value and there is none now; `CHANGED`: something else
        is there. Empty where the three values do not show it.
    """
    if before is UNKNOWN or isinstance(before, AtLeast):
        return ""
    if field == "attributes":
        sent, before, shown = map(_without_defaults, (sent, before, shown))
    elif field == "additionalCosts":
        sent, before, shown = (_without_additions(costs, sent) for costs in (sent, before, shown))
    elif field in CODE_FIELDS:
        sent, before, shown = map(_folded, (sent, before, shown))
    if is_empty(sent) and is_empty(before):
        return "" if is_empty(shown) else CHANGED
    if is_empty(shown):
        return CLEARED if not is_empty(before) else DROPPED
    if field == "cartItems":
        return _effect_on_cart(sent, before, shown)
    kept = not is_empty(before) and _same(before, shown)
    if not is_empty(sent) and _same(sent, shown):
        return "" if kept else STORED
    if not kept:
        return CHANGED
    return "" if _alike(sent, before) else IGNORED


def _without_defaults(attributes: Any) -> Any:
    """A map of attributes without what a target may show for those that are not set."""
    if not isinstance(attributes, dict):
        return attributes
    return {name: value for name, value in attributes.items() if not is_default(name, value, {})}


def _without_additions(costs: Any, sent: Any) -> Any:
    """Costs without those that may not be set, and without members that were not sent."""
    if not isinstance(costs, dict):
        return costs
    wanted = sent if isinstance(sent, dict) else {}
    return {
        name: {
            member: value
            for member, value in cost.items()
            if member == "price" or member in (wanted.get(name) or {})
        }
        if isinstance(cost, dict)
        else cost
        for name, cost in costs.items()
        if not is_free(cost)
    }


def _folded(codes: Any) -> Any:
    """Codes without what an application may leave out of account."""
    if isinstance(codes, list):
        return [_folded(code) for code in codes]
    return folded(codes) if isinstance(codes, str) else codes


def _alike(sent: Any, before: Any) -> bool:
    """Whether ``sent``, put right or cut by a target, may come to what was there anyway."""
    if isinstance(sent, list) and isinstance(before, list):
        return {str(part) for part in before} <= {str(part) for part in sent}
    text, former = str(sent).strip().casefold(), str(before).strip().casefold()
    return text.startswith(former)


def was_sent(field: str, before: Any, sent: Iterable[Any]) -> bool:
    """Whether a field holds one of the values that it was sent, as it was sent.

    If not, it holds what became of one. The same may become of the next value, so that nobody can
    see whether that one was ignored.

    Args:
        field: the data field.
        before: what it holds.
        sent: the values that it was sent so far.
    """
    holds = _holds_items if field == "cartItems" else _same
    if field in CODE_FIELDS:
        before, sent = _folded(before), map(_folded, sent)
    return any(holds(value, before) for value in sent)


def _same(known: Any, shown: Any) -> bool:
    """Whether ``shown`` is ``known``; a map may have grown by attributes that nobody sent."""
    if isinstance(known, dict) and isinstance(shown, dict):
        return all(name in shown and same_value(known[name], shown[name]) for name in known)
    return same_json(known, shown)


def _effect_on_cart(sent: Any, before: Any, shown: Any) -> str:
    if _holds_items(sent, shown):
        return _computed(sent, shown) or ("" if _holds_items(before, shown) else STORED)
    if not _holds_items(before, shown):
        return CHANGED
    # Without its null entries the cart that was sent may be there as well as the former one.
    return "" if _holds_items(_without_null_entries(sent), shown) else IGNORED


def _without_null_entries(items: Any) -> Any:
    """A cart whose maps have no entry that is null."""
    if not isinstance(items, list):
        return items
    return [
        {
            member: {name: one for name, one in value.items() if one is not None}
            if isinstance(value, dict)
            else value
            for member, value in item.items()
        }
        if isinstance(item, dict)
        else item
        for item in items
    ]


def _holds_items(items: Any, shown: Any) -> bool:
    """Whether a cart shows all that was sent, whatever it adds."""
    return (
        isinstance(items, list)
        and isinstance(shown, list)
        and len(items) == len(shown)
        and all(map(_holds_item, items, shown))
    )


def _holds_item(item: Any, shown: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(shown, dict):
        return False
    return all(
        name in shown and (_same_costs if name == "additionalCosts" else _same)(value, shown[name])
        for name, value in item.items()
        if name not in COMPUTED and not is_empty(value)
    )


def _same_costs(costs: Any, shown: Any) -> bool:
    if not isinstance(costs, dict) or not isinstance(shown, dict):
        return same_json(costs, shown)
    return all(name in shown and same_cost(cost, shown[name]) for name, cost in costs.items())


def _computed(sent: Any, shown: Any) -> str:
    """Whether a field that the server computes was believed; empty where none was sent."""
    believed: list[bool] = []
    for place, (item, there) in enumerate(zip(sent, shown, strict=True)):
        natural = {"position": place, "returnedQuantity": 0, "remainingQuantity": item["quantity"]}
        believed.extend(
            same_json(item[name], there.get(name))
            for name in COMPUTED
            if name in item and not same_json(item[name], natural[name])
        )
    if not believed:
        return ""
    return "believed" if all(believed) else PARTLY if any(believed) else IGNORED


def effect_on_left_out(
    field: str, sent: Any, before: Any, shown: Any, environment: Environment
) -> str:
    """What became of the keys that a map held and the one that was sent leaves out (MERGE-U1).

    Built-in attributes, which nobody can send, are ignored.
    """
    if not isinstance(sent, dict) or not isinstance(before, dict):
        return ""
    declared = environment.session_attributes if field == "attributes" else _costs(environment)
    there = shown if isinstance(shown, dict) else {}
    if field == "attributes":
        # A default in the place of what was left out is no sign that it was kept.
        before, there = _without_defaults(before), _without_defaults(there)
    else:
        before, there = without_free(before), without_free(there)
    left_out = [name for name in before if name in declared and name not in sent]
    if not left_out:
        return ""
    kept = [name in there for name in left_out]
    return MERGED if all(kept) else PARTLY if any(kept) else REPLACED


def _costs(environment: Environment) -> Mapping[str, Any]:
    return environment.additional_costs
