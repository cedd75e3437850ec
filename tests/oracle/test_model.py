"""The model against what the strategies know of the contract, and its own invariants."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Fetch,
    Scenario,
    SessionState,
    Update,
    catalogue,
    transitions,
)
from cartfuzz.oracle.model import (
    SessionModel,
    Verdict,
    after_acceptance,
    expect,
    model_of_view,
    same_json,
)
from cartfuzz.strategies import Samples, draw_scenarios, invalid_requests, scenarios, sessions

from .histories import ENVIRONMENT, view

ENVIRONMENTS = [
    msgspec.structs.replace(ENVIRONMENT, contract=contract, flattening=flattening)
    for contract in ContractVersion
    for flattening in (False, True)
]
SILENT_IN_VALID_SESSIONS = {
    "CART-U1",
    "CART-U3",
    "IDENT-10",
    "IDENT-U2",
    "IDENT-U3",
    "IDENT-U4",
    "MERGE-U4",
}

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_valid_sessions_are_never_to_be_refused(environment: Any) -> None:
    """What the strategies call a valid session the model, too, accepts or leaves open."""

    @settings(max_examples=150, deadline=None)
    @given(sessions(environment))
    def holds(session: dict[str, Any]) -> None:
        step = Update(body={"customerSession": session})
        expectation = expect(step, MARK, SessionModel(), environment)
        if session.get("state") in ("cancelled", "partially_returned"):
            assert expectation.verdict is Verdict.MUST_REJECT
            assert expectation.rules[0] == "STATE-03"
        elif expectation.verdict is not Verdict.MUST_ACCEPT:
            assert expectation.verdict is Verdict.UNSPECIFIED
            assert expectation.rules[0] in SILENT_IN_VALID_SESSIONS

    holds()


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_breaks_are_refused_for_what_they_break(environment: Any) -> None:
    """A body with one rule broken must be rejected under that rule, or the contract is silent."""
    rules = catalogue(environment.contract)
    samples = Samples(environment)
    for broken in invalid_requests(samples):
        session = {**samples.session(), **broken.changes}
        step = Update(body={"customerSession": session})
        expectation = expect(step, MARK, SessionModel(), environment)
        if expectation.verdict is Verdict.UNSPECIFIED:
            assert set(broken.aims) & {"ERR-02", "ERR-06"} or not any(
                rules[aim].statuses for aim in broken.aims
            ), broken
        else:
            assert expectation.verdict is Verdict.MUST_REJECT, broken
            assert set(expectation.rules) & set(broken.aims), broken


@pytest.mark.parametrize("version", list(ContractVersion))
def test_the_model_follows_the_state_table(version: ContractVersion) -> None:
    """For each cell the verdict, the rule and the state reached are those of the table."""
    environment = msgspec.structs.replace(ENVIRONMENT, contract=version)
    verdicts = {
        "accept": Verdict.MUST_ACCEPT,
        "refuse": Verdict.MUST_REJECT,
        "silent": Verdict.UNSPECIFIED,
    }
    for row in transitions(version):
        if row.operation.value != "update":
            continue
        data = {} if row.requested is None else {"state": row.requested.value}
        step = Update(body={"customerSession": data})
        session = SessionModel(state=row.source)
        expectation = expect(step, MARK, session, environment)
        assert expectation.verdict is verdicts[row.ruling.value]
        assert row.rule in expectation.rules
        if row.reaches is not None:
            after = after_acceptance(step, session, expectation, environment)
            assert after.state is row.reaches


def test_dry_runs_and_reads_change_nothing() -> None:
    """The model of a session is the same after whatever must leave no trace."""
    session = SessionModel(state=SessionState.OPEN, fields={"identifiers": ["a"]})
    for step in (
        Fetch(),
        Update(body={"customerSession": {"identifiers": []}}, dry=True),
    ):
        expectation = expect(step, MARK, session, ENVIRONMENT)
        assert after_acceptance(step, session, expectation, ENVIRONMENT) is session


def test_a_frozen_session_keeps_its_data() -> None:
    """STATE-13: whatever an update of a closed session is answered, the model's data stays."""
    session = SessionModel(state=SessionState.CLOSED, fields={"identifiers": ["a"]})
    for state in ("closed", "cancelled", None):
        data: dict[str, Any] = {"identifiers": ["b"]}
        step = Update(body={"customerSession": {**data, **({"state": state} if state else {})}})
        expectation = expect(step, MARK, session, ENVIRONMENT)
        after = after_acceptance(step, session, expectation, ENVIRONMENT)
        assert after.fields == session.fields


@given(json_values)
def test_values_equal_themselves_after_a_round_trip(value: Any) -> None:
    """What went over the wire and back is the same value."""
    assert same_json(value, json.loads(json.dumps(value)))


@given(json_values, json_values)
def test_sameness_has_no_direction(one: Any, other: Any) -> None:
    """`same_json` is symmetric."""
    assert same_json(one, other) == same_json(other, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, False),
        (2**53 + 1, float(2**53), True),
        (10**400, 1.0, False),
        (True, 1, False),
        (0, False, False),
        (-0.0, 0, True),
        ("1", 1, False),
        (None, 0, False),
        ([1, 2], [2, 1], False),
        ({"a": 1}, {"a": 1, "b": None}, False),
    ],
)
def test_what_is_the_same(one: Any, other: Any, same: bool) -> None:
    """Numbers are compared as doubles, everything else to the letter."""
    assert same_json(one, other) is same


def test_a_shown_session_is_taken_over_whole() -> None:
    """After a discrepancy the model believes what a read shows."""
    data = {"identifiers": ["x"], "couponCodes": ["c"], "state": "closed"}
    model = model_of_view(view(data, updateCount=4), SessionModel())
    assert model.state is SessionState.CLOSED
    assert model.fields["identifiers"] == ["x"]
    assert model.identity is not None
    assert model.identity.id == 7
    assert model.update_count == 4


def test_nobody_changes_what_is_expected() -> None:
    """One expectation is read by many checks."""
    expectation = expect(Fetch(), "a", SessionModel(), ENVIRONMENT)
    for field in fields(expectation):
        with pytest.raises(FrozenInstanceError):
            setattr(expectation, field.name, None)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_every_verdict_names_rules_of_its_version(environment: Any) -> None:
    """No scenario makes the model name a rule that the contract version lacks, or none at all."""
    rules = catalogue(environment.contract)
    drawn: list[Scenario] = draw_scenarios(scenarios(environment), seed=5, count=40)
    for scenario in drawn:
        for step in scenario.steps:
            for state in (None, *SessionState):
                session = SessionModel(state=state)
                expectation = expect(step, scenario.sessions[step.session], session, environment)
                assert expectation.rules
                assert set(expectation.rules) <= set(rules)
                if expectation.verdict is Verdict.MUST_REJECT:
                    assert expectation.statuses
