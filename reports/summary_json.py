"""``summary.json``: the summary of a run for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from ..analysis import Summary
from .clean_file import write_clean


def write_summary(summary: Summary, path: Path) -> None:
    """Writes ``summary`` as JSON. A reader finds the old file or the new one, never a part.

    Raises:
        OSError: the file cannot be written; the error names its path, and the old file stays.
    """
    write_clean(path, _encoded(summary))


def _encoded(summary: Summary) -> bytes:
    try:
        text = msgspec.json.encode(summary)
    except UnicodeEncodeError:
        # UTF-8 has no lone surrogates. The json module writes them as escapes.
        return json.dumps(msgspec.to_builtins(summary), indent=2).encode("ascii") + b"\n"
    return msgspec.json.format(text, indent=2) + b"\n"
