"""The plugins of a run together, as one frozen value that is handed to whatever needs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...contract import Environment, Rule, Scenario
from ...oracle.own_checks import PluginCheck, rules_of
from ...record import PluginRecord
from .plugin import Plugin

if TYPE_CHECKING:
    # Hypothesis must not be imported while pytest configures itself.
    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """A plugin and where it was found."""

    source: str
    """``"acme_rules.plugin:PLUGIN"``."""
    plugin: Plugin

    @property
    def record(self) -> PluginRecord:
        """What a record keeps of it."""
        return PluginRecord(
            name=self.plugin.name,
            source=self.source,
            version=self.plugin.version,
            rules=rules_of(checks_of(self.plugin)),
            changes_requests=self.plugin.changes_requests,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """The plugins of a run, in the order in which they were named."""

    loaded: tuple[LoadedPlugin, ...] = ()

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        return tuple(one.plugin for one in self.loaded)

    @property
    def checks(self) -> tuple[PluginCheck, ...]:
        """All checks, in order."""
        return tuple(check for plugin in self.plugins for check in checks_of(plugin))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in order."""
        return rules_of(self.checks)

    @property
    def records(self) -> tuple[PluginRecord, ...]:
        """What a record keeps of them."""
        return tuple(one.record for one in self.loaded)

    @property
    def dry_parameter(self) -> str:
        """The query parameter that makes a request dry, as it goes out."""
        named = [getattr(one.translation, "dry_parameter", None) for one in self.plugins]
        return next((name for name in named if isinstance(name, str)), "dry")

    def scenarios(self, environment: Environment) -> Iterator[Scenario]:
        """The sweeps of all plugins, one after the other."""
        for plugin in self.plugins:
            if plugin.scenarios is not None:
                yield from plugin.scenarios(environment)

    def drawn(self, environment: Environment) -> tuple[SearchStrategy[Scenario], ...]:
        """The strategies of all plugins that have one."""
        return tuple(
            plugin.drawn(environment) for plugin in self.plugins if plugin.drawn is not None
        )


NO_EXTENSIONS = Extensions()


def checks_of(plugin: Plugin) -> tuple[PluginCheck, ...]:
    """The checks of one plugin, with its name."""
    return tuple(PluginCheck(plugin=plugin.name, check=check) for check in plugin.checks)
