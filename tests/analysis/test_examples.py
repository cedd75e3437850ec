"""Which occurrence of a bug a summary shows, and what it needs of the record for that."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis import RunState, summarise, summary_of
from cartfuzz.record import (
    BadRecordError,
    Exchange,
    RecordWriter,
    ScenarioRun,
    encode_line,
    read_events,
)

from ..record.events import discrepancy, scenario_run, started


def occurrence(number: int, *, step: int, whole: bool = True) -> ScenarioRun:
    """A scenario that shows the bug at ``step``; not whole: the record does not hold it."""
    changes = {} if whole else {"scenario": None, "exchanges": ()}
    return scenario_run(number, discrepancies=(discrepancy("CART-02", step=step),), **changes)


def test_the_example_does_not_depend_on_the_order() -> None:
    """Among occurrences of equal length the scenario ID decides, whoever came in first."""
    runs = [occurrence(3, step=0), occurrence(1, step=0), occurrence(0, step=1)]
    examples = {
        summarise([started(), *order]).discrepancies[0].scenario for order in permutations(runs)
    }
    assert examples == {"edges/0/1"}


@pytest.mark.parametrize("first", [True, False])
def test_an_example_has_operations_where_any_occurrence_has(first: bool) -> None:
    """An occurrence without its scenario never replaces one that shows what was sent."""
    bare, whole = occurrence(0, step=0, whole=False), occurrence(1, step=1)
    (entry,) = summarise([started(), *((bare, whole) if first else (whole, bare))]).discrepancies
    assert entry.scenario == "edges/0/1"
    assert len(entry.operations) == 2
    assert entry.count == 2


def test_first_request_counts_reads_in_between() -> None:
    """A read that the engine put between two steps is a request of the run like any other."""
    exchanges = tuple(
        Exchange(step=step, method="GET", target="/x", status=status)
        for step, status in ((0, 500), (0, 200), (1, 200))
    )
    run = scenario_run(
        1,
        statuses=(500, 200, 200),
        exchanges=exchanges,
        discrepancies=(discrepancy("CART-02", step=1),),
    )
    (entry,) = summarise([started(), scenario_run(0), run]).discrepancies
    assert entry.first_request == 5
    assert [operation["status"] for operation in entry.operations] == [500, 200]


def test_a_request_without_an_answer_has_no_status() -> None:
    """An operation that was never answered is shown with a status of null."""
    lost = Exchange(step=0, method="PUT", target="/x", failure="timed out")
    run = scenario_run(
        0,
        statuses=(None, 200),
        exchanges=(lost, Exchange(step=1, method="GET", target="/x", status=200)),
        discrepancies=(discrepancy("CART-02", step=1),),
    )
    (entry,) = summarise([started(), run]).discrepancies
    assert [operation["status"] for operation in entry.operations] == [None, 200]


def test_json_names_the_scenario() -> None:
    """Scripts find the scenario of the example under ``scenario_id``."""
    written = msgspec.to_builtins(summarise([started(), occurrence(4, step=0)]))
    assert written["discrepancies"][0]["scenario_id"] == "edges/0/4"


def test_a_summary_does_not_grow_with_the_run() -> None:
    """The same events a hundred times make the same summary, but for its numbers.

    The discovery curve grows with the logarithm of the run: see `test_discovery_curve`.
    """
    state = RunState.of([started(), occurrence(0, step=1)])
    once = len(msgspec.json.encode(summary_of(state)))
    for _ in range(99):
        state.add(occurrence(0, step=1))
    summary = summary_of(state)
    assert summary.discrepancies[0].count == 100
    rest = msgspec.structs.replace(summary, discovery_curve=[])
    assert len(msgspec.json.encode(rest)) < once + 100


TOO_DEEP = encode_line(scenario_run(0)).replace(b'"body":{', b'"body":' + b"[" * 100_000 + b"{")


@pytest.mark.parametrize("line", [b"\n", b'{"type": 1}\n', b"\xff\n", TOO_DEEP])
def test_no_line_is_too_bad_to_be_named(tmp_path: Path, line: bytes) -> None:
    """Empty, too deep, wrong or undecodable: the error says which line of which file."""
    path = tmp_path / "events.ndjson"
    with RecordWriter(path) as record:
        record.write(started())
    path.write_bytes(path.read_bytes() + line)
    with pytest.raises(BadRecordError, match=r"events\.ndjson, line 2: expected an event"):
        list(read_events(path))


def test_an_unwritable_place_is_an_error_at_once(tmp_path: Path) -> None:
    """A record that cannot be written fails before the first event, not at the end of a run."""
    with pytest.raises(OSError, match="nowhere"):
        RecordWriter(tmp_path / "nowhere" / "events.ndjson")
