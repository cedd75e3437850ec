"""Drawn scenarios: long, mostly legal, deep, and plain data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Addition,
    ContractVersion,
    Coupon,
    Credentials,
    Environment,
    Fetch,
    Reopen,
    ReturnItems,
    Ruling,
    Scenario,
    SessionState,
    Update,
    catalogue,
)
from cartfuzz.strategies import draw_examples, draw_scenarios, scenarios

from ..conftest import ENVIRONMENTS
from ..helpers import minimal
from ..walk import Visit, walk

ALL_STATES = {None, *SessionState}


@pytest.fixture(scope="module")
def drawn(environment: Environment) -> list[Scenario]:
    """A hundred scenarios of the environment."""
    return draw_scenarios(scenarios(environment), seed=1, count=100)


def visits(drawn: list[Scenario], environment: Environment) -> list[Visit]:
    """All steps with the cells of the state table that they meet."""
    return [visit for scenario in drawn for visit in walk(scenario, environment)]


def test_scenarios_are_json(drawn: list[Scenario]) -> None:
    """A scenario that is written and read back is the same."""
    for scenario in drawn:
        encoded = msgspec.json.encode(scenario)
        assert msgspec.json.decode(encoded, type=Scenario) == scenario


def test_sessions_of_a_scenario_differ(drawn: list[Scenario]) -> None:
    """Two indices are two sessions, and each can be made unique."""
    for scenario in drawn:
        assert len(set(scenario.sessions)) == len(scenario.sessions) <= 3
        assert all(session.count(MARK) == 1 for session in scenario.sessions)
    assert {len(scenario.sessions) for scenario in drawn} == {1, 2, 3}


def test_scenarios_are_long(drawn: list[Scenario]) -> None:
    """Most scenarios have more than a dozen steps, none has more than forty."""
    lengths = sorted(len(scenario.steps) for scenario in drawn)
    assert lengths[len(lengths) // 2] >= 15
    assert lengths[-1] <= 40


def test_most_steps_are_legal(drawn: list[Scenario], environment: Environment) -> None:
    """Between one in twenty and a third of all writes must be refused."""
    writes = [v for v in visits(drawn, environment) if not isinstance(v.step, Fetch)]
    refused = [v for v in writes if not v.valid or v.cell.ruling is Ruling.REFUSE]
    assert 0.05 < len(refused) / len(writes) < 0.33


def test_every_state_is_reached_and_left(drawn: list[Scenario], environment: Environment) -> None:
    """Writes meet sessions in all states, half-returned and cancelled ones included."""
    met = Counter(v.cell.source for v in visits(drawn, environment) if not is_read(v))
    assert met.keys() == ALL_STATES
    assert met[SessionState.PARTIALLY_RETURNED] > 20


DECIDED_BY_STATE = {f"STATE-{number:02}" for number in range(3, 12)} | {
    *("STATE-15", "STATE-16", "STATE-U1", "STATE-U2", "RET-04")
}
"""Rules of single cells of the state table; STATE-12 and RET-01 stand for several."""


def test_scenarios_know_the_state_that_they_are_in(
    drawn: list[Scenario], environment: Environment
) -> None:
    """A step that aims at a cell of the state table meets just this cell."""
    aimed = 0
    for visit in visits(drawn, environment):
        cells = DECIDED_BY_STATE.intersection(visit.step.aims)
        assert not cells or cells == {visit.cell.rule}, visit
        aimed += len(cells)
    assert aimed > 100


def test_writes_with_an_idempotency_key_come_again(
    drawn: list[Scenario], environment: Environment
) -> None:
    """Where updates and reopens have keys, some come again unchanged, some after other writes."""
    at_once, later = 0, 0
    for scenario in drawn:
        writes = [step for step in scenario.steps if isinstance(step, Update | Reopen)]
        for index, write in enumerate(writes):
            if "IDEM-01" in write.aims:
                first = [(w.session, w.body, w.idempotency_key) for w in writes[:index]].index(
                    (write.session, write.body, write.idempotency_key)
                )
                between = {w.session for w in writes[first + 1 : index]}
                at_once += write.session not in between
                later += write.session in between
    if not environment.has(Addition.KEYED_WRITES):
        assert at_once == later == 0
    else:
        assert at_once > 2
        assert later > 2


def test_bodies_are_valid_unless_a_rule_is_broken_on_purpose(
    drawn: list[Scenario], environment: Environment
) -> None:
    """An update outside its schema names what it breaks, and that it must leave no trace."""
    broken = 0
    for visit in visits(drawn, environment):
        step = visit.step
        if isinstance(step, Update) and not visit.valid and step.credentials is Credentials.VALID:
            broken += 1
            assert set(step.aims) & {"ERR-06", "CART-02"}, step
    assert broken > 10


def test_scenarios_pass_the_default_health_checks() -> None:
    """They can be used in any test as they are: fast enough, small enough, nothing filtered."""

    @settings(database=None, max_examples=50)
    @given(scenarios(EXAMPLE_ENVIRONMENT))
    def run(scenario: Scenario) -> None:
        assert scenario.steps

    run()


def is_read(visit: Visit) -> bool:
    """Whether the step writes nothing."""
    return isinstance(visit.step, Fetch)


def test_writes_are_looked_at(drawn: list[Scenario]) -> None:
    """A third of all requests are reads at least."""
    steps = [step for scenario in drawn for step in scenario.steps]
    assert sum(isinstance(step, Fetch) for step in steps) > len(steps) / 3


def test_some_steps_are_dry_and_some_lack_credentials(drawn: list[Scenario]) -> None:
    """Both are seldom, and both are there."""
    steps = [step for scenario in drawn for step in scenario.steps]
    dry = [s for s in steps if isinstance(s, Update | ReturnItems) and s.dry]
    outside = {step.credentials for step in steps}
    assert 0.02 < len(dry) / len(steps) < 0.15
    assert outside == set(Credentials)


def test_aims_are_rules_of_the_version(drawn: list[Scenario], environment: Environment) -> None:
    """A scenario names only rules that hold."""
    rules = catalogue(environment.contract).keys()
    for scenario in drawn:
        assert scenario.aims <= rules


def test_2_5_1_knows_no_later_features() -> None:
    """No reopen, no now, no idempotency keys, no campaigns."""
    for scenario in draw_scenarios(scenarios(EXAMPLE_ENVIRONMENT), seed=2, count=60):
        for step in scenario.steps:
            assert not isinstance(step, Reopen)
            assert not isinstance(step, Update) or step.now is None
            assert not isinstance(step, ReturnItems) or step.idempotency_key is None


def test_current_reopens_and_repeats_returns() -> None:
    """Reopened sessions live on, and some keys come twice."""
    environment = ENVIRONMENTS["current"]
    drawn = draw_scenarios(scenarios(environment), seed=2, count=100)
    met = visits(drawn, environment)
    assert sum(v.cell.rule == "STATE-15" for v in met) > 20
    twice = [
        scenario
        for scenario in drawn
        for key, count in keys_of(scenario).items()
        if key is not None and count > 1
    ]
    assert twice


def keys_of(scenario: Scenario) -> Counter[str | None]:
    """How often each idempotency key is sent."""
    return Counter(step.idempotency_key for step in scenario.steps if isinstance(step, ReturnItems))


def test_returns_stay_within_what_is_there(environment: Environment) -> None:
    """A return that aims at RET-01 never asks for more than was bought in all."""
    for scenario in draw_scenarios(scenarios(environment), seed=3, count=60):
        carts: dict[int, list[dict[str, Any]]] = {}
        for visit in walk(scenario, environment):
            step = visit.step
            if isinstance(step, Update) and visit.valid and not step.dry:
                cart = step.body["customerSession"].get("cartItems")
                open_before = visit.cell.source in (None, SessionState.OPEN)
                if cart is not None and open_before and visit.cell.ruling is Ruling.ACCEPT:
                    broken = set(step.aims) & {"COST-02", "ATTR-02", "ATTR-03", "CART-04"}
                    carts[step.session] = carts.get(step.session, []) if broken else cart
            elif isinstance(step, ReturnItems) and "RET-02" in step.aims:
                for item in step.body["return"]["returnedCartItems"]:
                    whole = carts[step.session][item["position"]]["quantity"]
                    assert 1 <= item["quantity"] <= whole


def test_codes_follow_the_environment() -> None:
    """Where nobody vouches for unknown codes, valid updates carry known ones only."""
    coupons = {code for one in EXAMPLE_ENVIRONMENT.coupons for code in one.spellings()}
    referrals = {code for one in EXAMPLE_ENVIRONMENT.referrals for code in one.spellings()}
    environment = ENVIRONMENTS["codes unspecified"]
    for scenario in draw_scenarios(scenarios(environment), seed=1, count=60):
        for visit in walk(scenario, environment):
            if isinstance(visit.step, Update) and visit.valid:
                session = visit.step.body["customerSession"]
                assert set(session.get("couponCodes", ())) <= {"WELCOME", *coupons}
                assert session.get("referralCode", "") in {"", *referrals}
                assert session.get("loyaltyCards", []) == []


def test_big_carts_are_seldom() -> None:
    """Hundreds of items are met, but in a few scenarios of a hundred only."""
    drawn = draw_scenarios(scenarios(EXAMPLE_ENVIRONMENT), seed=1, count=300)
    big = sum(any(cart_size(step) >= 200 for step in s.steps) for s in drawn)
    assert 1 <= big <= 20


def cart_size(step: object) -> int:
    """Number of items that an update sends."""
    if not isinstance(step, Update) or not isinstance(step.body, dict):
        return 0
    session = step.body.get("customerSession")
    cart = session.get("cartItems") if isinstance(session, dict) else None
    return len(cart) if isinstance(cart, list) else 0


def test_scenarios_shrink_to_the_steps_that_matter() -> None:
    """A session that is cancelled after a return: nothing but what leads there remains."""
    environment = EXAMPLE_ENVIRONMENT

    def half_returned_then_cancelled(scenario: Scenario) -> bool:
        return any(visit.cell.rule == "STATE-10" for visit in walk(scenario, environment))

    smallest = minimal(scenarios(environment), half_returned_then_cancelled)
    assert len(smallest.sessions) == 1
    writes = [step for step in smallest.steps if not isinstance(step, Fetch)]
    assert len(writes) <= 5


@pytest.mark.parametrize(
    "bounds", [{"max_sessions": 0}, {"min_steps": 0}, {"min_steps": 5, "max_steps": 4}]
)
def test_impossible_bounds_are_refused(bounds: dict[str, Any]) -> None:
    """A scenario needs a session and a step."""
    with pytest.raises(InvalidArgument, match="max_sessions"):
        scenarios(EXAMPLE_ENVIRONMENT, **bounds)


def test_bounds_of_steps_are_kept() -> None:
    """Both bounds are inclusive."""
    strategy = scenarios(EXAMPLE_ENVIRONMENT, max_sessions=1, min_steps=3, max_steps=5)
    drawn = draw_scenarios(strategy, seed=1, count=60)
    assert {len(scenario.steps) for scenario in drawn} <= {3, 4, 5}
    assert {len(scenario.sessions) for scenario in drawn} == {1}


def test_one_seed_is_one_stream() -> None:
    """The same seed draws the same; asking for more keeps the beginning; another seed differs."""
    strategy = scenarios(ENVIRONMENTS["current"])
    forty = draw_scenarios(strategy, seed=7, count=40)
    assert len(forty) == 40
    assert draw_scenarios(scenarios(ENVIRONMENTS["current"]), seed=7, count=40) == forty
    assert draw_scenarios(strategy, seed=7, count=13) == forty[:13]
    assert draw_scenarios(strategy, seed=8, count=40) != forty


_IN_A_PROCESS = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "with": import plenty_of_constants
import msgspec
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.strategies import draw_examples, draw_scenarios, edge_scenarios, scenarios
from cartfuzz.strategies import identifiers
drawn = draw_scenarios(scenarios(EXAMPLE_ENVIRONMENT), seed=5, count=60)
drawn.append(draw_examples(identifiers(), seed=5, count=500))
sweep = repr(edge_scenarios(EXAMPLE_ENVIRONMENT)).encode("utf-8", "surrogatepass")
print(hashlib.sha256(msgspec.json.encode(drawn) + sweep).hexdigest())
"""


