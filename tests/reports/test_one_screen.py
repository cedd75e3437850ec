"""The summary of a run without options fits a screen of 80 columns and 24 rows."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cartfuzz.analysis import Bug, ReproductionRate, Summary
from cartfuzz.record import Kind
from cartfuzz.reports import print_summary
from cartfuzz.reports.one_screen import MOST
from cartfuzz.reports.reproducers_shown import ShownReproducer
from cartfuzz.reports.screen import ROWS, Screen

from .summaries import any_text, partial, summary_of, with_bug

WIDTH = 80


def shown(
    summary: Summary, folder: Path | None = None, encoding: str = "utf-8", width: int = WIDTH
) -> list[str]:
    """The lines of the summary on a terminal of 80 columns, or so many."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=stream, width=width, color_system=None, highlight=False)
    notes = [] if folder is None else [f"report: {folder}/summary.json"]
    reproducers = {}
    if folder is not None:
        artefacts = folder / "discrepancies"
        reproducers = {
            bug.signature: ShownReproducer(artefacts / bug.signature)
            for bug in summary.discrepancies
        }
    print_summary(summary, console, folder=folder, notes=notes, reproducers=reproducers)
    stream.flush()
    return raw.getvalue().decode(encoding).splitlines()


def rows(lines: list[str], width: int = WIDTH) -> int:
    return sum(max(1, -(-cell_len(line) // width)) for line in lines)


def many(summary: Summary, number: int, **changes: object) -> Summary:
    (bug,) = summary.discrepancies
    bugs = [
        msgspec.structs.replace(bug, **{"signature": f"CART-02-{index:010x}", **changes})
        for index in range(number)
    ]
    return msgspec.structs.replace(summary, discrepancies=bugs)


@settings(deadline=None)
@given(any_text, st.integers(1, 500), st.sampled_from(["utf-8", "ascii"]))
def test_it_fits_whatever_the_target_sent(text: str, number: int, encoding: str) -> None:
    """Wide characters, escapes and any number of discrepancies included."""
    folder = Path("cartfuzz-report/abcdefgh")
    summary = msgspec.structs.replace(many(summary_of(text), number), detail="")
    lines = shown(summary, folder, encoding)
    assert rows(lines) <= ROWS
    assert lines[-1].startswith("FAILED")


def test_five_are_shown_and_the_rest_is_named() -> None:
    """Each in three rows: rule and title, expected and found, its folder."""
    folder = Path("cartfuzz-report/abcdefgh")
    found = "200 " + "x" * 200
    lines = shown(many(summary_of("odd"), 9, found=found, count=3), folder)
    assert lines[1:3] == [
        "found   known   flaky   not confirmed   not judged",
        "    9       0       0               0            1",
    ]
    assert lines[3] == "CART-02 (implied)  update: odd"
    assert lines[4].startswith("  expected odd; found 200 xxx")
    assert len(lines[4]) == WIDTH
    assert lines[4].endswith("…")
    assert lines[5] == f"  {folder}/discrepancies/CART-02-0000000000  seen 3 times"
    assert sum(line.startswith("CART-02 ") for line in lines) == MOST
    assert "4 more: cartfuzz report cartfuzz-report/abcdefgh -v" in lines
    assert "a rule: cartfuzz explain CART-02" in lines
    assert lines[-2] == "report: cartfuzz-report/abcdefgh/summary.json"


@pytest.mark.parametrize("number", [1, 2, 4, 5, 6, 400])
def test_how_many_more_there_are_is_exact(number: int) -> None:
    """A line has their number; there is none where all are shown."""
    lines = shown(many(summary_of("odd"), number), Path("r"))
    entries = sum(line.startswith("CART-02 ") for line in lines)
    (line,) = (line for line in lines if ": cartfuzz report r -v" in line)
    assert line.split(":")[0] == (f"{number - entries} more" if number > entries else "all of it")
    assert rows(lines) <= ROWS


@pytest.mark.parametrize("width", [30, 40, 49])
def test_a_narrow_terminal_shows_each_count(width: int) -> None:
    """In as many lines as it takes; the screen still fits."""
    lines = shown(many(summary_of("odd"), 400), Path("r"), width=width)
    text = "\n".join(lines)
    for pair in ("found 400", "known 0", "flaky 0", "not confirmed 0", "not judged 1"):
        assert pair in text
    assert all(cell_len(line) <= width for line in lines if line.startswith(("found", "not ")))
    assert rows(lines, width) <= ROWS


def test_nothing_of_a_record_reaches_the_terminal_raw() -> None:
    """The ID of the run, the rule, the signature and the folder neither."""
    odd = "x\x1b[31m"
    summary = with_bug(msgspec.structs.replace(summary_of(), run=odd), rule=odd, signature=odd)
    assert "\x1b" not in "\n".join(shown(summary, Path(odd)))


def test_the_seed_and_the_mark_are_always_there() -> None:
    """They are needed to send a run again, and to find what it left."""
    for summary in (many(summary_of("odd"), 9), partial()):
        (line,) = (line for line in shown(summary) if "; seed " in line)
        assert line == f"1 scenario, 2 requests in 1 s; seed 1; marks cf-{summary.run}-"


def test_one_discrepancy_is_shown_with_its_requests() -> None:
    """There is room for them, and for what was not tested."""
    lines = shown(summary_of("odd"), Path("r"))
    assert any(line.startswith("      1. update odd") for line in lines)
    assert any(line.startswith("not tested: ") for line in lines)


def test_requests_that_do_not_fit_are_left_out() -> None:
    """All or none of a scenario."""
    (bug,) = summary_of("odd").discrepancies
    assert not any(
        "1. update" in line
        for line in shown(many(summary_of("odd"), 4, operations=bug.operations * 9))
    )


def test_a_long_path_is_named_once() -> None:
    """The entry then has the part of it that is its own."""
    lines = shown(summary_of("odd"), Path("/var/lib") / ("long" * 20))
    assert any(line.startswith("  discrepancies/CART-02-") for line in lines)


@pytest.mark.parametrize(
    ("changes", "head", "counts"),
    [
        ({"kind": Kind.FLAKY}, "CART-02 (implied, flaky)  ", "1       0       1               0"),
        (
            {"unconfirmed": True},
            "CART-02 (implied, not confirmed)  ",
            "1       0       0              ",
        ),
        ({"kind": Kind.CONTRADICTION}, "CART-02 (implied, contradiction)  ", "1       0       0"),
        ({"rule": "NEW-99"}, "NEW-99 (violation)  ", "1       0       0"),
    ],
)
def test_what_is_no_confirmed_violation_is_marked(
    changes: dict[str, object], head: str, counts: str
) -> None:
    """In its first row, and in the table."""
    lines = shown(with_bug(summary_of("odd"), **changes))
    assert lines[3].startswith(head)
    assert lines[2].strip().startswith(counts)


def test_the_rate_of_the_confirmation_is_shown_where_there_is_room() -> None:
    """How often the smallest scenario showed it."""
    summary = with_bug(summary_of("odd"), confirmation=ReproductionRate(shown=4, of=5))
    assert shown(summary)[5].endswith("  seen once, shown 4 of 5")
    assert shown(summary, Path("r" * 33))[5].endswith("  seen once")


def test_known_ones_are_counted() -> None:
    """They are in the table and in a line, not among the entries."""
    summary = summary_of("odd")
    known: list[Bug] = list(summary.discrepancies)
    lines = shown(msgspec.structs.replace(summary, discrepancies=[], known=known))
    assert lines[2].split()[:2] == ["0", "1"]
    assert "not counted: 1 known" in lines


def test_a_run_without_a_finding_has_its_details() -> None:
    """What was not tested, what was accepted, and the verdict at the end."""
    lines = shown(partial())
    assert any(line.startswith("accepted: update 1") for line in lines)
    assert lines[-1].startswith("PARTIAL")
    assert rows(lines) <= ROWS


def test_cells_not_characters_are_counted() -> None:
    """A wide character takes two."""
    screen = Screen(width=10)
    assert screen.cut("日本語日本語") == "日本語日…"
    assert screen.rows_of("日本語日本語") == 2
    assert Screen(width=10, encoding="ascii").cut("abcdefghijkl") == "abcdefg..."
