"""Run folders and records that commands are given."""

from __future__ import annotations

from pathlib import Path

import click

from ...record import BadRecordError, StoredRun, read_events, stored
from .session import RECORD


def stored_run(path: Path) -> StoredRun:
    """The scenarios of the record at ``path``, a run folder or the record itself.

    Raises:
        click.UsageError: there is no record, or it is none.
    """
    record = path / RECORD if path.is_dir() else path
    try:
        return stored(read_events(record))
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise click.UsageError(
            f"{record}: {reason}; expected the folder of a run, with its {RECORD}"
        ) from None
    except BadRecordError as error:
        raise click.UsageError(str(error)) from None
    except ValueError as error:
        raise click.UsageError(f"{record}: {error}") from None
