"""Changes keys of a configuration file; comments and order stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

import tomlkit
from tomlkit.items import Table

from ..contract import ConfigurationError
from ..harness.survey import Suggestion


def shown_lines(suggestions: Sequence[Suggestion]) -> list[str]:
    """The lines of TOML that hold ``suggestions``."""
    return with_suggestions("", suggestions).splitlines()


def with_suggestions(text: str, suggestions: Sequence[Suggestion]) -> str:
    """``text`` of a configuration file with the keys of ``suggestions``.

    Raises:
        ConfigurationError: a table of it is something else.
    """
    document = tomlkit.parse(text)
    for one in suggestions:
        table = document.setdefault(one.table, tomlkit.table())
        if not isinstance(table, Table):
            raise ConfigurationError(
                one.table, expected="a table", found=f"a value, {table.as_string()}"
            )
        table[one.key] = one.value
    return tomlkit.dumps(document)
