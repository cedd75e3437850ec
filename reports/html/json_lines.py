"""Shows a JSON body as bounded lines, of which those at certain places are marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..plain import plain
from .harmless import block

_MAX_LINES = 90
_MAX_DEPTH = 8
_MAX_TEXT = 240
_MANY_MEMBERS = 4
"""Of a longer list the first few are shown."""
_SHOWN_MEMBERS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body."""

    text: str
    indent: int = 0
    is_marked: bool = False
    note: str = ""
    """What was expected in its place; only of a marked line."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is in a body."""

    path: tuple[str, ...]
    """Names of members and indices of lists."""
    any_index: bool = False
    """Whether ``path`` leaves indices out, and means all members of the lists on its way."""
    note: str = ""
    """What was expected there."""

    @classmethod
    def of_pointer(cls, pointer: str, note: str = "") -> Place:
        """The place of a JSON Pointer (RFC 6901)."""
        tokens = pointer.split("/")[1:]
        path = tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)
        return cls(path, note=note)

    def holds(self, path: tuple[str, ...], names: tuple[str, ...]) -> bool:
        """Whether the value at ``path`` is the one here, or within it.

        Args:
            path: names and indices.
            names: the same without indices.
        """
        own = names if self.any_index else path
        return bool(self.path) and own[: len(self.path)] == self.path

    def within(self, value: object) -> Place:
        """The deepest place on the way here that ``value`` has."""
        if self.any_index:
            return self
        for length, name in enumerate(self.path):
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            else:
                missing = ".".join(self.path[length:])
                return Place(
                    self.path[:length], note=f"{missing}: {self.note}" if self.note else ""
                )
        return self


def body_lines(text: str, marked: Iterable[Place] = ()) -> tuple[Line, ...]:
    """The lines of a body: indented where it is JSON, else as it is.

    Args:
        text: the body.
        marked: the places whose lines are marked. Where the body lacks one, the deepest value on
            its way is marked.
    """
    try:
        value = json.loads(text, parse_float=Decimal)
        lines = list(_Printer(tuple(place.within(value) for place in marked)).lines(value))
    except (ValueError, RecursionError):
        return tuple(Line(line) for line in block(text).split("\n")) if text else ()
    return tuple(_bounded(lines))


def _bounded(lines: list[Line]) -> Iterator[Line]:
    """The first lines, and the marked ones that come later."""
    yield from lines[:_MAX_LINES]
    rest = lines[_MAX_LINES:]
    marked = [line for line in rest if line.is_marked][:_MAX_LINES]
    if rest:
        yield Line(f"… {len(rest) - len(marked)} more lines")
    yield from marked


class _Printer:
    def __init__(self, marked: tuple[Place, ...]) -> None:
        self._marked = marked

    def lines(
        self,
        value: object,
        path: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        before: str = "",
        after: str = "",
    ) -> Iterator[Line]:
        depth = len(path)
        places = [place for place in self._marked if place.holds(path, names)]
        is_marked = bool(places)
        note = "; ".join(place.note for place in places if place.note and place.path == path)
        if not isinstance(value, dict | list) or not value or depth >= _MAX_DEPTH:
            yield Line(f"{before}{_scalar(value)}{after}", depth, is_marked, note)
            return
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield Line(f"{before}{opening}", depth, is_marked, note)
        if isinstance(value, dict):
            for index, (name, member) in enumerate(value.items(), start=1):
                label = f"{_quoted(name)}: "
                comma = "," if index < len(value) else ""
                yield from self.lines(member, (*path, name), (*names, name), label, comma)
        else:
            yield from self._members(value, path, names)
        yield Line(f"{closing}{after}", depth, is_marked)

    def _members(
        self, value: list[object], path: tuple[str, ...], names: tuple[str, ...]
    ) -> Iterator[Line]:
        previous = -1
        for index in self._shown(len(value), path):
            if index > previous + 1:
                yield Line(f"… {index - previous - 1} more", len(path) + 1)
            comma = "," if index < len(value) - 1 else ""
            yield from self.lines(value[index], (*path, str(index)), names, after=comma)
            previous = index
        if previous < len(value) - 1:
            text = f"… {len(value) - 1 - previous} more, {len(value)} in all"
            yield Line(text, len(path) + 1)

    def _shown(self, size: int, path: tuple[str, ...]) -> list[int]:
        """Indices of the members of a list that are shown: the first ones and the marked one."""
        if size <= _MANY_MEMBERS:
            return list(range(size))
        steps = [
            place.path[len(path) :][:1]
            for place in self._marked
            if not place.any_index and place.path[: len(path)] == path
        ]
        named = {int(name) for step in steps for name in step if name.isdecimal()}
        return sorted({*range(_SHOWN_MEMBERS), *(index for index in named if index < size)})


def _scalar(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(str(value), longest=_MAX_TEXT)
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    return _quoted(value)


def _quoted(value: object) -> str:
    return plain(json.dumps(value, ensure_ascii=False), longest=_MAX_TEXT)
