"""Reads the run folders and records that commands are given."""

from __future__ import annotations

from pathlib import Path

from ..analysis import (
    RunReproducers,
    RunState,
    Summary,
    read_summary,
    reproducers_of,
    summarise,
)
from ..contract import ConfigurationError
from ..record import BadRecordError, read_events
from ..reports.run_folder import RECORD_FILE, SUMMARY_FILE, run_folder_at


def summary_at(path: Path) -> Summary:
    """The summary of the run at ``path``: its folder, its summary or its record.

    Raises:
        BadRecordError: a line of the record is not an event.
        UsageError: the file is missing, or does not hold a summary.
    """
    file = folder = run_folder_at(path)
    if folder.is_dir():
        file = folder / (SUMMARY_FILE if (folder / SUMMARY_FILE).exists() else RECORD_FILE)
    try:
        return summarise(read_events(file)) if file.suffix == ".ndjson" else read_summary(file)
    except OSError as error:
        raise _unreadable(file, f"a run folder, or its {SUMMARY_FILE}", error) from None
    except BadRecordError:
        raise
    except ValueError as error:
        raise ConfigurationError(
            str(file),
            expected="the summary of a run, as this version of Cartfuzz writes it",
            found=f"{error}; a summary of another version is made anew by cartfuzz report, "
            f"from the {RECORD_FILE} of its run",
        ) from None


def stored_state(path: Path) -> RunState:
    """What is known of the run whose record is at ``path``, a run folder or the record itself.

    Raises:
        BadRecordError: a line of the record is not an event.
        UsageError: the record is missing, or does not hold a run.
    """
    folder = path.parent if path.name == SUMMARY_FILE else run_folder_at(path)
    record = folder / RECORD_FILE if folder.is_dir() else folder
    try:
        state = RunState.of(read_events(record))
    except OSError as error:
        raise _unreadable(record, f"the folder of a run, with its {RECORD_FILE}", error) from None
    if state.started is None:
        raise ConfigurationError(
            str(record),
            expected="the record of a run, which begins with RunStarted",
            found="a record that was cut off before the run began"
            if not record.stat().st_size
            else "none",
        )
    return state


def stored_run(path: Path) -> RunReproducers:
    """The scenarios of the record at ``path``, a run folder or the record itself.

    Raises:
        BadRecordError: a line of the record is not an event.
        UsageError: the record is missing, or does not hold a run.
    """
    return reproducers_of(stored_state(path))


def _unreadable(file: Path, expected: str, error: OSError) -> ConfigurationError:
    reason = (error.strerror or "not readable").lower()
    return ConfigurationError(str(file), expected=expected, found=reason)
