"""Changes keys of a configuration file; comments and order stay as they are."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from ..contract import ConfigurationError
from ..harness.configuration import PYPROJECT
from ..harness.survey import Suggestion


def file_tables(file: Path) -> tuple[str, ...]:
    """The tables of ``file`` around those of the configuration; none but in ``pyproject.toml``."""
    return ("tool", "cartfuzz") if file.name == PYPROJECT else ()


def shown_lines(suggestions: Sequence[Suggestion], *, under: Sequence[str] = ()) -> list[str]:
    """The lines of TOML that hold ``suggestions``, in the tables ``under``."""
    return with_suggestions("", suggestions, under=under).splitlines()


def with_suggestions(
    text: str, suggestions: Sequence[Suggestion], *, under: Sequence[str] = ()
) -> str:
    """``text`` of a configuration file with the keys of ``suggestions``, in the tables ``under``.

    Raises:
        ConfigurationError: a table of it is something else.
    """
    document = tomlkit.parse(text)
    for one in suggestions:
        table: Any = document
        for name in (*under, one.table):
            table = table.setdefault(name, tomlkit.table(is_super_table=name in under))
            if not isinstance(table, MutableMapping):
                raise ConfigurationError(
                    name, expected="a table", found=f"a value, {table.as_string()}"
                )
        table[one.key] = one.value
    return tomlkit.dumps(document)
