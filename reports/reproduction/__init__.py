"""Artefacts: a folder for each discrepancy that shows it to somebody who has nothing else."""

from __future__ import annotations

from .artefact import Artefact
from .artefact_request import HOST_PLACEHOLDER, KEY_PLACEHOLDER, ArtefactRequest
from .builder import build_artefacts
from .curl_script import curl_script
from .explain import explanation
from .pytest_script import pytest_script, runtime_texts
from .writer import remove_artefacts, with_proven_claim, write_artefact

__all__ = [
    "HOST_PLACEHOLDER",
    "KEY_PLACEHOLDER",
    "Artefact",
    "ArtefactRequest",
    "build_artefacts",
    "curl_script",
    "explanation",
    "pytest_script",
    "remove_artefacts",
    "runtime_texts",
    "with_proven_claim",
    "write_artefact",
]
