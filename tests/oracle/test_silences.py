"""Where the contract is silent, the model says so: points by name, and what is no such point."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, ReturnItems, SessionState, Update
from cartfuzz.oracle.model import UNKNOWN, SessionModel, Verdict, after_acceptance, expect

from .histories import ENVIRONMENT, ITEM

FLATTENING = msgspec.structs.replace(ENVIRONMENT, flattening=True)
CLOSED = SessionModel(state=SessionState.CLOSED, fields={"cartItems": [ITEM, ITEM]})
GONE = SessionModel(
    state=SessionState.PARTIALLY_RETURNED, fields={"cartItems": [ITEM, ITEM]}, returned={0: 2}
)


def update(**session: Any) -> Update:
    return Update(body={"customerSession": session})


def back(*lines: dict[str, Any]) -> ReturnItems:
    return ReturnItems(body={"return": {"returnedCartItems": list(lines)}})


def costs(**cost: Any) -> Update:
    return update(additionalCosts={"shipping": {"price": 1, **cost}})


@pytest.mark.parametrize(
    ("step", "session", "rule"),
    [
        (costs(note="x"), SessionModel(), "MERGE-U3"),
        (costs(note="x", other=1), SessionModel(), "MERGE-U3"),
        (update(couponCodes=["a", "a"]), SessionModel(), "MERGE-U4"),
        (update(couponCodes=None), SessionModel(), "MERGE-U2"),
        (update(additionalCosts={"shipping": None}), SessionModel(), "MERGE-U2"),
        (update(unheardOf=1), SessionModel(), "MERGE-U3"),
        (update(identifiers=["a", None]), SessionModel(), "ERR-07"),
        (update(attributes={"ShippingCity": "Porto"}), SessionModel(), "ATTR-U1"),
        (back({"position": 0}), GONE, "RET-03"),
        (back({"position": 0, "quantity": None}), CLOSED, "MERGE-U2"),
        (back({"position": 0, "quantity": 1}), CLOSED, "RET-05"),
        (update(identifiers=["late"]), CLOSED, "STATE-U1"),
    ],
)
def test_silent(step: Any, session: SessionModel, rule: str) -> None:
    """The contract leaves the answer open, and the rule that says so names it."""
    expectation = expect(step, MARK, session, ENVIRONMENT)
    assert (expectation.verdict, expectation.rules) == (Verdict.UNSPECIFIED, (rule,))


def test_one_position_twice_is_open() -> None:
    """Whether the units of two lines add up is not documented (RET-U1)."""
    line = {"position": 0, "quantity": 1}
    expectation = expect(back(line, line), MARK, CLOSED, FLATTENING)
    assert (expectation.verdict, expectation.rules) == (Verdict.UNSPECIFIED, ("RET-U1",))


@pytest.mark.parametrize(
    ("step", "session", "verdict"),
    [
        (costs(), SessionModel(), Verdict.MUST_ACCEPT),
        (update(couponCodes=["a", "b"]), SessionModel(), Verdict.MUST_ACCEPT),
        (back({"position": 0}), CLOSED, Verdict.MUST_ACCEPT),
        (back({"position": 1}), GONE, Verdict.MUST_ACCEPT),
        (back({"position": 1, "quantity": 2}), CLOSED, Verdict.MUST_ACCEPT),
        (back({"position": 2, "quantity": 1}), CLOSED, Verdict.MUST_REJECT),
        (back({"position": 1, "quantity": 3}), CLOSED, Verdict.MUST_REJECT),
        (back({"position": 0, "quantity": 1}), GONE, Verdict.MUST_REJECT),
    ],
)
def test_not_silent(step: Any, session: SessionModel, verdict: Verdict) -> None:
    """What looks like an open request, but is not: the verdict is sure."""
    assert expect(step, MARK, session, ENVIRONMENT).verdict is verdict


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (({"position": 1, "quantity": 1},), SessionState.PARTIALLY_RETURNED),
        (({"position": 1, "quantity": 2},), UNKNOWN),
    ],
)
def test_the_state_after_all_is_returned_is_open(lines: Any, state: object) -> None:
    """RET-U1: partially returned, or another."""
    step = back(*lines)
    expectation = expect(step, MARK, GONE, FLATTENING)
    after = after_acceptance(step, GONE, expectation, FLATTENING)
    assert after.state is state


def test_what_is_open_names_the_situation_before_what_is_refused() -> None:
    """A session ID that HTTP stacks may refuse, with a body that must be."""
    step = update(referralCode="x" * 101)
    expectation = expect(step, f"a/{MARK}", SessionModel(), ENVIRONMENT)
    assert (expectation.verdict, expectation.rules) == (Verdict.UNSPECIFIED, ("IDENT-U3",))
