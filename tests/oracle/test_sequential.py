"""The oracle over hand-written histories: good ones in silence, bad ones under the right rule."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Credentials,
    Environment,
    Fetch,
    Level,
    Reopen,
    ReturnItems,
    RuleLevel,
    Step,
)
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import (
    DATA,
    ENVIRONMENT,
    ITEM,
    answer,
    judge,
    ok,
    read,
    refusal,
    rules,
    update,
    view,
)

History = list[tuple[Step, Response | NoResponse]]

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
FLAT = msgspec.structs.replace(ENVIRONMENT, flattening=True)
UNDECLARED = Environment()

CREATED = (update(DATA), ok(DATA))
CLOSED_DATA = {**DATA, "state": "closed"}
ONE_UNIT = {"position": 0, "quantity": 1}
CLOSED = (update(CLOSED_DATA), ok(CLOSED_DATA))


def returning(*lines: dict[str, int], dry: bool = False, **options: Any) -> ReturnItems:
    """A return that asks for the session."""
    body = {"return": {"returnedCartItems": list(lines)}, "responseContent": ["customerSession"]}
    return ReturnItems(body=body, dry=dry, **options)


def after_return(returned: int, **changes: Any) -> dict[str, Any]:
    item = {**ITEM, "returnedQuantity": returned, "remainingQuantity": 2 - returned}
    return {**DATA, "state": "partially_returned", "cartItems": [item], **changes}


MANY = {**ITEM, "quantity": 9}


def of_many(returned: int) -> dict[str, Any]:
    item = {**MANY, "returnedQuantity": returned, "remainingQuantity": 9 - returned}
    return after_return(0, cartItems=[item])


GOOD: dict[str, tuple[Environment, History]] = {
    "create and read": (ENVIRONMENT, [CREATED, (Fetch(), read(DATA))]),
    "read of nothing, 404": (ENVIRONMENT, [(Fetch(), refusal(404))]),
    "read of nothing, 400": (ENVIRONMENT, [(Fetch(), refusal(400))]),
    "field left out is kept": (
        ENVIRONMENT,
        [CREATED, (update({"identifiers": []}), ok({**DATA, "identifiers": []}))],
    ),
    "default of an attribute that only a refused update sent": (
        ENVIRONMENT,
        [
            CREATED,
            (
                update({"attributes": {"loyaltyYears": 5}, "referralCode": "x" * 101}),
                refusal(400),
            ),
            (Fetch(), read({**DATA, "attributes": {"loyaltyYears": 0, "channel": "web"}})),
        ],
    ),
    "cleared list comes back absent": (
        ENVIRONMENT,
        [CREATED, (update({"couponCodes": []}), ok({**DATA, "couponCodes": ...}))],
    ),
    "null is open, then learnt": (
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": None}), ok({**DATA, "identifiers": []})),
            (Fetch(), read({**DATA, "identifiers": []})),
        ],
    ),
    "attributes merged": (
        ENVIRONMENT,
        [
            (update({"attributes": {"channel": "web"}}), ok({"attributes": {"channel": "web"}})),
            (
                update({"attributes": {"giftWrapped": True}}),
                ok({"attributes": {"channel": "web", "giftWrapped": True}}),
            ),
        ],
    ),
    "attributes replaced": (
        ENVIRONMENT,
        [
            (update({"attributes": {"channel": "web"}}), ok({"attributes": {"channel": "web"}})),
            (
                update({"attributes": {"giftWrapped": True}}),
                ok({"attributes": {"giftWrapped": True}}),
            ),
        ],
    ),
    "closed to closed accepted and ignored": (
        ENVIRONMENT,
        [CLOSED, (update({"state": "closed", "identifiers": ["new"]}), ok(CLOSED_DATA))],
    ),
    "closed to closed refused": (
        ENVIRONMENT,
        [CLOSED, (update({"state": "closed"}), refusal()), (Fetch(), read(CLOSED_DATA))],
    ),
    "lost write, applied": (
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": ["new"]}), NoResponse(fate=Delivery.UNKNOWN, reason="reset")),
            (Fetch(), read({**DATA, "identifiers": ["new"]})),
            (Fetch(), read({**DATA, "identifiers": ["new"]})),
        ],
    ),
    "lost write, never applied": (
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": ["new"]}), NoResponse(fate=Delivery.UNKNOWN, reason="reset")),
            (Fetch(), read(DATA)),
        ],
    ),
    "rate limit": (ENVIRONMENT, [CREATED, (update(DATA), refusal(429))]),
    "limit of a campaign": (ENVIRONMENT, [(update(CLOSED_DATA), refusal(409))]),
    "binary floats in totals": (
        ENVIRONMENT,
        [
            (
                update({"cartItems": [{**ITEM, "quantity": 1, "price": 0.1}] * 3}),
                ok(
                    {"cartItems": [{**ITEM, "quantity": 1, "price": 0.1}] * 3},
                    cartItemTotal=0.30000000000000004,
                    total=0.30000000000000004,
                ),
            )
        ],
    ),
    "return, everything known": (
        FLAT,
        [CLOSED, (returning({"position": 0, "quantity": 1}), ok(after_return(1)))],
    ),
    "dry update leaves nothing": (
        ENVIRONMENT,
        [CREATED, (update({"identifiers": ["x"]}, dry=True), ok(DATA)), (Fetch(), read(DATA))],
    ),
    "unknown codes may be refused": (
        UNDECLARED,
        [(update({"couponCodes": ["nope"]}), refusal())],
    ),
    "reopened": (
        CURRENT,
        [
            (update(CLOSED_DATA), ok(CLOSED_DATA, updateCount=1)),
            (Reopen(), answer(200, {"effects": []})),
            (Fetch(), read(DATA, updateCount=1)),
        ],
    ),
}

GOOD["a used key has its old answer"] = (
    CURRENT,
    [
        (update(CLOSED_DATA), ok(CLOSED_DATA, updateCount=1)),
        (returning(ONE_UNIT, idempotency_key="k"), ok(after_return(1), updateCount=1)),
        (returning(ONE_UNIT), ok(after_return(2, state="closed"), updateCount=1)),
        (returning(ONE_UNIT, idempotency_key="k"), ok(after_return(1), updateCount=1)),
        (Fetch(), read(after_return(2, state="closed"), updateCount=1)),
    ],
)

PLAIN = {"cartItems": [ITEM]}
GOOD["a conflict that a used-up coupon of the session explains"] = (
    ENVIRONMENT,
    [CREATED, (update({"cartItems": [ITEM]}), refusal(409))],
)
GOOD["a close that a budget of a campaign refuses, which no code names"] = (
    ENVIRONMENT,
    [(update(PLAIN), ok(PLAIN)), (update({"state": "closed"}), refusal(409))],
)
GOOD["six identifiers of which two are equal, taken as five"] = (
    CURRENT,
    [
        (
            update({"identifiers": [*"abcde", "a"]}),
            ok({"identifiers": [*"abcde"]}, updateCount=1, cartItemAdditionalCostTotal=0),
        )
    ],
)
GOOD["a conflict where a refusal is right anyway"] = (
    ENVIRONMENT,
    [CLOSED, (update({"state": "open"}), refusal(409))],
)
GOOD["a conflict after a write that may still be worked on"] = (
    ENVIRONMENT,
    [(update(PLAIN), ok(PLAIN)), (update(PLAIN), refusal(503)), (update(PLAIN), refusal(409))],
)
GOOD["a large body that the server does not read"] = (
    ENVIRONMENT,
    [(update({"cartItems": [{**ITEM, "name": "x" * 5000}]}), refusal(413))],
)

BAD: dict[str, tuple[str, Environment, History]] = {
    "a conflict with nothing": (
        "STATE-12",
        ENVIRONMENT,
        [(update(PLAIN), ok(PLAIN)), (update(PLAIN), refusal(409))],
    ),
    "a read that conflicts": ("RESP-03", ENVIRONMENT, [CREATED, (Fetch(), refusal(409))]),
    "a small body that is too large": (
        "STATE-01",
        ENVIRONMENT,
        [(update(PLAIN), refusal(413))],
    ),
    "1001 items accepted": (
        "CART-02",
        ENVIRONMENT,
        [(update({"cartItems": [ITEM] * 1001}), ok({"cartItems": [ITEM] * 1001}))],
    ),
    "1000 items refused": (
        "CART-01",
        ENVIRONMENT,
        [(update({"cartItems": [ITEM] * 1000}), refusal())],
    ),
    "sum of 10,001 accepted": (
        "CART-04",
        FLAT,
        [
            (
                update({"cartItems": [{**ITEM, "quantity": 10_001}]}),
                ok({"cartItems": [{**ITEM, "quantity": 10_001}]}),
            )
        ],
    ),
    "sum of 10,000 refused": (
        "CART-03",
        FLAT,
        [(update({"cartItems": [{**ITEM, "quantity": 10_000}]}), refusal())],
    ),
    "sum counted without flattening": (
        "CART-05",
        ENVIRONMENT,
        [(update({"cartItems": [{**ITEM, "quantity": 10_001}]}), refusal())],
    ),
    "closed to open accepted": (
        "STATE-07",
        ENVIRONMENT,
        [CLOSED, (update({"state": "open"}), ok(DATA))],
    ),
    "close accepted, not done": (
        "STATE-04",
        ENVIRONMENT,
        [CREATED, (update({"state": "closed"}), ok(DATA))],
    ),
    "illegal change refused, yet stored": (
        "STATE-17",
        ENVIRONMENT,
        [CLOSED, (update({"state": "open"}), refusal()), (Fetch(), read(DATA))],
    ),
    "closed data changed": (
        "STATE-13",
        ENVIRONMENT,
        [
            CLOSED,
            (
                update({"state": "closed", "identifiers": ["new"]}),
                ok({**CLOSED_DATA, "identifiers": ["new"]}),
            ),
        ],
    ),
    "refused with another status": (
        "CART-06",
        ENVIRONMENT,
        [(update({"cartItems": [{**ITEM, "quantity": 0}]}), refusal(422))],
    ),
    "refused, yet stored": (
        "ERR-06",
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": ["x"], "cartItems": [{**ITEM, "sku": ""}]}), refusal()),
            (Fetch(), read({**DATA, "identifiers": ["x"]})),
        ],
    ),
    "field lost": (
        "MERGE-01",
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": ["x"]}), ok({**DATA, "identifiers": ["x"], "couponCodes": []})),
        ],
    ),
    "clearing ignored": (
        "MERGE-02",
        ENVIRONMENT,
        [CREATED, (update({"couponCodes": []}), ok(DATA))],
    ),
    "list appended to": (
        "MERGE-03",
        ENVIRONMENT,
        [
            CREATED,
            (
                update({"identifiers": ["three"]}),
                ok({**DATA, "identifiers": ["one", "two", "three"]}),
            ),
        ],
    ),
    "same update twice doubles the cart": (
        "MERGE-04",
        ENVIRONMENT,
        [CREATED, (update(DATA), ok({**DATA, "cartItems": [ITEM, ITEM]}))],
    ),
    "identifiers in another order": (
        "IDENT-07",
        ENVIRONMENT,
        [(update(DATA), ok({**DATA, "identifiers": ["two", "one"]}))],
    ),
    "integrationId altered": (
        "IDENT-02",
        ENVIRONMENT,
        [(update(DATA), ok(DATA, integrationId=MARK.upper()))],
    ),
    "anonymous session is no first one": (
        "IDENT-08",
        ENVIRONMENT,
        [(update({"profileId": ""}), ok({"profileId": ""}, firstSession=False))],
    ),
    "items merged": (
        "CART-10",
        ENVIRONMENT,
        [
            (
                update({"cartItems": [ITEM, ITEM]}),
                ok({"cartItems": [{**ITEM, "quantity": 4}]}),
            )
        ],
    ),
    "price rounded": (
        "CART-11",
        ENVIRONMENT,
        [
            (
                update({"cartItems": [{**ITEM, "price": 0.125}]}),
                ok({"cartItems": [{**ITEM, "price": 0.13}]}, cartItemTotal=0.25, total=0.25),
            )
        ],
    ),
    "read differs from the answer": (
        "RESP-03",
        ENVIRONMENT,
        [CREATED, (Fetch(), read({**DATA, "couponCodes": []}))],
    ),
    "session lost": ("RESP-03", ENVIRONMENT, [CREATED, (Fetch(), refusal(404))]),
    "cartItemTotal wrong": (
        "RESP-04",
        ENVIRONMENT,
        [(update(DATA), ok(DATA, cartItemTotal=10.5))],
    ),
    "additionalCostTotal wrong": (
        "RESP-05",
        ENVIRONMENT,
        [
            (
                update({"additionalCosts": {"shipping": {"price": 5}}}),
                ok({"additionalCosts": {"shipping": {"price": 5}}}, additionalCostTotal=0),
            )
        ],
    ),
    "total without costs": (
        "RESP-06",
        ENVIRONMENT,
        [
            (
                update({"additionalCosts": {"shipping": {"price": 5}}}),
                ok({"additionalCosts": {"shipping": {"price": 5}}}, total=0),
            )
        ],
    ),
    "id changes": ("RESP-07", ENVIRONMENT, [CREATED, (Fetch(), read(DATA, id=8))]),
    "updated goes back": (
        "RESP-07",
        ENVIRONMENT,
        [CREATED, (Fetch(), read(DATA, updated="2026-01-01T00:00:00Z"))],
    ),
    "updateCount stuck": (
        "RESP-08",
        CURRENT,
        [(update(DATA), ok(DATA, updateCount=1)), (update(DATA), ok(DATA, updateCount=1))],
    ),
    "required field missing": (
        "RESP-01",
        ENVIRONMENT,
        [(update(DATA), ok(DATA, firstSession=...))],
    ),
    "no session though asked for": (
        "RESP-02",
        ENVIRONMENT,
        [
            (
                update(DATA),
                answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": []}),
            )
        ],
    ),
    "dry create stores": (
        "DRY-01",
        ENVIRONMENT,
        [(update(DATA, dry=True), ok(DATA)), (Fetch(), read(DATA))],
    ),
    "dry update changes the time": (
        "DRY-01",
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": ["x"]}, dry=True), ok(DATA)),
            (Fetch(), read(DATA, updated="2026-01-01T00:00:09Z")),
        ],
    ),
    "dry skips validation": (
        "DRY-02",
        ENVIRONMENT,
        [
            (update({"cartItems": [{**ITEM, "sku": ""}]}, dry=True), ok({})),
            (update({"cartItems": [{**ITEM, "sku": ""}]}), refusal()),
        ],
    ),
    "dry and real skip validation": (
        "CART-07",
        ENVIRONMENT,
        [
            (update({"cartItems": [{**ITEM, "sku": ""}]}, dry=True), ok({})),
            (update({"cartItems": [{**ITEM, "sku": ""}]}), ok({})),
        ],
    ),
    "dry return stores": (
        "DRY-03",
        FLAT,
        [
            CLOSED,
            (returning({"position": 0, "quantity": 1}, dry=True), ok(after_return(1))),
            (Fetch(), read(after_return(1))),
        ],
    ),
    "over-return accepted": (
        "RET-03",
        FLAT,
        [CLOSED, (returning({"position": 0, "quantity": 3}), ok(after_return(2)))],
    ),
    "second return forgets the first": (
        "RET-02",
        FLAT,
        [
            (
                update({**CLOSED_DATA, "cartItems": [{**ITEM, "quantity": 3}]}),
                ok({**CLOSED_DATA, "cartItems": [{**ITEM, "quantity": 3}]}),
            ),
            *[
                (
                    returning({"position": 0, "quantity": 1}),
                    ok(
                        {
                            **CLOSED_DATA,
                            "state": "partially_returned",
                            "cartItems": [
                                {
                                    **ITEM,
                                    "quantity": 3,
                                    "returnedQuantity": 1,
                                    "remainingQuantity": 2,
                                }
                            ],
                        }
                    ),
                )
            ]
            * 2,
        ],
    ),
    "return on an open session": (
        "RET-04",
        FLAT,
        [CREATED, (returning({"position": 0, "quantity": 1}), ok(after_return(1)))],
    ),
    "key used twice returns twice": (
        "RET-06",
        CURRENT,
        [
            (update(CLOSED_DATA), ok(CLOSED_DATA, updateCount=1)),
            (
                returning({"position": 0, "quantity": 1}, idempotency_key="k"),
                ok(after_return(1), updateCount=1),
            ),
            (
                returning({"position": 0, "quantity": 1}, idempotency_key="k"),
                ok(after_return(2), updateCount=1),
            ),
        ],
    ),
    "key used twice returns twice, read later": (
        "RET-06",
        CURRENT,
        [
            (
                update({**CLOSED_DATA, "cartItems": [MANY]}),
                ok({**CLOSED_DATA, "cartItems": [MANY]}, updateCount=1),
            ),
            (returning(ONE_UNIT, idempotency_key="k"), ok(of_many(1), updateCount=1)),
            (returning(ONE_UNIT), ok(of_many(2), updateCount=1)),
            (returning(ONE_UNIT, idempotency_key="k"), ok(of_many(1), updateCount=1)),
            (Fetch(), read(of_many(3), updateCount=1)),
        ],
    ),
    "item attribute kept": (
        "CART-12",
        CURRENT,
        [
            (
                update({"cartItems": [{**ITEM, "attributes": {"color": "red", "fragile": True}}]}),
                ok(
                    {"cartItems": [{**ITEM, "attributes": {"color": "red", "fragile": True}}]},
                    updateCount=1,
                ),
            ),
            (
                update({"cartItems": [{**ITEM, "attributes": {"fragile": False}}]}),
                ok(
                    {"cartItems": [{**ITEM, "attributes": {"color": "red", "fragile": False}}]},
                    updateCount=2,
                ),
            ),
        ],
    ),
    "undeclared cost accepted": (
        "COST-02",
        ENVIRONMENT,
        [(update({"additionalCosts": {"bribe": {"price": 1}}}), ok({}))],
    ),
    "attribute of another type accepted": (
        "ATTR-03",
        ENVIRONMENT,
        [(update({"attributes": {"loyaltyYears": "two"}}), ok({}))],
    ),
    "no key, served": (
        "AUTH-01",
        ENVIRONMENT,
        [CREATED, (Fetch(credentials=Credentials.MISSING), read(DATA))],
    ),
    "no key, refused, yet stored": (
        "AUTH-01",
        ENVIRONMENT,
        [
            CREATED,
            (update({"identifiers": ["x"]}, credentials=Credentials.WRONG), refusal(401)),
            (Fetch(), read({**DATA, "identifiers": ["x"]})),
        ],
    ),
    "refusal in HTML": (
        "ERR-01",
        ENVIRONMENT,
        [(Fetch(), answer(404, raw=b"<h1>Not found</h1>"))],
    ),
    "500": ("ERR-02", ENVIRONMENT, [(update(DATA), refusal(500))]),
    "stack trace": (
        "ERR-03",
        ENVIRONMENT,
        [(Fetch(), answer(404, {"message": 'File "/srv/app/sessions.py", line 12, in get'}))],
    ),
    "read of an unknown session, 200": ("ERR-05", ENVIRONMENT, [(Fetch(), read({}))]),
    "reopen of an open session": (
        "STATE-16",
        CURRENT,
        [(update(DATA), ok(DATA, updateCount=1)), (Reopen(), answer(200, {"effects": []}))],
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_allowed_histories_are_met_with_silence(name: str) -> None:
    """What the contract allows or leaves open is never a discrepancy."""
    environment, history = GOOD[name]
    found = [d for j in judge(history, environment=environment) for d in j.discrepancies]
    assert found == []


@pytest.mark.parametrize("name", BAD)
def test_broken_rules_are_named(name: str) -> None:
    """What the contract forbids is reported under the rule that forbids it, and no other."""
    rule, environment, history = BAD[name]
    assert rules(judge(history, environment=environment)) == [rule]


def test_twin_sessions_that_are_one() -> None:
    """A second ID that meets the first one's session is IDENT-01."""
    sessions = (f"{MARK}a", f"{MARK}A")
    first = view(DATA, integrationId=sessions[0])
    history: History = [
        (update(DATA), ok(DATA, integrationId=sessions[0])),
        (Fetch(session=1), answer(200, {"customerSession": first, "effects": []})),
    ]
    assert rules(judge(history, sessions=sessions)) == ["IDENT-01"]


