"""``summary.json``: the summary for scripts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import msgspec

from ..analysis import Summary


def write_summary(summary: Summary, path: Path) -> None:
    """Writes ``summary`` as JSON. Readers see the old file or the new one, never half of one.

    Raises:
        OSError: the file cannot be written.
    """
    content = _encoded(summary)
    with tempfile.NamedTemporaryFile(
        "wb", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.close()
            written.chmod(0o644)
            written.replace(path)
        except OSError:
            written.unlink(missing_ok=True)
            raise


def _encoded(summary: Summary) -> bytes:
    try:
        text = msgspec.json.encode(summary)
    except UnicodeEncodeError:
        # Lone surrogates cannot be UTF-8; they are written as escapes.
        return json.dumps(msgspec.to_builtins(summary), indent=2).encode("ascii") + b"\n"
    return msgspec.json.format(text, indent=2) + b"\n"
