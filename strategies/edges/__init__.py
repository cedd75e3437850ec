"""The deterministic sweep: every rule at, just under and just over its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ...contract import Environment, Scenario
from ..prioritisation import prioritised
from ..values.samples import Samples
from . import (
    access,
    carts,
    codes,
    dry,
    errors,
    fields,
    identity,
    long_lives,
    merging,
    returns,
    self_consistency,
    smoke,
    states,
    totals,
)

_FAMILIES: tuple[Callable[[Samples], Iterator[Scenario]], ...] = (
    smoke.scenarios,
    states.scenarios,
    long_lives.scenarios,
    carts.small_scenarios,
    merging.scenarios,
    returns.scenarios,
    dry.scenarios,
    codes.scenarios,
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
    """The whole sweep for ``environment``, always the same: a tour of all endpoints, then what
    tells most.

    Each step names the rules that it aims at, and in each request at most one thing is wrong.
    """
    samples = Samples(environment)
    return prioritised(chain.from_iterable(family(samples) for family in _FAMILIES))
