"""Which rules on effects an answer puts to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ....contract import Fetch
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
from .context import lists_effects, new_effects
from .form import is_judged_for_eligibility

_Reader = Callable[[JudgedResponse], Iterator[str]]
_TESTED_BY_NONE: tuple[_Reader, ...] = (
    unknown_codes.tested_rules,
    rollbacks.tested_rules,
    rolled_back_discounts.tested_rules,
    discounts.tested_rules,
    points.tested_rules,
    repeats.tested_rules,
)
"""Those that an answer without effects may break as well."""
_TESTED: tuple[_Reader, ...] = (
    codes.tested_rules,
    item_positions.tested_rules,
    *_TESTED_BY_NONE,
)


def tested_effect_rules(response: JudgedResponse) -> Iterator[str]:
    """The rules on effects that an answer could have broken."""
    if not response.accepted:
        return
    if is_judged_for_eligibility(response):
        yield "DRY-05"
    if lists_effects(response) and (response.effects.known or response.effects.problems):
        yield from ("EFF-01", "EFF-02")
    effects = new_effects(response)
    if effects is None or (isinstance(response.step, Fetch) and not effects.known):
        return
    for tested in _TESTED if effects.known else _TESTED_BY_NONE:
        yield from dict.fromkeys(tested(response))
