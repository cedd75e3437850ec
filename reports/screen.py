"""Fits lines into the screen of a terminal: cuts them, breaks them at words, counts the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from .readable import encodable

ROWS = 23
"""Of a terminal of 24 rows: the last one is for the prompt."""
_NARROWEST = 20
_HANG = 2
"""Spaces by which the further rows of a line are indented."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Screen:
    """The size of a terminal, and what ends a line that is cut there."""

    width: int
    """Cells of a row."""
    encoding: str = "utf-8"
    height: int = ROWS
    """Rows, without one for the prompt."""

    @classmethod
    def of(cls, console: Console) -> Self:
        """The screen of ``console``; a narrower one counts as 20 cells wide, a file and a lower one
        as `ROWS` high."""
        height = console.height - 1 if is_terminal(console) else ROWS
        return cls(
            width=max(console.width, _NARROWEST),
            encoding=console.encoding,
            height=max(height, ROWS),
        )

    def encodable(self, text: str) -> str:
        """``text`` with what the encoding lacks in a readable form."""
        return encodable(text, self.encoding)

    def cut(self, text: str, cells: int | None = None) -> str:
        """``text``, encodable, in at most ``cells`` cells; without them in one row."""
        most = self.width if cells is None else cells
        shown = self.encodable(text)
        if cell_len(shown) <= most:
            return shown
        ellipsis = self.encodable("…")
        return set_cell_size(shown, most - len(ellipsis)).rstrip() + ellipsis

    def folded(self, line: Text) -> list[Text]:
        """``line`` in rows that end between words; the further ones are indented.

        A word that is wider than the screen is left to the terminal to break, and so is a line
        that people paste (`Text.no_wrap`).
        """
        if line.no_wrap:
            return [line]
        first, *rest = line.divide(_breaks(line.plain, self.width))
        first.rstrip()
        indent = " " * _indent(line.plain)
        rows = [first]
        for row in rest:
            row.rstrip()
            rows.append(Text(indent).append_text(row))
        return rows

    def rows_of(self, text: str) -> int:
        """How many rows ``text``, one line, takes."""
        return self.rows([Text(text)])

    def rows(self, lines: Iterable[Text]) -> int:
        """How many rows ``lines`` take."""
        return sum(
            max(1, -(-cell_len(row.plain) // self.width))
            for line in lines
            for row in self.folded(self.shown(line))
        )

    def shown(self, line: Text) -> Text:
        """A copy of ``line``, encodable."""
        copy = line.copy()
        copy.plain = self.encodable(copy.plain)
        return copy


def is_terminal(console: Console) -> bool:
    """Whether somebody looks at ``console``: FORCE_COLOR makes rich call a pipe a terminal, but
    what reads it has no size."""
    return console.is_terminal and console.file.isatty()


def in_rows(parts: Iterable[str], screen: Screen, *, gap: str = "   ") -> Iterator[str]:
    """``parts`` with ``gap`` between them, in rows of ``screen``; none is broken where it fits."""
    row = ""
    for part in parts:
        shown = screen.cut(part)
        longer = f"{row}{gap}{shown}" if row else shown
        if row and cell_len(longer) > screen.width:
            yield row
            longer = shown
        row = longer
    if row:
        yield row


def print_lines(lines: Iterable[Text], console: Console) -> None:
    """Prints ``lines`` as the output can hold them: on a terminal they are broken between words,
    in a file or a pipe each stays one line."""
    screen = Screen.of(console)
    is_folded = is_terminal(console)
    for line in lines:
        shown = screen.shown(line)
        for row in screen.folded(shown) if is_folded else (shown,):
            console.print(row, soft_wrap=True)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" ")) + _HANG


def _breaks(text: str, width: int) -> Iterator[int]:
    """Where the rows of ``text`` begin, but for the first one."""
    row = end = used = 0
    indent = _indent(text)
    for word in _WORD.finditer(text):
        cells = cell_len(word[0])
        gap = cell_len(text[end : word.start()].replace("\t", " "))
        if row < end and used + gap + cells > width and used + gap > indent:
            row, used, gap = word.start(), indent, 0
            yield row
        used += gap + cells
        if used > width:
            used = used % width or width
        end = word.end()
