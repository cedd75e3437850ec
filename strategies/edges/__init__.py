"""The deterministic sweep of valid and invalid requests: every rule at and next to its limits.

Each module is a family of scenarios: ``scenarios(samples)`` yields them, always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ...contract import Environment, Scenario
from ..prioritisation import prioritised
from ..values.samples import Samples
from . import (
    access,
    bare_sessions,
    budgets,
    carts,
    code_mixes,
    codes,
    coupons,
    discounts,
    dry,
    effects,
    errors,
    fields,
    idempotency,
    identity,
    long_lives,
    loyalty,
    merging,
    returns,
    self_consistency,
    shop_flows,
    smoke,
    states,
    totals,
)

_FAMILIES: tuple[Callable[[Samples], Iterator[Scenario]], ...] = (
    smoke.scenarios,
    states.scenarios,
    long_lives.scenarios,
    shop_flows.scenarios,
    carts.small_scenarios,
    merging.scenarios,
    bare_sessions.scenarios,
    returns.scenarios,
    idempotency.scenarios,
    dry.scenarios,
    codes.scenarios,
    effects.scenarios,
    coupons.scenarios,
    budgets.scenarios,
    discounts.scenarios,
    loyalty.scenarios,
    code_mixes.scenarios,
    totals.scenarios,
    errors.scenarios,
    access.scenarios,
    fields.scenarios,
    self_consistency.scenarios,
    identity.confusable_scenarios,
    carts.big_scenarios,
    identity.scenarios,
)


def edge_scenarios(environment: Environment) -> tuple[Scenario, ...]:
    """The whole sweep, always the same: the smoke scenario, then the others by what they cover.

    Each step names the rules that it puts to the test. At most one thing is wrong in each request.

    Args:
        environment: declares what exists; its contract version decides what is valid.
    """
    samples = Samples(environment)
    return prioritised(chain.from_iterable(family(samples) for family in _FAMILIES))
