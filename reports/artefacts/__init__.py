"""Artefacts: one folder a discrepancy, enough to show it to somebody who has nothing else."""

from __future__ import annotations

from .values import KEY, Artefact, Sent
from .writer import remove_artefacts, write_artefact

__all__ = ["KEY", "Artefact", "Sent", "remove_artefacts", "write_artefact"]
