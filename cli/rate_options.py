"""The options of ``run`` on what becomes of a target that suffers, or goes away."""

from __future__ import annotations

import click

from ..harness.plan import DEFAULT_GIVE_UP_SEC
from .options import Command
from .param_types import Duration, WholeNumber


def rate_options(command: Command) -> Command:
    """Adds ``--max-requests``, ``--give-up-after`` and ``--no-slow-down``, fields of `Settings`."""
    command = click.option(
        "--max-requests",
        type=WholeNumber(min=1),
        help="Send no more requests than these in the whole run: the check before it, reads and "
        "minimising included.  [default: as configured, else no bound]",
    )(command)
    command = click.option(
        "--slow-down/--no-slow-down",
        default=None,
        help="Halve the rate while answers take far longer than before, or half of them fail.  "
        "[default: as configured, else on]",
    )(command)
    return click.option(
        "--give-up-after",
        "give_up_sec",
        type=Duration(),
        help="End the run once the target has given no usable response for this time; until then "
        f"it waits.  [default: as configured, else {DEFAULT_GIVE_UP_SEC:g}s]",
    )(command)
