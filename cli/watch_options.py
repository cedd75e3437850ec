"""Options of ``cartfuzz run`` for runs that nobody watches."""

from __future__ import annotations

import click

from ..harness.plan import DEFAULT_MAX_RECORD
from ..harness.run_settings import MIN_RECORD
from .options import Command
from .param_types import NamedPath, Size


def watch_options(command: Command) -> Command:
    """Adds ``--status-file`` and ``--max-record``."""
    command = click.option(
        "--max-record",
        type=Size(least=MIN_RECORD),
        default=DEFAULT_MAX_RECORD,
        show_default="1GB",
        help="Keep the record within this size, and discrepancies/ within the same size again: "
        "near it, further occurrences of what is known are counted without being kept. No new "
        "discrepancy is left out of the record.",
    )(command)
    return click.option(
        "--status-file",
        type=NamedPath(),
        metavar="FILE",
        help="Write how far the run is into this file, as JSON, once a second at most; its schema: "
        "cartfuzz schema status.",
    )(command)
