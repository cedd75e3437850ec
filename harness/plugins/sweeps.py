"""Puts what plugins send among what the phases send."""

from __future__ import annotations

from hypothesis.strategies import SearchStrategy, integers

from ...contract import Environment, Scenario
from .extensions import Extensions


def with_own_sweeps(
    edges: tuple[Scenario, ...], extensions: Extensions, environment: Environment
) -> tuple[Scenario, ...]:
    """The sweep ``edges``, with those of plugins behind its first scenario, the smoke test."""
    own = tuple(extensions.scenarios(environment))
    return (*edges[:1], *own, *edges[1:]) if own else edges


def with_own_draws(
    strategy: SearchStrategy[Scenario], extensions: Extensions, environment: Environment
) -> SearchStrategy[Scenario]:
    """``strategy`` and those of plugins, each with an equal chance."""
    own = extensions.drawn(environment)
    if not own:
        return strategy
    # `one_of` would give each branch of a strategy that is one itself a chance of its own.
    every = (strategy, *own)
    return integers(0, len(own)).flatmap(every.__getitem__)
