"""Lines on a terminal end between words; in a pipe each stays one line."""

from __future__ import annotations

import io

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from cartfuzz.reports.screen import ROWS, Screen, in_rows, print_lines


class Terminal(io.StringIO):
    """A file that somebody looks at."""

    def isatty(self) -> bool:
        return True


def written(line: Text, file: io.StringIO, width: int = 20) -> list[str]:
    console = Console(
        file=file, width=width, height=40, force_terminal=True, color_system=None, highlight=False
    )
    print_lines([line], console)
    return file.getvalue().splitlines()


def test_a_line_is_broken_between_words() -> None:
    """Its further rows are indented, two spaces more than the first."""
    line = Text("  report: the folder of the run")
    assert written(line, Terminal()) == ["  report: the folder", "    of the run"]


def test_a_pipe_gets_whole_lines() -> None:
    """Also one that FORCE_COLOR makes a terminal."""
    line = Text("report: the folder of the run")
    assert written(line, io.StringIO()) == [line.plain]


def test_what_people_paste_is_not_broken() -> None:
    """The terminal breaks it, and copying gives one line."""
    line = Text("curl -X PUT http://127.0.0.1:8080/v2", no_wrap=True)
    assert written(line, Terminal()) == [line.plain]


@example(text="aaaaaaaaaa a\t日日日日", width=20)
@example(text="日         aaaaaaaa日", width=20)
@given(st.text(alphabet="ab 日\t…", max_size=200), st.integers(20, 60))
def test_no_word_is_lost_or_broken(text: str, width: int) -> None:
    """Each row fits, unless a word alone does not; the words are those of the line."""
    rows = Screen(width=width).folded(Text(text))
    words = [word for row in rows for word in row.plain.split()]
    assert words == text.split()
    if all(cell_len(word) <= width // 2 for word in words) and text == text.lstrip():
        assert all(cell_len(row.plain.replace("\t", " ")) <= width for row in rows)


def test_parts_go_into_rows_whole() -> None:
    """As many as fit one."""
    screen = Screen(width=20)
    assert list(in_rows(("phase 1 of 5", "sweeps 34%", "9/s"), screen)) == [
        "phase 1 of 5",
        "sweeps 34%   9/s",
    ]


def test_a_high_terminal_has_room() -> None:
    """All its rows but one; a file and a low one count as 24 rows."""
    high = Console(file=Terminal(), width=80, height=50, force_terminal=True)
    assert Screen.of(high).height == 49
    assert Screen.of(Console(file=io.StringIO(), width=80, height=50)).height == ROWS
