"""``cartfuzz history``: many runs in order, and what became of each discrepancy."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click
from rich.console import Console

from ..analysis.history import History
from ..analysis.report_format import Format
from ..contract import ConfigurationError
from ..reports.formats import check_formats
from ..reports.history import print_history
from ..reports.plain import plain
from ..reports.wording import counted
from .completions import folders
from .json_output import JsonOutput, json_option
from .param_types import NamedPath
from .run_folders import runs_below

HISTORY_FILE = "history.html"


@click.command("history")
@click.argument("folder", type=NamedPath(), shell_complete=folders, metavar="DIR")
@click.option(
    "--format",
    "page",
    type=click.Choice([Format.HTML.value]),
    help=f"Write DIR/{HISTORY_FILE} too, with charts of the trends.",
)
@json_option("the history", "history")
def command(*, folder: Path, page: str | None, json_output: JsonOutput) -> None:
    """Show the runs in DIR in order: verdicts, discrepancies by first and last run, trends.

    Run folders may be in DIR itself or one level below. What is no run folder is named and skipped.
    Each target has a history of its own.
    """
    if page is not None:
        check_formats((Format.HTML,), option="--format")
    runs, skipped = runs_below(folder)
    if not runs:
        raise ConfigurationError(
            str(folder),
            expected="folders of runs, in it or one level below",
            found=f"none in {counted(len(skipped), 'folder')}" if skipped else "no folder",
        )
    history = History.build(runs, skipped)
    path = folder / HISTORY_FILE
    if page is not None:
        _write_page(history, path)
    json_output.publish(history)
    if json_output.is_all:
        return
    print_history(history, Console(highlight=False))
    if page is not None:
        click.echo(f"page: {plain(str(path))}")


def _write_page(history: History, path: Path) -> None:
    """Writes the HTML page.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    pages = import_module("..reports.html.history_page", __package__)  # it takes an extra
    try:
        pages.write_history_html(history, path)
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise ConfigurationError(
            "--format", expected="a folder that can be written", found=f"{path}: {reason}"
        ) from None
