"""``cartfuzz ci``: all that a pipeline needs of a run, in one folder and with one exit code."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import msgspec

from ..analysis import Comparison, FailOn, RunOutcome, Summary, compare, read_summary
from ..analysis.history import target_at
from ..analysis.report_format import Format
from ..contract import ConfigurationError
from ..harness.plan import Plan
from ..harness.settings import Settings
from ..record import FORMAT
from ..reports import write_json, write_markdown
from ..reports.ci_comment import comment
from ..reports.clean_file import write_clean
from ..reports.diff_evidence import with_reproducers
from ..reports.earlier_report import remove_report
from ..reports.formats import FILES, check_formats
from ..reports.markdown_text import cell
from ..reports.plain import plain
from ..reports.run_folder import (
    COMMENT_FILE,
    DIFF_HTML,
    DIFF_JSON,
    DIFF_MARKDOWN,
    SUMMARY_FILE,
)
from ..reports.step_summary import add_to_step_summary
from ..reports.stored_run import StoredRun
from ..reports.wording import target_name
from .completions import folders
from .diff_evidence import folder_of, looked_up, stored_at
from .earlier_run import EarlierRun, EarlierRuns
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .options import with_settings
from .output_guard import guarded_output
from .param_types import NamedPath
from .run import command as run_command
from .run import prepared

DEFAULT_FOLDER = Path("cartfuzz-report")
_OWN_FILES = (COMMENT_FILE, DIFF_HTML, DIFF_MARKDOWN, DIFF_JSON)
_BEATEN_BY_A_CHANGE = frozenset((ExitCode.NOTHING_FOUND, ExitCode.PARTIAL, ExitCode.FLAKY))
"""The exit codes of a run in whose place that of a failing comparison comes; all others are worse,
or leave a comparison without meaning."""
_MAX_LINE = 2_000


class CiResult(msgspec.Struct, frozen=True, kw_only=True):
    """What ``cartfuzz ci --json`` writes."""

    outcome: RunOutcome
    """Of the job: that of the run, or failed where the comparison alone fails."""
    folder: str
    """Where all files are."""
    files: tuple[str, ...] = ()
    """Names of those of the comparison and for the merge request."""
    notes: tuple[str, ...] = ()
    """Which runs were left out as earlier run, and why."""
    summary: Summary
    """Of the run."""
    comparison: Comparison | None = None
    """With the earlier run; None: there was none, or the report could not be written."""
    format_version: int = msgspec.field(name="format", default=FORMAT)


def _options_of_run() -> list[click.Parameter]:
    """The options of ``cartfuzz run``; the report folder has a default that a pipeline can name."""
    # Its folder holds the summary. Nothing is sent by a dry run, and what a pipeline ended has no
    # folder to go on with.
    others = ("dry_run", "resume", "json_file")
    options = [copy(one) for one in run_command.params if one.name not in others]
    for one in options:
        if isinstance(one, click.Option) and one.name == "report_dir":
            one.default = DEFAULT_FOLDER
            one.help = f"Folder for all files.  [default: {DEFAULT_FOLDER}]"
        elif isinstance(one, click.Option) and one.name == "formats":
            one.help = (
                "Write the report in these formats instead of html, markdown and sarif; junit and "
                f"json are always there. Some of {', '.join(Format)}."
            )
    return options


@click.command("ci", params=_options_of_run())
@click.option(
    "--against",
    type=NamedPath(),
    shell_complete=folders,
    metavar="DIR",
    help="Compare with an earlier run: a run folder, or a folder of them, of which the last good "
    "one of the target counts. It may be missing, as the first time.",
)
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice([one.value for one in FailOn]),
    help="With --against: end with exit code 1 if there is such a change. May be repeated.",
)
@json_option("the summary and the comparison", "ci")
@with_settings
def command(
    *,
    settings: Settings,
    against: Path | None,
    fail_on: tuple[str, ...],
    json_output: JsonOutput,
    **given: Any,
) -> ExitCode:
    """Fuzz the API at URL for a pipeline: run, comparison, baseline and all reports.

    One folder then holds the report as HTML, Markdown, SARIF, JUnit and JSON, and comment.md for
    the merge request. All options of cartfuzz run are there too. The exit code is that of the run,
    or 1 where only the comparison fails.
    """
    if fail_on and against is None:
        raise click.UsageError("--fail-on: expected --against DIR as well, found none")
    # Read first: what cannot be read ends the job now, and the run may replace the folder.
    earlier = EarlierRuns.read(against) if against is not None else None
    with guarded_output(), prepared(settings, given) as run:
        formats = run.options.formats or _default_formats()
        run = run.with_formats(formats)  # noqa: PLW2901 - the same run
        folder = run.options.report_dir or DEFAULT_FOLDER
        before, notes = _chosen(earlier, run.plan)
        for note in notes:
            click.echo(plain(note))
        # A job that ends before its target answers must not hand in the report of another one.
        remove_report(folder)

        def publish(summary: Summary) -> None:
            """What is known of a job whose report cannot be written."""
            json_output.publish(
                CiResult(outcome=summary.outcome, folder=str(folder), notes=notes, summary=summary)
            )

        code = run.carry_out(publish)
        if code is not ExitCode.REPORT_NOT_WRITTEN:
            code, result = _reported(
                before, notes, folder=folder, formats=formats, fail_on=fail_on, code=code
            )
            json_output.publish(result)
    return code


def _reported(
    before: EarlierRun | None,
    notes: tuple[str, ...],
    *,
    folder: Path,
    formats: tuple[Format, ...],
    fail_on: tuple[str, ...],
    code: ExitCode,
) -> tuple[ExitCode, CiResult]:
    """Compares the run in ``folder`` and writes the rest of the files; what the job ends with.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    summary = read_summary(folder / SUMMARY_FILE)
    try:
        result = None
        if before is not None:
            result, newer = _compared(before, summary, folder)
            result = msgspec.structs.replace(result, fails_on=_failing(result, fail_on))
            _write(result, folder, html=Format.HTML in formats, newer=newer)
        if Format.MARKDOWN in formats:
            _write_comment(folder, notes[-1:] if result is None else ())
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise ConfigurationError(
            str(folder), expected="a folder that can be written", found=reason
        ) from None
    if result is not None and result.fails_on and code in _BEATEN_BY_A_CHANGE:
        code = ExitCode.DISCREPANCIES
    ended = CiResult(
        outcome=RunOutcome.FAILED if code is ExitCode.DISCREPANCIES else summary.outcome,
        folder=str(folder),
        files=tuple(name for name in _OWN_FILES if (folder / name).is_file()),
        notes=notes,
        summary=summary,
        comparison=result,
    )
    for line in _end(ended, code):
        click.echo(plain(line, longest=_MAX_LINE))
    return code, ended


