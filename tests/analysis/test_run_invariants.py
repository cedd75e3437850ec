"""What only a whole run shows: contradictions, repeated ids, exceeded limits."""

from __future__ import annotations

from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import RunInvariants, summarise
from cartfuzz.analysis.contradictions import contradict
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Coupon, Environment, Operation, Referral
from cartfuzz.record import (
    Discrepancy,
    Event,
    Kind,
    Observation,
    RecordWriter,
    ScenarioRun,
    read_events,
    signature_of,
)

from ..record.events import discrepancy, scenario_run, started

LIMITED = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT, coupons=(), budgets=(), coupon_limits={"WELCOME": 3}
)


def seen(outcome: str, situation: str = "null profileId", **changes: object) -> Observation:
    """A comparable observation of one outcome."""
    values = {
        "rule": "MERGE-U2",
        "situation": situation,
        "outcome": outcome,
        "operation": Operation.UPDATE,
        "comparable": True,
    }
    return msgspec.convert({**values, **changes}, Observation)


def found_in(*events: Event) -> list[Discrepancy]:
    """What a run with these events shows as a whole."""
    invariants = RunInvariants()
    return [
        found
        for event in (started(environment=LIMITED), *events)
        for found in invariants.add(event).discrepancies
    ]


def test_two_outcomes_of_one_situation_are_a_contradiction() -> None:
    """Both outcomes are reported, each with the scenario that showed it."""
    (found,) = found_in(
        scenario_run(0, observations=(seen("accepted, ignored"),)),
        scenario_run(1, observations=(seen("accepted, cleared", step=1),)),
    )
    assert (found.kind, found.rule, found.check, found.step) == (
        Kind.CONTRADICTION,
        "MERGE-U2",
        "drift",
        1,
    )
    assert found.expected == "accepted, ignored, as in scenario edges/0/0"
    assert found.found == "accepted, cleared, in scenario edges/0/1"


@pytest.mark.parametrize(
    "second",
    [
        seen("accepted, ignored"),
        seen("accepted"),
        seen("accepted, cleared", situation="null referralCode"),
        seen("accepted, cleared", rule="MERGE-U3"),
        seen("accepted, cleared", comparable=False),
    ],
)
def test_no_contradiction(second: Observation) -> None:
    """The same outcome, one that names no effect, another situation, one that is not comparable."""
    first = scenario_run(0, observations=(seen("accepted, ignored"),))
    assert found_in(first, scenario_run(1, observations=(second,))) == []


def test_what_follows_a_discrepancy_proves_nothing() -> None:
    """After a discrepancy the session may hold something else than the model expects."""
    first = scenario_run(0, observations=(seen("refused 4xx"),))
    late = seen("accepted", step=1)
    assert found_in(first, scenario_run(1, observations=(late,)))
    erring = discrepancy("CART-02", step=0)
    assert found_in(first, scenario_run(1, observations=(late,), discrepancies=(erring,))) == []


@given(st.sampled_from(["accepted", "accepted, stored", "refused 4xx"]))
def test_nothing_contradicts_itself(outcome: str) -> None:
    """Whatever an outcome names, it agrees with itself."""
    assert not contradict(outcome, outcome)


def test_what_contradicts() -> None:
    """Accepting and refusing do, two effects do; knowing no effect goes with either."""
    assert contradict("accepted", "refused 4xx")
    assert contradict("accepted, stored", "accepted, store")
    assert contradict("accepted, stored", "accepted, cleared")
    assert not contradict("accepted", "accepted, stored")
    assert not contradict("accepted, stored", "accepted")


def test_an_id_is_given_once() -> None:
    """Over all scenarios and far apart; a scenario names each of its own once."""
    runs = [scenario_run(0, ids=(1, 2)), scenario_run(1, ids=(3, 10**15, -7))]
    assert found_in(*runs) == []
    (found,) = found_in(*runs, scenario_run(2, ids=(4, 10**15)))
    assert found.rule == "RESP-07"
    assert "id: 1000000000000000" in found.found


@given(st.lists(st.integers(-(2**70), 2**70)))
def test_ids_are_a_set(ids: list[int]) -> None:
    """Exactly the ids that came before are reported, whatever their size."""
    runs = [scenario_run(place, ids=(number,)) for place, number in enumerate(ids)]
    assert len(found_in(*runs)) == len(ids) - len(set(ids))


