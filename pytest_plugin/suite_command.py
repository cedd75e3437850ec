"""Writes the command that runs a part of the suite again, as this run did."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..harness.settings import API_KEY_VARIABLE
from .options import DEFAULT_EXPLORE, SUITE, PluginSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteCommand:
    """The command ``pytest --pyargs cartfuzz.suite`` with the options of a run.

    Attributes:
        options: all that decides which requests go where: target, configuration, contract, seed.
            The API key is not among them; it comes from the environment.
    """

    options: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: PluginSettings, *, url: str, seed: int) -> Self:
        """The command for a run with ``settings``.

        Args:
            settings: the options.
            url: of the target; empty: the embedded sandbox.
            seed: of all that is drawn.
        """
        given: list[tuple[str, object]] = [("url", url)] if url else []
        given += [("allow-host", host) for host in settings.allow_hosts]
        if settings.api_key_env != API_KEY_VARIABLE:
            given.append(("api-key-env", settings.api_key_env))
        given += _existing(
            ("api-key-file", settings.api_key_file), ("api-key-keyring", settings.api_key_keyring)
        )
        given += _existing(("config", settings.config), ("contract", settings.contract))
        given += _existing(
            ("traffic", settings.traffic), ("i-know-this-is-production", settings.production)
        )
        given += _existing(("rps", settings.rps), ("timeout", settings.timeout_sec))
        if settings.give_up_sec is not None:
            given.append(("give-up-after", f"{settings.give_up_sec:.12g}s"))
        given += _existing(("baseline", settings.baseline), ("corpus", settings.corpus))
        given += [("plugin", source) for source in settings.plugins]
        given += [("sandbox-fault", fault) for fault in settings.faults]
        if settings.explore != DEFAULT_EXPLORE:
            given.append(("explore", settings.explore))
        given.append(("seed", seed))
        flags = [] if url or settings.faults else [settings.option("sandbox")]
        return cls(
            options=(
                *flags,
                *(word for name, value in given for word in _words(settings, name, value)),
            )
        )

    def line(self, expression: str = "", *, scenarios: Iterable[str] = ()) -> str:
        """The command, quoted for a shell.

        Args:
            expression: for ``-k``; empty: the whole suite.
            scenarios: IDs of scenarios to send besides those that the chosen tests need.
        """
        selected = ["-k", expression] if expression else []
        sent = [word for name in scenarios for word in ("--cartfuzz-scenario", name)]
        return shlex.join(["pytest", "--pyargs", SUITE, *selected, *sent, *self.options])


def _existing(*given: tuple[str, object]) -> list[tuple[str, object]]:
    return [(name, value) for name, value in given if value is not None]


def _words(settings: PluginSettings, name: str, value: object) -> tuple[str, str]:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return settings.option(name), str(value.resolve()) if isinstance(value, Path) else text
