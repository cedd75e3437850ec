"""A comparison of two runs as files: Markdown and JSON."""

from __future__ import annotations

from pathlib import Path

from ..analysis import Comparison
from .clean_file import write_clean_named
from .diff_markdown import markdown
from .json_text import json_text


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
    write_clean_named(path, f"{json_text(comparison)}\n".encode("ascii"))
