"""A target behind TLS, a gate and a proxy: each command gets there, and no secret stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cartfuzz.cli import main

from ..gated import Gated, gated

FAULT = "refuses-to-create-closed"
SIGNATURE = "STATE-02-ef0dea8413"
BOUNDS = ("--phase", "edges", "--seed", "1", "--no-minimise")


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gated]:
    (tmp_path / "own").mkdir()
    with gated(tmp_path, faults=(FAULT,)) as target:
        for name, value in target.variables.items():
            monkeypatch.setenv(name, value)
        yield target


def leaks(target: Gated, folder: Path, *texts: str) -> list[str]:
    """Where a secret of ``target`` is found."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pem"]
    contents = [(str(path), path.read_bytes().decode("latin-1")) for path in files]
    contents += [("output", text) for text in texts]
    return [where for where, text in contents if any(one in text for one in target.secrets)]


def test_run_resume_replay_clean_and_scripts_get_through(
    behind: Gated, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """All that follows a run needs its folder and the variables, and nothing else."""
    folder = tmp_path / "report"
    options = (*behind.options, "--report-dir", str(folder))
    assert main(["run", behind.url, *options, *BOUNDS, "--requests", "30"]) in {0, 1, 5}
    assert main(["run", "--resume", str(folder), "--requests", "200"]) == 1
    assert main(["replay", str(folder), SIGNATURE]) == 1
    assert main(["replay", str(folder), SIGNATURE, "--url", behind.url]) == 1
    assert main(["clean", str(folder)]) == 0
    own = folder / "discrepancies" / SIGNATURE
    shell = ["sh", str(own / "reproduce.sh")]
    python = [sys.executable, "-c", "import test_reproduce as one; one.test_reproduce()"]
    for command in (shell, python):
        done = subprocess.run(command, cwd=own, check=False, env=os.environ)
        assert done.returncode == 1
    output = capfd.readouterr()
    assert f"bug reproduced: {SIGNATURE}" in output.out + output.err
    assert "AssertionError" in output.err
    assert not behind.refused
    assert not leaks(behind, tmp_path, output.out, output.err)
    behind.sandbox.calls.clear()
    assert main(["clean", str(folder)]) == 0
    assert not behind.sandbox.calls


def test_compare_gets_through(
    behind: Gated, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One target twice: it asks both, and sees that they have the same sessions."""
    options = (*behind.options, "--transport", "requests", "--report-dir", str(tmp_path / "report"))
    assert main(["compare", behind.url, behind.url, *options, "--requests", "20"]) == 2
    output = capfd.readouterr()
    assert "give each a database of its own" in output.err
    assert behind.sandbox.calls
    assert not behind.refused
    assert not leaks(behind, tmp_path, output.out, output.err)
