"""Reads the baseline for pytest: the signatures of known failures, each with its ticket."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ..analysis import Bug
from ..analysis.baseline import rule_of
from ..contract import ConfigurationError
from ..harness import baseline_file
from ..record import KnownFailure

_OPTION = "--cartfuzz-baseline"
__all__ = ["read_baseline", "rule_of", "ticket_of"]


def read_baseline(path: Path) -> Mapping[str, KnownFailure]:
    """The known failures by signature, out of a file as `cartfuzz.analysis.baseline` describes it.

    Raises:
        pytest.UsageError: naming file, key, what was expected and what was found.
    """
    try:
        return baseline_file.read_baseline(path, option=_OPTION)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def ticket_of(bug: Bug, baseline: Mapping[str, str]) -> str | None:
    """The ticket of a known failure; None: it is new.

    A baseline lists all symptoms of a bug. So a bug with another signature is another one, even if
    a signature of the baseline is among its symptoms.
    """
    return baseline.get(bug.signature)
