"""The option of ``run`` that cleans after it."""

from __future__ import annotations

import click

from ..harness.clean_run import MAX_CLEANING_SEC
from ..reports.wording import duration

clean_option = click.option(
    "--clean/--no-clean",
    default=False,
    help="At the end, cancel the sessions that the run has left, also after Ctrl-C; for at most "
    f"{duration(MAX_CLEANING_SEC)}. cartfuzz clean does it later.",
)
