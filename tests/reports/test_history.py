"""A history as text and as JSON."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given, settings

from cartfuzz.analysis import summarise
from cartfuzz.analysis.history import History, HistoryEntry, SkippedFolder
from cartfuzz.record import Kind
from cartfuzz.reports.history import (
    absence_text,
    print_history,
    seen_text,
    standing_of,
)
from cartfuzz.reports.json_text import json_text

from ..record.events import discrepancy, scenario_run, started
from .summaries import any_text, console, output_of, summary_of

ENTRY = HistoryEntry(
    signature="CART-02-ef7bc02287",
    rule="CART-02",
    title="update: over 1000 cart items: accepted",
    kind=Kind.VIOLATION,
    first="A",
    last="B",
    runs=2,
    runs_since=3,
)


def printed(history: History) -> str:
    shown = console()
    print_history(history, shown)
    return output_of(shown)


@settings(deadline=None)
@given(any_text)
def test_nothing_controls_the_terminal(text: str) -> None:
    """Names of folders, titles and targets are shown as they are."""
    history = History.build(
        [(text, summary_of(text, target=f"http://h/{text}"))],
        [SkippedFolder(name=text, reason=text)],
    )
    output = printed(history)
    assert all(char.isprintable() or char == "\n" for char in output)
    assert json.loads(json_text(history))["targets"][0]["entries"][0]["rule"] == "CART-02"


def test_an_entry_that_the_newest_run_shows() -> None:
    """It is open, whatever was before."""
    assert standing_of(ENTRY) == "open"
    assert seen_text(ENTRY) == "first seen in A, last in B, in 2 of 3 runs since"
    assert absence_text(ENTRY) == ""


def test_an_entry_that_it_does_not_show() -> None:
    """Gone only where a run proves it."""
    unproved = msgspec.structs.replace(ENTRY, last="A", runs=1, reason="another seed")
    assert standing_of(unproved) == "not seen"
    assert seen_text(unproved) == "seen in A alone, in 1 of 3 runs since"
    assert absence_text(unproved) == (
        "not seen since A; the newest run proves nothing: another seed"
    )
    proved = msgspec.structs.replace(unproved, gone_in="C", reason="it was right")
    assert standing_of(proved) == "gone"
    assert absence_text(proved) == (
        "not seen since A, though what shows it was sent: in C it was right"
    )


def test_the_table_and_the_trends() -> None:
    """A line a run, the figures in columns; older records have no times."""
    first = summarise([started(run="first000")])
    timed = scenario_run(0, latency={"update 40": 1}, discrepancies=(discrepancy("CART-02"),))
    second = summarise([started(run="second00", started="2026-02-03T04:05:06Z"), timed])
    lines = printed(History.build([("a", first), ("b", second)])).splitlines()
    assert lines[0] == "http://127.0.0.1:1: 2 runs"
    assert lines[1].split() == [
        *("run", "started", "(UTC)", "contract", "seed", "requests", "req/s", "sweeps", "verdict"),
        *("new", "found", "known"),
    ]
    assert lines[3].split()[:4] == ["b", "2026-02-03", "04:05", "2.5.1"]
    assert lines[3].split()[-3:] == ["1", "1", "0"]
    assert "1 discrepancy, 1 in the newest run" in lines
    assert lines[-1].split() == ["p95", "of", "update,", "ms", "?", "2.0"]