def _chosen(earlier: EarlierRuns | None, plan: Plan) -> tuple[EarlierRun | None, tuple[str, ...]]:
    """The earlier run to compare with, and notes; see `EarlierRuns.last_good`."""
    if earlier is None:
        return None, ()
    target = target_at(plan.url, is_sandbox=plan.sandbox is not None)
    return earlier.last_good(target, plan.environment.contract)


def _failing(result: Comparison, fail_on: Iterable[str]) -> tuple[FailOn, ...]:
    """Those of ``--fail-on`` that the comparison fails by."""
    return tuple(one for one in map(FailOn, fail_on) if result.fails((one,)))


def _default_formats() -> tuple[Format, ...]:
    """All for people and code scanning; without HTML where its extra is not installed."""
    try:
        check_formats((Format.HTML,), option="--report")
    except ConfigurationError as error:
        click.echo(f"no {FILES[Format.HTML]}: {plain(str(error))}")
        return Format.MARKDOWN, Format.SARIF
    return Format.HTML, Format.MARKDOWN, Format.SARIF


def _compared(
    before: EarlierRun, summary: Summary, folder: Path
) -> tuple[Comparison, StoredRun | None]:
    """The comparison, and the new run where its record can be read."""
    result = compare(before.summary, summary, names=(str(before.folder), str(folder)))
    earlier = folder_of(before.folder)
    if not (earlier.exists() and earlier.samefile(folder)):
        return looked_up(result, before.folder, folder, summary)
    newer = stored_at(folder, summary)  # the record of the earlier run has been replaced
    return (result if newer is None else with_reproducers(result, newer)), newer


def _write(result: Comparison, folder: Path, *, html: bool, newer: StoredRun | None) -> None:
    """Writes the files of the comparison.

    Raises:
        OSError: a file cannot be written; the error names its path.
    """
    write_markdown(result, folder / DIFF_MARKDOWN)
    write_json(result, folder / DIFF_JSON)
    add_to_step_summary((folder / DIFF_MARKDOWN).read_text("utf-8"))
    if html:
        pages = import_module("..reports.html", __package__)  # it takes an extra
        pages.write_diff_html(result, folder / DIFF_HTML, newer=newer)


def _write_comment(folder: Path, notes: Iterable[str]) -> None:
    """Joins what changed and the report of the run, where that could be written.

    Args:
        folder: of the run.
        notes: why there is no comparison, where one was asked for.

    Raises:
        OSError: a file cannot be read or written; the error names its path.
    """
    report, change = folder / FILES[Format.MARKDOWN], folder / DIFF_MARKDOWN
    if report.is_file():
        lines = "".join(f"{cell(note)}\n" for note in notes)
        first = change.read_text("utf-8") if change.is_file() else lines
        text = comment(first, report.read_text("utf-8"))
        write_clean(folder / COMMENT_FILE, text.encode())


def _end(ended: CiResult, code: ExitCode) -> Iterable[str]:
    """The last lines; the very last one has the verdict, the exit code and the target."""
    result, summary = ended.comparison, ended.summary
    if result is not None:
        yield f"compared with {result.old}: {result.verdict.text}"
    if ended.files:
        yield f"for the merge request: {ended.folder}/{', '.join(ended.files)}"
    changes = ", ".join(result.fails_on) if result is not None else ""
    changed = f"; the comparison fails: {changes}" if changes else ""
    target = target_name(summary.target, summary.sandbox, insecure=summary.insecure)
    yield f"{ended.outcome.word}  exit code {code.value}{changed}; target: {target}"
