"""Run folders and records that commands are given."""

from __future__ import annotations

from pathlib import Path

import click

from ..analysis import RunReproducers, Summary, read_reproducers, read_summary, summarise
from ..record import BadRecordError, read_events
from .run_loop import RECORD, SUMMARY


def summary_at(path: Path) -> Summary:
    """The summary of the run at ``path``: its folder, its summary or its record.

    Raises:
        click.UsageError: there is none, or it is none.
    """
    file = path
    if path.is_dir():
        file = path / SUMMARY if (path / SUMMARY).exists() else path / RECORD
    try:
        return summarise(read_events(file)) if file.suffix == ".ndjson" else read_summary(file)
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise click.UsageError(
            f"{file}: {reason}; expected a run folder, or its {SUMMARY}"
        ) from None
    except ValueError as error:
        raise click.UsageError(f"{file}: expected the summary of a run, found: {error}") from None


def stored_run(path: Path) -> RunReproducers:
    """The scenarios of the record at ``path``, a run folder or the record itself.

    Raises:
        click.UsageError: there is no record, or it is none.
    """
    record = path / RECORD if path.is_dir() else path
    try:
        return read_reproducers(read_events(record))
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise click.UsageError(
            f"{record}: {reason}; expected the folder of a run, with its {RECORD}"
        ) from None
    except BadRecordError as error:
        raise click.UsageError(str(error)) from None
    except ValueError as error:
        raise click.UsageError(f"{record}: {error}") from None
