"""The option that names the formats of a report."""

from __future__ import annotations

import click

from ..analysis.report_format import Format
from ..reports.formats import check_formats, formats_named
from .completions import format_names
from .options import Decorator


def formats_option(option: str, help_text: str) -> Decorator:
    """``option NAME,NAME``, which hands the command ``formats``, a tuple of `Format`."""
    return click.option(
        option,
        "formats",
        multiple=True,
        metavar="NAME,...",
        callback=_formats,
        shell_complete=format_names,
        help=f"{help_text} Some of {', '.join(Format)}.",
    )


def _formats(
    _ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[Format, ...]:
    """The formats that ``given`` names; before a run begins, what they need is installed.

    Raises:
        ConfigurationError: a format does not exist, or a package is missing.
    """
    option = param.opts[0]
    formats = formats_named(",".join(given), option=option) if given else ()
    check_formats(formats, option=option)
    return formats
