"""Defines dialects of JSON text: escapes, blanks and the order of members."""

from __future__ import annotations

import json
from collections.abc import Iterable
from random import Random
from typing import Any

from ...contract import Environment
from ..service import Service
from .dialect import Area, dialect
from .json_writer import JsonWriter

_ESCAPES = "RFC 8259, section 7"
_BLANKS = "RFC 8259, section 2"
_ORDER = "RFC 8259, section 4"


@dialect(Area.JSON, source=_ESCAPES)
class EscapesEveryCharacter(JsonWriter):
    """Every character of a text is an escape in capitals, a slash one with a backslash."""

    def written_text(self, text: str) -> str:
        octets = text.encode("utf-16-be", "surrogatepass")
        units = [int.from_bytes(octets[at : at + 2], "big") for at in range(0, len(octets), 2)]
        escapes = ("\\/" if unit == ord("/") else f"\\u{unit:04X}" for unit in units)
        return f'"{"".join(escapes)}"'


@dialect(Area.JSON, source=_ESCAPES)
class EscapesAllButAscii(JsonWriter):
    """Characters outside ASCII are escapes, as Python writes them."""

    def written_text(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=True)


@dialect(Area.JSON, source=_ESCAPES)
class EscapesForHtml(JsonWriter):
    """Characters that mean something in HTML and JavaScript are escapes, as Go writes them."""

    def written_text(self, text: str) -> str:
        written = super().written_text(text)
        for character in "<>&\u2028\u2029":
            written = written.replace(character, f"\\u{ord(character):04x}")
        return written


@dialect(Area.JSON, source=_ESCAPES)
class EscapesSlashes(JsonWriter):
    """A slash has a backslash, as PHP writes it."""

    def written_text(self, text: str) -> str:
        return super().written_text(text).replace("/", "\\/")


@dialect(Area.JSON, source=_BLANKS)
class WritesBlanks(JsonWriter):
    """A blank follows each comma and each colon."""

    def separators(self) -> tuple[str, str]:
        return ", ", ": "


@dialect(Area.JSON, source=_BLANKS)
class WritesLines(JsonWriter):
    """Each member has a line of its own, with tabs, and CR and LF between them."""

    def separators(self) -> tuple[str, str]:
        return ",\r\n\t", "\t: "


@dialect(Area.JSON, source=_BLANKS)
class EndsBodiesWithNewline(Service):
    """A newline ends each body, as the encoder of Go writes it."""

    def written_body(self, value: dict[str, Any]) -> bytes:
        return super().written_body(value) + b"\n"


@dialect(Area.JSON, source=_BLANKS)
class StartsBodiesWithBlanks(Service):
    """Blanks come before each body, as of a server that keeps its proxy waiting."""

    def written_body(self, value: dict[str, Any]) -> bytes:
        return b" \r\n " + super().written_body(value)


@dialect(Area.JSON, source=_ORDER)
class SortsMembers(JsonWriter):
    """Members are in the order of their names, as in a tree map."""

    def ordered(self, members: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
        return sorted(members, key=_name)


def _name(member: tuple[str, Any]) -> str:
    return member[0]


@dialect(Area.JSON, source=_ORDER)
class ReversesMembers(JsonWriter):
    """The last member comes first."""

    def ordered(self, members: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
        return list(members)[::-1]


@dialect(Area.JSON, source=_ORDER)
class ShufflesMembers(JsonWriter):
    """Members are in another order in each answer, as in a hash map."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._order = Random(0)

    def ordered(self, members: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
        shuffled = list(members)
        self._order.shuffle(shuffled)
        return shuffled
