"""A condensed record says the same as a whole one, in fewer lines."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import RunReproducersBuilder, summarise
from cartfuzz.analysis.condenser import MOST_IN_A_TALLY, Condenser
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Operation
from cartfuzz.record import (
    Event,
    Observation,
    RecordWriter,
    RunFinished,
    ScenarioRun,
    StopReason,
    Tally,
    read_events,
)

from ..record.events import SCENARIO, discrepancy, scenario_run, started

LIMITED = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupon_limits={"WELCOME": 3})
FIRST = started(environment=LIMITED)
LAST = RunFinished(seconds=1.5, reason=StopReason.COMPLETED)


def observation(number: int, *, comparable: bool) -> Observation:
    return Observation(
        rule="MERGE-U2",
        situation=f"situation {number % 2}",
        outcome=f"outcome {number // 2}",
        operation=Operation.UPDATE,
        comparable=comparable,
    )


observations = st.builds(observation, st.integers(0, 3), comparable=st.booleans())
runs = st.builds(
    scenario_run,
    st.integers(0, 9),
    phase=st.sampled_from(("edges", "explore", "race")),
    statuses=st.lists(st.sampled_from((200, 400, None)), max_size=3).map(tuple),
    elapsed_ms=st.integers(0, 9).map(float),
    reached=st.dictionaries(st.sampled_from(("CART-01 accept", "ERR-06 show")), st.just(2)),
    boundaries=st.dictionaries(st.just("cart items 1000"), st.just(1)),
    observations=st.lists(observations, max_size=2).map(tuple),
    inconclusive=st.lists(st.just("429"), max_size=1).map(tuple),
    ids=st.lists(st.integers(0, 30), max_size=2, unique=True).map(tuple),
    redeemed=st.dictionaries(st.just("WELCOME"), st.just(1)),
    discrepancies=st.one_of(st.just(()), st.just(()), st.just((discrepancy("CART-02"),))),
    scenario=st.sampled_from((None, None, SCENARIO)),
    exchanges=st.just(()),
)
again = runs.map(
    lambda run: msgspec.structs.replace(
        run, is_late_read=True, ids=(), redeemed={}, observations=()
    )
)
"""Later reads: they tell what they contradict, and observe nothing."""


def condensed(events: list[Event]) -> list[Event]:
    condenser = Condenser()
    told = [written for event in events for written in condenser.condensed(event)]
    return [*told, *condenser.rest()]


@given(st.lists(runs | again, max_size=40))
def test_a_condensed_record_amounts_to_the_same(happened: list[ScenarioRun]) -> None:
    """Summary and stored scenarios of the condensed events are those of all of them."""
    events: list[Event] = [FIRST, *happened, LAST]
    few = condensed(events)
    assert summarise(few) == summarise(events)
    whole, part = RunReproducersBuilder(), RunReproducersBuilder()
    for event in events:
        whole.add(event)
    for event in few:
        part.add(event)
    assert part.stored() == whole.stored()


def clean(number: int) -> ScenarioRun:
    return scenario_run(number, phase="explore", ids=(number,), scenario=None, exchanges=())


def test_what_shows_nothing_new_is_merged() -> None:
    """Of equal scenarios the first two have a line each, the others share lines."""
    count = 2 + MOST_IN_A_TALLY + 5
    told = condensed([FIRST, *map(clean, range(count)), LAST])
    assert [type(event) for event in told[1:-1]] == [ScenarioRun, ScenarioRun, Tally, Tally]
    assert [event.scenarios for event in told if isinstance(event, Tally)] == [
        {"explore": MOST_IN_A_TALLY},
        {"explore": 5},
    ]
    assert told[-2].ids == ((count - 5, count - 1),)  # type: ignore[union-attr]


def test_the_rest_completes_a_record_without_an_end(tmp_path: Path) -> None:
    """The rest holds what was merged last, so that no scenario of a run without an end is lost."""
    condenser = Condenser()
    events: list[Event] = [FIRST, *map(clean, range(9))]
    with RecordWriter(tmp_path / "events.ndjson") as record:
        for event in events:
            for line in condenser.condensed(event):
                record.write(line)
        for tally in condenser.rest():
            record.write(tally)
    assert summarise(read_events(tmp_path / "events.ndjson")).scenarios == 9
