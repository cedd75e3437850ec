"""``summary.json``: the summary for scripts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import msgspec

from ..record import Summary


def write_summary(summary: Summary, path: Path) -> None:
    """Writes ``summary`` as JSON. Readers see the old file or the new one, never half of one.

    Raises:
        OSError: the file cannot be written.
    """
    with tempfile.NamedTemporaryFile(
        "wb", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        file.write(_encoded(summary))
    written = Path(file.name)
    written.chmod(0o644)
    written.replace(path)


def _encoded(summary: Summary) -> bytes:
    try:
        text = msgspec.json.encode(summary)
    except UnicodeEncodeError:
        # Lone surrogates cannot be UTF-8; they are written as escapes.
        text = json.dumps(msgspec.to_builtins(summary)).encode("ascii")
        return text + b"\n"
    return msgspec.json.format(text, indent=2) + b"\n"
