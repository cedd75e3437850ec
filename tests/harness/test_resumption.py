"""A run that ended early goes on: what is done is not done again, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartfuzz.analysis import Condenser, RunState, reproducers_of, summarise, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ConfigurationError, Level, RuleLevel
from cartfuzz.harness import campaign, worker
from cartfuzz.harness import resumption as resumption_module
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.plan import CorpusScenarios, Plan, TriageBudget
from cartfuzz.harness.preflight import PreflightResult
from cartfuzz.harness.resumption import check_same, read_resumption
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.record import (
    Event,
    KnownFailure,
    Minimised,
    Phase,
    RunFinished,
    RunStarted,
    ScenarioRun,
    StopReason,
    Tally,
    TriageFinished,
)
from cartfuzz.wire.secrets import TargetSecrets

from ..in_process import engine_of

FAULTS = ("refuses-to-create-closed",)
PLAN = Plan(
    url="http://127.0.0.1:1",
    environment=EXAMPLE_ENVIRONMENT,
    phases=(Phase.EDGES, Phase.RACE),
    seed=3,
    in_flight=2,
    scenarios=90,
    minimise=TriageBudget(seconds=600.0),
)
SECRETS = TargetSecrets("key")


CHECKED = PreflightResult(requests=3)


@contextmanager
def in_process() -> Iterator[None]:
    """Campaigns send to a sandbox without a socket, afresh each time."""
    numbers = count()

    @contextmanager
    def opened(plan: Plan, _secrets: TargetSecrets, **_options: Any) -> Iterator[Engine]:
        yield engine_of(plan.environment, FAULTS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(campaign, "preflight", lambda *_, **__: (f"{next(numbers):08d}", CHECKED))
        patch.setattr(campaign, "open_target", opened)
        patch.setattr(worker, "open_target", opened)
        yield


@cache
def whole() -> tuple[Event, ...]:
    """The events of a run that nothing ends early."""
    with in_process():
        return tuple(run_campaign(PLAN, SECRETS))


def resumed(events: list[Event]) -> list[Event]:
    """The events of the part that follows a record that holds ``events``."""
    resumption = read_resumption(events, "run")
    plan = msgspec.structs.replace(PLAN, done=resumption.done)
    with in_process():
        return list(run_campaign(plan, SECRETS, resumption=resumption))


def names(events: list[Event]) -> list[str]:
    """The IDs of the scenarios that have a line of their own."""
    return [one.id for one in events if isinstance(one, ScenarioRun) and not one.is_late_read]


@given(st.integers(1, 95))
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_a_run_that_is_cut_anywhere_and_resumed_sends_what_an_uncut_one_sends(cut: int) -> None:
    """The same scenarios, each once, and what they amount to is one run."""
    before: list[Event] = [event for event in whole()[:cut] if not isinstance(event, RunFinished)]
    after = resumed(before)
    both = names(before) + names(after)
    assert len(both) == len(set(both))
    assert set(both) == set(names(list(whole())))
    one, two = summarise([*before, *after]), summarise(whole())
    assert (one.scenarios, one.run, one.started) == (two.scenarios, two.run, two.started)
    assert {bug.signature for bug in one.discrepancies} == {
        bug.signature for bug in two.discrepancies
    }
    assert [part.reason for part in one.parts] == [None, StopReason.COMPLETED]
    assert one.run_ids == (before[0].run, after[0].run)  # type: ignore[union-attr]


@given(st.integers(1, 95))
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
def test_a_condensed_record_names_what_was_merged(cut: int) -> None:
    """A run whose record merges scenarios is resumed like any other."""
    condenser, state = Condenser(), RunState()
    few = [line for event in whole()[:cut] for line in condenser.condensed(event, state.add(event))]
    few = [event for event in few if not isinstance(event, RunFinished)]
    after = resumed(few)
    merged = sum(sum(one.scenarios.values()) for one in few if isinstance(one, Tally))
    assert len(names(few)) + merged + len(names(after)) == PLAN.scenarios


def test_what_was_minimised_is_not_minimised_again() -> None:
    """A run that was stopped while it minimised goes on with the other signatures."""
    events = list(whole())
    first = next(index for index, one in enumerate(events) if isinstance(one, Minimised))
    before = events[: first + 1]
    done = {one.signature for one in before if isinstance(one, Minimised)}
    after = resumed(before)
    assert not names(after)
    again = {one.signature for one in after if isinstance(one, Minimised)}
    assert not done & again
    assert done | again == {one.signature for one in events if isinstance(one, Minimised)}


def test_what_there_was_no_time_for_is_minimised_now() -> None:
    """A signature that an earlier part did not reach counts as confirmed once it is."""
    events = [one for one in whole() if not isinstance(one, Minimised | TriageFinished)]
    missing = {one.signature for one in whole() if isinstance(one, Minimised)}
    before: list[Event] = [*events[:-1], TriageFinished(not_reached=tuple(missing)), events[-1]]
    assert summarise(before).not_confirmed
    after = resumed(before)
    assert {one.signature for one in after if isinstance(one, Minimised)} == missing
    assert not summarise([*before, *after]).not_confirmed


def test_live_and_recorded_state_are_the_same() -> None:
    """The state that a resumed campaign leaves is the one that its whole record gives."""
    before = list(whole()[:40])
    resumption = read_resumption(before, "run")
    plan = msgspec.structs.replace(PLAN, done=resumption.done)
    with in_process():
        after = list(run_campaign(plan, SECRETS, resumption=resumption))
    recorded = RunState.of([*before, *after])
    assert summary_of(resumption.state) == summary_of(recorded)
    assert reproducers_of(resumption.state) == reproducers_of(recorded)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": "http://127.0.0.1:2"}, r"the target of the run, http://127\.0\.0\.1:1, found"),
        ({"seed": 4}, "the seed of the run, 3, found 4"),
        ({"phases": (Phase.EDGES,)}, "the phases of the run"),
        (
            {"environment": msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupon_limits={"A": 1})},
            r"the coupon_limits in \[environment\] of the run",
        ),
        ({"rule_levels": {"CART-02": RuleLevel(level=Level.OBSERVE)}}, "the level of CART-02"),
        ({"baseline": {"CART-02-0": KnownFailure(reason="known")}}, "the baseline of the run"),
    ],
)
def test_another_plan_is_refused(change: dict[str, Any], named: str) -> None:
    """The message names what differs, and both values."""
    resumption = read_resumption(whole()[:5], "run")
    plan = msgspec.structs.replace(PLAN, **change)
    with pytest.raises(ConfigurationError, match=named):
        check_same(resumption, plan, given_sweeps=dict(resumption.started.sweeps))


def test_another_corpus_is_refused_until_its_phase_is_through() -> None:
    """Then what it holds by now no longer matters."""
    scenario = next(iter(Shards(PLAN).scenarios_of(0) or ())).scenario
    first = whole()[0]
    assert isinstance(first, RunStarted)
    sent = msgspec.structs.replace(
        first, corpus="0123", sweeps={"corpus": 1, **first.sweeps}, phases=("corpus", "edges")
    )
    run = next(one for one in whole() if isinstance(one, ScenarioRun))
    done = msgspec.structs.replace(run, id="corpus/0/0", phase="corpus")
    plan = msgspec.structs.replace(
        PLAN, phases=(Phase.CORPUS, Phase.EDGES), known=CorpusScenarios(seeds=(scenario,))
    )
    with pytest.raises(ConfigurationError, match="the corpus as the run read it"):
        check_same(read_resumption([sent], "run"), plan, given_sweeps=dict(sent.sweeps))
    through = read_resumption([sent, done], "run")
    check_same(through, plan, given_sweeps=dict(sent.sweeps))
    sizes = Shards(msgspec.structs.replace(plan, done=through.done)).sweep_sizes()
    assert sizes.scenarios["corpus"] == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format_version": 99}, "the format of the record of the run, 99"),
        ({"cartfuzz": "0.0.9"}, r"the version of Cartfuzz of the run, 0\.0\.9"),
        ({"hypothesis": "1.0"}, r"the version of Hypothesis .* of the run, 1\.0"),
        ({"options": None}, "the options of its run"),
    ],
)
def test_a_record_of_another_version_is_refused(change: dict[str, Any], named: str) -> None:
    """What the same seed draws, and what a line means, may differ there."""
    first = msgspec.structs.replace(whole()[0], **change)
    with pytest.raises(ConfigurationError, match=named):
        read_resumption([first], "run")


def test_rows_are_joined_while_a_long_record_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done is the same however often neighbours are joined on the way."""
    events = list(whole()[:60])
    once = read_resumption(events, "run").done
    monkeypatch.setattr(resumption_module, "_MIN_ROOM", 2)
    often = read_resumption([events[0], *reversed(events[1:])], "run").done
    assert often == once
    sent = sum(last - first + 1 for rows in once.rows.values() for first, last in rows)
    assert sent == len(names(events))


