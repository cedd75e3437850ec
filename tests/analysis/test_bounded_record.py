"""A record that keeps within its bound loses no signature and no count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import RunState, Summary, read_reproducers, summarise, summary_of
from cartfuzz.analysis import bounded_record as module
from cartfuzz.analysis.bounded_record import WHOLE_OCCURRENCES, BoundedRecord
from cartfuzz.record import (
    Event,
    Exchange,
    Minimised,
    ScenarioRun,
    Tally,
    decode_line,
    encode_line,
    position_of,
)

from ..record.events import SCENARIO, discrepancy, scenario_run, started
from ..record.minimised import minimised
from .test_condenser import FIRST, LAST, late_reads, runs

BUG = discrepancy("CART-02")
FAR = 10**9


def written(events: list[Event], state: RunState, *, max_bytes: int) -> list[Event]:
    """What a record of ``events`` holds, read back."""
    bounded, lines, size = BoundedRecord(state, max_bytes=max_bytes), [], 0
    for event in events:
        state.add(event)
        for line in bounded.lines(event, size):
            lines.append(encode_line(line))
            size += len(lines[-1])
    lines += map(encode_line, bounded.rest())
    return [decode_line(line) for line in lines]


def occurrences(number: int, *, page: str = "") -> list[Event]:
    """A run with so many occurrences of one signature."""
    exchanges = (Exchange(step=0, method="PUT", target="/x", status=200, answer=page),)
    return [
        scenario_run(
            index % 20, id=f"edges/{index // 20}/{index % 20}", discrepancies=(BUG,),
            exchanges=exchanges,
        )
        for index in range(number)
    ]  # fmt: skip


def comparable(summary: Summary) -> Summary:
    """Without what only says which of many occurrences were kept."""
    return msgspec.structs.replace(
        summary,
        is_record_bounded=False,
        discrepancies=[msgspec.structs.replace(bug, shown_by=()) for bug in summary.discrepancies],
    )


@contextmanager
def merging_early() -> Iterator[None]:
    """Occurrences are merged from the third one on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MIN_LINES", 2)
        patch.setattr(module, "_WHOLE_NEAR_BOUND", 1)
        yield


@given(st.lists(runs | late_reads, max_size=40), st.sampled_from((1, 2_000, 20_000, FAR)))
def test_a_bounded_record_amounts_to_the_same(happened: list[ScenarioRun], max_bytes: int) -> None:
    """Whatever the bound is: the same signatures, counts, smallest examples and behaviours."""
    events: list[Event] = [FIRST, *happened, LAST]
    running = RunState()
    with merging_early():
        few = written(events, running, max_bytes=max_bytes)
    assert comparable(summary_of(running)) == comparable(summarise(few))
    whole = read_reproducers(events).scenarios
    kept = read_reproducers(few).scenarios
    assert {name: one.scenario for name, one in kept.items()} == {
        name: one.scenario for name, one in whole.items()
    }


@given(st.lists(runs | late_reads, max_size=40))
def test_a_bounded_record_names_all_scenarios(happened: list[ScenarioRun]) -> None:
    """So the run can be resumed."""
    with merging_early():
        few = written([FIRST, *happened, LAST], RunState(), max_bytes=1)
    positions = {
        (event.phase, position_of(event.id))
        for event in few
        if isinstance(event, ScenarioRun) and not event.is_late_read
    }
    for tally in few:
        if isinstance(tally, Tally):
            positions |= {
                (phase, position)
                for phase, rows in tally.executed.items()
                for first, last in rows
                for position in range(first, last + 1)
            }
    assert positions == {
        (run.phase, position_of(run.id)) for run in happened if not run.is_late_read
    }


def test_each_signature_is_kept_whole_a_number_of_times() -> None:
    """Then its occurrences have a line without scenario and answers."""
    few = written([started(), *occurrences(300)], RunState(), max_bytes=FAR)
    whole = [one for one in few if isinstance(one, ScenarioRun) and one.scenario is not None]
    assert len(few) == 301
    assert len(whole) == WHOLE_OCCURRENCES


def test_a_target_of_long_texts_keeps_the_bound() -> None:
    """Where each answer is a page, the record ends near its bound, and a new signature is kept."""
    page, other = "<script>" * 8_000, discrepancy("MERGE-01")
    late = scenario_run(1, id="race/0/1", discrepancies=(other,), scenario=SCENARIO)
    state = RunState()
    few = written([started(), *occurrences(5_000, page=page), late], state, max_bytes=5_000_000)
    assert sum(len(encode_line(event)) for event in few) < 5_000_000
    assert state.is_record_bounded
    summary = summarise([*few, LAST])
    assert summary.is_record_bounded
    assert {bug.signature: bug.count for bug in summary.discrepancies} == {
        BUG.signature: 5_000,
        other.signature: 1,
    }
    assert read_reproducers(few).scenarios[other.signature].scenario == SCENARIO


def test_smallest_scenarios_keep_short_answers_in_a_long_record() -> None:
    """A discrepancy with long answers has one more line once it is minimised."""
    page = Exchange(step=0, method="PUT", target="/x", status=200, answer="<b>" * 20_000)
    smallest = msgspec.structs.replace(minimised(BUG), exchanges=(page,), exchanges_without=(page,))
    *_, last = written([started(), *occurrences(1), smallest], RunState(), max_bytes=1)
    assert isinstance(last, Minimised)
    assert last.scenario == smallest.scenario
    assert all(len(one.answer) == 1_024 for one in (*last.exchanges, *last.exchanges_without))
