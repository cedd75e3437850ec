"""Which checks of effects an answer needs, and which rules on effects it puts to the test.

Most answers need few of them: what a read lists is nothing that it must list, only cancelling and
reopening roll everything back, and without effects there is little to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ....contract import Fetch, Reopen, ReturnItems, SessionState
from ....record import CheckName
from ...effects import DISCOUNTS, EffectKind, Effects
from ...judged_response import Finding, JudgedResponse
from . import (
    codes,
    discounts,
    item_positions,
    points,
    repeats,
    rollbacks,
    rolled_back_discounts,
    unknown_codes,
)
from .context import is_evaluation, lists_effects, new_effects
from .form import is_judged_for_eligibility


class EffectCheck(NamedTuple):
    """A property that the effects of an answer must have."""

    name: CheckName
    """The name under which its findings are reported, unless they have one of their own."""
    run: Callable[[JudgedResponse, Effects], Iterable[Finding]]
    """Returns what is wrong with the effects of a response."""


_Tested = Callable[[JudgedResponse, Effects], Iterable[str]]


class EffectGroup(NamedTuple):
    """The checks of one sort of answer. They take it and its effects."""

    checks: tuple[EffectCheck, ...]
    amounts: tuple[EffectCheck, ...]
    """What follows from the totals: with a wrong one it is wrong as well."""
    tested: tuple[_Tested, ...]
    """Yield the rules that the answer could have broken."""


_DECISIONS = (
    EffectKind.ACCEPT_COUPON,
    EffectKind.REJECT_COUPON,
    EffectKind.ACCEPT_REFERRAL,
    EffectKind.REJECT_REFERRAL,
)
_NEEDED: Mapping[object, tuple[frozenset[EffectKind], ...]] = {
    codes.check_both_ways: (frozenset(_DECISIONS[:2]), frozenset(_DECISIONS[2:])),
    codes.check_held_codes: tuple(frozenset((kind,)) for kind in _DECISIONS),
    codes.tested_rules: tuple(frozenset((kind,)) for kind in _DECISIONS),
    item_positions.check_item_positions: (frozenset((EffectKind.SET_DISCOUNT_PER_ITEM,)),),
    item_positions.tested_rules: (frozenset((EffectKind.SET_DISCOUNT_PER_ITEM,)),),
    unknown_codes.check_case: (frozenset((EffectKind.REJECT_COUPON,)),),
    discounts.check_discounts_without_code: tuple(frozenset((kind,)) for kind in DISCOUNTS),
    discounts.check_declared_discounts: (frozenset((EffectKind.ACCEPT_COUPON,)),),
}
"""Without all kinds of one of these sets, the function has nothing to look at. Those that are not
here look at other things as well."""


class _Sort:
    """A sort of answers: the checks and rules of an answer that has all kinds of effects."""

    def __init__(
        self,
        checks: tuple[EffectCheck, ...] = (),
        amounts: tuple[EffectCheck, ...] = (),
        tested: tuple[_Tested, ...] = (),
    ) -> None:
        self._every = EffectGroup(checks, amounts, tested)
        self._by_kinds: dict[frozenset[EffectKind], EffectGroup] = {}

    def group(self, kinds: frozenset[EffectKind]) -> EffectGroup:
        """What an answer needs that lists effects of these kinds."""
        found = self._by_kinds.get(kinds)
        if found is None:
            every = self._every
            found = self._by_kinds[kinds] = EffectGroup(
                tuple(one for one in every.checks if _is_needed(one.run, kinds)),
                tuple(one for one in every.amounts if _is_needed(one.run, kinds)),
                tuple(one for one in every.tested if _is_needed(one, kinds)),
            )
        return found


def _is_needed(look: object, kinds: frozenset[EffectKind]) -> bool:
    sets = _NEEDED.get(look)
    return sets is None or any(one <= kinds for one in sets)


_CODES = (
    EffectCheck(CheckName.EFFECT_CODES, codes.check_both_ways),
    EffectCheck(CheckName.EFFECT_CODES, codes.check_held_codes),
    EffectCheck(CheckName.EFFECT_POSITIONS, item_positions.check_item_positions),
)
_UNKNOWN_CODES = EffectCheck(CheckName.EFFECT_CODES, unknown_codes.check_unknown_codes)
_POINTS = EffectCheck(CheckName.POINTS, points.check_added_points)
_LISTED = codes.tested_rules, item_positions.tested_rules

_NOTHING = _Sort()
_NO_GROUP = EffectGroup((), (), ())
_READ = _Sort(
    (*_CODES, EffectCheck(CheckName.EFFECTS_AGAIN, repeats.check_effects_of_reads)),
    (),
    (*_LISTED, repeats.tested_rules_of_reads),
)
_EMPTY_READ = _Sort(tested=(repeats.tested_rules_of_reads,))
_EVALUATION = _Sort(
    (
        *_CODES,
        _UNKNOWN_CODES,
        EffectCheck(CheckName.EFFECT_CODES, unknown_codes.check_case),
        EffectCheck(CheckName.DISCOUNTS, discounts.check_discounts_without_code),
        EffectCheck(CheckName.EFFECTS_AGAIN, repeats.check_same_effects),
    ),
    (EffectCheck(CheckName.DISCOUNTS, discounts.check_declared_discounts), _POINTS),
    (
        *_LISTED,
        unknown_codes.tested_rules,
        discounts.tested_rules,
        points.tested_rules,
        repeats.tested_rules,
    ),
)
_EMPTY_EVALUATION = _Sort(
    (_UNKNOWN_CODES,),
    (_POINTS,),
    (
        unknown_codes.tested_rules,
        discounts.tested_rules,
        points.tested_rules,
        repeats.tested_rules,
    ),
)
_NOT_STORED = _Sort(
    (*_CODES, _UNKNOWN_CODES, EffectCheck(CheckName.EFFECT_CODES, unknown_codes.check_case)),
    (),
    (*_LISTED, unknown_codes.tested_rules),
)
"""Of dry updates, and of those of a session that takes no data."""
_ROLLBACK = _Sort(
    (
        *_CODES,
        EffectCheck(CheckName.ROLLBACKS, rollbacks.check_given_back),
        EffectCheck(CheckName.ROLLBACKS, rollbacks.check_nothing_given_back),
        EffectCheck(CheckName.ROLLBACKS, rolled_back_discounts.check_discounts_given_back),
        EffectCheck(CheckName.ROLLBACKS, points.check_points_given_back),
    ),
    (),
    (
        *_LISTED,
        rollbacks.tested_rules,
        rolled_back_discounts.tested_rules,
        points.tested_rules,
    ),
)
"""Of cancellations and reopenings."""
_RETURN = _Sort(
    (*_CODES, EffectCheck(CheckName.ROLLBACKS, rolled_back_discounts.check_discounts_of_returns)),
    (),
    (*_LISTED, rolled_back_discounts.tested_rules),
)


def effect_group(response: JudgedResponse) -> EffectGroup:
    """The checks that an answer needs; none where its effects are not those of the step."""
    return response.once(_effect_group)


def _effect_group(response: JudgedResponse) -> EffectGroup:
    effects = new_effects(response)
    if effects is None:
        return _NO_GROUP
    sort = _sort(response, is_empty=not effects.known)
    return sort.group(effects.kinds)


def _sort(response: JudgedResponse, *, is_empty: bool) -> _Sort:
    step = response.step
    if isinstance(step, Fetch):
        return _EMPTY_READ if is_empty else _READ
    if isinstance(step, Reopen):
        return _ROLLBACK
    if is_evaluation(step, response):
        return _EMPTY_EVALUATION if is_empty else _EVALUATION
    if response.after.state is SessionState.CANCELLED and not response.dry:
        return _ROLLBACK
    if is_empty:
        return _NOTHING
    return _RETURN if isinstance(step, ReturnItems) else _NOT_STORED


def tested_effect_rules(response: JudgedResponse) -> Iterable[str]:
    """The rules on effects that an answer could have broken."""
    if not response.accepted:
        return ()
    rules = ["DRY-05"] if is_judged_for_eligibility(response) else []
    if not lists_effects(response):
        return rules
    effects = response.effects
    if effects.known or effects.problems:
        rules += ("EFF-01", "EFF-02")
    for tested in effect_group(response).tested:
        rules += tested(response, effects)
    return rules
