"""Ends pytest with one sentence where it collects the suite while the plugin is switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .state import STATE
from .suite_modules import is_in_suite

if TYPE_CHECKING:
    from ..harness.plan import Plan

_MESSAGE = (
    "cartfuzz: the suite needs Cartfuzz's plugin, which is switched off "
    "(PYTEST_DISABLE_PLUGIN_AUTOLOAD or -p no:cartfuzz): add -p cartfuzz.pytest_plugin"
)
_NAME = "cartfuzz-switched-off"


class _SwitchedOff:
    """A plugin in place of the one that is missing."""

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """After all modules are collected, so that one sentence is printed for all of them."""
        if not hasattr(config, "workerinput"):
            raise pytest.UsageError(_MESSAGE)
        # The controller of pytest-xdist takes a usage error of its workers for a crash.
        of_suite = [item for item in items if is_in_suite(item.path)]
        items[:] = [item for item in items if item not in of_suite[1:]]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if is_in_suite(item.path):
            pytest.fail(_MESSAGE, pytrace=False)


def plan_for_suite(config: pytest.Config) -> Plan | None:
    """The plan of this run, for the tests of the suite.

    Returns:
        None: the plugin is switched off, and pytest ends once it has collected everything.

    Raises:
        pytest.UsageError: an option is wrong.
    """
    state = config.stash.get(STATE, None)
    if state is not None:
        return state.target_run.plan
    if not config.pluginmanager.hasplugin(_NAME):
        config.pluginmanager.register(_SwitchedOff(), _NAME)
    return None