def test_a_coupon_has_its_limit_over_all_sessions() -> None:
    """Up to the limit is fine, one more is not; other codes have none."""
    runs = [scenario_run(number, redeemed={"WELCOME": 1, "FREE": 9}) for number in range(3)]
    assert found_in(*runs) == []
    (found,) = found_in(*runs, scenario_run(4, redeemed={"WELCOME": 1}))
    assert (found.rule, found.expected[:21]) == ("COUP-02", "at most 3 closed sess")


def test_a_referral_has_its_limit_over_all_sessions() -> None:
    """As a coupon (REF-01)."""
    environment = Environment(referrals=(Referral(code="FRIEND", limit=2),))
    invariants = RunInvariants(environment)
    runs = [scenario_run(number, referred={"FRIEND": 1}) for number in range(3)]
    *former, last = [invariants.add(event).discrepancies for event in runs]
    assert former == [(), ()]
    assert [one.rule for one in last] == ["REF-01"]


def test_the_codes_of_a_pattern_are_not_summed() -> None:
    """Its placeholder stands for another code in each execution."""
    pattern = Coupon(code="SALE-{n}", first=1, last=99, limit=1)
    invariants = RunInvariants(Environment(coupons=(pattern,)))
    runs = [scenario_run(number, redeemed={"SALE-{n}": 1}) for number in range(3)]
    assert not any(invariants.add(event).discrepancies for event in runs)


def test_one_scenario_and_the_run_show_one_bug() -> None:
    """What the sessions of a scenario show alone is another reading of it."""
    runs = [scenario_run(number, redeemed={"WELCOME": 2}) for number in range(2)]
    (found,) = found_in(*runs)
    in_one_scenario = signature_of(
        rule="COUP-02",
        check="counters",
        operation="update",
        situation="close with a coupon that is used up",
        outcome="redeemed beyond its limit",
    )
    assert in_one_scenario in found.alternatives


runs = st.builds(
    lambda number, outcomes, ids: scenario_run(
        number,
        observations=tuple(seen(outcome, situation) for outcome, situation in outcomes),
        ids=tuple(ids),
        redeemed={"WELCOME": 1} if number % 2 else {},
    ),
    st.integers(0, 50),
    st.lists(
        st.tuples(
            st.sampled_from(["accepted", "accepted, a", "refused 4xx"]), st.sampled_from("xy")
        )
    ),
    st.sets(st.integers(0, 9), max_size=3),
)


@given(st.lists(runs, max_size=10), st.randoms())
def test_order_does_not_matter(given_runs: list[ScenarioRun], random: Random) -> None:
    """Events of several workers, in any order, make the same signatures."""
    shuffled = list(given_runs)
    random.shuffle(shuffled)
    assert {found.signature for found in found_in(*given_runs)} == {
        found.signature for found in found_in(*shuffled)
    }


def test_the_record_alone_is_enough(tmp_path: Path) -> None:
    """A summary of the record holds the bugs of the run, with the contradicting scenario."""
    events: list[Event] = [
        started(environment=LIMITED),
        scenario_run(0, observations=(seen("accepted, ignored"),), ids=(1,)),
        scenario_run(1, observations=(seen("refused 4xx", step=0),), ids=(1,)),
        scenario_run(2, redeemed={"WELCOME": 4}),
    ]
    with RecordWriter(tmp_path / "events.ndjson") as record:
        for event in events:
            record.write(event)
    summary = summarise(read_events(tmp_path / "events.ndjson"))
    assert summary == summarise(events)
    assert {(e.kind, e.rule) for e in summary.discrepancies} == {
        (Kind.CONTRADICTION, "MERGE-U2"),
        (Kind.VIOLATION, "RESP-07"),
        (Kind.VIOLATION, "COUP-02"),
    }
    (contradiction,) = [e for e in summary.discrepancies if e.kind is Kind.CONTRADICTION]
    assert (contradiction.scenario, len(contradiction.operations)) == ("edges/0/1", 1)
    assert [o.outcome for o in summary.observations] == ["accepted, ignored", "refused 4xx"]


def test_a_late_read_is_no_scenario() -> None:
    """It counts as requests, not as a scenario."""
    summary = summarise([started(), scenario_run(0), scenario_run(0, is_late_read=True)])
    assert (summary.scenarios, summary.requests) == (1, 4)
