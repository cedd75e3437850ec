"""The picture of a finding, made from what a terminal shows: ``python -m tests.docs.picture``."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from .blocks import DOCS

FILE = DOCS / "images" / "finding.svg"
COMMAND = (
    "cartfuzz run --sandbox-fault closes-cancelled-sessions --phase explore --seed 1 --requests 600"
)
"""The run is over in seconds, and shows the same each time."""
_COLUMNS = 108
_LEFT_OUT = ("not tested",)
"""Lines of the summary that begin so: they are about what a short run lacks."""
_FAILED = 1


def terminal() -> str:
    """What the command prints, with the codes of its colours.

    Raises:
        RuntimeError: the run did not end with the exit code of a discrepancy.
    """
    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS)}
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, "-m", "cartfuzz.cli", *shlex.split(COMMAND)[1:]],
            cwd=folder,
            env={**os.environ, **colours},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=300,
        )
    if run.returncode != _FAILED:
        raise RuntimeError(f"expected exit code {_FAILED} of {COMMAND}, found {run.returncode}")
    return run.stdout


def picture(printed: str) -> str:
    """An SVG of the terminal. It loads nothing: a font of the reader's machine takes the place of
    the one that rich would fetch."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), highlight=False)
    console.print(Text(f"$ {COMMAND}", style="bold"))
    for line in printed.splitlines():
        text = Text.from_ansi(line)
        if not text.plain.startswith(_LEFT_OUT):
            console.print(text)
    form = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(
        title="cartfuzz",
        theme=MONOKAI,
        code_format=form.replace("Fira Code", "Menlo, Consolas, DejaVu Sans Mono"),
        unique_id="finding",
    )


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(picture(terminal()), "utf-8")
