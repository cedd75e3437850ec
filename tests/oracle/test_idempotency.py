"""The Idempotency-Key of updates and reopens: applied once, answered alike (IDEM-01, IDEM-02)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Fetch,
    Reopen,
    Scenario,
    Step,
)
from cartfuzz.oracle import Oracle
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import DATA, ENVIRONMENT, answer, judge, ok, read, refusal, rules, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
BEFORE = msgspec.structs.replace(CURRENT, since="26.14")
ONE, TWO = {**DATA, "identifiers": ["one"]}, {**DATA, "identifiers": ["two"]}
History = list[tuple[Step, Response]]

CREATED = (update(DATA), ok(DATA, updateCount=1))
REOPENED = answer(200, {"effects": []})


def keyed(session: Mapping[str, Any], key: str = "k", **options: Any) -> Step:
    return update(session, idempotency_key=key, **options)


FIRST = (keyed({"identifiers": ["one"]}), ok(ONE, updateCount=2))
SECOND = (update({"identifiers": ["two"]}), ok(TWO, updateCount=3))

LAWFUL: dict[str, History] = {
    "the same answer at once": [CREATED, FIRST, FIRST, (Fetch(), read(ONE, updateCount=2))],
    "the same answer later, and nothing applied": [
        CREATED,
        FIRST,
        SECOND,
        FIRST,
        (Fetch(), read(TWO, updateCount=3)),
    ],
    "a closing again": [
        CREATED,
        (keyed({"state": "closed"}), ok({**DATA, "state": "closed"}, updateCount=2)),
        (keyed({"state": "closed"}), ok({**DATA, "state": "closed"}, updateCount=2)),
    ],
    "a reopening again": [
        (update({**DATA, "state": "closed"}), ok({**DATA, "state": "closed"}, updateCount=1)),
        (Reopen(idempotency_key="k"), REOPENED),
        (Reopen(idempotency_key="k"), REOPENED),
        (Fetch(), read(DATA, updateCount=2)),
    ],
    "another body, applied": [
        CREATED,
        FIRST,
        (keyed({"identifiers": ["two"]}), ok(TWO, updateCount=3)),
        (Fetch(), read(TWO, updateCount=3)),
    ],
    "another body, the first answer": [
        CREATED,
        FIRST,
        (keyed({"identifiers": ["two"]}), ok(ONE, updateCount=2)),
        (Fetch(), read(ONE, updateCount=2)),
    ],
    "another body, refused": [
        CREATED,
        FIRST,
        (keyed({"identifiers": ["two"]}), refusal(400)),
        (Fetch(), read(ONE, updateCount=2)),
    ],
    "a refusal again": [
        CREATED,
        (keyed({"cartItems": "none"}), refusal(400)),
        (keyed({"identifiers": ["one"]}), refusal(400)),
    ],
    "a key of 300 characters, refused": [CREATED, (keyed({}, "k" * 300), refusal(400))],
}

BROKEN: dict[str, tuple[str, History]] = {
    "applied twice": (
        "IDEM-01",
        [CREATED, FIRST, (keyed({"identifiers": ["one"]}), ok(ONE, updateCount=3))],
    ),
    "applied twice, read later": (
        "IDEM-01",
        [CREATED, FIRST, SECOND, FIRST, (Fetch(), read(ONE, updateCount=4))],
    ),
    "another answer": (
        "IDEM-01",
        [CREATED, FIRST, SECOND, (keyed({"identifiers": ["one"]}), ok(TWO, updateCount=3))],
    ),
    "refused as a duplicate": (
        "IDEM-01",
        [CREATED, FIRST, (keyed({"identifiers": ["one"]}), refusal(400))],
    ),
    "a reopening refused the second time": (
        "IDEM-01",
        [
            (update({**DATA, "state": "closed"}), ok({**DATA, "state": "closed"}, updateCount=1)),
            (Reopen(idempotency_key="k"), REOPENED),
            (Reopen(idempotency_key="k"), refusal(400)),
        ],
    ),
    "a key of 255 characters, refused": (
        "IDEM-02",
        [CREATED, (keyed({}, "k" * 255), refusal(400))],
    ),
    "a new key taken for another": (
        "IDEM-02",
        [CREATED, FIRST, (keyed({"identifiers": ["one"]}, "other"), ok(ONE, updateCount=2))],
    ),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_lawful_answers_are_met_with_silence(name: str) -> None:
    """A repetition has its answer; what is no repetition is open."""
    assert rules(judge(LAWFUL[name], environment=CURRENT)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_broken_promises_are_named(name: str) -> None:
    """A repetition that is applied, refused or answered otherwise; keys that are not taken."""
    rule, history = BROKEN[name]
    assert set(rules(judge(history, environment=CURRENT))) == {rule}


def test_an_older_release_knows_no_such_key() -> None:
    """Before 26.15 a target may apply the same request again, or not."""
    again = (keyed({"identifiers": ["one"]}), ok(ONE, updateCount=3))
    for history in ([CREATED, FIRST, again], [CREATED, FIRST, FIRST]):
        assert rules(judge(history, environment=BEFORE)) == []


def test_another_session_is_never_shown() -> None:
    """A key that another session has used may be refused or taken, but not answered for it."""
    ids = (f"a-{MARK}", f"b-{MARK}")

    def shown(on: int) -> Response:
        return ok(ONE, integrationId=ids[on], id=7 + on, updateCount=1)

    body = {"identifiers": ["one"], **DATA, **ONE}
    first = (keyed(body), shown(0))
    for given, found in ((shown(1), []), (refusal(400), []), (shown(0), ["IDENT-02"])):
        history: History = [first, (keyed(body, on=1), given)]
        assert rules(judge(history, environment=CURRENT, sessions=ids)) == found


@pytest.mark.parametrize("last", [refusal(400), ok(TWO, updateCount=2), ok(ONE, updateCount=3)])
def test_a_key_whose_answer_was_lost_is_used(last: Response) -> None:
    """A read shows that the request was applied; what its key does with another body is open."""
    history: list[tuple[Step, Response | NoResponse]] = [
        CREATED,
        (keyed({"identifiers": ["two"]}), NoResponse(fate=Delivery.UNKNOWN, reason="lost")),
        (Fetch(), read(TWO, updateCount=2)),
        (keyed({"identifiers": ["one"]}), last),
    ]
    steps = tuple(step for step, _ in history)
    oracle = Oracle(Scenario(title="lost", sessions=(MARK,), steps=steps), CURRENT, {})
    found = [
        one.rule
        for index, (_, outcome) in enumerate(history)
        for one in oracle.judge(index, outcome).discrepancies
    ]
    assert found == []


def test_a_key_whose_request_failed_may_be_used() -> None:
    """A target that answered 500 may have applied the request, and then repeats its answer."""
    history: History = [
        CREATED,
        (keyed({"identifiers": ["one"]}), answer(500, {"message": "oops"})),
        (Fetch(), read(ONE, updateCount=2)),
        (keyed({"identifiers": ["one"]}), ok(ONE, updateCount=2)),
    ]
    assert "RESP-08" not in rules(judge(history, environment=CURRENT))


def test_another_answer_is_quoted() -> None:
    """The first member that differs, as it was and as it is; the session where it is missing."""
    step = FIRST[0]
    again = ok({**ONE, "identifiers": ["x"]}, updateCount=2)
    (found,) = judge([CREATED, FIRST, SECOND, (step, again)], environment=CURRENT)[3].discrepancies
    assert found.rule == "IDEM-01"
    assert found.expected == "identifiers: ['one'], as before"
    assert found.found == "identifiers: ['x']"
    more = ok({**ONE, "attributes": {"channel": "web"}}, updateCount=2)
    (early,) = judge([CREATED, FIRST, SECOND, (step, more)], environment=CURRENT)[3].discrepancies
    assert early.expected == "attributes: {}, as before"
    without = answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
    judged = judge([CREATED, FIRST, SECOND, (step, without)], environment=CURRENT)[3]
    (missing,) = [one for one in judged.discrepancies if one.rule == "IDEM-01"]
    assert missing.expected.startswith("customerSession: {")
    assert missing.found == "customerSession: None"
