"""Artefacts: one folder a discrepancy, enough to show it to somebody who has nothing else."""

from __future__ import annotations

from .artefact import HOST, KEY, Artefact, Sent
from .writer import remove_artefacts, write_artefact

__all__ = ["HOST", "KEY", "Artefact", "Sent", "remove_artefacts", "write_artefact"]
