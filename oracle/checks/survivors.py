"""Finds what a session shows though nothing that it took may have left it there.

What nobody sent may be shown: built-in attributes, defaults, what a catalog knows. So a value
counts only where it is the very one that a step has sent which must not have left it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ...contract import SessionState, Update
from ..attribution.blame import sent_fields
from ..judged_response import JudgedResponse, PastStep
from ..model import is_empty, is_number, same_json
from ..model.attribute_values import Declared, is_default, same_attribute

_OPTIONAL = ("category", "weight", "height", "width", "length")
"""Fields of an item that no catalog is known to fill in."""

Item = Mapping[str, Any]


class Survivor(NamedTuple):
    """A member of a former cart's item that is still there."""

    position: int
    path: tuple[str, ...]
    """Of the member, within its item."""


def surviving_member(
    sent: list[dict[str, Any]], shown: object, former: tuple[Item, ...], declared: Declared
) -> Survivor | None:
    """The first member of an item that the update left out and a former item had.

    Args:
        sent: the items that replaced the former ones.
        shown: ``cartItems`` of the response, as many as were sent.
        former: the items before them: those at the same position and with the same SKU count.
        declared: the attributes of items.
    """
    if not isinstance(shown, list) or len(shown) != len(sent) or not former:
        return None
    by_sku: dict[object, list[Item]] = {}
    for item in former:
        by_sku.setdefault(item.get("sku"), []).append(item)
    for position, (new, found) in enumerate(zip(sent, shown, strict=True)):
        candidates = [*former[position : position + 1], *by_sku.get(new.get("sku"), ())[:1]]
        for old in candidates:
            path = _survives(new, found, old, declared)
            if path:
                return Survivor(position, path)
    return None


def _survives(new: Item, found: Item, old: Item, declared: Declared) -> tuple[str, ...]:
    for name in _OPTIONAL:
        value = found.get(name)
        is_set = not is_empty(value) and not (is_number(value) and value == 0)
        if name not in new and is_set and name in old and same_json(old[name], value):
            return (name,)
    for name, value in _map(found, "attributes").items():
        known = _map(old, "attributes").get(name)
        if (
            name in declared
            and name not in _map(new, "attributes")
            and known is not None
            and not is_default(name, value, declared)
            and same_attribute(name, known, value, declared)
        ):
            return ("attributes", name)
    for name, cost in _map(found, "additionalCosts").items():
        if name not in _map(new, "additionalCosts") and _is_cost(
            cost, _map(old, "additionalCosts").get(name)
        ):
            return ("additionalCosts", name)
    return ()


def _map(holder: Item, name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _is_cost(shown: object, sent: object) -> bool:
    """Whether a cost is the one that was sent, and not one that is free."""
    if not isinstance(shown, dict) or not isinstance(sent, dict):
        return False
    price = shown.get("price")
    return is_number(price) and price != 0 and same_json(sent.get("price"), price)


def is_same_entry(field: str, name: str, sent: object, shown: object, declared: Declared) -> bool:
    """Whether an entry of a map that is shown is surely the one that a step sent.

    Args:
        field: ``attributes`` or ``additionalCosts``.
        name: the key of the entry.
        sent: the step's value for it.
        shown: the session's value for it.
        declared: the attributes of sessions.
    """
    if field == "additionalCosts":
        return _is_cost(shown, sent)
    return (
        sent is not None
        and not is_default(name, shown, declared)
        and same_attribute(name, sent, shown, declared)
    )


def strange_senders(response: JudgedResponse) -> Iterator[PastStep]:
    """The steps since the session was last shown that cannot have added to its maps.

    Those that were refused or dry, repetitions, updates of a session that is no longer open, and
    what was sent to other sessions.
    """
    for past in response.unseen_steps:
        if not isinstance(past.step, Update):
            continue
        if past.session != response.step.session or _adds_nothing(past):
            yield past


def _adds_nothing(past: PastStep) -> bool:
    if not past.accepted or past.dry or past.expectation.repeats_write:
        return True
    return past.before.state not in (None, SessionState.OPEN)


def added_entry(
    response: JudgedResponse, field: str, known: Mapping[str, Any], found: object
) -> tuple[str, PastStep] | None:
    """An entry of a map that the session has not, and the step that it must be from.

    An entry that the session was shown with before is none: that it stays is no news.

    Args:
        response: what is judged.
        field: ``attributes`` or ``additionalCosts``.
        known: the entries that the session has, and those that it may have.
        found: the map as the response shows it.
    """
    if not isinstance(found, dict):
        return None
    earlier = (response.earlier_view or {}).get(field) or {}
    declared = response.environment.session_attributes
    for past in strange_senders(response):
        sent = sent_fields(past.step).get(field)
        if not isinstance(sent, dict):
            continue
        is_own_refusal = past.session == response.step.session and (not past.accepted or past.dry)
        for name, value in found.items():
            if name in known or name not in sent:
                continue
            was_shown = isinstance(earlier, dict) and name in earlier
            if was_shown or (response.earlier_view is None and not is_own_refusal):
                continue
            if is_same_entry(field, name, sent[name], value, declared):
                return name, past
    return None
