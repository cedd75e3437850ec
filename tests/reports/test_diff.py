"""A comparison of two runs, printed, as Markdown and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from cartfuzz.analysis import (
    Change,
    Comparison,
    DiscrepancyChange,
    Drift,
    LostCoverage,
    SideOfDrift,
)
from cartfuzz.reports import print_comparison, write_json, write_markdown

from .summaries import any_text, console, output_of

OPERATIONS = ({"operation": "update", "session": "s0", "body": {}, "status": 200},)


def comparison(text: str = "title", note: str = "") -> Comparison:
    """One new discrepancy, one fixed, one that is still there, a drift, a lost rule, a warning."""
    changes = tuple(
        DiscrepancyChange(
            change=change,
            signature="CART-02-ab",
            rule="CART-02",
            title=text,
            expected=text,
            found=text,
            note=note,
            operations=OPERATIONS if change is Change.NEW else (),
        )
        for change in (Change.NEW, Change.FIXED, Change.STILL_THERE)
    )
    return Comparison(
        old="a",
        new="b",
        changes=changes,
        warnings=(f"differs: {text}",),
        drifts=(
            Drift(
                rule="MERGE-U1",
                situation=text,
                old=SideOfDrift(outcomes=("accepted",), scenario="edges/0/1", step=1),
                new=SideOfDrift(outcomes=("ignored", "accepted"), scenario="edges/0/2", step=0),
            ),
        ),
        lost_coverage=(LostCoverage(rule="CART-02", sides=("accept", "refuse")),),
    )


def printed(shown: Comparison) -> str:
    """``shown`` as it is printed."""
    wide = console()
    print_comparison(shown, wide)
    return output_of(wide)


def test_each_change_is_one_line() -> None:
    """Warnings first, then change, signature, title and note, then the totals."""
    assert printed(comparison(note="why")).splitlines() == [
        "warning: differs: title",
        "new           CART-02-ab  title  (why)",
        "    expected  title",
        "    found     title",
        "      1. update s0 {} -> 200",
        "fixed         CART-02-ab  title  (why)",
        "drifted       MERGE-U1  title",
        "    old: accepted, request 2 of scenario edges/0/1",
        "    new: ignored or accepted, request 1 of scenario edges/0/2",
        "not tested    CART-02  no longer judged: accept, refuse",
        "still there   CART-02-ab",
        "a -> b: 1 new, 1 fixed, 1 drifted, 1 rule no longer tested, 1 still there",
    ]


def test_two_clean_runs_are_said_to_be_clean() -> None:
    """The totals of nothing are words."""
    assert printed(Comparison(old="a", new="b", changes=())) == (
        "a -> b: no change, no discrepancy in either run\n"
    )


@settings(deadline=None)
@given(any_text)
def test_a_target_cannot_control_the_terminal(text: str) -> None:
    """Titles and warnings are printable whatever is in them."""
    assert all(char.isprintable() or char == "\n" for char in printed(comparison(text, text)))


@settings(deadline=None)
@given(any_text)
def test_markdown_has_one_row_a_change(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No text adds a cell, a line or markup."""
    path = tmp_path_factory.mktemp("diff") / "diff.md"
    write_markdown(comparison(text, text), path)
    lines = path.read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith(("| new ", "| fixed "))]
    assert [row.replace("\\|", "").count("|") for row in rows] == [7, 7]
    (drifted,) = [line for line in lines if line.startswith("| MERGE-U1 ")]
    assert drifted.replace("\\|", "").count("|") == 5
    assert all("<" not in line for line in lines)
    assert len(lines) == 22


@settings(deadline=None)
@given(any_text)
def test_json_holds_every_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The file reads back with the fields of `Comparison`."""
    path = tmp_path_factory.mktemp("diff") / "diff.json"
    write_json(comparison(text), path)
    read = json.loads(path.read_text("ascii"))
    assert [one["title"] for one in read["changes"]] == [text, text, text]
    assert read["warnings"] == [f"differs: {text}"]


def test_errors_name_the_path(tmp_path: Path) -> None:
    """A folder cannot be written as a file."""
    for write in (write_markdown, write_json):
        with pytest.raises(OSError, match=tmp_path.name):
            write(comparison(), tmp_path)
