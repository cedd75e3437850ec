"""What was judged and was right: the situations that a comparison of runs may rely on."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import MARK, Credentials, Environment, Operation, Raw, Scenario, Step, Update
from cartfuzz.oracle import Oracle
from cartfuzz.record import CheckName, Situation, situation_digest
from cartfuzz.wire import Response

ACCEPTED = b'{"effects":[],"createdCoupons":[],"createdReferrals":[]}'
CREATE = Update(body={"customerSession": {}})
LARGE = Update(
    body={
        "customerSession": {
            "cartItems": [{"name": "a", "sku": "a", "quantity": 1, "price": 1}] * 1001
        }
    }
)


def right(step: Step, status: int, body: bytes = ACCEPTED) -> tuple[str, ...]:
    """What was right about the answer to the only step of a scenario."""
    scenario = Scenario(title="one step", sessions=(f"s-{MARK}",), steps=(step,))
    oracle = Oracle(scenario, Environment())
    return oracle.judge(0, Response(status=status, body=body)).judged_right


def digest(rule: str, situation: str, check: CheckName = CheckName.STATUS) -> str:
    """Of an update."""
    return situation_digest(
        rule=rule, check=check, operation=Operation.UPDATE, situation=Situation.parse(situation)
    )


def test_a_right_status_is_right_in_each_situation_of_the_request() -> None:
    """By the rule of the verdict, and as an answer that is no 5xx."""
    found = right(LARGE, 400, b'{"message": "too many items"}')
    assert digest("CART-02", "update: over 1000 cart items") in found
    assert digest("ERR-02", "update: over 1000 cart items", CheckName.SERVER_ERROR) in found
    assert digest("STATE-01", "update of an unknown session without a state") in right(CREATE, 200)


@pytest.mark.parametrize(
    ("step", "status"),
    [(LARGE, 200), (CREATE, 400), (CREATE, 500), (CREATE, 503), (CREATE, 429)],
)
def test_a_wrong_status_is_right_nowhere(step: Step, status: int) -> None:
    """Nor is one that says nothing about the rules."""
    assert right(step, status) == ()


@pytest.mark.parametrize(
    "step",
    [
        LARGE,
        CREATE,
        Update(body={"customerSession": {}}, credentials=Credentials.MISSING),
        Raw(oddity="truncated JSON", body=b'{"customerSession": {'),
        Update(body=7),
    ],
)
@pytest.mark.parametrize("status", [200, 204, 400, 401, 404, 422, 500])
def test_no_answer_is_right_and_wrong_at_once(step: Any, status: int) -> None:
    """The identity of a discrepancy without its outcome is never among what was right."""
    scenario = Scenario(title="one step", sessions=(f"s-{MARK}",), steps=(step,))
    oracle = Oracle(scenario, Environment())
    judgement = oracle.judge(0, Response(status=status, body=ACCEPTED))
    for found in judgement.discrepancies:
        wrong = situation_digest(
            rule=found.rule,
            check=found.check,
            operation=found.operation,
            situation=Situation.parse(found.situation),
        )
        assert wrong not in judgement.judged_right
