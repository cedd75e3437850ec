"""Reads and writes the file of known failures that command line and pytest share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..analysis.baseline import baseline_text, known_failures
from ..contract import ConfigurationError
from ..record import KnownFailure
from ..record.whole_file import remove_unfinished, write_whole
from ..wire.known_secrets import line_without_secrets
from .toml_file import read_toml

_KILLED_SEC = 60.0
"""What was being written so long ago was left by a process that was killed."""


def read_baseline(path: Path, *, option: str = "--baseline") -> dict[str, KnownFailure]:
    """By signature, the known failures in a TOML or JSON file, as `known_failures` reads it.

    Raises:
        ConfigurationError: naming option, file and key, what was expected and what was found.
    """
    where = f"{option}: {path}"
    try:
        return known_failures(_read_document(path, where))
    except ConfigurationError as error:
        if error.where.startswith(where):
            raise
        raise ConfigurationError(
            f"{where}, {error.where}" if error.where else where,
            expected=error.expected,
            found=error.found,
        ) from None


def write_baseline(path: Path, entries: Mapping[str, KnownFailure]) -> None:
    """Writes a baseline as TOML. A reader finds the old file or the new one, never a part.

    Raises:
        ConfigurationError: the file is no TOML file by its name, or cannot be written.
    """
    if path.suffix != ".toml":
        raise ConfigurationError(
            "--baseline", expected="a file whose name ends in .toml", found=str(path)
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(path.parent, (path.name,), older_than_sec=_KILLED_SEC)
        write_whole(path, line_without_secrets(baseline_text(entries).encode()))
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise ConfigurationError(
            "--baseline", expected="a file that can be written", found=f"{path}: {reason}"
        ) from None


def _read_document(path: Path, where: str) -> object:
    if not path.exists():
        raise ConfigurationError(
            where,
            expected="a baseline file (cartfuzz triage and cartfuzz baseline accept make one; an "
            "empty TOML file is one too)",
            found="no file",
        )
    if path.suffix == ".toml":
        return read_toml(path, where=where)
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        found = (error.strerror or "not readable").lower()
        raise ConfigurationError(where, expected="a readable file", found=found) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(where, expected="JSON", found=str(error)) from None
