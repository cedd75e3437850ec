"""Situations and outcomes: values with a frozen spelling that is read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import Operation
from cartfuzz.record import (
    ACCEPTANCE,
    ANY_REFUSAL,
    ExpectedStatus,
    Form,
    KeyKind,
    Move,
    Outcome,
    OutcomeKind,
    SessionKind,
    Situation,
)

_PARTS: dict[str, st.SearchStrategy[Any]] = {
    "operation": st.sampled_from(Operation),
    "dry": st.booleans(),
    "session": st.sampled_from(SessionKind),
    "move": st.none() | st.sampled_from(Move),
    "subject": st.text(min_size=1),
}
_GIVEN: dict[Form, tuple[str, ...]] = {
    Form.REQUEST: ("operation", "dry", "session", "move"),
    Form.REQUEST_WITH: ("operation", "dry", "session", "move", "subject"),
    Form.UNRULED_MOVE: ("operation", "dry", "session", "move"),
    Form.CONTENT: ("operation", "dry"),
    Form.CREDENTIALS: ("operation",),
    Form.REPEATED_RETURN: (),
    Form.REUSED_KEY: (),
    Form.REPEATED_WRITE: ("operation",),
    Form.RAW: ("subject",),
    Form.AFTER_ACCEPTED: ("operation", "dry", "session", "move"),
    Form.AFTER_REFUSED: ("operation",),
    Form.AFTER_DRY: ("operation",),
    Form.AFTER_REPEATED: ("operation",),
    Form.AFTER_OTHER: ("operation",),
    Form.LOST_ANSWER: ("operation",),
    Form.DRY_RUN_PAIR: ("subject",),
    Form.OTHER: (),
}
_OWN_SUBJECTS: dict[Form, st.SearchStrategy[str]] = {
    Form.REQUEST: st.just("") | st.text(min_size=1),
    Form.CONTENT: st.sampled_from(("over 1000 cart items", "null attributes: a; b", "x\ny")),
    Form.CREDENTIALS: st.sampled_from([kind.value for kind in KeyKind]),
    Form.OTHER: st.sampled_from(("session shown", "two sessions", "get answered 200", "refusal")),
}


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Situations of each form, with the parts that it has."""
    form = draw(st.sampled_from(Form))
    parts = {name: draw(_PARTS[name]) for name in _GIVEN[form]}
    if form in _OWN_SUBJECTS:
        parts["subject"] = draw(_OWN_SUBJECTS[form])
    return Situation(form=form, **parts)


@given(situations())
def test_a_situation_is_read_back_from_its_key(situation: Situation) -> None:
    """With all of its parts."""
    assert Situation.parse(situation.key) == situation


@given(st.text() | st.from_regex(r"(dry )?(update|return)( of a closed session)?(: .*)?"))
def test_every_text_is_the_key_of_its_situation(text: str) -> None:
    """Also what another version spelled, or nobody: reading a record loses nothing."""
    assert Situation.parse(text).key == text


@given(st.text() | st.from_regex(r"\A\w+ (differs?|changes|is wrong)\Z|\Aanswered \d+\Z"))
def test_every_text_is_the_key_of_its_outcome(text: str) -> None:
    """Also what another version spelled, or nobody: reading a record loses nothing."""
    assert Outcome.parse(text).key == text


@pytest.mark.parametrize(
    ("key", "situation"),
    [
        (
            "dry update of an open session to closed",
            Situation(
                form=Form.REQUEST,
                operation=Operation.UPDATE,
                dry=True,
                session=SessionKind.OPEN,
                move=Move.CLOSED,
            ),
        ),
        (
            "return: of a cancelled session",
            Situation(
                form=Form.UNRULED_MOVE, operation=Operation.RETURN, session=SessionKind.CANCELLED
            ),
        ),
        (
            "update with a wrong key",
            Situation(form=Form.CREDENTIALS, operation=Operation.UPDATE, subject=KeyKind.WRONG),
        ),
        ("dry update", Situation(form=Form.AFTER_DRY, operation=Operation.UPDATE)),
        ("two sessions", Situation.other("two sessions")),
    ],
)
def test_keys_are_spelled_as_ever(key: str, situation: Situation) -> None:
    """Baselines hold signatures of these texts."""
    assert situation.key == key
    assert Situation.parse(key) == situation


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("accepted", Outcome.accepted()),
        ("accepted, stored", Outcome.accepted("stored")),
        ("answered 404", Outcome.answered(404)),
        ("500", Outcome.answered(500)),
        ("couponCodes differ", Outcome.field_differs("couponCodes", plural=True)),
        ("profileId differs", Outcome.field_differs("profileId")),
        ("sku of a cart item differs", Outcome(OutcomeKind.ITEM_FIELD_DIFFERS, "sku")),
        ("several fields differ", Outcome.other("several fields differ")),
        ("they are one", Outcome.other("they are one")),
    ],
)
def test_outcomes_are_spelled_as_ever(key: str, outcome: Outcome) -> None:
    """Baselines hold signatures of these texts."""
    assert outcome.key == key
    assert Outcome.parse(key) == outcome


def test_the_field_that_differs() -> None:
    """Whatever the number of its values; empty where no field of the session does."""
    assert Outcome.parse("couponCodes differ").differing_field == "couponCodes"
    assert Outcome.parse("updated differs").differing_field == "updated"
    assert Outcome.parse("it is gone").differing_field == ""
    assert Outcome.parse("sku of a cart item differs").differing_field == ""


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        ("accepted", "accepted, stored", False),
        ("accepted, stored", "accepted, ignored", True),
        ("accepted", "refused 4xx", True),
        ("shown", "not shown", True),
        ("shown", "shown", False),
    ],
)
def test_outcomes_of_one_behaviour(one: str, other: str, *, contradict: bool) -> None:
    """An acceptance whose effect was not seen goes with any effect."""
    assert Outcome.parse(one).contradicts(Outcome.parse(other)) is contradict
    assert Outcome.parse(other).contradicts(Outcome.parse(one)) is contradict


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (ACCEPTANCE, "200"),
        (ANY_REFUSAL, "a refusal with a 4xx"),
        (ExpectedStatus(frozenset((404, 400))), "a refusal with 400 or 404"),
        (ExpectedStatus(frozenset((401,))), "a refusal with 401"),
    ],
)
def test_expected_statuses_are_read_back(expected: ExpectedStatus, text: str) -> None:
    """So that a comparison of runs knows which side of its rule a discrepancy breaks."""
    assert expected.text == text
    assert ExpectedStatus.parse(text) == expected
    assert expected.is_refusal is (text != "200")


def test_other_expectations_are_of_no_status() -> None:
    """A session, a read that should have failed, a field."""
    for text in ("no 5xx", "no such session: 404 or 400", "200, the session as accepted", ""):
        assert ExpectedStatus.parse(text) is None
