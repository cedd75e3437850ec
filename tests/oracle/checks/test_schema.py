"""The shape of accepted answers, and the claims that a right one would satisfy."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import Entity, Fetch, ReturnItems
from cartfuzz.oracle.checks.schema import first_schema_error
from cartfuzz.record import Fits, Present

from ..histories import DATA, ENVIRONMENT, answer, judge, ok, read, rules, update

CREATED = (update(DATA), ok(DATA))


def found(**changes: Any) -> Any:
    """What is found in an answer that shows a session with ``changes``."""
    (one,) = [
        one
        for one in judge([(update(DATA), ok(DATA, **changes))])[0].discrepancies
        if one.rule == "RESP-01"
    ]
    return one


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"id": "7"}, Fits(pointer="/customerSession/id", types=("number",))),
        (
            {"firstSession": "yes"},
            Fits(pointer="/customerSession/firstSession", types=("boolean",)),
        ),
        ({"total": None}, Fits(pointer="/customerSession/total", types=("number",))),
        ({"created": ...}, Present(pointer="/customerSession/created")),
    ],
    ids=str,
)
def test_claims_about_the_shape(changes: dict[str, Any], claim: Any) -> None:
    """The place and the type that it must have there; whole numbers are numbers."""
    assert found(**changes).claim == claim


def test_what_lies_too_deep_or_is_no_utf_8_is_judged_all_the_same() -> None:
    """The validator reads neither; what is above them counts."""
    deep: Any = "bottom"
    for _ in range(5_000):
        deep = [deep]
    for odd in (deep, "\ud800", {"a": deep}):
        right = {"message": "refused", "extra": odd}
        assert first_schema_error(ENVIRONMENT, Entity.ERROR_RESPONSE, right) == ""
        unread = {"message": "\ud800", "extra": odd}
        assert first_schema_error(ENVIRONMENT, Entity.ERROR_RESPONSE, unread) == ""
        wrong = {"message": 1, "extra": odd}
        assert "/message fails" in first_schema_error(ENVIRONMENT, Entity.ERROR_RESPONSE, wrong)


def test_an_error_under_the_status_200() -> None:
    """It has the members of an error and none of the operation."""
    bodies: list[tuple[dict[str, Any], bool]] = [
        ({"message": "no"}, True),
        ({"errors": []}, True),
        ({"effects": [], "message": "fine"}, False),
    ]
    for body, expected in bodies:
        judged = judge([CREATED, (update({"identifiers": ["x"]}), answer(200, body))])
        outcomes = [one.outcome for one in judged[1].discrepancies]
        is_error = outcomes == ["an error under the status 200"]
        assert is_error is expected


def test_the_session_that_was_asked_for() -> None:
    """RESP-02 where the request names it, RESP-03 for a read."""
    body: dict[str, Any] = {"effects": [], "createdCoupons": [], "createdReferrals": []}
    assert rules(judge([(update(DATA), answer(200, body))])) == ["RESP-02"]
    quiet = update(DATA)
    quiet.body.pop("responseContent")
    assert rules(judge([(quiet, answer(200, body))])) == []
    lines = {"returnedCartItems": [{"position": 0, "quantity": 2}]}
    closed = {**DATA, "state": "closed"}
    start = (update(closed), ok(closed))
    back = ReturnItems(body={"return": lines, "responseContent": ["customerSession"]})
    assert "RESP-02" in rules(judge([start, (back, answer(200, body))]))
    assert "RESP-02" not in rules(
        judge([start, (ReturnItems(body={"return": lines}), answer(200, body))])
    )
    assert "RESP-03" in rules(judge([CREATED, (Fetch(), answer(200, {"effects": []}))]))
    assert rules(judge([CREATED, (Fetch(), read(DATA))])) == []
