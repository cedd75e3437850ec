"""Tries what plugins send, in the environment of a run, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from ...contract import ConfigurationError, Environment, Scenario
from .bounded_call import called_within
from .extensions import Extensions, LoadedPlugin
from .loading import short_error, slow_start_allowed

MAX_SCENARIOS = 5_000
"""Of the sweep of one plugin."""
MAX_TRIAL_SEC = 60.0
"""For the sweep of one plugin, or its strategy."""


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
    sweep = one.plugin.scenarios
    if sweep is None:
        return
    where = f"plugin {one.source}: scenarios"
    try:
        made = called_within(partial(_swept, sweep, environment), MAX_TRIAL_SEC)
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


def _swept(
    sweep: Callable[[Environment], Iterable[Scenario]], environment: Environment
) -> list[object]:
    return list(islice(sweep(environment), MAX_SCENARIOS + 1))


def _check_strategy(one: LoadedPlugin, environment: Environment) -> None:
    drawn = one.plugin.drawn
    if drawn is None:
        return
    # It must not be imported while pytest configures itself, where there is no need.
    from hypothesis.strategies import SearchStrategy  # noqa: PLC0415

    where = f"plugin {one.source}: drawn"
    try:
        strategy: object = called_within(partial(drawn, environment), MAX_TRIAL_SEC)
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            where, expected="a Hypothesis strategy of Scenario", found=short_error(error)
        ) from error
    if not isinstance(strategy, SearchStrategy):
        raise ConfigurationError(
            where, expected="a Hypothesis strategy of Scenario", found=type(strategy).__name__
        )
