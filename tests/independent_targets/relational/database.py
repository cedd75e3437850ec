"""The connection to the database and its transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .schema import SCHEMA


def connect(path: Path) -> sqlite3.Connection:
    """A connection for one thread; a statement outside a transaction commits by itself."""
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    db.row_factory = sqlite3.Row
    # The double is thrown away with its file, so it need not survive a power cut.
    db.execute("PRAGMA synchronous = OFF")
    return db


def prepare(path: Path) -> None:
    """Make the tables."""
    db = connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(SCHEMA)
    db.close()


@contextmanager
def transaction(
    db: sqlite3.Connection, kind: str = "IMMEDIATE", keep: bool = True
) -> Iterator[None]:
    """One transaction; it is rolled back after an error, and where nothing is to be kept."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:  # whatever ends it, nothing may stay half done
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT" if keep else "ROLLBACK")
