"""``report.md``, and the summary of a step of a GitHub job."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.reports.markdown_report import MAX_STEP_SUMMARY
from cartfuzz.reports.step_summary import VARIABLE, add_to_step_summary, write_markdown_report

from .test_markdown_report import run_with


def test_outside_of_a_job_only_the_file_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither without the variable nor with an empty one is there another file."""
    monkeypatch.delenv(VARIABLE, raising=False)
    write_markdown_report(*run_with("CART-02"), tmp_path / "report.md")
    monkeypatch.setenv(VARIABLE, "")
    write_markdown_report(*run_with("CART-02"), tmp_path / "report.md")
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]


def test_in_a_job_the_report_is_added_to_what_the_step_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another command of the step has written stays."""
    step = tmp_path / "step"
    step.write_text("before\n")
    monkeypatch.setenv(VARIABLE, str(step))
    write_markdown_report(*run_with("CART-02"), tmp_path / "report.md")
    assert step.read_text() == "before\n\n" + (tmp_path / "report.md").read_text()


@pytest.mark.parametrize(("used", "is_added"), [(MAX_STEP_SUMMARY - 20_000, True), (2**20, False)])
def test_the_summary_of_a_step_stays_within_its_bound(
    used: int, is_added: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub shows nothing of a longer one."""
    step = tmp_path / "step"
    step.write_bytes(b"x" * used)
    monkeypatch.setenv(VARIABLE, str(step))
    write_markdown_report(*run_with(*map(str, range(99)), text="x" * 500), tmp_path / "report.md")
    assert used <= step.stat().st_size <= MAX_STEP_SUMMARY
    assert (step.stat().st_size > used) is is_added


@pytest.mark.parametrize("add", ["report", "text"])
def test_a_summary_of_a_step_that_cannot_be_written_is_a_note(
    add: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the path and the variable; the report itself is written."""
    step = tmp_path / "missing" / "step"
    monkeypatch.setenv(VARIABLE, str(step))
    if add == "report":
        notes = write_markdown_report(*run_with("CART-02"), tmp_path / "report.md")
        assert (tmp_path / "report.md").stat().st_size
    else:
        notes = add_to_step_summary("# text\n")
    (note,) = notes
    assert note == (
        f"summary of the step: {step} ({VARIABLE}) cannot be written: no such file or directory"
    )
