"""Reads and writes the file of known failures that command line and pytest share."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..analysis.baseline import baseline_text, known_failures
from ..contract import ConfigurationError
from ..record import KnownFailure


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
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
        ) as file:
            file.write(baseline_text(entries))
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise ConfigurationError(
            "--baseline", expected="a file that can be written", found=f"{path}: {reason}"
        ) from None


def _read_document(path: Path, where: str) -> object:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            where,
            expected="a baseline file (cartfuzz triage and cartfuzz baseline accept make one; an "
            "empty TOML file is one too)",
            found="no file",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else None
        raise ConfigurationError(
            where, expected="a readable text file", found=(found or str(error)).lower()
        ) from None
    try:
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        kind = path.suffix[1:].upper() or "JSON"
        raise ConfigurationError(where, expected=kind, found=str(error)) from None
