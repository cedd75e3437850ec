"""What a run leaves on disk survives an error of Cartfuzz itself in one of its parts."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from cartfuzz.analysis import read_summary
from cartfuzz.cli import main
from cartfuzz.cli.exit_codes import ExitCode
from cartfuzz.reports import run_report
from cartfuzz.reports.reproduction import Artefact, write_artefact


def test_an_artefact_that_cannot_be_made_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others, the summary and the verdict come first; then the command ends with 4."""
    numbers, write = count(), write_artefact

    def broken(artefact: Artefact, folder: Path) -> None:
        if next(numbers) == 0:
            raise OverflowError("int too large to convert to float")
        write(artefact, folder)

    monkeypatch.setattr(run_report, "write_artefact", broken)
    faults = (
        "--sandbox-fault",
        "accepts-one-item-too-many",
        "--sandbox-fault",
        "accepts-empty-skus",
    )
    options = ("--seed", "1", "--requests", "600", "--no-minimise", "--report-dir", str(tmp_path))
    assert main(["run", "--sandbox", *faults, *options]) == ExitCode.INTERNAL
    summary = read_summary(tmp_path / "summary.json")
    written = {folder.name for folder in (tmp_path / "discrepancies").iterdir()}
    assert len(written) == len(summary.discrepancies) - 1 > 0
    shown = capsys.readouterr()
    assert "FAILED  " in shown.out
    assert "internal error (ArtefactsFailedError)" in shown.err
