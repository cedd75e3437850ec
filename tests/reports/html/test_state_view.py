"""The heat map and the edges of the state machine."""

from __future__ import annotations

from cartfuzz.analysis import Summary, summarise
from cartfuzz.contract import ContractVersion, Ruling
from cartfuzz.record import RunFinished, StopReason
from cartfuzz.reports.html.state_view import (
    HEAT_LEVELS,
    Cell,
    Edge,
    EdgeKind,
    edges_of,
    heat_map_of,
)

from ...record.events import scenario_run, started


def seen(**counts: int) -> Summary:
    """A run with these transitions, ``_`` for the blanks of their keys."""
    transitions = {key.replace("__", " "): count for key, count in counts.items()}
    run = scenario_run(0, transitions=transitions)
    end = RunFinished(seconds=1.0, reason=StopReason.COMPLETED)
    return summarise([started(contract=ContractVersion.CURRENT), run, end])


def edge(summary: Summary, source: str, target: str) -> Edge:
    """The edge between two states."""
    (found,) = [one for one in edges_of(summary) if (one.source, one.target) == (source, target)]
    return found


def cell(summary: Summary, state: str, request: str) -> Cell:
    """One cell of the heat map."""
    heat_map = heat_map_of(summary)
    return dict(heat_map.rows)[state][heat_map.columns.index(request)]


def test_each_kind_of_edge() -> None:
    """What the contract says and what was answered decide together."""
    summary = seen(
        none__update__none__accept__accepted=9,
        cancelled__update__open__refuse__accepted=2,
        cancelled__update__closed__refuse__refused=3,
        open__update__cancelled__accept__refused=4,
        closed__reopen__none__accept__accepted=1,
        closed__update__open__refuse__refused=8,
        partially_returned__reopen__none__silent__accepted=1,
    )
    assert edge(summary, "no session", "open").kind is EdgeKind.SEEN
    assert edge(summary, "cancelled", "open").kind is EdgeKind.WRONG
    assert edge(summary, "cancelled", "closed").kind is EdgeKind.REFUSED
    assert edge(summary, "open", "cancelled").kind is EdgeKind.BARRED
    assert edge(summary, "closed", "open").kind is EdgeKind.SEEN
    assert edge(summary, "partially returned", "open").kind is EdgeKind.OPEN
    assert edge(summary, "open", "closed").kind is EdgeKind.EXPECTED


def test_dry_requests_move_nothing() -> None:
    """They are in the heat map, and no edge counts them."""
    summary = seen(cancelled__update__open__refuse__accepted__dry=2)
    assert edge(summary, "cancelled", "open").kind is EdgeKind.EXPECTED
    assert cell(summary, "cancelled", "update to open").wrongly_accepted == 2


def test_a_cell_has_ruling_counts_and_heat() -> None:
    """The most frequent cell is the hottest; an empty one has no heat."""
    summary = seen(
        open__update__closed__accept__accepted=1000,
        open__update__closed__refuse__refused=20,
        open__update__closed__accept__crashed=1,
        open__get__none__accept__accepted=1,
    )
    closing = cell(summary, "open", "update to closed")
    assert closing.ruling is Ruling.ACCEPT
    assert (closing.accepted, closing.refused, closing.other) == (1000, 20, 1)
    assert (closing.wrongly_accepted, closing.wrongly_refused) == (0, 0)
    assert closing.level == HEAT_LEVELS
    assert cell(summary, "open", "get").level == 1
    assert cell(summary, "closed", "get").level == 0


def test_the_unknown_state_has_a_row_where_it_was_met() -> None:
    """After a lost response nobody knows the state."""
    assert "not known" not in dict(heat_map_of(seen()).rows)
    assert "not known" in dict(heat_map_of(seen(unknown__get__none__accept__accepted=1)).rows)
