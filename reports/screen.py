"""Fits lines into the screen of a terminal: cuts them to its width, and counts its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

ROWS = 23
"""Of a terminal of 24 rows: the last one is for the prompt."""
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Screen:
    """The size of a terminal, and what ends a line that is cut there."""

    width: int
    """Cells of a row."""
    encoding: str = "utf-8"

    @classmethod
    def of(cls, console: Console) -> Self:
        """The screen of ``console``; a narrower one counts as 20 cells wide."""
        return cls(width=max(console.width, _NARROWEST), encoding=console.encoding)

    def encodable(self, text: str) -> str:
        """``text`` with escapes for the characters that the encoding lacks."""
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def cut(self, text: str, cells: int | None = None) -> str:
        """``text``, encodable, in at most ``cells`` cells; without them in one row."""
        most = self.width if cells is None else cells
        shown = self.encodable(text)
        if cell_len(shown) <= most:
            return shown
        ellipsis = "…" if self.encodable("…") == "…" else "..."
        return set_cell_size(shown, most - len(ellipsis)).rstrip() + ellipsis

    def rows_of(self, text: str) -> int:
        """How many rows ``text``, one line, takes."""
        return max(1, -(-cell_len(self.encodable(text)) // self.width))

    def rows(self, lines: Iterable[Text]) -> int:
        """How many rows ``lines`` take."""
        return sum(self.rows_of(line.plain) for line in lines)
