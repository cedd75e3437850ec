"""Statuses: what a wrong one is reported as, and which ones say nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    ContractVersion,
    Credentials,
    Fetch,
    Operation,
    Raw,
    ReturnItems,
    SessionState,
    Update,
)
from cartfuzz.oracle.checks.status import is_unfounded
from cartfuzz.oracle.model import SessionModel
from cartfuzz.record import AnyOf, Discrepancy, Present, StatusIn
from cartfuzz.wire import Response

from ..histories import DATA, ENVIRONMENT, ITEM, answer, judge, ok, read, refusal, rules, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
CREATED = (update(DATA), ok(DATA, updateCount=1))
INVALID = update({"cartItems": [{**ITEM, "quantity": 0}]})


def status_of(step: Any, status: int) -> list[str]:
    """The rules that an answer with a status breaks, after a session was created."""
    return rules(judge([CREATED, (step, refusal(status))], environment=CURRENT))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ["STATE-12"]),
        (404, ["STATE-12"]),
        (422, ["STATE-12"]),
        (499, ["STATE-12"]),
        (500, ["ERR-02"]),
        (501, ["ERR-02"]),
        (502, []),
        (503, []),
        (504, []),
        (599, ["ERR-02"]),
    ],
)
def test_statuses_of_what_must_be_accepted(status: int, expected: list[str]) -> None:
    """A refusal breaks the promise, a 5xx ERR-02, a gateway's nothing."""
    step = update({"identifiers": ["one"]})
    assert status_of(step, status) == expected


@pytest.mark.parametrize(
    ("status", "broken"),
    [(400, False), (404, True), (422, True), (499, True), (500, True), (502, False)],
)
def test_statuses_of_what_must_be_refused(status: int, broken: bool) -> None:
    """By one of the statuses of its rule."""
    assert bool(status_of(INVALID, status)) is broken


def test_wrong_refusals_are_one_bug() -> None:
    """A target that refuses everything with one status; what accepts it is another bug."""

    def of(answered: Response) -> Discrepancy:
        return judge([(INVALID, answered)], environment=CURRENT)[0].discrepancies[0]

    assert (of(refusal(422)).rule, of(refusal(422)).family) == (
        "CART-06",
        "refusals are answered 422",
    )
    accepted = of(ok({}))
    assert (accepted.rule, accepted.outcome, accepted.family) == ("CART-06", "accepted", "")
    must_accept = judge([(update(DATA), refusal(422))], environment=CURRENT)[0].discrepancies[0]
    assert (must_accept.outcome, must_accept.family) == ("answered 422", "")


def test_a_session_that_is_gone_is_the_doing_of_an_earlier_step() -> None:
    """A read that does not find it is not wrong itself; any other refusal is."""
    for status, outcome in ((404, "session not found afterwards"), (405, "answered 405")):
        judgement = judge([CREATED, (Fetch(), refusal(status))], environment=CURRENT)[1]
        assert [one.outcome for one in judgement.discrepancies] == [outcome]


def test_what_was_found_is_quoted() -> None:
    """The beginning of the body: 300 bytes."""
    body = b'{"message": "' + b"m" * 400 + b'"}'
    judgement = judge([(update(DATA), answer(400, raw=body))], environment=CURRENT)[0]
    assert judgement.discrepancies[0].found == f"400 {body[:300].decode()}"
    crash = judge([(update(DATA), answer(500, raw=body))], environment=CURRENT)[0]
    assert crash.discrepancies[0].found == f"500 {body[:300].decode()}"


OPEN = SessionModel(state=SessionState.OPEN)
WITH_CODE = SessionModel(state=SessionState.OPEN, fields={"couponCodes": ["a"]})


def sending(**session: Any) -> Update:
    return Update(body={"customerSession": session})


