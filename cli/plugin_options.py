"""The option for plugins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_Command = Callable[..., Any]


def plugin_option(command: _Command) -> _Command:
    """``--plugin MODULE``; of `cartfuzz.cli.options.with_settings` it is a field."""
    return click.option(
        "--plugin",
        "plugins",
        multiple=True,
        metavar="MODULE[:NAME]",
        help="Use the plugin that this module offers, besides those of installed packages. "
        "May be repeated.",
    )(command)
