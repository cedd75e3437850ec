"""The options for the header lines that name requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..wire.trace import TRACE_HEADER

_Command = Callable[..., Any]

_OPTIONS = (
    click.option(
        "--trace-header/--no-trace-header",
        "trace_header",
        default=None,
        help=f"Send {TRACE_HEADER}, a header line that names run, scenario and request.  "
        "[default: as configured, else on]",
    ),
    click.option(
        "--traceparent/--no-traceparent",
        "traceparent",
        default=None,
        help="Send traceparent of W3C Trace Context as well.  [default: as configured, else off]",
    ),
)


def trace_options(command: _Command) -> _Command:
    """Adds the options; `cartfuzz.cli.options.with_settings` must be the decorator below."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
