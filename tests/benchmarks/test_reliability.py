"""What the bench of hostile answers counts: findings, copies of the key, control characters."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.keys import BENCH_KEY, FORMS

from .script import script

LEFT_BEHIND = script("left_behind")
WATCHED = script("watched")


def test_findings_are_read_with_their_status(tmp_path: Path) -> None:
    """Each discrepancy counts, flaky ones too; without a summary there is none."""
    assert LEFT_BEHIND.findings(tmp_path) == []
    bugs = '[{"rule": "RESP-01", "status": "flaky"}, {"rule": "CART-11"}]'
    (tmp_path / "summary.json").write_text(f'{{"discrepancies": {bugs}}}', "utf-8")
    assert LEFT_BEHIND.findings(tmp_path) == ["CART-11", "RESP-01 flaky"]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_leaks_are_found_in_files_and_on_the_terminal(tmp_path: Path, form: str) -> None:
    """Each form of the key is found in a file of a folder below, and in what was printed."""
    written = FORMS[form](BENCH_KEY)
    folder = tmp_path / "discrepancies"
    folder.mkdir()
    (folder / "explain.md").write_text(f"the key {written}", "utf-8")
    quick = LEFT_BEHIND.leaks(tmp_path, b"nothing", BENCH_KEY, thorough=False)
    assert f"explain.md: {form}" in quick
    thorough = LEFT_BEHIND.leaks(tmp_path, written.encode(), BENCH_KEY, thorough=True)
    assert f"printed: {form}" in thorough


def test_control_characters_and_commands_are_found() -> None:
    """Escapes, C1, writing direction, bytes that are no UTF-8 as text, and lines for CI systems."""
    printed = "plain\ttext\n\x1b[31mred\x9c\u202e\n::error::owned\n".encode()
    assert LEFT_BEHIND.control_characters(printed) == [
        "'::error::'",
        r"'\u202e'",
        r"'\x1b'",
        r"'\x9c'",
    ]
    assert LEFT_BEHIND.control_characters("żółć · ok\n".encode()) == []


def _watched(code: str, *, seconds: float = 60, memory_mb: float = 1000) -> Any:
    began = threading.Event()
    began.set()
    command = [sys.executable, "-c", code]
    return WATCHED.watched(command, {}, began, seconds=seconds, memory_mb=memory_mb)


def test_a_command_that_ends_keeps_its_exit_code_and_output() -> None:
    """Nothing is killed; what it printed is there."""
    went = _watched("import sys; print('out'); print('err', file=sys.stderr); sys.exit(5)")
    assert (went.exit_code, went.ended) == (5, "")
    assert (went.stdout, went.stderr) == (b"out\n", b"err\n")


def test_a_command_without_end_is_killed() -> None:
    """It is killed with the reason, and so is one whose child needs too much memory."""
    endless = _watched("import threading; threading.Event().wait()", seconds=0.2)
    assert endless.exit_code == -9
    assert endless.ended.startswith("still running")
    child = "x = bytearray(200_000_000); import threading; threading.Event().wait()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert _watched(parent, memory_mb=100).ended == "more than 100 MB"
