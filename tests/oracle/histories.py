"""Hand-written histories for the oracle: steps, responses, and how the oracle judges them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Environment,
    RuleLevel,
    Scenario,
    Step,
    Update,
)
from cartfuzz.oracle.judgement import Judgement
from cartfuzz.oracle.sequential import SequentialOracle
from cartfuzz.wire import NoResponse, Response
from cartfuzz.wire.encoding import encode_json

ENVIRONMENT = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT, coupons=(), referrals=(), budgets=(), loyalty=()
)
"""The example without campaigns, so that no answer must list an effect: histories are about what
sessions hold."""
ITEM = {"name": "Cap", "sku": "cap", "quantity": 2, "price": 10.5}
DATA: dict[str, Any] = {
    "profileId": "ann",
    "couponCodes": ["WELCOME"],
    "identifiers": ["one", "two"],
    "cartItems": [ITEM],
}


def update(session: Mapping[str, Any] | None = None, *, on: int = 0, **options: Any) -> Update:
    """An update that asks for the session in its answer."""
    body = {"customerSession": dict(session or {}), "responseContent": ["customerSession"]}
    return Update(session=on, body=body, **options)


def view(session: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The CustomerSessionV2 that shows ``session``, correct but for ``changes``."""
    items = copy.deepcopy(list(session.get("cartItems", ())))
    own = sum(cost["price"] for cost in session.get("additionalCosts", {}).values())
    goods = sum(item["quantity"] * item.get("price", 0) for item in items)
    of_items = sum(
        cost["price"]
        for item in items
        if isinstance(item.get("additionalCosts"), dict)
        for cost in item["additionalCosts"].values()
    )
    shown = {
        "id": 7,
        "created": "2026-01-01T00:00:00Z",
        "updated": "2026-01-01T00:00:01Z",
        "integrationId": MARK,
        "applicationId": 1,
        "profileId": "",
        "state": "open",
        "attributes": {},
        "firstSession": True,
        "total": goods + own,
        "cartItemTotal": goods,
        "additionalCostTotal": own,
        "cartItemAdditionalCostTotal": of_items,
        **session,
        "cartItems": items,
        **changes,
    }
    return {key: value for key, value in shown.items() if value is not ...}


def answer(status: int, body: Any = None, *, raw: bytes | None = None) -> Response:
    """An answer with a JSON body."""
    text = encode_json(body) if raw is None else raw
    return Response(status=status, body=text, elapsed_sec=0.001, content_type="application/json")


def ok(session: Mapping[str, Any], **changes: Any) -> Response:
    """200 to an update or a return, showing ``session``."""
    return answer(
        200,
        {
            "effects": [],
            "createdCoupons": [],
            "createdReferrals": [],
            "customerSession": view(session, **changes),
        },
    )


def read(session: Mapping[str, Any], **changes: Any) -> Response:
    """200 to a read, showing ``session``."""
    return answer(200, {"customerSession": view(session, **changes), "effects": []})


def refusal(status: int = 400) -> Response:
    """A refusal in the documented format."""
    return answer(status, {"message": "refused", "errors": [{"title": "refused"}]})


def judge(
    history: Sequence[tuple[Step, Response | NoResponse]],
    *,
    environment: Environment = ENVIRONMENT,
    sessions: tuple[str, ...] = (MARK,),
    levels: Mapping[str, RuleLevel] | None = None,
) -> list[Judgement]:
    """The judgement of each response, and one more with what was held back until the end."""
    scenario = Scenario(
        title="history", sessions=sessions, steps=tuple(step for step, _ in history)
    )
    oracle = SequentialOracle(scenario, environment, levels or {})
    judgements = [oracle.judge(step_index, given) for step_index, (_, given) in enumerate(history)]
    return [*judgements, Judgement(discrepancies=tuple(oracle.finish()))]


def rules(judgements: Sequence[Judgement]) -> list[str]:
    """The rules of all discrepancies, in order."""
    return [found.rule for judgement in judgements for found in judgement.discrepancies]


def effect(kind: str, *, campaign: int = 7, **props: Any) -> dict[str, Any]:
    """An effect with all members that the contract asks for."""
    return {
        "campaignId": campaign,
        "rulesetId": 1,
        "ruleIndex": 0,
        "ruleName": "",
        "effectType": kind,
        "props": props,
    }
