"""Reads the baseline: the signatures of known failures, each with the ticket that deals with it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ..analysis import Bug, Change

_OPTION = "--cartfuzz-baseline"
_SIGNATURE = re.compile(r"[A-Z]+-[A-Z]?\d+-[0-9a-f]{10}")
_NOT_IN_BASELINE = (Change.NEW, Change.FIRST_SEEN, Change.DIFFERENT, Change.FIXED)
"""Of a comparison: what the older run did not show, and what the newer one does not show."""


def read_baseline(path: Path) -> Mapping[str, str]:
    """Signature to ticket, out of a JSON or TOML file.

    The file is one of three: a map; the ``summary.json`` of a run, whose discrepancies are all
    known then; or what ``cartfuzz diff --json`` writes, without what is new, different or fixed.

    Raises:
        pytest.UsageError: naming file, key, what was expected and what was found.
    """
    document = _read_document(path)
    if isinstance(document, dict) and isinstance(document.get("discrepancies"), list):
        document = dict(pair for bug in document["discrepancies"] for pair in _titles(bug))
    elif isinstance(document, dict) and isinstance(document.get("changes"), list):
        changes = filter(_is_in_both, document["changes"])
        document = dict(pair for change in changes for pair in _titles(change))
    if not isinstance(document, dict):
        raise pytest.UsageError(
            f"{_OPTION}: {path}: expected a map of signatures to tickets, "
            f"found {type(document).__name__} {document!r:.80}"
        )
    for signature, ticket in document.items():
        if not _SIGNATURE.fullmatch(str(signature)) or not isinstance(ticket, str) or not ticket:
            raise pytest.UsageError(
                f"{_OPTION}: {path}, key {signature!r}: expected a signature such as "
                f"STATE-08-4b87c63f2c and the text of a ticket, found {ticket!r:.80}"
            )
    return document


def ticket_of(bug: Bug, baseline: Mapping[str, str]) -> str | None:
    """The ticket of a known failure; None: it is new.

    A baseline lists all symptoms of a bug. So a bug with another signature is another one, even if
    a signature of the baseline is among its symptoms.
    """
    return baseline.get(bug.signature)


def rule_of(signature: str) -> str:
    """The ID of the rule in a signature: ``STATE-08`` of ``STATE-08-4b87c63f2c``."""
    return signature.rpartition("-")[0]


def _read_document(path: Path) -> object:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise pytest.UsageError(
            f"{_OPTION}: expected a readable text file, found {path}: {error}"
        ) from None
    try:
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        kind = path.suffix[1:].upper() or "JSON"
        raise pytest.UsageError(f"{_OPTION}: {path}: expected {kind}, found {error}") from None


def _is_in_both(change: object) -> bool:
    """Whether both runs of a comparison show it; True for what is not a change, which is then
    reported as malformed."""
    return not isinstance(change, dict) or change.get("change") not in _NOT_IN_BASELINE


def _titles(bug: object) -> Iterator[tuple[str, str]]:
    """The signatures of a bug and of its symptoms, each with the title of the bug."""
    if not isinstance(bug, dict):
        yield repr(bug), ""
        return
    title = str(bug.get("title") or "in the baseline")
    yield str(bug.get("signature")), title
    symptoms = bug.get("also")
    for symptom in symptoms if isinstance(symptoms, list) else ():
        if isinstance(symptom, dict):
            yield str(symptom.get("signature")), title
