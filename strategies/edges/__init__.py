"""The deterministic sweep: every rule at, just under and just over its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ...contract import Environment, Scenario
from ..samples import Samples
from ..telling import most_telling_first
from . import (
    access,
    carts,
    codes,
    dry,
    errors,
    fields,
    habits,
    identity,
    lives,
    merging,
    returns,
    states,
    totals,
    tour,
)

_FAMILIES: tuple[Callable[[Samples], Iterator[Scenario]], ...] = (
    tour.scenarios,
    states.scenarios,
    lives.scenarios,
    carts.small_scenarios,
    merging.scenarios,
    returns.scenarios,
    dry.scenarios,
    codes.scenarios,
    totals.scenarios,
    errors.scenarios,
    access.scenarios,
    fields.scenarios,
    habits.scenarios,
    identity.twin_scenarios,
    carts.big_scenarios,
    identity.scenarios,
)


def edge_scenarios(environment: Environment) -> tuple[Scenario, ...]:
    """The whole sweep for ``environment``, always the same: a tour of all endpoints, then what
    tells most.

    Each step names the rules that it aims at, and in each request at most one thing is wrong.
    """
    samples = Samples(environment)
    return most_telling_first(chain.from_iterable(family(samples) for family in _FAMILIES))
