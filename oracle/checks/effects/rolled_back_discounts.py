"""Which discounts cancelling, reopening and returning roll back, as their answers show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ....contract import ReturnItems
from ....record import Fits, Near, Outcome, Situation, pointer
from ...effects import Effect, EffectKind, Effects
from ...judged_response import Finding, JudgedResponse, brief
from ...model import UNKNOWN, situation_of
from ...model.applied import AppliedDiscount
from ...model.remarks.returns import returned_by
from .context import without_effect
from .rollbacks import applied_before

_Key = tuple[str, float]
_PLACES = 6
"""Digits behind the point by which two values are one: less than a currency has."""
_MISSING = Outcome.other("a discount is not rolled back")
_STRANGE = Outcome.other("a discount is rolled back that did not stand")
_ANOTHER_VALUE = Outcome.other("a discount is rolled back with another value")
_NOT_RETURNED = Outcome.other("a discount of another item is rolled back")
_TOO_OFTEN = Outcome.other("a discount is rolled back for more units than were returned")
_RETURN = Situation.other("return of items with discounts")


def check_discounts_given_back(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """DISC-03: the discounts that stood are rolled back, by name and value, and no others.

    Whether one of nothing is rolled back is open.
    """
    applied = applied_before(response)
    if not effects.is_whole or applied is None or not applied.is_sure:
        return
    listed = list(_rolled_back(effects))
    stood = [one for one in applied.discounts if _is_something(one)]
    if not listed and not stood:
        return
    loose = _of_lines(response, stood)
    standing = Counter(_key(one) for one in stood if one.name not in loose)
    given_back = Counter(_key(effect) for effect in listed if effect.name not in loose)
    missing = standing - given_back
    short = {name for name, _ in missing}
    # One of nothing, under the name of another that is missing, has another value.
    strange = Counter(
        {
            (name, value): count
            for (name, value), count in (given_back - standing).items()
            if value != 0 or name in short
        }
    )
    lines_missing = loose - {effect.name for effect in listed}
    if missing or strange or lines_missing:
        yield _difference(response, listed, missing, strange, lines_missing)


def check_discounts_of_returns(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """DISC-04: a return rolls back discounts of returned units only, each once."""
    returned = _returned(response)
    if returned is None:
        return
    # Several campaigns may have a discount of the same name.
    counted: Counter[tuple[int, int, str, int | None]] = Counter()
    named: dict[int, set[int]] = {}
    listed = [(e.position, e) for e in _rolled_back(effects) if e.position is not None]
    for position, effect in listed:
        key = (position, effect.campaign_id, effect.name, effect.sub_position)
        counted[key] += 1
        units = returned.get(position, 0)
        if units == 0:
            yield _of_return(_NOT_RETURNED, effect, f"positions {sorted(returned)}")
            return
        of_item = named.setdefault(position, set())
        if effect.sub_position is not None:
            of_item.add(effect.sub_position)
        if counted[key] > (1 if effect.sub_position is not None else units):
            yield _of_return(_TOO_OFTEN, effect, f"at most {units} units")
            return
    for position, effect in listed:
        if len(named[position]) > returned[position]:
            yield _of_return(_TOO_OFTEN, effect, f"at most {returned[position]} units")
            return


def tested_rules(response: JudgedResponse, effects: Effects) -> Iterator[str]:
    """The rules of this module that the answer could have broken."""
    applied = applied_before(response)
    stood = applied.discounts if applied is not None and applied.is_sure else ()
    if effects.is_whole and any(map(_is_something, stood)):
        yield "DISC-03"
    rolls_back = any(effect.position is not None for effect in _rolled_back(effects))
    if rolls_back and _returned(response) is not None:
        yield "DISC-04"


def _rolled_back(effects: Effects) -> Iterator[Effect]:
    return effects.of(EffectKind.ROLLBACK_DISCOUNT)


def _of_lines(response: JudgedResponse, stood: Iterable[AppliedDiscount]) -> set[str]:
    """The names of discounts that are of a line with several units as a whole.

    Whether they are rolled back by the line or by the unit is open.
    """
    items = response.before.items
    quantities = [] if items is UNKNOWN else [item.get("quantity") for item in items]
    return {
        one.name
        for one in stood
        if one.position is not None
        and one.sub_position is None
        and not (0 <= one.position < len(quantities) and quantities[one.position] == 1)
    }


def _difference(
    response: JudgedResponse,
    listed: list[Effect],
    missing: Counter[_Key],
    strange: Counter[_Key],
    lines_missing: Iterable[str],
) -> Finding:
    names = {name for name, _ in missing}
    other = next((effect for effect in listed if _key(effect) in strange), None)
    changed = next((e for e in listed if _key(e) in strange and e.name in names), None)
    wanted = [*map(_in_words, missing), *lines_missing]
    found = Finding(
        rule="DISC-03",
        situation=situation_of(response.step, response.before),
        outcome=_MISSING if other is None else _STRANGE,
        expected=f"rollbackDiscount of {brief(wanted)}" if wanted else "no such rollbackDiscount",
        found=f"rollbackDiscount of {brief([_in_words(_key(effect)) for effect in listed])}",
    )
    if changed is not None:
        values = tuple(str(value) for name, value in missing if name == changed.name)
        place = pointer("effects", changed.index, "props", "value")
        claim = Near(pointer=place, values=values, tolerance="0.000001")
        return replace(found, outcome=_ANOTHER_VALUE, claim=claim)
    if other is not None and not wanted:
        return replace(found, claim=without_effect(EffectKind.ROLLBACK_DISCOUNT))
    if not listed:
        return replace(found, claim=Fits(pointer="/effects", types=("array",), shortest=1))
    return found


def _of_return(outcome: Outcome, effect: Effect, expected: str) -> Finding:
    return Finding(
        rule="DISC-04",
        situation=_RETURN,
        outcome=outcome,
        expected=f"rollbackDiscount for {expected}",
        found=f"{brief(effect.name)} of position {effect.position}, unit {effect.sub_position}",
    )


def _returned(response: JudgedResponse) -> Mapping[int, int] | None:
    """The units that a return takes, by position; None: not known."""
    step = response.step
    if not isinstance(step, ReturnItems) or response.before.lost:
        return None
    taken = returned_by(step, response.before, response.environment)
    return None if taken is UNKNOWN else taken


def _key(one: Effect | AppliedDiscount) -> _Key:
    return one.name, round(one.value, _PLACES)


def _is_something(one: Effect | AppliedDiscount) -> bool:
    return round(one.value, _PLACES) != 0


def _in_words(key: _Key) -> str:
    return f"{key[0]}: {key[1]}"
