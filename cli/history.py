"""``cartfuzz history``: many runs in order, and what became of each discrepancy."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from ..analysis.history import History
from ..contract import ConfigurationError
from ..reports.history import history_json, print_history, write_history_json
from .run_folders import runs_below

_STANDARD_OUTPUT = Path("-")


@click.command("history")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--json",
    "as_json",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the history as JSON too; - writes it to standard output, and nothing else.",
)
def command(*, folder: Path, as_json: Path | None) -> None:
    """Show the runs in DIR in order: verdicts, discrepancies by first and last run, trends.

    Run folders may be in DIR itself or one level below. What is no run folder is named and skipped.
    Each target has a history of its own.
    """
    runs, skipped = runs_below(folder)
    if not runs:
        raise ConfigurationError(
            str(folder),
            expected="folders of runs, in it or one level below",
            found=f"none in {len(skipped)} folders" if skipped else "no folder",
        )
    history = History.build(runs, skipped)
    if as_json == _STANDARD_OUTPUT:
        click.echo(history_json(history))
        return
    print_history(history, Console(highlight=False))
    if as_json is not None:
        write_history_json(history, as_json)