def test_merged_lines_that_name_no_scenarios_are_refused() -> None:
    """Nobody knows which scenarios an earlier version merged."""
    tally = Tally(scenarios={"edges": 2}, requests={"edges": 4})
    with pytest.raises(ConfigurationError, match="names each scenario"):
        read_resumption([whole()[0], tally], "run")


def test_bounds_count_from_the_start_of_the_run() -> None:
    """Where the requests of the first part reach the bound, only minimisation is left."""
    before = list(whole()[:50])
    plan = msgspec.structs.replace(PLAN, scenarios=None, requests=20)
    resumption = read_resumption(before, "run")
    assert resumption.state.counters.requests >= 20
    with in_process():
        after = list(
            run_campaign(
                msgspec.structs.replace(plan, done=resumption.done), SECRETS, resumption=resumption
            )
        )
    assert not names(after)
    last = after[-1]
    assert isinstance(last, RunFinished)
    assert last.seconds >= resumption.state.parts.phases_sec


def test_times_of_a_killed_part_go_up_to_its_last_scenario() -> None:
    """The pause until the resumption does not count."""
    first, *runs = whole()[:12]
    assert isinstance(first, RunStarted)
    began = msgspec.structs.replace(first, started="2026-01-01T00:00:00+00:00")
    start = 1_767_225_600.0
    at = [
        msgspec.structs.replace(run, finished_at=start + second)
        for second, run in enumerate(runs, start=1)
        if isinstance(run, ScenarioRun)
    ]
    state = RunState.of([began, *at])
    assert state.parts.phases_sec == state.parts.seconds == len(at)
    again = msgspec.structs.replace(began, started="2026-01-02T00:00:00+00:00", resumption=1)
    state.add(again)
    assert state.parts.seconds == len(at)
    state.add(RunFinished(seconds=len(at) + 5.0, reason=StopReason.INTERRUPTED))
    assert [part.seconds for part in state.parts.parts] == [len(at), 5.0]
