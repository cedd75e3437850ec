"""Tries what plugins send, in the environment of a run, before anything is sent."""

from __future__ import annotations

from itertools import islice

from ...contract import ConfigurationError, Environment, Scenario
from .extensions import Extensions, LoadedPlugin
from .loading import short_error, slow_start_allowed

MAX_SCENARIOS = 5_000
"""Of the sweep of one plugin."""


def check_extensions(extensions: Extensions, environment: Environment) -> None:
    """Makes the sweeps and the strategies of plugins once.

    Raises:
        ConfigurationError: a plugin raises, or makes something else than scenarios.
    """
    if not extensions.loaded:
        return
    with slow_start_allowed():
        for one in extensions.loaded:
            _check_sweep(one, environment)
            _check_strategy(one, environment)


def _check_sweep(one: LoadedPlugin, environment: Environment) -> None:
    if one.plugin.scenarios is None:
        return
    where = f"plugin {one.source}: scenarios"
    try:
        made = list(islice(one.plugin.scenarios(environment), MAX_SCENARIOS + 1))
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            where, expected="an iterable of Scenario", found=short_error(error)
        ) from error
    if len(made) > MAX_SCENARIOS:
        raise ConfigurationError(
            where, expected=f"at most {MAX_SCENARIOS} scenarios (drawn has no end)", found="more"
        )
    for scenario in made:
        if not isinstance(scenario, Scenario):
            raise ConfigurationError(
                where, expected="an iterable of Scenario", found=type(scenario).__name__
            )


def _check_strategy(one: LoadedPlugin, environment: Environment) -> None:
    if one.plugin.drawn is None:
        return
    # It must not be imported while pytest configures itself, where there is no need.
    from hypothesis.strategies import SearchStrategy  # noqa: PLC0415

    where = f"plugin {one.source}: drawn"
    try:
        strategy: object = one.plugin.drawn(environment)
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            where, expected="a Hypothesis strategy of Scenario", found=short_error(error)
        ) from error
    if not isinstance(strategy, SearchStrategy):
        raise ConfigurationError(
            where, expected="a Hypothesis strategy of Scenario", found=type(strategy).__name__
        )