def test_one_seed_is_one_stream_in_every_process(tmp_path: Path) -> None:
    """Neither the hash seed nor the constants of imported modules change what is drawn."""
    constants = [f"VALUE_{n} = {('word' * 2 + str(n))!r}, {n * 1_001}" for n in range(50)]
    (tmp_path / "plenty_of_constants.py").write_text("\n".join(constants), "utf-8")
    digests = set()
    for hash_seed, company in (("1", "with"), ("2", "without")):
        done = subprocess.run(
            [sys.executable, "-c", _IN_A_PROCESS, str(tmp_path), company],
            cwd=tmp_path,  # what lies below it is local code to Hypothesis
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_any_number_of_examples_but_none_is_drawn() -> None:
    """Strategies of few examples repeat them; asking for none is an error."""
    assert set(draw_examples(st.booleans(), seed=1, count=50)) == {False, True}
    assert set(draw_examples(st.just(1), seed=1, count=50)) == {1}
    with pytest.raises(InvalidArgument, match="count >= 1"):
        draw_examples(st.just(1), seed=1, count=0)


def test_both_versions_are_drawn_for() -> None:
    """No environment of these tests is forgotten when a version is added."""
    assert {env.contract for env in ENVIRONMENTS.values()} == set(ContractVersion)


def test_some_scenarios_reach_the_limits_of_scarce_codes() -> None:
    """Sessions share codes that are new in each execution; no other scarce code is drawn."""
    shared = Coupon(code="ONCE", limit=1)
    environment = msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, coupons=(*EXAMPLE_ENVIRONMENT.coupons, shared)
    )
    fresh = {
        code
        for one in (*environment.coupons, *environment.referrals)
        if one.is_pattern
        for code in one.spellings()
    }
    crowded = 0
    for scenario in draw_scenarios(scenarios(environment), seed=3, count=200):
        holders: dict[str, set[int]] = {}
        for step in scenario.steps:
            if isinstance(step, Update) and isinstance(step.body, dict):
                session = step.body.get("customerSession")
                codes = session.get("couponCodes") if isinstance(session, dict) else None
                for code in codes if isinstance(codes, list) else ():
                    holders.setdefault(str(code), set()).add(step.session)
        assert "ONCE" not in holders
        crowded += any(len(holders.get(code, ())) > 1 for code in fresh)
    assert 10 < crowded < 100
