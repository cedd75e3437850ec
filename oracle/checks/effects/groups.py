"""Which checks of effects an answer needs, and which rules on effects it puts to the test.

Most answers need few of them: what a read lists is nothing that it must list, only cancelling and
reopening roll everything back, and without effects there is little to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ....contract import Fetch, Reopen, ReturnItems, SessionState
from ....record import CheckName
from ...judged_response import JudgedResponse
from ..check import Check
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


class EffectGroup(NamedTuple):
    """The checks of one sort of answer."""

    checks: tuple[Check, ...]
    amounts: tuple[Check, ...]
    """What follows from the totals: with a wrong one it is wrong as well."""
    tested: tuple[Callable[[JudgedResponse], Iterator[str]], ...]
    """Yield the rules that the answer could have broken."""


_CODES = (
    Check(CheckName.EFFECT_CODES, codes.check_both_ways),
    Check(CheckName.EFFECT_CODES, codes.check_held_codes),
    Check(CheckName.EFFECT_POSITIONS, item_positions.check_item_positions),
)
_UNKNOWN_CODES = Check(CheckName.EFFECT_CODES, unknown_codes.check_unknown_codes)
_POINTS = Check(CheckName.POINTS, points.check_added_points)
_LISTED = codes.tested_rules, item_positions.tested_rules

_NOTHING = EffectGroup((), (), ())
_READ = EffectGroup(
    (*_CODES, Check(CheckName.EFFECTS_AGAIN, repeats.check_effects_of_reads)),
    (),
    (*_LISTED, repeats.tested_rules),
)
_EMPTY_READ = EffectGroup((), (), (repeats.tested_rules,))
_EVALUATION = EffectGroup(
    (
        *_CODES,
        _UNKNOWN_CODES,
        Check(CheckName.EFFECT_CODES, unknown_codes.check_case),
        Check(CheckName.DISCOUNTS, discounts.check_discounts_without_code),
        Check(CheckName.EFFECTS_AGAIN, repeats.check_same_effects),
    ),
    (Check(CheckName.DISCOUNTS, discounts.check_declared_discounts), _POINTS),
    (
        *_LISTED,
        unknown_codes.tested_rules,
        discounts.tested_rules,
        points.tested_rules,
        repeats.tested_rules,
    ),
)
_EMPTY_EVALUATION = EffectGroup(
    (_UNKNOWN_CODES,),
    (_POINTS,),
    (
        unknown_codes.tested_rules,
        discounts.tested_rules,
        points.tested_rules,
        repeats.tested_rules,
    ),
)
_NOT_STORED = EffectGroup(
    (*_CODES, _UNKNOWN_CODES, Check(CheckName.EFFECT_CODES, unknown_codes.check_case)),
    (),
    (*_LISTED, unknown_codes.tested_rules),
)
"""Of dry updates, and of those of a session that takes no data."""
_ROLLBACK = EffectGroup(
    (
        *_CODES,
        Check(CheckName.ROLLBACKS, rollbacks.check_given_back),
        Check(CheckName.ROLLBACKS, rollbacks.check_nothing_given_back),
        Check(CheckName.ROLLBACKS, rolled_back_discounts.check_discounts_given_back),
        Check(CheckName.ROLLBACKS, points.check_points_given_back),
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
_RETURN = EffectGroup(
    (*_CODES, Check(CheckName.ROLLBACKS, rolled_back_discounts.check_discounts_of_returns)),
    (),
    (*_LISTED, rolled_back_discounts.tested_rules),
)


def effect_group(response: JudgedResponse) -> EffectGroup:
    """The checks that an answer needs; none where its effects are not those of the step."""
    effects = new_effects(response)
    if effects is None:
        return _NOTHING
    step = response.step
    if isinstance(step, Fetch):
        return _READ if effects.known else _EMPTY_READ
    if isinstance(step, Reopen):
        return _ROLLBACK
    if is_evaluation(step, response):
        return _EVALUATION if effects.known else _EMPTY_EVALUATION
    if response.after.state is SessionState.CANCELLED and not response.dry:
        return _ROLLBACK
    if not effects.known:
        return _NOTHING
    return _RETURN if isinstance(step, ReturnItems) else _NOT_STORED


def tested_effect_rules(response: JudgedResponse) -> Iterator[str]:
    """The rules on effects that an answer could have broken."""
    if not response.accepted:
        return
    if is_judged_for_eligibility(response):
        yield "DRY-05"
    if lists_effects(response) and (response.effects.known or response.effects.problems):
        yield from ("EFF-01", "EFF-02")
    for tested in effect_group(response).tested:
        yield from dict.fromkeys(tested(response))
