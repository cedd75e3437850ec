"""``cartfuzz diff``: compares two runs, or an earlier run and a target as it is now."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import click
import msgspec
from rich.console import Console

from ..analysis import Comparison, FailOn, compare
from ..analysis.report_format import Format
from ..contract import ConfigurationError
from ..harness.settings import Settings
from ..reports import print_comparison, write_markdown
from ..reports.diff_evidence import with_folders
from ..reports.formats import check_formats
from ..reports.stored_run import StoredRun
from .diff_evidence import folder_of, looked_up
from .diff_rerun import rerun, sent_again
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .options import target_options, with_settings
from .records import stored_run, summary_at

_OF_THE_RUN = "the target of the run"
"""What ``--rerun`` means without a URL."""


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option(
    "--rerun",
    "target",
    is_flag=False,
    flag_value=_OF_THE_RUN,
    metavar="[URL]",
    help="Send the scenarios of OLD again: to URL, else to the target of NEW, else to that of OLD.",
)
@click.option(
    "--markdown",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the comparison as Markdown too.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the comparison as HTML too: one file that needs no network.",
)
@json_option("the comparison", "diff")
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice([one.value for one in FailOn]),
    help="End with exit code 1 if there is such a change. May be repeated.",
)
@target_options
@with_settings
def command(
    *,
    old: Path,
    new: Path | None,
    target: str | None,
    markdown: Path | None,
    html: Path | None,
    json_output: JsonOutput,
    fail_on: tuple[str, ...],
    settings: Settings,
) -> ExitCode:
    """Compare the runs OLD and NEW, each a run folder or its summary.json.

    A discrepancy is new or fixed only where the other run sent the same scenario, or met the same
    situation, and was right. With --rerun the scenarios of OLD that decide nothing so far are sent
    again; without NEW all of them are. Give --rerun after OLD and NEW if it has no URL.
    """
    if new is None and target is None:
        raise click.UsageError("expected OLD and NEW, or OLD and --rerun, found OLD alone")
    own = target == _OF_THE_RUN
    if target is not None and not own and "://" not in target:
        raise click.UsageError(
            "--rerun: expected a URL such as http://127.0.0.1:8080, found "
            f"{target or 'an empty text'}; without a URL it comes last"
        )
    settings = dataclasses.replace(settings, url=None if own else target)
    if html is not None:
        check_formats((Format.HTML,), option="--html")
    result, newer = _compared(old, new, settings, is_rerun=target is not None)
    fails_on = tuple(one for one in map(FailOn, fail_on) if result.fails((one,)))
    result = msgspec.structs.replace(result, fails_on=fails_on)
    json_output.publish(result)
    try:
        # The reader of a pipe may be gone after the first lines.
        _write(
            result,
            {
                "--markdown": (markdown, write_markdown),
                "--html": (html, partial(_write_html, newer=newer)),
            },
        )
    finally:
        print_comparison(result, Console(highlight=False))
    return ExitCode.DISCREPANCIES if fails_on else ExitCode.NOTHING_FOUND


def _compared(
    old: Path, new: Path | None, settings: Settings, *, is_rerun: bool
) -> tuple[Comparison, StoredRun | None]:
    """The comparison, and the newer run where its record can be read."""
    summary = summary_at(old)
    if new is None:
        result = rerun(str(old), summary, stored_run(old), settings, folder_of(old))
        return with_folders(result, folder_of(old), None), None
    newer = summary_at(new)
    result = compare(summary, newer, names=(str(old), str(new)))
    if is_rerun:
        if newer.contract is not summary.contract:
            raise click.UsageError(
                "--rerun: expected two runs of one contract version, found "
                f"{summary.contract.value} and {newer.contract.value}"
            )
        changes = sent_again(
            result,
            summary,
            stored_run(old),
            stored_run(new).started,
            settings,
            folder=folder_of(new),
        )
        result = result.with_changes(changes)
    return looked_up(result, old, new, newer)


def _write_html(result: Comparison, path: Path, *, newer: StoredRun | None) -> None:
    html = import_module("..reports.html", __package__)  # it takes an extra
    html.write_diff_html(result, path, newer=newer)


def _write(
    result: Comparison, files: dict[str, tuple[Path | None, Callable[[Comparison, Path], None]]]
) -> None:
    """Writes the files that were asked for, by option.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    for option, (path, write) in files.items():
        if path is None:
            continue
        try:
            write(result, path)
        except OSError as error:
            reason = (error.strerror or "not writable").lower()
            raise ConfigurationError(
                option, expected="a file that can be written", found=f"{path}: {reason}"
            ) from None
