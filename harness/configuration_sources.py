"""Finds the configuration: a file that is named or found, and environment variables over it.

Only the current folder is looked at, and none above it: a file that directs load at a target should
be where the user can see it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from ..contract import ConfigurationError
from .configuration import (
    CONFIGURATION_FILE,
    PYPROJECT,
    Configuration,
    has_table,
    read_configuration,
)
from .settings import Settings
from .variables import Variables, read_variables


def configuration_for(
    settings: Settings,
    *,
    recorded: Configuration | None = None,
    environ: Mapping[str, str] | None = None,
) -> Configuration | None:
    """The configuration file and the variables; None: there is neither.

    The file is the one of ``--config``, else that of ``CARTFUZZ_CONFIG``, else ``cartfuzz.toml`` or
    ``[tool.cartfuzz]`` of ``pyproject.toml`` in the first of ``settings.folders`` that has one.

    Args:
        settings: the options.
        recorded: the configuration where there is no file.
        environ: the variables; None: those of the process.

    Raises:
        ConfigurationError: something cannot be read, or is wrong.
    """
    variables = read_variables(os.environ if environ is None else environ)
    path = file_for(settings, variables)
    configuration = recorded if path is None else read_configuration(path, plugins=settings.plugins)
    return with_variables(configuration, variables) if variables.names else configuration


def with_variables(configuration: Configuration | None, variables: Variables) -> Configuration:
    """``configuration`` with the keys that ``variables`` give; None: there is none."""
    base = Configuration(declares=False) if configuration is None else configuration
    kept = {key: where for key, where in base.sources.items() if not variables.replaces(key)}
    named = {key: f"environment variable {name}" for key, name in variables.names.items()}
    return msgspec.structs.replace(
        base,
        target=variables.over("target", base.target),
        run=variables.over("run", base.run),
        overrides=variables.environment,
        sources={**kept, **named},
        variables=tuple(variables.names.values()),
    )


def found_file(folders: Iterable[Path]) -> Path | None:
    """The configuration file in the first of ``folders`` that has one; None: none has.

    Raises:
        ConfigurationError: a ``pyproject.toml`` cannot be read.
    """
    for folder in folders:
        if (own := folder / CONFIGURATION_FILE).is_file():
            return own
        if (shared := folder / PYPROJECT).is_file() and has_table(shared):
            return shared
    return None


def file_for(settings: Settings, variables: Variables) -> Path | None:
    """The configuration file of a command, see `configuration_for`; None: there is none.

    Raises:
        ConfigurationError: options contradict each other, or a ``pyproject.toml`` cannot be read.
    """
    if settings.no_config:
        if settings.config is not None:
            raise ConfigurationError(
                settings.option("no-config"),
                expected=f"no {settings.option('config')} as well: leave one of them out",
                found=f"{settings.option('config')} {settings.config}",
            )
        return None
    return settings.config or variables.config or found_file(settings.folders)
