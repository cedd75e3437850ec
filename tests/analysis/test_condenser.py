"""A condensed record amounts to the same as a whole one, in fewer lines."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import (
    Rarity,
    RunState,
    read_reproducers,
    reproducers_of,
    summarise,
    summary_of,
)
from cartfuzz.analysis.condenser import MAX_TALLY_SIZE, Condenser
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Operation
from cartfuzz.record import (
    Discrepancy,
    Event,
    Observation,
    Phase,
    RecordWriter,
    RunFinished,
    ScenarioRun,
    StopReason,
    Tally,
    decode_line,
    encode_line,
    read_events,
)

from ..record.events import SCENARIO, discrepancy, scenario_run, started
from ..record.minimised import minimised

LIMITED = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT, coupons=(), budgets=(), coupon_limits={"WELCOME": 3}
)
FIRST = started(environment=LIMITED, keeps_judged_right=True)
LAST = RunFinished(seconds=1.5, reason=StopReason.COMPLETED)


def observation(number: int, *, comparable: bool) -> Observation:
    """One of two outcomes of one of two situations."""
    return Observation(
        rule="MERGE-U2",
        situation=f"situation {number % 2}",
        outcome=f"outcome {number // 2}",
        operation=Operation.UPDATE,
        comparable=comparable,
        signature="" if comparable else f"MERGE-U2-{number}",
    )


BUG, OTHER = discrepancy("CART-02"), discrepancy("MERGE-01", step=0)
found = st.sampled_from((BUG, OTHER, msgspec.structs.replace(OTHER, alternatives=(BUG.signature,))))
"""Two signatures, of which the second may be a symptom of the first."""
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
    discrepancies=st.one_of(st.just(()), st.just(()), st.lists(found, max_size=2).map(tuple)),
    scenario=st.sampled_from((None, None, SCENARIO)),
    exchanges=st.just(()),
    digest=st.sampled_from(("", "D", "E")),
    answers=st.sampled_from(("aa", "ar")),
    judged_right=st.lists(st.sampled_from(("F", "G")), max_size=2, unique=True).map(tuple),
    transitions=st.dictionaries(
        st.sampled_from(("open get none accept accepted", "closed update open refuse refused dry")),
        st.integers(1, 3),
    ),
    latency=st.dictionaries(st.sampled_from(("get 40", "update 41")), st.integers(1, 3)),
    finished_at=st.sampled_from((0.0, 1767225601.5, 1767225605.0, 1767226605.25)),
)
late_reads = runs.map(
    lambda run: msgspec.structs.replace(
        run, is_late_read=True, ids=(), redeemed={}, observations=()
    )
)
"""They show discrepancies and observe nothing."""


def condensed(events: list[Event], state: RunState | None = None) -> list[Event]:
    """What is written of ``events`` while they are folded into ``state``."""
    condenser, state = Condenser(), state or RunState()
    written = [line for event in events for line in condenser.condensed(event, state.add(event))]
    return [*written, *condenser.rest()]


@given(st.lists(runs | late_reads, max_size=40), st.lists(st.sampled_from((BUG, OTHER))))
def test_a_condensed_record_amounts_to_the_same(
    happened: list[ScenarioRun], followed: list[Discrepancy]
) -> None:
    """Summary and reproducers are the same, whether the state of the running campaign gives them,
    or the record of all its events, or the condensed record."""
    events: list[Event] = [FIRST, *happened, *map(minimised, followed), LAST]
    running = RunState()
    few = [decode_line(encode_line(event)) for event in condensed(events, running)]
    whole = [decode_line(encode_line(event)) for event in events]
    assert summary_of(running) == summarise(whole) == summarise(few)
    assert reproducers_of(running) == read_reproducers(whole) == read_reproducers(few)


@given(st.lists(runs | late_reads, max_size=40))
def test_a_condensed_record_teaches_the_same(happened: list[ScenarioRun]) -> None:
    """The estimate of the next discovery, which steers a run, does not miss what was merged."""
    events: list[Event] = [FIRST, *happened]
    whole, part = RunState.of(events).discovery, RunState.of(condensed(events)).discovery
    assert (part.samples, part.singletons) == (whole.samples, whole.singletons)
    assert [*map(part.singletons_of, Phase)] == [*map(whole.singletons_of, Phase)]


def test_each_event_is_folded_once_into_the_state_of_a_run() -> None:
    """What one event added is told from what the run knew before: new, rare, then redundant."""
    state = RunState()
    state.add(FIRST)
    learnt = [state.add(clean(number)) for number in range(3)]
    assert [one.rarity for one in learnt] == [Rarity.NEW, Rarity.RARE, Rarity.COMMON]
    assert [one.is_new for one in learnt] == [True, False, False]
    assert [one.is_redundant for one in learnt] == [False, False, True]
    assert state.latest is learnt[-1]


def test_a_first_outcome_is_never_redundant() -> None:
    """A later contradiction has to name the scenario that showed it, however common the rest is."""
    state = RunState.of([FIRST, *map(clean, range(3))])
    seen = observation(0, comparable=True)
    unsure = msgspec.structs.replace(seen, comparable=False)
    for number in (3, 4):
        state.add(msgspec.structs.replace(clean(number), observations=(unsure,)))
    learnt = state.add(msgspec.structs.replace(clean(5), observations=(seen,)))
    assert learnt.rarity is Rarity.COMMON
    assert learnt.findings.learnt_outcome
    assert not learnt.is_redundant


def clean(number: int) -> ScenarioRun:
    """A scenario without a finding, which the record policy does not keep whole."""
    return scenario_run(number, phase="explore", ids=(number,), scenario=None, exchanges=())


def test_what_shows_nothing_new_is_merged() -> None:
    """Of equal scenarios the first two have a line each, the others share lines."""
    count = 2 + MAX_TALLY_SIZE + 5
    written = condensed([FIRST, *map(clean, range(count)), LAST])
    first, second, *tallies = written[1:-1]
    assert isinstance(first, ScenarioRun)
    assert isinstance(second, ScenarioRun)
    merged = [event for event in tallies if isinstance(event, Tally)]
    assert len(merged) == len(tallies)
    assert sum(tally.scenarios["explore"] for tally in merged) == count - 2
    assert merged[-1].ids[-1][1] == count - 1
    # A tally ends where the discovery curve has a point, and those become rare.
    assert len(merged) <= len(summarise([*written]).discovery_curve)


def test_a_tally_is_bounded() -> None:
    """However rare the points of the discovery curve are, a kill loses a bounded number of them."""
    count = 30 * MAX_TALLY_SIZE
    written = condensed([FIRST, *map(clean, range(count)), LAST])
    sizes = [event.scenarios["explore"] for event in written if isinstance(event, Tally)]
    assert max(sizes) == MAX_TALLY_SIZE
    assert sum(sizes) == count - 2


def test_the_rest_completes_a_record_without_an_end(tmp_path: Path) -> None:
    """The rest holds what was merged last, so that no scenario of a run without an end is lost."""
    condenser, state = Condenser(), RunState()
    events: list[Event] = [FIRST, *map(clean, range(9))]
    with RecordWriter(tmp_path / "events.ndjson") as record:
        for event in events:
            for line in condenser.condensed(event, state.add(event)):
                record.write(line)
        for tally in condenser.rest():
            record.write(tally)
    assert summarise(read_events(tmp_path / "events.ndjson")).scenarios == 9


def test_reproducers_need_the_evidence() -> None:
    """A state for a summary alone keeps no scenarios on disk, so it is no source of reproducers."""
    state = RunState.of([FIRST, clean(0)], keep_evidence=False)
    assert summary_of(state).scenarios == 1
    with pytest.raises(ValueError, match="keeps evidence"):
        reproducers_of(state)
