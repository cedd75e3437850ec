"""Writes the reference page of the configuration from its types, so that it cannot be wrong.

``python -m cartfuzz.harness.reference_page`` prints ``docs/configuration-reference.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec

from ..contract.about import about
from .configuration import Document
from .reference import CAMPAIGN_TABLES, TABLES, Key, keys_of_table

_HEAD = """\
# Configuration reference

Every table and key of `cartfuzz.toml`, and of `[tool.cartfuzz]` in `pyproject.toml`.
[configuration.md](configuration.md) is the guide. This page is made from the types that read the
file: `make schemas` writes it anew.
"""
_OWN_NOTES = {
    "rules": "A rule ID is the key. A text is the level alone; a table has these keys.",
}


def reference_page() -> str:
    """The page, in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    tables = {field.encode_name: field for field in msgspec.structs.fields(Document)}
    for name, kind in TABLES.items():
        yield from _section(f"[{name}]", about(tables[name].type).text, name, kind)
    for name, kind in CAMPAIGN_TABLES.items():
        (key,) = (
            one
            for one in keys_of_table("environment", TABLES["environment"])
            if name == f"environment.{one.name}"
        )
        text = f"{key.about.text} [campaigns.md](campaigns.md) has examples."
        yield from _section(f"[[{name}]]", text, name, kind)


def _section(title: str, text: str, table: str, kind: type[msgspec.Struct]) -> Iterator[str]:
    keys = list(keys_of_table(table, kind))
    yield f"## `{title}`\n\n{text}\n"
    if table in _OWN_NOTES:
        yield f"{_OWN_NOTES[table]}\n"
    has_variables = any(key.variable for key in keys)
    columns = ["key", "what it is for", "value", "default", *(["variable"] * has_variables)]
    yield _row(columns)
    yield _row(["---"] * len(columns))
    for key in keys:
        cells = [f"`{key.name}`", key.about.text, _values(key), key.default_words]
        if has_variables:
            cells.append(f"`{key.variable}`" if key.variable else "–")
        yield _row(cells)
    yield ""


def _row(cells: list[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _values(key: Key) -> str:
    kind: Any = key.kind
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f'`"{member.value}"`' for member in kind)
    example = key.about.example
    return f"{key.value_words}, such as `{example}`" if example else key.value_words


if __name__ == "__main__":
    sys.stdout.write(reference_page())
