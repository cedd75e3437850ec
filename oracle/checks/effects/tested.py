"""Which rules on effects an answer puts to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...judged_response import JudgedResponse
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
from .context import lists_effects
from .form import is_judged_for_eligibility

_TESTED: tuple[Callable[[JudgedResponse], Iterator[str]], ...] = (
    codes.tested_rules,
    unknown_codes.tested_rules,
    item_positions.tested_rules,
    rollbacks.tested_rules,
    rolled_back_discounts.tested_rules,
    discounts.tested_rules,
    points.tested_rules,
    repeats.tested_rules,
)


def tested_effect_rules(response: JudgedResponse) -> Iterator[str]:
    """The rules on effects that an answer could have broken."""
    if not response.accepted:
        return
    if is_judged_for_eligibility(response):
        yield "DRY-05"
    if not lists_effects(response):
        return
    effects = response.effects
    if effects.known or effects.problems:
        yield from ("EFF-01", "EFF-02")
    if response.before.lost or response.after.lost:
        return
    yield from dict.fromkeys(rule for tested in _TESTED for rule in tested(response))
