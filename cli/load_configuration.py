"""Reads the configuration of a command, and names what was read."""

from __future__ import annotations

import os

import click

from ..harness.configuration import Configuration
from ..harness.configuration_sources import configuration_for
from ..harness.settings import Settings
from ..harness.target_settings import TargetSettings
from ..harness.variables import misspelt
from ..reports.plain import plain


def load_configuration(
    settings: Settings, *, recorded: Configuration | None = None, quiet: bool = False
) -> Configuration | None:
    """The configuration, see `configuration_for`. Standard error names what no option names: a file
    that was found, and variables.

    Raises:
        ConfigurationError: something cannot be read, or is wrong.
    """
    configuration = configuration_for(settings, recorded=recorded)
    if not quiet:
        for name, near in misspelt(os.environ, named_variables(settings, configuration)):
            click.echo(f"cartfuzz: {plain(name)} is no variable of Cartfuzz; {near} is", err=True)
        if (words := read_words(settings, configuration)) and configuration is not recorded:
            click.echo(words, err=True)
    return configuration


def named_variables(settings: Settings, configuration: Configuration | None) -> frozenset[str]:
    """The variables that options and keys such as ``api_key_env`` name."""
    target = TargetSettings() if configuration is None else configuration.target
    keys = [getattr(target, one) for one in target.__struct_fields__ if one.endswith("_env")]
    access = settings.access
    options = (access.basic_auth_env, access.proxy_auth_env, settings.api_key_env)
    names = {one for one in (*keys, *options) if isinstance(one, str)}
    return frozenset(
        names.union(
            target.header_env.values(), (line.partition("=")[2] for line in access.header_env)
        )
    )


def read_words(settings: Settings, configuration: Configuration | None) -> str:
    """What was read although no option names it; empty: nothing."""
    if configuration is None:
        return ""
    found = [configuration.file] if configuration.file and settings.config is None else []
    if not (found or configuration.variables):
        return ""
    return "configuration: " + ", ".join(map(plain, (*found, *configuration.variables)))
