"""``cartfuzz report``: makes the report of a run from its record."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from ..analysis import RunReproducers, Summary, reproducers_of, summary_of
from ..analysis.report_format import Format
from ..contract import ConfigurationError
from ..harness.folder_lock import locked_folder
from ..record.whole_file import remove_unfinished
from ..reports import print_summary
from ..reports.formats import FILES, LINKING, formats_line, write_formats
from ..reports.reproducers_shown import most_important
from ..reports.run_folder import RECORD_FILE, run_folder_at
from ..reports.run_report import files_line, write_linked, write_report
from .completions import folders
from .exit_codes import EXIT_CODES, ExitCode
from .output_guard import guarded_output
from .records import stored_state
from .report_formats import formats_option


@click.command("report")
@click.argument("run_dir", type=click.Path(path_type=Path), shell_complete=folders)
@formats_option("--format", "Write these files, and what they name, only.")
@click.option(
    "--observations", is_flag=True, help="Show what the target did where the contract is silent."
)
@click.option("-q", "--quiet", count=True, help="Show one line a discrepancy, and the verdict.")
@click.option("-v", "--verbose", count=True, help="Show all, observations too.")
def command(
    *, run_dir: Path, formats: tuple[Format, ...], observations: bool, quiet: int, verbose: int
) -> ExitCode:
    """Make summary.json, junit.xml and discrepancies/ from the record of RUN_DIR, and show them.

    The record may be cut off anywhere, as that of a killed run is. The exit code is that of the
    run.

    With --format other files are made of it: report.html, junit.xml, report.md, report.sarif,
    report.har, summary.json. html, markdown and sarif name summary.json and discrepancies/, which
    are then made too. That of markdown is also added to $GITHUB_STEP_SUMMARY.
    """
    folder = run_folder_at(run_dir)
    state = stored_state(folder)
    summary = summary_of(state)
    with guarded_output(), locked_folder(folder):
        found = reproducers_of(state)
        notes = _written(summary, found, folder, formats)
        print_summary(
            summary,
            Console(highlight=False),
            verbosity=verbose - quiet,
            observations=observations,
            notes=[formats_line(folder, formats) if formats else files_line(folder), *notes],
            folder=folder,
            reproducers=most_important(summary, found, folder) if verbose >= quiet else {},
        )
    return EXIT_CODES[summary.outcome]


def _written(
    summary: Summary, found: RunReproducers, folder: Path, formats: tuple[Format, ...]
) -> tuple[str, ...]:
    """Writes the files; notes for the user.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    remove_unfinished(folder, (*FILES.values(), RECORD_FILE))
    try:
        if not formats:
            write_report(summary, found, folder)
            return ()
        if not LINKING.isdisjoint(formats):
            write_linked(summary, found, folder)
        return write_formats(formats, summary, found, folder, option="--format")
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        where = str(error.filename or folder)
        raise ConfigurationError(where, expected="a path that can be written", found=reason) from (
            None
        )
