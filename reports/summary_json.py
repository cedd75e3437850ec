"""``summary.json``: the summary of a run for scripts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import msgspec

from ..analysis import Summary


def write_summary(summary: Summary, path: Path) -> None:
    """Writes ``summary`` as JSON. A reader finds the old file or the new one, never a part.

    Raises:
        OSError: the file cannot be written; the error names its path, and the old file stays.
    """
    content = _encoded(summary)
    with tempfile.NamedTemporaryFile(
        "wb", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.close()
            temporary.chmod(0o644)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def _encoded(summary: Summary) -> bytes:
    try:
        text = msgspec.json.encode(summary)
    except UnicodeEncodeError:
        # UTF-8 has no lone surrogates. The json module writes them as escapes.
        return json.dumps(msgspec.to_builtins(summary), indent=2).encode("ascii") + b"\n"
    return msgspec.json.format(text, indent=2) + b"\n"
