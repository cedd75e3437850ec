"""Writes JSON values member by member, so that dialects can choose how they look."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..service import Service


class JsonWriter(Service):
    """A service that writes its bodies itself, one overridable method for each kind of value."""

    def written_json(self, value: dict[str, Any]) -> bytes:
        return self._written(value).encode("utf-8")

    def _written(self, value: Any) -> str:
        comma, colon = self.separators()
        if isinstance(value, str):
            return self.written_text(value)
        if isinstance(value, bool) or value is None:
            return json.dumps(value)
        if isinstance(value, int | float):
            return self.written_number(value)
        if isinstance(value, dict):
            return (
                "{"
                + comma.join(
                    f"{self.written_text(name)}{colon}{self._written(part)}"
                    for name, part in self.ordered(value.items())
                )
                + "}"
            )
        return "[" + comma.join(self._written(part) for part in value) + "]"

    def separators(self) -> tuple[str, str]:
        """What separates members, and names from values."""
        return ",", ":"

    def written_text(self, text: str) -> str:
        """A string with its quotes; a lone surrogate is an escape, since UTF-8 cannot hold it."""
        is_unicode = not any("\ud800" <= character <= "\udfff" for character in text)
        return json.dumps(text, ensure_ascii=not is_unicode)

    def written_number(self, number: int | float) -> str:
        """A number as Python writes it."""
        return json.dumps(number)

    def ordered(self, members: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
        """The members of an object in the order in which they are written."""
        return members
