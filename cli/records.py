"""Reads the run folders and records that commands are given."""

from __future__ import annotations

from pathlib import Path

from ..analysis import RunReproducers, Summary, read_reproducers, read_summary, summarise
from ..contract import ConfigurationError, UsageError
from ..record import BadRecordError, read_events
from ..reports.run_folder import RECORD_FILE, SUMMARY_FILE


def summary_at(path: Path) -> Summary:
    """The summary of the run at ``path``: its folder, its summary or its record.

    Raises:
        BadRecordError: a line of the record is not an event.
        UsageError: the file is missing, or does not hold a summary.
    """
    file = path
    if path.is_dir():
        file = path / SUMMARY_FILE if (path / SUMMARY_FILE).exists() else path / RECORD_FILE
    try:
        return summarise(read_events(file)) if file.suffix == ".ndjson" else read_summary(file)
    except OSError as error:
        raise _unreadable(file, f"a run folder, or its {SUMMARY_FILE}", error) from None
    except BadRecordError:
        raise
    except ValueError as error:
        raise ConfigurationError(
            str(file), expected="the summary of a run", found=str(error)
        ) from None


def stored_run(path: Path) -> RunReproducers:
    """The scenarios of the record at ``path``, a run folder or the record itself.

    Raises:
        BadRecordError: a line of the record is not an event.
        UsageError: the record is missing, or does not hold a run.
    """
    record = path / RECORD_FILE if path.is_dir() else path
    try:
        return read_reproducers(read_events(record))
    except OSError as error:
        raise _unreadable(record, f"the folder of a run, with its {RECORD_FILE}", error) from None
    except BadRecordError:
        raise
    except ValueError as error:
        raise UsageError(f"{record}: {error}") from None


def _unreadable(file: Path, expected: str, error: OSError) -> ConfigurationError:
    reason = (error.strerror or "not readable").lower()
    return ConfigurationError(str(file), expected=expected, found=reason)
