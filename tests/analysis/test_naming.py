"""Discrepancies are named by their cause, and the target's own pointer is quoted."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import target_points_at
from cartfuzz.analysis.naming import cause_text, named_title
from cartfuzz.record import Cause, Element, Exchange

from ..record.events import discrepancy

COLOR = ("customerSession", "cartItems", "attributes", "color")
REFUSED = msgspec.structs.replace(
    discrepancy("STATE-01"),
    situation="update of an unknown session without a state",
    outcome="answered 400",
    title="update of an unknown session without a state: answered 400",
)


def member(*path: str, value: Any = 1) -> Cause:
    return Cause(element=Element.MEMBER, path=path, value=value)


def test_a_refusal_is_named_by_the_member_that_it_needs() -> None:
    """Not by the state of the session, which has no part in it."""
    causes = [member(*COLOR[:depth]) for depth in (2, 3, 4)]
    assert named_title(REFUSED, causes) == "update with cartItems.attributes.color: answered 400"


def test_other_titles_gain_the_cause() -> None:
    """What differs is still said first."""
    price = Cause(element=Element.VALUE, path=("customerSession", "price"), value=0.005)
    found = msgspec.structs.replace(REFUSED, check="totals", title="total is wrong")
    assert named_title(found, [price]) == "total is wrong, with price 0.005"
    assert named_title(found, []) == "total is wrong"


def test_too_many_parts_are_no_name() -> None:
    """Steps and bursts are not named either."""
    assert cause_text([member("customerSession", name) for name in "abcd"]) == ""
    assert cause_text([Cause(element=Element.STEP, path=("0",))]) == ""
    assert cause_text([Cause(element=Element.SESSION_ID), member("return", "a")]) == (
        "such a session ID and a"
    )


def answered(answer: str, status: int = 400) -> Exchange:
    return Exchange(step=0, method="PUT", target="/", status=status, answer=answer)


@pytest.mark.parametrize(
    ("errors", "quote"),
    [
        ([{"title": "t", "source": {"pointer": "/a"}}], "/a: t"),
        ([{"title": "t", "details": "d", "source": {"pointer": "/a"}}], "/a: d"),
        ([{"title": "t"}, {"source": {"pointer": "/b"}}], "/b"),
        ([{"source": {"pointer": ""}}, {"source": {"pointer": 1}}, {"source": []}, 7], ""),
        ("none", ""),
    ],
)
def test_the_first_pointer_is_quoted(errors: object, quote: str) -> None:
    """With the details or the title; anything else in the place of errors has none."""
    assert target_points_at(answered(json.dumps({"errors": errors}))) == quote


def test_a_quote_is_short_and_only_of_refusals() -> None:
    """A long text is cut; accepted requests, lost answers and other texts point nowhere."""
    long = json.dumps({"errors": [{"title": "x" * 9_999, "source": {"pointer": "/a"}}]})
    assert len(target_points_at(answered(long))) == 240
    assert target_points_at(answered(long, status=200)) == ""
    assert target_points_at(answered("[" * 100_000)) == ""
    assert target_points_at(None) == ""
