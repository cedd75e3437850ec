"""A comparison of two runs as files: Markdown and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from ..analysis import Comparison
from .clean_file import write_clean_named
from .diff_markdown import markdown


def write_markdown(comparison: Comparison, path: Path) -> None:
    """Writes the comparison as Markdown tables.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    text = "\n".join(markdown(comparison)) + "\n"
    write_clean_named(path, text.encode("utf-8", "backslashreplace"))


def write_json(comparison: Comparison, path: Path) -> None:
    """Writes the comparison as JSON with the fields of `cartfuzz.analysis.Comparison`.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    text = json.dumps(msgspec.to_builtins(comparison), indent=2)
    write_clean_named(path, text.encode("ascii") + b"\n")
