"""Which requests a run may send: everything, dry requests and reads, or reads alone."""

from __future__ import annotations

from enum import StrEnum


class Traffic(StrEnum):
    """Which requests may go out."""

    ALL = "all"
    DRY = "dry"
    """Reads, and updates and returns with ``dry=true``: a right target stores nothing."""
    READS = "reads"
    """Reads alone."""
