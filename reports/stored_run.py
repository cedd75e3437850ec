"""A run as its folder holds it: what reports of several runs need of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..analysis import RunReproducers, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """The summary of a run with the scenarios that its record holds."""

    summary: Summary
    found: RunReproducers
    folder: Path
