"""Checks, before anything is sent, that values can be drawn for all declared attributes."""

from __future__ import annotations

from ...contract import Environment
from .attributes import sample_values, share_dropped

_MUCH = 0.5


def check_attributes(environment: Environment) -> tuple[str, ...]:
    """A line for each attribute of whose drawn values over half do not fit its schema.

    The others are sent all the same, and samples in the place of those that do not fit.

    Raises:
        ConfigurationError: no value was found that fits an attribute.
    """
    notes = []
    for key in ("session_attributes", "item_attributes"):
        for name, schema in getattr(environment, key).items():
            where = f"environment.{key}.{name}"
            sample_values(schema, where=where)
            share = share_dropped(schema)
            if share > _MUCH:
                notes.append(
                    f"{where}: {share:.0%} of the values drawn for it do not fit its schema and "
                    "are not sent; examples = [...] in the schema are sent in their place"
                )
    return tuple(notes)
