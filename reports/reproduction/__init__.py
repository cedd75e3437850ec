"""Artefacts: a folder for each discrepancy that shows it to somebody who has nothing else."""

from __future__ import annotations

from .artefact import Artefact
from .artefact_request import HOST_PLACEHOLDER, KEY_PLACEHOLDER, ArtefactRequest
from .builder import build_artefacts
from .writer import remove_artefacts, write_artefact

__all__ = [
    "HOST_PLACEHOLDER",
    "KEY_PLACEHOLDER",
    "Artefact",
    "ArtefactRequest",
    "build_artefacts",
    "remove_artefacts",
    "write_artefact",
]
