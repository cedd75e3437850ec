"""The page on the configuration names every key."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from cartfuzz.contract import Environment
from cartfuzz.harness.configuration import TargetSettings

ROOT = Path(__file__).parents[2]


def test_every_key_is_described() -> None:
    """The page on the configuration has a row for each key of the tables."""
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    rows = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    keys = (
        field.encode_name
        for table in (TargetSettings, Environment)
        for field in msgspec.structs.fields(table)
    )
    assert set(re.findall(r"`(\w+)`", rows)) == set(keys)
