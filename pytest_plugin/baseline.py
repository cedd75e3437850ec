"""The baseline: discrepancies that are known, each with the ticket that deals with it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ..analysis import Bug, Change

_SIGNATURE = re.compile(r"[A-Z]+-[A-Z]?\d+-[0-9a-f]{10}")

_NOT_KNOWN = (Change.NEW, Change.DIFFERENT, Change.FIXED)


def read_known(path: Path) -> Mapping[str, str]:
    """Signature to ticket text, out of a JSON or TOML file.

    The file is one map. The ``summary.json`` of a run is read too: everything that it found is
    known then. So is what ``cartfuzz diff --json`` writes: all that is neither new nor fixed.

    Raises:
        pytest.UsageError: naming file, key, what was expected and what was found.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise pytest.UsageError(
            f"--cartfuzz-baseline: expected a readable text file, found {path}: {error}"
        ) from None
    try:
        document = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise pytest.UsageError(
            f"--cartfuzz-baseline: {path}: expected {path.suffix[1:].upper() or 'JSON'}, "
            f"found {error}"
        ) from None
    if isinstance(document, dict) and isinstance(document.get("discrepancies"), list):
        document = dict(named for entry in document["discrepancies"] for named in _titled(entry))
    elif isinstance(document, dict) and isinstance(document.get("changes"), list):
        changes = filter(_is_old, document["changes"])
        document = dict(named for change in changes for named in _titled(change))
    if not isinstance(document, dict):
        raise pytest.UsageError(
            f"--cartfuzz-baseline: {path}: expected a map of signatures to tickets, "
            f"found {type(document).__name__}"
        )
    for signature, ticket in document.items():
        if not _SIGNATURE.fullmatch(str(signature)) or not isinstance(ticket, str) or not ticket:
            raise pytest.UsageError(
                f"--cartfuzz-baseline: {path}, key {signature!r}: expected a signature such as "
                f"STATE-08-4b87c63f2c and a text, found {ticket!r:.80}"
            )
    return document


def ticket_of(entry: Bug, known: Mapping[str, str]) -> str | None:
    """The ticket of a known failure; None: it is new.

    A baseline knows all that was seen of a bug. So an entry with a signature that it does not know
    is another bug, even where it explains a known one as well.
    """
    return known.get(entry.signature)


def rule_of(signature: str) -> str:
    """The rule that a signature names."""
    return signature.rpartition("-")[0]


def _is_old(change: Any) -> bool:
    return not isinstance(change, dict) or change.get("change") not in _NOT_KNOWN


def _titled(entry: Any) -> Iterator[tuple[str, str]]:
    """The signature of an entry, and of what else was seen of it, with its title."""
    if not isinstance(entry, dict):
        yield repr(entry), ""
        return
    title = str(entry.get("title") or "in the baseline")
    yield str(entry.get("signature")), title
    also = entry.get("also")
    for symptom in also if isinstance(also, list) else ():
        if isinstance(symptom, dict):
            yield str(symptom.get("signature")), title
