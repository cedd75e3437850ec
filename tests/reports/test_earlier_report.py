"""The report of an earlier run."""

from __future__ import annotations

from pathlib import Path

from cartfuzz.reports.earlier_report import remove_report
from cartfuzz.reports.formats import FILES


def test_only_files_of_a_report_are_removed(tmp_path: Path) -> None:
    """The record, files of others and folders stay."""
    (tmp_path / "report.html").mkdir()
    stay = {"events.ndjson", "report.html", "notes.md"}
    for name in {*FILES.values(), "comment.md", "diff.json", "diff.md", "diff.html", *stay}:
        if name != "report.html":
            (tmp_path / name).touch()
    remove_report(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == stay