@pytest.mark.parametrize(
    ("step", "status", "before", "expected"),
    [
        (sending(), 409, OPEN, True),
        (sending(identifiers=[]), 409, OPEN, True),
        (sending(identifiers=["a"]), 409, OPEN, False),
        (sending(couponCodes=["a"]), 409, OPEN, False),
        (sending(cartItems=[ITEM]), 409, OPEN, True),
        (sending(), 409, WITH_CODE, False),
        (sending(state="closed"), 409, OPEN, False),
        (sending(state="open"), 409, OPEN, True),
        (Fetch(), 409, OPEN, True),
        (Fetch(), 413, OPEN, True),
        (sending(), 413, OPEN, True),
        (sending(profileId="p" * 4_054), 413, OPEN, True),
        (sending(profileId="p" * 4_062), 413, OPEN, False),
        (ReturnItems(body={"a": "b" * 5_000}), 413, OPEN, False),
        (ReturnItems(body={}), 413, OPEN, True),
        (sending(), 429, OPEN, False),
        (sending(), 414, OPEN, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_reasons_of_inconclusive_statuses(
    step: Any, status: int, before: SessionModel, expected: bool
) -> None:
    """A 409 needs something that campaigns limit, a 413 a body of 4096 bytes."""
    assert is_unfounded(step, status, before) is expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (Raw(oddity="odd", method="BREW"), []),
        (Raw(oddity="odd", body=b"{"), ["ERR-02"]),
    ],
)
def test_http_may_offer_less(raw: Raw, expected: list[str]) -> None:
    """501 and 505 are right where a request is open, not where it must be refused."""
    for status in (501, 505):
        assert rules(judge([(raw, answer(status, raw=b""))], environment=CURRENT)) == expected
    assert rules(judge([(raw, answer(500, raw=b""))], environment=CURRENT)) == ["ERR-02"]


def test_the_key_of_requests() -> None:
    """A request without a key is answered 401, whatever else is wrong."""
    step = update(DATA, credentials=Credentials.MISSING)
    assert rules(judge([(step, refusal(401))], environment=CURRENT)) == []
    assert rules(judge([(step, ok(DATA))], environment=CURRENT))[0] == "AUTH-01"
    wrong = Raw(oddity="odd", endpoint=Operation.GET, credentials=Credentials.WRONG)
    assert rules(judge([(wrong, refusal(401))], environment=CURRENT)) == []


@pytest.mark.parametrize(
    ("pointer", "promise"),
    [
        ("/customerSession/cartItems", True),
        ("/customerSession/cartItems/0", True),
        ("/customerSession/cartItems/0/quantity", True),
        ("/customerSession/cartItems/0/sku", False),
        ("/customerSession/cartItems/0/name", False),
        ("/customerSession/identifiers", False),
        ("/customerSession/nowhere", True),
        ("", True),
    ],
)
def test_a_large_cart_that_is_refused(pointer: str, promise: bool) -> None:
    """It breaks the promise of its size unless the target complains of something else."""
    step = update({"cartItems": [ITEM] * 300, "identifiers": ["x"]})
    body = {"message": "no", "errors": [{"title": "no", "source": {"pointer": pointer}}]}
    (one,) = judge([(step, answer(400, body))], environment=CURRENT)[0].discrepancies
    assert (one.rule == "CART-01") is promise


def test_the_claims_about_answers_of_the_wrong_kind() -> None:
    """An error is any 4xx; a session that nobody created is answered by one of two statuses."""
    error = judge([CREATED, (update(DATA), answer(200, {"message": "refused"}))])[1].discrepancies
    as_success = [one.claim for one in error if one.outcome == "an error under the status 200"]
    shows = (Present(pointer="/effects"), Present(pointer="/customerSession"))
    assert as_success == [AnyOf(claims=(StatusIn(statuses=tuple(range(400, 500))), *shows))]
    (appeared,) = judge([(Fetch(), read(DATA))])[0].discrepancies
    assert appeared.claim == StatusIn(statuses=(400, 404))


@pytest.mark.parametrize("aim", ["CART-06", "NO-SUCH-RULE"])
def test_a_needless_refusal_breaks_no_rule_of_refusals(aim: str) -> None:
    """An aim that demands no acceptance names nothing, whoever set it."""
    session = {"identifiers": ["one"]}
    plain, aimed = (update(session), update(session, aims=(aim,)))
    assert status_of(aimed, 400) == status_of(plain, 400) == ["STATE-12"]
