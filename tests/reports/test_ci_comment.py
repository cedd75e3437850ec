"""The comment of a pipeline: what changed, then the run, within the limit of a comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.reports.ci_comment import LEAST_REPORT, comment, cut_sections
from cartfuzz.reports.markdown_report import MAX_STEP_SUMMARY
from cartfuzz.reports.step_summary import VARIABLE, add_to_step_summary

SECTION = "### one\n\n" + "日本 " * 30 + "\n\n"
LIMIT = 65_536
CUT = "(The rest is too long for this page; the file in the report folder has it.)"


@given(st.integers(0, 900), st.integers(0, 600))
def test_it_is_never_too_long(changes: int, reports: int) -> None:
    """However long the two parts are; each keeps its beginning."""
    change, report = "# change\n" + SECTION * changes, "# report\n" + SECTION * reports
    made = comment(change, report)
    assert len(made.encode()) <= LIMIT
    assert made.startswith("# change\n")
    assert "\n# report\n" in made


def test_short_parts_are_whole() -> None:
    """The change first; without one there is the report alone."""
    assert comment("# change\n", "# report\n") == "# change\n\n# report\n"
    assert comment("", "# report\n") == "# report\n"


def test_a_long_change_leaves_room_for_the_report() -> None:
    """And says that there is more."""
    report = "# report\n" + "r" * (LEAST_REPORT - 100) + "\n"
    made = comment(SECTION * 2000, report)
    assert CUT in made
    assert made.endswith(report)


@pytest.mark.parametrize(
    "enclosed",
    [
        "```json\n# no heading\n```\n",
        "````\n```\n# no heading\n````\n",
        "<details><summary>more</summary>\n\n# no heading\n\n</details>\n",
    ],
)
def test_nothing_stays_open(enclosed: str) -> None:
    """Code and folded parts are kept whole, or left out."""
    text = f"# one\n\nkept\n\n## two\n\n{enclosed}end\n"
    for longest in range(len(text) - 40, len(text) - 1):
        assert cut_sections(text, longest + len(CUT)) in (f"# one\n\nkept\n\n{CUT}\n", text)


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
    add_to_step_summary("# x\n\n" * MAX_STEP_SUMMARY)
    add_to_step_summary("# y\n" * 10)
    assert page.stat().st_size <= MAX_STEP_SUMMARY
