"""Terminals and logs of every kind: other encodings than UTF-8, and files that force colours."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from cartfuzz.analysis import RunState
from cartfuzz.cli.progress import Live, Plain, progress_on
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.plan import Plan
from cartfuzz.telemetry.status_tracker import StatusTracker

SHOWN, HIDDEN = b"\x1b[?25h", b"\x1b[?25l"
"""The escape sequences for the cursor."""
HANG_SEC = 600
"""A hung process must end some day; a busy machine must not end one that works."""


def environment(encoding: str) -> dict[str, str]:
    """That of a terminal, wherever the tests run: in CI nothing is animated."""
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return {**kept, "PYTHONIOENCODING": encoding, "TERM": "xterm", "COLUMNS": "80"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cartfuzz.cli", *arguments]


def tracker() -> StatusTracker:
    """Of a run that has not begun."""
    plan = Plan(url="http://127.0.0.1:1", environment=EXAMPLE_ENVIRONMENT)
    return StatusTracker(plan, RunState())


@pytest.mark.parametrize("encoding", ["latin-1", "cp437", "cp1252"])
@pytest.mark.parametrize("arguments", [("rules",), ("explain", "CART-02")])
def test_commands_write_to_a_pipe_of_any_encoding(
    encoding: str, arguments: tuple[str, ...]
) -> None:
    """What the encoding lacks is escaped, and ends nothing."""
    ended = subprocess.run(
        command(*arguments),
        env=environment(encoding),
        capture_output=True,
        check=False,
        timeout=HANG_SEC,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"CART-02" in ended.stdout


def on_terminal(arguments: list[str], encoding: str, folder: Path) -> tuple[int, bytes]:
    """The exit code of a command on a terminal, and what it writes there."""
    outer, inner = pty.openpty()
    with subprocess.Popen(
        arguments, env=environment(encoding), cwd=folder, stdin=inner, stdout=inner, stderr=inner
    ) as process:
        os.close(inner)
        written = bytearray()
        try:
            while part := os.read(outer, 65_536):
                written += part
        except OSError:  # Linux reports the end of a terminal as an error
            pass
        os.close(outer)
        return process.wait(timeout=HANG_SEC), bytes(written)


@pytest.mark.parametrize("encoding", ["latin-1", "cp437", "utf-8"])
def test_a_run_on_a_terminal_of_any_encoding(encoding: str, tmp_path: Path) -> None:
    """It ends as on any other, and the cursor is back."""
    arguments = command("run", "--sandbox", "--scenarios", "4", "--phase", "edges", "--seed", "1")
    code, written = on_terminal(arguments, encoding, tmp_path)
    assert code == 0, written
    assert b"PASSED" in written
    assert written.rfind(HIDDEN) < written.rfind(SHOWN)


def test_a_log_that_forces_colours_has_no_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR makes a file a terminal to rich, but not for a line that is rewritten."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = Console(file=io.StringIO())
    assert console.is_terminal
    assert isinstance(progress_on(console, tracker(), verbosity=0), Plain)


def test_a_terminal_has_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file is a terminal, and its encoding has no Braille, the spinner is plain."""
    outer, inner = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    with os.fdopen(inner, "w", encoding="latin-1") as file:
        progress = progress_on(Console(file=file), tracker(), verbosity=0)
        assert isinstance(progress, Live)
        progress.close()
    os.close(outer)


@pytest.mark.parametrize(
    ("variable", "value", "kind"),
    [
        ("CI", "true", Plain),
        ("CI", "1", Plain),
        ("CI", "false", Live),
        ("CI", "", Live),
        ("TERM", "dumb", Plain),
        ("TERM", "unknown", Plain),
    ],
)
def test_nothing_is_animated_in_ci_or_on_a_dumb_terminal(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, kind: type[object]
) -> None:
    """Though the file is a terminal, as some CI systems give a job one."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, value)
    outer, inner = pty.openpty()
    with os.fdopen(inner, "w") as file:
        progress = progress_on(Console(file=file), tracker(), verbosity=0)
        assert isinstance(progress, kind)
        progress.close()
    os.close(outer)
