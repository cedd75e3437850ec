"""Options of ``cartfuzz run`` for runs that nobody watches."""

from __future__ import annotations

import click

from .options import Command
from .param_types import NamedPath


def watch_options(command: Command) -> Command:
    """Adds ``--status-file``."""
    return click.option(
        "--status-file",
        type=NamedPath(),
        metavar="FILE",
        help="Write how far the run is into this file, as JSON, once a second at most; its schema: "
        "cartfuzz schema status.",
    )(command)
