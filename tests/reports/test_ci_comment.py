"""The comment of a pipeline: what changed, then the run, within the limit of a comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.reports.ci_comment import LEAST_REPORT, comment, cut_lines
from cartfuzz.reports.markdown_report import MAX_STEP_SUMMARY
from cartfuzz.reports.step_summary import VARIABLE, add_to_step_summary

LINE = "日本 " * 30 + "\n"
LIMIT = 65_536


@given(st.integers(0, 900), st.integers(0, 600))
def test_it_is_never_too_long(changes: int, reports: int) -> None:
    """However long the two parts are; each keeps its beginning."""
    change, report = "# change\n" + LINE * changes, "# report\n" + LINE * reports
    made = comment(change, report)
    assert len(made.encode()) <= LIMIT
    assert made.startswith("# change\n")
    assert "\n# report\n" in made


def test_short_parts_are_whole() -> None:
    """The change first; without one there is the report alone."""
    assert comment("# change\n", "# report\n") == "# change\n\n# report\n"
    assert comment("", "# report\n") == "# report\n"


def test_a_long_change_leaves_room_for_the_report() -> None:
    """And names its file."""
    report = "r" * 100 + "\n"
    made = comment(LINE * 2000, report * (LEAST_REPORT // 101 - 1))
    assert "(The comparison is too long for a comment: its file has the rest.)" in made
    assert made.endswith(report)


def test_lines_are_whole() -> None:
    """A line that does not fit is left out."""
    assert cut_lines("one\ntwo\nthree\n", 9) == "one\ntwo\n"
    assert cut_lines("one\ntwo\n", 8) == "one\ntwo\n"


def test_the_summary_of_a_step_grows_up_to_its_limit(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of GitHub there is none."""
    monkeypatch.delenv(VARIABLE, raising=False)
    add_to_step_summary("# nowhere\n")
    page = tmp_path_factory.mktemp("job") / "step.md"
    monkeypatch.setenv(VARIABLE, str(page))
    add_to_step_summary("# one\n")
    add_to_step_summary("# two\n")
    assert page.read_text() == "\n# one\n\n# two\n"
    add_to_step_summary("x\n" * MAX_STEP_SUMMARY)
    add_to_step_summary("y\n" * 10)
    assert page.stat().st_size <= MAX_STEP_SUMMARY
