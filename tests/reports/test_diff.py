"""A comparison of two runs, printed, as Markdown and as JSON."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from rich.cells import cell_len
from rich.console import Console

from cartfuzz.analysis import Change, Comparison, ShownInstead
from cartfuzz.reports import print_comparison, write_json, write_markdown
from cartfuzz.reports.diff_totals import diff_totals
from cartfuzz.reports.diff_words import meaning_of, tone_of

from .comparisons import changed, everything
from .summaries import any_text, console, output_of

ORDER = (
    "1 new, worse",
    "old: old",
    "differs: title",
    "New (1)",
    "Different (1)",
    "First seen (1)",
    "Drifted (1)",
    "Fixed (1)",
    "Not seen (1)",
    "Flaky (1)",
    "Known (1)",
    "Still there (1)",
    "Rules (2)",
    "State machine (1)",
    "Lost coverage (1)",
    "Latency (1)",
    "Not compared (1)",
    "old -> new: 1 new, worse",
)


def printed(shown: Comparison, width: int = 200) -> str:
    """``shown`` as it is printed."""
    there = console()
    there.width = width
    print_comparison(shown, there)
    return output_of(there)


def markdown_of(shown: Comparison, folder: Path) -> list[str]:
    """The lines of the Markdown file."""
    write_markdown(shown, folder / "diff.md")
    return (folder / "diff.md").read_text("utf-8").splitlines()


def test_what_matters_comes_first(tmp_path: Path) -> None:
    """Terminal and Markdown have one order and one set of words."""
    for lines in (printed(everything()).splitlines(), markdown_of(everything(), tmp_path)):
        text = "\n".join(line.replace("\\", "").replace("&gt;", ">") for line in lines)
        places = [text.find(words) for words in ORDER]
        assert places == sorted(places)
        assert -1 not in places, text


def test_what_is_new_is_shown_whole() -> None:
    """Rule, cause, both sides, why it is new, its requests, its scripts and how to send it again;
    of all else one scenario each, or the reason."""
    lines = printed(everything("T")).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("New (1)"))
    assert lines[start + 1 : start + 10] == [
        "  CART-02  T",
        "    cause     T",
        "    expected  T",
        "    found     T",
        "    why       T",
        "    signature CART-02-0000000000",
        '      1. update T {"T":"T"} -> 200',
        "    scripts   new/discrepancies/T",
        "    again     cartfuzz replay T",
    ]
    text = "\n".join(lines)
    assert "    before    T; request 1 of scenario edges/0/1" in text
    assert "    after     ignored or T; request 1 of scenario edges/0/2" in text
    assert "    ticket    SHOP-1 T" in text
    assert "  kept -> broken: CART-02" in text
    assert "  cancelled: update to open was refused, is accepted, which is worse" in text
    assert "  update slower: median 2.0 -> 5.0 ms (2.1 to 2.9 times)" in text
    assert "  CART-05  what is to be accepted and what is to be refused (T)" in text


@pytest.mark.parametrize("width", [80, 40])
def test_lines_fit_the_terminal(width: int) -> None:
    """But for commands and folders, which people copy; nothing of the text is lost."""
    text = "漢字 and a long word: " + "x" * 150
    shown = printed(everything(text), width)
    for line in shown.splitlines():
        assert cell_len(line) <= width or line.startswith(("    again ", "    scripts ")), line
    assert "".join(shown.split()).count("x" * 150) > 10


def test_two_clean_runs_are_said_to_be_clean() -> None:
    """The totals of nothing are words."""
    nothing = Comparison.build((), names=("a", "b"))
    assert printed(nothing).splitlines() == [
        "nothing new; no change",
        "The newer target is wrong nowhere that the older one was right, as far as both runs went.",
        "",
        "a -> b: nothing new; no change",
    ]


def test_the_totals_count_what_stays() -> None:
    """The verdict does not: it is about what changed."""
    old = (changed(Change.STILL_THERE), changed(Change.STILL_THERE, number=1, ticket="SHOP-1"))
    result = Comparison.build(old, names=("a", "b"))
    assert diff_totals(result) == "a -> b: nothing new; no change; 1 known; 1 still there"


def test_many_entries_are_counted() -> None:
    """A terminal shows the first ones."""
    shown = printed(everything(new=50))
    assert shown.count("signature CART-02-00000") == 20
    assert "  and 30 more: --html or --json has them" in shown


@settings(deadline=None, max_examples=40)
@given(any_text)
def test_a_target_cannot_control_the_terminal(text: str) -> None:
    """All is printable whatever is in it."""
    assert all(char.isprintable() or char == "\n" for char in printed(everything(text)))


@settings(deadline=None, max_examples=40)
@given(any_text)
def test_a_poor_terminal_gets_escapes(text: str) -> None:
    """What its encoding lacks never ends the program."""
    file = io.TextIOWrapper(io.BytesIO(), "ascii")
    print_comparison(everything(text), Console(file=file, width=80))
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    assert b"1 new, worse" in file.buffer.getvalue()


@settings(deadline=None, max_examples=40)
@given(any_text)
def test_no_text_is_markdown(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No text adds a cell, a line, HTML or a heading."""
    folder = tmp_path_factory.mktemp("diff")
    lines = markdown_of(everything(text or "x"), folder)  # an empty text leaves lines out
    harmless = markdown_of(everything(), folder)
    assert len(lines) == len(harmless)
    for line, expected in zip(lines, harmless, strict=True):
        if expected.startswith("|"):
            assert line.replace("\\|", "").count("|") == expected.count("|")
        assert line.startswith("#") == expected.startswith("#")
        if not expected.startswith(("- ", "1. ", "<", "curl", "```")):
            assert "<" not in line


@settings(deadline=None, max_examples=40)
@given(any_text)
def test_json_holds_every_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The file reads back with the fields of `Comparison`."""
    path = tmp_path_factory.mktemp("diff") / "diff.json"
    write_json(everything(text), path)
    read = json.loads(path.read_text("ascii"))
    assert {one["title"] for one in read["changes"]} == {text}
    assert read["warnings"] == [f"differs: {text}"]
    assert read["verdict"]["judgement"] == "worse"
    assert read["format"] == 1


INSTEAD = ShownInstead(
    signature="CART-05-ab", rule="CART-05", title="other title", expected="200", found="500"
)


def test_what_a_scenario_shows_now_is_apart_from_what_it_showed(tmp_path: Path) -> None:
    """The old answer is no answer of today."""
    one = changed(Change.DIFFERENT, "old answer", shows_now=(INSTEAD,))
    shown = Comparison.build([one], names=("a", "b"))
    lines = printed(shown).splitlines()
    assert "    before    old answer" in lines
    assert "    now       CART-05: other title; found 500" in lines
    page = markdown_of(shown, tmp_path)
    assert "- found before: `old answer`" in page
    assert "- shows now: `CART-05: other title; found 500`" in page


def test_another_wrong_answer_is_neither_ok_nor_new() -> None:
    """Nobody knows which of the two is worse."""
    shown = Comparison.build([changed(Change.DIFFERENT)], names=("a", "b"))
    assert tone_of(shown) == "warn"
    assert "in another way now" in meaning_of(shown)


def test_a_flaky_one_is_not_said_to_be_old() -> None:
    """The older run may have missed it: neither is proved."""
    shown = Comparison.build([changed(Change.FLAKY)], names=("a", "b"))
    assert meaning_of(shown).startswith("Nothing is proved to be new")
