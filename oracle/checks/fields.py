"""Compares a session as a response shows it with the session as the model knows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ...contract import Fetch
from ...contract.fields import LIST_FIELDS
from ...record import (
    SEVERAL_FIELDS_DIFFER,
    Claim,
    Outcome,
    holds,
    pointer,
)
from ..attribution.blame import Blame, Cause, blame, cause_of, other_causes, sends, sent_fields
from ..attribution.side_effects import isolation, side_effect
from ..judged_response import Finding, JudgedResponse, PastStep, brief
from ..model import (
    DATA_FIELDS,
    UNKNOWN,
    AtLeast,
    is_empty,
    same_json,
)
from ..model.attribute_values import Declared, is_default, same_attribute
from ..model.codes import same_codes
from ..model.costs import is_free, same_cost, without_free
from ..model.remarks.items import COMPUTED
from .cart import cart_difference
from .survivors import added_entry, surviving_member

_ECHO_RULES = {
    "profileId": "IDENT-09",
    "couponCodes": "IDENT-07",
    "loyaltyCards": "IDENT-07",
    "identifiers": "IDENT-07",
    "attributes": "ATTR-01",
    "additionalCosts": "COST-01",
    "experimentVariantAllocations": "MERGE-03",
}
KEPT_CART = Outcome.other("cartItems stay as they were")
_SURVIVES = Outcome.other("a field left out of a cart item is still there")
_MUST_STAY = Outcome.other("data that must stay changes")
_SEVERAL = 3
_ATTRIBUTES_DIFFER = Outcome.field_differs("attributes", plural=True)
_LISTS = LIST_FIELDS


def check_fields(response: JudgedResponse) -> Iterator[Finding]:
    """Every data field that a response shows: echoed, kept, replaced, cleared or left alone.

    Rules: MERGE-01 to 04, CART-10 to 12, IDENT-01, -07, -08, COST-01, ATTR-01, STATE-13, -17,
    DRY-01, -03, AUTH-01, ERR-06, RESP-03, by what was done since the session was last shown.
    """
    shown = response.stored_view
    if shown is None:
        return
    by_rule: dict[str, list[Finding]] = {}
    for field in DATA_FIELDS:
        finding = _field_finding(response, field, shown.get(field))
        if finding is not None:
            by_rule.setdefault(finding.rule, []).append(finding)
    for findings in by_rule.values():
        # Where many fields differ by one rule, the bug is not in one of them. Side effects and
        # shared sessions (which name their check) are one bug however many fields show them.
        if len(findings) >= _SEVERAL and not findings[0].check:
            yield _as_several(findings[0])
        else:
            yield from findings


def _as_several(finding: Finding) -> Finding:
    others = tuple(replace(other, outcome=SEVERAL_FIELDS_DIFFER) for other in finding.alternatives)
    return replace(finding, outcome=SEVERAL_FIELDS_DIFFER, alternatives=others)


class _Field(NamedTuple):
    """A data field as it is known and as it was found."""

    name: str
    known: Any
    found: Any


def _field_finding(response: JudgedResponse, name: str, found: Any) -> Finding | None:
    field = _Field(name, response.after.fields.get(name), found)
    difference = _difference(response, name, field.known, found)
    if difference is None:
        return None
    # A step that sent just this value, but should have changed nothing, explains it best.
    culprit = difference.culprit
    cause = (
        cause_of(culprit, response)
        if culprit is not None
        else blame(response, explains=sends(name, found))
    )
    readings = list(_readings(response, cause, field, difference))
    first, *others = readings
    # In another scenario the same bug may show in several fields.
    whole = [replace(one, outcome=SEVERAL_FIELDS_DIFFER) for one in readings if not one.check]
    claim = difference.claim or _claim(name, field.known)
    alternatives = (*first.alternatives, *others, *whole)
    return replace(first, claim=claim, field_name=name, alternatives=alternatives)


def _readings(
    response: JudgedResponse, cause: Blame, field: _Field, difference: Difference
) -> Iterator[Finding]:
    """The findings on ``field`` for each step that may be to blame, ``cause`` first."""
    expected, found = f"{field.name}: {brief(field.known)}", f"{field.name}: {brief(field.found)}"
    for candidate in (cause, *other_causes(response, cause)):
        differences = [difference]
        # A cart that stayed as it was differs from the new one in many ways; that it stayed is what
        # happened. But for CART-12 the items were replaced, and only their attributes stayed.
        if difference.rule != "CART-12" and _keeps_cart(response, candidate, field):
            differences.insert(0, Difference(KEPT_CART, "MERGE-03"))
        for one in differences:
            for rule in _rules(response, candidate, field, one):
                yield from _reading(response, rule, candidate, one, (expected, found))


def _reading(
    response: JudgedResponse,
    rule: str,
    cause: Blame,
    difference: Difference,
    texts: tuple[str, str],
) -> Iterator[Finding]:
    """The findings if ``cause`` is to blame; ``texts`` are what was expected and found."""
    expected, found = texts
    if cause.kind is Cause.OTHER and rule == "IDENT-01":
        # Two sessions that are one show it in any field, so the field is not part of the bug.
        found = f"{found}, after work on another session"
        for finding in isolation(response):
            yield replace(finding, expected=expected, found=found)
    elif cause.must_change_nothing:
        # A request that changes what it must not may change any field of it.
        yield replace(side_effect(cause), rule=rule, expected=expected, found=found)
    else:
        must_stay = (
            rule == "STATE-13"
        )  # which field of a frozen session changes, makes no other bug
        yield Finding(
            rule=rule,
            situation=cause.situation,
            outcome=_MUST_STAY if must_stay else difference.outcome,
            expected=expected,
            found=found,
            operation=cause.step,
        )


class Difference(NamedTuple):
    """How a field differs, and the rule where the difference itself decides it."""

    outcome: Outcome
    rule: str = ""
    claim: Claim | None = None
    """Where it is not that the field holds what is known."""
    culprit: PastStep | None = None
    """The step that sent what is found, where no other can be to blame."""


def _difference(response: JudgedResponse, field: str, known: Any, found: Any) -> Difference | None:
    if known is UNKNOWN or (is_empty(known) and is_empty(found)):
        return None
    if field == "profileId" and _is_of_the_server(response, found):
        return None
    if field == "attributes":
        return _attribute_difference(response, known, found)
    if field == "additionalCosts":
        return _cost_difference(response, known, found)
    if field == "cartItems":
        return _cart_difference(response, known or [], found)
    if same_codes(field, known, found, response.environment):
        return None
    return Difference(Outcome.field_differs(field, plural=field in _LISTS))


def _cost_difference(response: JudgedResponse, known: Any, found: Any) -> Difference | None:
    """All that was sent is there; what was left out may be as it was, or shown as free."""
    if isinstance(known, AtLeast):
        if not _holds(known, found):
            return Difference(Outcome.field_differs("additionalCosts", plural=True))
        return _addition(response, "additionalCosts", known, without_free(found or {}))
    held = known if isinstance(known, dict) else {}
    same = _holds(AtLeast(held, {}), found) and all(
        name in held or is_free(cost) for name, cost in (found or {}).items()
    )
    return None if same else Difference(Outcome.field_differs("additionalCosts"))


def _cart_difference(
    response: JudgedResponse, known: list[dict[str, Any]], found: Any
) -> Difference | None:
    former = response.after.items_before
    attributes = tuple(item.get("attributes") or {} for item in former)
    difference = cart_difference(known, found, attributes, response.environment)
    if difference is not None:
        return Difference(*difference)
    survivor = surviving_member(known, found, former, response.environment.item_attributes)
    if survivor is None:
        return None
    place = pointer("customerSession", "cartItems", survivor.position, *survivor.path)
    return Difference(_SURVIVES, "MERGE-03", claim=holds(place, None))


def _addition(
    response: JudgedResponse, field: str, known: AtLeast, found: Any
) -> Difference | None:
    """An entry of a map that came with a step which must have changed nothing here."""
    added = added_entry(response, field, {**known.optional, **known.entries}, found)
    if added is None:
        return None
    name, past = added
    claim = holds(pointer("customerSession", field, name), None)
    return Difference(Outcome.field_differs(field, plural=True), claim=claim, culprit=past)


def _is_of_the_server(response: JudgedResponse, found: Any) -> bool:
    """Whether a session that never named a profile may show ``found``, which nobody sent."""
    if "profileId" in response.after.fields or not isinstance(found, str):
        return False
    sent = (sent_fields(past.step).get("profileId") for past in response.unseen_steps)
    held = (other.fields.get("profileId") for other in response.other_sessions.values())
    return found not in (*sent, *held)


def _attribute_difference(response: JudgedResponse, known: Any, found: Any) -> Difference | None:
    """Attributes that nobody sent may be there, such as built-in ones and defaults, but not those
    that were sent by a step which should have changed nothing."""
    declared = response.environment.session_attributes
    known = known if isinstance(known, AtLeast) else AtLeast(known or {}, {})
    if not _holds_attributes(known, found, declared):
        return Difference(_ATTRIBUTES_DIFFER)
    return _addition(response, "attributes", known, found)


def _holds_attributes(known: AtLeast, found: Any, declared: Declared) -> bool:
    """Whether all that was sent is there; what was left out may be as it was, or unset."""
    if is_empty(found):
        return all(value is None for value in known.entries.values())
    if not isinstance(found, dict):
        return False
    return all(
        value is None or (name in found and same_attribute(name, value, found[name], declared))
        for name, value in known.entries.items()
    ) and all(
        is_default(name, found[name], declared)
        or same_attribute(name, value, found[name], declared)
        for name, value in known.optional.items()
        if name in found
    )


def _claim(field: str, known: Any) -> Claim | None:
    """That the field holds what is known; where a cart is not all that is shown, its items."""
    value = known.entries if isinstance(known, AtLeast) else known
    if field == "cartItems" and isinstance(value, list):
        value = [
            {name: part for name, part in item.items() if name not in COMPUTED}
            if isinstance(item, dict)
            else item
            for item in value
        ]
    return holds(pointer("customerSession", field), value)


def _holds(known: AtLeast, found: Any) -> bool:
    """Whether costs show all that was sent, and what else they show is as it was or free."""
    if is_empty(found):
        return not known.entries
    if not isinstance(found, dict):
        return False
    return all(
        name in found and same_cost(value, found[name]) for name, value in known.entries.items()
    ) and all(
        same_cost(value, found[name]) or is_free(found[name])
        for name, value in known.optional.items()
        if name in found
    )


def _rules(
    response: JudgedResponse, cause: Blame, field: _Field, difference: Difference
) -> tuple[str, ...]:
    """The rules that it may break if ``cause`` is to blame, the most telling first."""
    if cause.must_change_nothing:
        return (cause.side_effect_rule,)
    elsewhere = _is_elsewhere(response, field.name, field.found)
    # The value of another session, which the step to blame did not send: they are mixed up.
    if cause.kind is Cause.OTHER or (elsewhere and not _sent_by(cause, field.name)):
        return ("IDENT-01",)
    if difference.rule and not cause.frozen:
        return (difference.rule,)
    match cause.kind:
        case Cause.NOTHING | Cause.RETURNED:
            return ("RESP-03",)
        case Cause.REOPENED:
            return ("STATE-15",)
        case _:
            return tuple(_update_rules(response, cause, field))


def _update_rules(response: JudgedResponse, cause: Blame, of: _Field) -> Iterator[str]:
    """The rules that an accepted update breaks by what it left in a field."""
    field, known, found = of
    if cause.frozen:
        yield "STATE-13"  # whatever the update sent, it must change no data
        return
    if response.repeats_update:
        yield "MERGE-04"  # the first update was applied rightly, so the repetition matters
    if not _sent_by(cause, field):
        yield "MERGE-01"
        return
    # Steps came after the update that sent the field: the read may be wrong instead.
    if isinstance(response.step, Fetch) and cause.past is not response.unseen_steps[-1]:
        yield "RESP-03"
    if is_empty(known):
        cleared = field in ("couponCodes", "referralCode")
        yield "IDENT-08" if field == "profileId" else "MERGE-02" if cleared else "MERGE-03"
        # A target that ignores the field also ignores that it is cleared.
        yield from ("MERGE-03", _echo_rule(field))
        return
    before = cause.past.before.fields.get(field) if cause.past else None
    # The old members are still there, so the list was merged instead of replaced.
    if field in _LISTS and not is_empty(before) and _keeps(before, found):
        yield "MERGE-03"
    yield _echo_rule(field)


def _echo_rule(field: str) -> str:
    return _ECHO_RULES.get(field, "CART-11" if field == "cartItems" else "RESP-03")


def _sent_by(cause: Blame, field: str) -> bool:
    past = cause.past
    return past is not None and field in sent_fields(past.step)


def _keeps(before: Any, found: Any) -> bool:
    """Whether a list still starts with what it should have been rid of."""
    return (
        isinstance(before, list)
        and isinstance(found, list)
        and len(found) >= len(before)
        and all(map(_same_member, before, found))
    )


def _keeps_cart(response: JudgedResponse, cause: Blame, field: _Field) -> bool:
    """Whether the cart is what it was before an accepted update that sent another."""
    past = cause.past
    if field.name != "cartItems" or past is None or cause.kind is not Cause.UPDATED:
        return False
    if not _sent_by(cause, "cartItems"):
        return False
    before = past.before.fields.get("cartItems")
    if is_empty(before) or not isinstance(before, list):
        return False
    return cart_difference(before, field.found, (), response.environment) is None


def _same_member(before: Any, found: Any) -> bool:
    if isinstance(before, dict) and isinstance(found, dict):
        return bool(before.get("sku") == found.get("sku"))
    return same_json(before, found)


def _is_elsewhere(response: JudgedResponse, field: str, found: Any) -> bool:
    """Whether the value found is what another session of the scenario holds."""
    if is_empty(found) or field in ("profileId", "attributes", "additionalCosts"):
        return False
    return any(
        other.state is not None and same_json(other.fields.get(field), found)
        for other in response.other_sessions.values()
    )
