"""Writes what a run leaves besides its record: summary, JUnit file, artefacts."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from ..analysis import RunReproducers, Summary
from ..analysis.importance import for_artefacts
from ..contract.errors import CartfuzzError
from .junit import write_junit
from .reproduction import Artefact, build_artefacts, remove_artefacts, write_artefact
from .run_folder import ARTEFACTS_FOLDER, JUNIT_FILE, RECORD_FILE, SUMMARY_FILE
from .summary_json import write_summary

_MAX_FRAMES = 12


class ArtefactsFailedError(CartfuzzError, RuntimeError):
    """An error of Cartfuzz itself in writing artefacts; all other files are written. The text has
    the traceback of each."""


def write_report(
    summary: Summary,
    found: RunReproducers,
    folder: Path,
    *,
    max_artefact_bytes: int = sys.maxsize,
) -> int:
    """Writes the report of a run into ``folder``.

    Args:
        summary: of the run.
        found: what it found, with scenarios.
        folder: exists.
        max_artefact_bytes: the size that the artefacts together may have. What begins beyond it is
            left out; the most important ones are written first.

    Returns:
        How many artefacts were left out.

    Raises:
        OSError: a file cannot be written; the error names its path.
        ArtefactsFailedError: once all files are written, but for some artefacts.
    """
    write_junit(summary, folder / JUNIT_FILE)
    return write_linked(summary, found, folder, max_artefact_bytes=max_artefact_bytes)


def write_linked(
    summary: Summary,
    found: RunReproducers,
    folder: Path,
    *,
    max_artefact_bytes: int = sys.maxsize,
) -> int:
    """Writes what other files of the report name: the summary and the artefacts.

    Arguments and result are those of `write_report`.

    Raises:
        OSError: a file cannot be written; the error names its path.
        ArtefactsFailedError: once all files are written, but for some artefacts.
    """
    write_summary(summary, folder / SUMMARY_FILE)
    remove_artefacts(folder / ARTEFACTS_FOLDER)
    # What is withheld from the summary has another cause than a bug: no script is to blame a rule.
    artefacts = (
        build_artefacts(found, folder.absolute(), first=_first(summary, found))
        if not summary.withheld
        else ()
    )
    failures = []
    left_out = size = 0
    for artefact in artefacts:
        if size >= max_artefact_bytes:
            left_out += 1
            continue
        failures.append(_failure(artefact, folder / ARTEFACTS_FOLDER))
        size += _size(folder / ARTEFACTS_FOLDER / artefact.discrepancy.signature)
    if any(failures):
        raise ArtefactsFailedError("\n".join(filter(None, failures)))
    return left_out


def _first(summary: Summary, found: RunReproducers) -> list[str]:
    """The order of artefacts where there is no room for all."""
    steps = {name: len(one.scenario.steps) for name, one in found.scenarios.items()}
    return for_artefacts(summary.discrepancies, summary.catalogue, steps)


def _size(folder: Path) -> int:
    """Bytes of the files in ``folder``, which may be missing."""
    return sum(file.stat().st_size for file in folder.iterdir()) if folder.is_dir() else 0


def _failure(artefact: Artefact, folder: Path) -> str:
    """Writes an artefact; the traceback of an error of Cartfuzz itself, empty without one."""
    try:
        write_artefact(artefact, folder)
    except (OSError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - artefacts hold what a target sent: one that cannot be written
        # must not cost the others, nor the verdict. The command ends with exit code 4.
        return f"{artefact.discrepancy.signature}:\n{traceback.format_exc(limit=-_MAX_FRAMES)}"
    return ""


def files_line(folder: Path) -> str:
    """The line that names what is in ``folder``."""
    artefacts = f", {ARTEFACTS_FOLDER}/" if (folder / ARTEFACTS_FOLDER).is_dir() else ""
    return f"report: {folder}/{SUMMARY_FILE}, {JUNIT_FILE}, {RECORD_FILE}{artefacts}"
