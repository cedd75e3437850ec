"""The heat map and the edges of the state machine."""

from __future__ import annotations

from cartfuzz.analysis import Summary, summarise, transition_changes
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
    found = edge_or_none(summary, source, target)
    assert found is not None
    return found


def edge_or_none(summary: Summary, source: str, target: str) -> Edge | None:
    """The edge between two states; None: there is none."""
    edges = {(one.source, one.target): one for one in edges_of(summary)}
    return edges.get((source, target))


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


def test_a_forbidden_move_that_nobody_asked_for_has_no_edge() -> None:
    """It is neither allowed nor seen."""
    summary = seen(none__update__none__accept__accepted=1)
    assert edge_or_none(summary, "cancelled", "open") is None
    assert edge_or_none(summary, "partially returned", "open") is None
    assert {one.kind for one in edges_of(summary)} == {EdgeKind.SEEN, EdgeKind.EXPECTED}


def test_a_right_refusal_is_no_wrong_one() -> None:
    """An allowed move whose bodies were all to be refused was refused rightly."""
    right = edge(seen(open__update__closed__refuse__refused=4), "open", "closed")
    assert right.kind is EdgeKind.EXPECTED
    wrong = edge(
        seen(
            open__update__closed__accept__accepted=9,
            open__update__closed__accept__refused=2,
            open__update__closed__refuse__refused=7,
        ),
        "open",
        "closed",
    )
    assert (wrong.kind, wrong.count, wrong.refused) == (EdgeKind.BARRED, 2, 9)


def test_the_contract_demands_no_refusal_where_it_is_silent() -> None:
    """Then a refusal is a behaviour, no duty."""
    summary = seen(partially_returned__reopen__none__silent__refused=3)
    silent = edge(summary, "partially returned", "open")
    assert (silent.kind, silent.count) == (EdgeKind.DECLINED, 3)
    demanded = seen(partially_returned__update__open__refuse__refused=3)
    assert edge(demanded, "partially returned", "open").kind is EdgeKind.REFUSED


def test_the_whole_request_decides_what_was_wrong() -> None:
    """A close with a wrong cart is accepted against the contract, as a comparison has it."""
    summary = seen(
        open__update__closed__accept__accepted=50, open__update__closed__refuse__accepted=3
    )
    wrong = edge(summary, "open", "closed")
    assert (wrong.kind, wrong.count, wrong.accepted) == (EdgeKind.WRONG, 3, 53)
    before = seen(open__update__closed__refuse__refused=3)
    (change,) = (
        one
        for one in transition_changes(before.transitions, summary.transitions)
        if one.expected is Ruling.REFUSE
    )
    assert change.is_worse


def test_dry_requests_move_nothing() -> None:
    """They are in the heat map, and no edge counts them."""
    summary = seen(cancelled__update__open__refuse__accepted__dry=2)
    assert edge_or_none(summary, "cancelled", "open") is None
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
