"""Puts what plugins send among what the phases send."""

from __future__ import annotations

from hypothesis.strategies import SearchStrategy, one_of

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
    return one_of(strategy, *own) if own else strategy
