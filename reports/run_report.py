"""Writes what a run leaves besides its record: summary, JUnit file, artefacts."""

from __future__ import annotations

from pathlib import Path

from ..analysis import RunReproducers, Summary
from .junit import write_junit
from .reproduction import build_artefacts, remove_artefacts, write_artefact
from .run_folder import ARTEFACTS_FOLDER, JUNIT_FILE, RECORD_FILE, SUMMARY_FILE
from .summary_json import write_summary


def write_report(summary: Summary, found: RunReproducers, folder: Path) -> None:
    """Writes the report of a run into ``folder``.

    Raises:
        OSError: a file cannot be written; the error names its path.
    """
    write_junit(summary, folder / JUNIT_FILE)
    write_linked(summary, found, folder)


def write_linked(summary: Summary, found: RunReproducers, folder: Path) -> None:
    """Writes what other files of the report name: the summary and the artefacts.

    Raises:
        OSError: a file cannot be written; the error names its path.
    """
    write_summary(summary, folder / SUMMARY_FILE)
    remove_artefacts(folder / ARTEFACTS_FOLDER)
    # What is withheld from the summary has another cause than a bug: no script is to blame a rule.
    for artefact in build_artefacts(found, folder.absolute()) if not summary.withheld else ():
        write_artefact(artefact, folder / ARTEFACTS_FOLDER)


def files_line(folder: Path) -> str:
    """The line that names what is in ``folder``."""
    artefacts = f", {ARTEFACTS_FOLDER}/" if (folder / ARTEFACTS_FOLDER).is_dir() else ""
    return f"report: {folder}/{SUMMARY_FILE}, {JUNIT_FILE}, {RECORD_FILE}{artefacts}"