def test_an_observed_rule_is_an_observation() -> None:
    """A rule at level observe is recorded with its outcome and never a discrepancy."""
    levels = {"CART-07": RuleLevel(level=Level.OBSERVE, reason="known")}
    history: History = [(update({"cartItems": [{**ITEM, "sku": ""}]}), ok({}))]
    judgements = judge(history, levels=levels)
    assert rules(judgements) == []
    assert [(o.rule, o.outcome) for o in judgements[0].observations] == [("CART-07", "accepted")]


def test_an_unanswered_write_is_inconclusive() -> None:
    """Connection trouble is no verdict; later updates are not judged until a read."""
    lost = NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")
    judgements = judge(
        [CREATED, (update(CLOSED_DATA), lost), (update({"state": "open"}), ok(DATA))]
    )
    assert rules(judgements) == []
    assert judgements[1].inconclusive == ("update: connection reset",)


def test_what_was_sent_is_no_leak() -> None:
    """An error that quotes the request is no leak, however much the request looks like one."""
    sent = {"profileId": "SELECT secret FROM users", "cartItems": [{**ITEM, "sku": ""}]}
    quoted = answer(400, {"message": "bad session for profile SELECT secret FROM users"})
    assert rules(judge([(update(sent), quoted)])) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[" * 100_000, b'{"customerSession": 1e999}', b'"\\ud800"', b"null", b"[]"],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_hostile_answers_are_data(status: int, body: bytes) -> None:
    """No body makes the oracle fail; what is wrong with it is said under some rule."""
    history: History = [
        CREATED,
        (Fetch(), answer(status, raw=body)),
        (update(DATA), answer(status, raw=body)),
    ]
    assert rules(judge(history))


MANY_CLOSED = {**CLOSED_DATA, "cartItems": [MANY]}
TOO_MANY_UNITS = {"position": 0, "quantity": 10}


def with_key(line: dict[str, int], *, on: int = 0) -> ReturnItems:
    return returning(line, idempotency_key="k", session=on)


@pytest.mark.parametrize("replayed", [True, False])
def test_a_refusal_may_be_remembered_for_its_key(*, replayed: bool) -> None:
    """The same key then brings the refusal again, or is taken; without a key it must be taken."""
    start: History = [
        (update(MANY_CLOSED), ok(MANY_CLOSED, updateCount=1)),
        (with_key(TOO_MANY_UNITS), refusal()),
    ]
    again = refusal() if replayed else ok(of_many(1), updateCount=1)
    shown = read(MANY_CLOSED if replayed else of_many(1), updateCount=1)
    history: History = [*start, (with_key(ONE_UNIT), again), (Fetch(), shown)]
    flat = msgspec.structs.replace(CURRENT, flattening=True)
    assert rules(judge(history, environment=flat)) == []
    unkeyed: History = [*start, (returning(ONE_UNIT), refusal())]
    assert rules(judge(unkeyed, environment=flat)) == ["RET-01"]


@pytest.mark.parametrize("status", [200, 400, 409, 422])
def test_a_key_of_another_session_is_open(status: int) -> None:
    """Whether it is refused or taken; where it is taken, the units are returned (RET-02)."""
    flat = msgspec.structs.replace(CURRENT, flattening=True)
    sessions = (f"a-{MARK}", f"b-{MARK}")

    def shown(answered: Response, *, on: int) -> Response:
        body = json.loads(answered.body)
        body["customerSession"] |= {"integrationId": sessions[on], "id": 7 + on, "updateCount": 1}
        return answer(answered.status, body)

    start: History = [
        (update(MANY_CLOSED, on=on), shown(ok(MANY_CLOSED), on=on)) for on in range(2)
    ]
    first: History = [*start, (with_key(ONE_UNIT), shown(ok(of_many(1)), on=0))]
    second = shown(ok(of_many(1)), on=1) if status == 200 else refusal(status)
    taken: History = [*first, (with_key(ONE_UNIT, on=1), second)]
    assert rules(judge(taken, environment=flat, sessions=sessions)) == []
    if status == 200:
        untaken: History = [*first, (with_key(ONE_UNIT, on=1), shown(ok(MANY_CLOSED), on=1))]
        assert rules(judge(untaken, environment=flat, sessions=sessions)) != []
