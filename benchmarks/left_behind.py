"""What a run left behind: findings, copies of the API key, control characters, files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.hostile.keys import FORMS, held

_READ = 32_000_000
"""So much of each file is searched."""
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_COMMAND = re.compile(r"^\s*(?:::[a-z-]+(?: [^:]*)?::|##vso\[|##\[|##teamcity\[)", re.MULTILINE)
"""Lines that a CI system obeys."""


class _Bug(msgspec.Struct, frozen=True):
    rule: str
    status: str = ""


class _Summary(msgspec.Struct, frozen=True):
    discrepancies: list[_Bug]


def findings(folder: Path) -> list[str]:
    """Rule and status of each discrepancy in ``summary.json``, flaky ones included.

    Raises:
        ValueError: the file is no JSON. Halves of surrogate pairs are, though not for every reader.
    """
    path = folder / "summary.json"
    if not path.is_file():
        return []
    found = msgspec.convert(json.loads(path.read_bytes()), _Summary)
    return sorted(f"{bug.rule} {bug.status}".strip() for bug in found.discrepancies)


def leaks(folder: Path, printed: bytes, key: str, *, thorough: bool) -> list[str]:
    """Where the key is left, and in which forms: ``events.ndjson: url``.

    Args:
        folder: the report folder.
        printed: what went to stdout and stderr.
        key: the API key.
        thorough: also beneath layers of escapes, which takes a second for some MB.
    """
    found = []
    for name, content in [("printed", printed), *_files(folder)]:
        text = content.decode("utf-8", "replace")
        if thorough:
            forms = held(text, key)
        else:
            forms = frozenset(form for form, write in FORMS.items() if write(key) in text)
        found += [f"{name}: {form}" for form in sorted(forms)]
    return found


def control_characters(printed: bytes) -> list[str]:
    """Control characters and lines that a CI system obeys, as escapes."""
    text = printed.decode("utf-8", "backslashreplace")
    found = {ascii(character) for character in _CONTROL.findall(text)}
    return sorted(found | {ascii(line) for line in _COMMAND.findall(text)})


def size_mb(folder: Path) -> float:
    """Of all files in ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name, without what differs from run to run, and the first part of the content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                yield path.name, file.read(_READ)
