"""How the model of a session changes: each member of it, by what was accepted or shown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, ContractVersion, Reopen, ReturnItems, SessionState, Update
from cartfuzz.oracle.model import UNKNOWN, AtLeast, SessionModel, after_acceptance, expect
from cartfuzz.oracle.model.applied import NOTHING_APPLIED
from cartfuzz.oracle.model.session import Identity, KeyedWrite
from cartfuzz.oracle.model.transition import (
    after_view,
    model_of_view,
    with_idempotency_key,
    with_identity,
    with_write_key,
)

from ..histories import ENVIRONMENT, ITEM

FIRST = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.V2_5_1)
CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
CLOSED = SessionModel(
    state=SessionState.CLOSED,
    fields={"cartItems": [ITEM, ITEM], "identifiers": ["a"]},
    updated="2026-01-01T00:00:00Z",
    update_count=4,
    applied=NOTHING_APPLIED,
)
OPEN = msgspec.structs.replace(CLOSED, state=SessionState.OPEN, applied=None)


def updated(session: SessionModel, environment: Any = CURRENT, **sent: Any) -> SessionModel:
    return accepted(Update(body={"customerSession": sent}), session, environment)


def accepted(step: Any, session: SessionModel, environment: Any = CURRENT) -> SessionModel:
    return after_acceptance(step, session, expect(step, MARK, session, environment), environment)


@pytest.mark.parametrize(
    ("state", "applied"), [("open", None), ("closed", UNKNOWN), ("cancelled", None)]
)
def test_what_a_close_applied_is_in_its_answer(state: str, applied: Any) -> None:
    """No other update applies anything."""
    after = updated(OPEN, state=state)
    assert after.state is SessionState(state)
    assert after.applied is applied
    assert after.rolled_back is None
    assert after.updated is None
    assert after.update_count == 5


def test_updates_are_counted_from_the_first() -> None:
    """2.5.1 shows no count; of a session that exists it is known once it was shown."""
    assert updated(SessionModel()).update_count == 1
    assert updated(SessionModel(), FIRST).update_count is None
    assert updated(SessionModel(state=SessionState.OPEN)).update_count is None
    assert updated(updated(SessionModel())).update_count == 2


def test_an_update_of_a_closed_session() -> None:
    """It moves the state or does nothing; what was applied is rolled back with a cancellation."""
    cancelled = updated(CLOSED, state="cancelled", identifiers=["b"])
    assert cancelled.state is SessionState.CANCELLED
    assert cancelled.fields == CLOSED.fields
    assert (cancelled.applied, cancelled.rolled_back) == (None, NOTHING_APPLIED)
    assert (cancelled.updated, cancelled.update_count) == (None, 5)
    ignored = updated(CLOSED, state="closed")
    assert (ignored.state, ignored.applied) == (SessionState.CLOSED, NOTHING_APPLIED)
    assert (ignored.updated, ignored.update_count) == (None, None)
    assert ignored.rolled_back is None
    unseen = msgspec.structs.replace(CLOSED, applied=UNKNOWN, update_count=None)
    after = updated(unseen, state="cancelled")
    assert (after.rolled_back, after.update_count) == (None, None)


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ({}, {"identifiers": ["b"]}, {"identifiers": ["b"]}),
        ({"identifiers": ["a"]}, {}, {"identifiers": ["a"]}),
        ({"identifiers": ["a"]}, {"identifiers": None}, {"identifiers": UNKNOWN}),
        ({}, {"identifiers": [""]}, {"identifiers": UNKNOWN}),
        ({"identifiers": ["a"]}, {"state": "cancelled", "identifiers": ["a"]}, None),
        (
            {"identifiers": ["a"]},
            {"state": "cancelled", "identifiers": ["b"]},
            {"identifiers": UNKNOWN},
        ),
        (
            {"attributes": {"channel": "web"}},
            {"attributes": {"giftWrapped": True}},
            {"attributes": AtLeast({"giftWrapped": True}, {"channel": "web"})},
        ),
        (
            {"attributes": AtLeast({"channel": "web"}, {"loyaltyYears": 1, "giftWrapped": False})},
            {"attributes": {"giftWrapped": True}},
            {"attributes": AtLeast({"giftWrapped": True}, {"channel": "web", "loyaltyYears": 1})},
        ),
        ({"attributes": UNKNOWN}, {"attributes": {}}, {"attributes": UNKNOWN}),
        ({"attributes": []}, {"attributes": {}}, {"attributes": UNKNOWN}),
    ],
    ids=str,
)
def test_data_of_open_sessions(
    before: dict[str, Any], sent: dict[str, Any], after: dict[str, Any] | None
) -> None:
    """Fields are replaced, maps keep what they had perhaps, and odd values are not known."""
    session = SessionModel(state=SessionState.OPEN, fields=before)
    assert updated(session, **sent).fields == (before if after is None else after)


def test_a_new_cart() -> None:
    """Nothing of it was returned, and the former items are remembered."""
    session = msgspec.structs.replace(
        OPEN, returned=UNKNOWN, returned_before_reopening={0: 1}, items_before=({"sku": "old"},)
    )
    kept = updated(session, identifiers=["b"])
    assert (kept.returned, kept.returned_before_reopening) == (UNKNOWN, {0: 1})
    assert kept.items_before == ({"sku": "old"},)
    replaced = updated(session, cartItems=[ITEM])
    assert (replaced.returned, replaced.returned_before_reopening) == ({}, None)
    assert replaced.items_before == (ITEM, ITEM)
    assert updated(session, cartItems=None).returned is UNKNOWN
    unseen = msgspec.structs.replace(session, fields={"cartItems": UNKNOWN})
    assert updated(unseen, cartItems=[ITEM]).items_before == ()


def back(*lines: Any, **options: Any) -> ReturnItems:
    return ReturnItems(body={"return": {"returnedCartItems": list(lines)}}, **options)


def test_returned_units_add_up() -> None:
    """Until all are gone, when the state is open (RET-U1)."""
    one = accepted(back({"position": 0, "quantity": 1}), CLOSED)
    assert (one.returned, one.state) == ({0: 1}, SessionState.PARTIALLY_RETURNED)
    assert (one.applied, one.updated, one.update_count) == (UNKNOWN, None, None)
    two = accepted(back({"position": 1, "quantity": 2}), one)
    assert (two.returned, two.state) == ({0: 1, 1: 2}, SessionState.PARTIALLY_RETURNED)
    three = accepted(back({"position": 0, "quantity": 1}), two)
    assert (three.returned, three.state) == ({0: 2, 1: 2}, UNKNOWN)
    odd = accepted(back({"position": 0}), CLOSED)
    assert (odd.returned, odd.state) == (UNKNOWN, UNKNOWN)
    after_odd = accepted(back({"position": 0, "quantity": 1}), odd)
    assert after_odd.returned is UNKNOWN
    nothing_applied = msgspec.structs.replace(CLOSED, applied=None)
    assert accepted(back({"position": 0, "quantity": 1}), nothing_applied).applied is None


def test_reopening() -> None:
    """It rolls back what was applied; whether returned units still count is open (STATE-U3)."""
    reopened = accepted(Reopen(), CLOSED)
    assert reopened.state is SessionState.OPEN
    assert (reopened.updated, reopened.update_count) == (None, None)
    assert (reopened.applied, reopened.rolled_back) == (None, NOTHING_APPLIED)
    assert (reopened.returned, reopened.returned_before_reopening) == ({}, None)
    partly = msgspec.structs.replace(CLOSED, returned={0: 1})
    again = accepted(Reopen(), partly)
    assert (again.returned, again.returned_before_reopening) == (UNKNOWN, {0: 1})
    unknown = accepted(Reopen(), msgspec.structs.replace(CLOSED, returned=UNKNOWN))
    assert (unknown.returned, unknown.returned_before_reopening) == (UNKNOWN, None)


def test_keys_of_returns() -> None:
    """The first answer counts, unless it never came."""
    step = back({"position": 0}, idempotency_key="k")
    known = with_idempotency_key(step, CLOSED, {"id": 1})
    assert known.accepted_returns == {"k": (step.body, {"id": 1})}
    assert with_idempotency_key(step, known, {"id": 2}) is known
    lost = with_idempotency_key(step, CLOSED, UNKNOWN)
    assert with_idempotency_key(step, lost, {"id": 2}).accepted_returns["k"][1] == {"id": 2}
    assert with_idempotency_key(back({"position": 0}), CLOSED, {}) is CLOSED
    assert with_idempotency_key(back(dry=True, idempotency_key="k"), CLOSED, {}) is CLOSED
    later = accepted(back({"position": 0, "quantity": 1}), known)
    assert later.outdated_keys == frozenset(("k",))


def test_keys_of_updates_and_reopenings() -> None:
    """The first answer counts, unless it never came and the same request comes again."""
    step = Update(body={"customerSession": {}}, idempotency_key="k")
    other = Update(body={"customerSession": {"identifiers": []}}, idempotency_key="k")
    known = with_write_key(step, OPEN, {"id": 1})
    assert known.accepted_writes["k"].answer == {"id": 1}
    assert known.accepted_writes["k"].body == step.body
    assert with_write_key(step, known, {"id": 2}) is known
    assert with_write_key(other, known, {"id": 2}) is known
    lost = with_write_key(step, OPEN, UNKNOWN)
    assert with_write_key(step, lost, {"id": 2}).accepted_writes["k"].answer == {"id": 2}
    assert with_write_key(other, lost, {"id": 2}) is lost
    assert with_write_key(Update(body={}), OPEN, None) is OPEN
    assert with_write_key(Update(body={}, dry=True, idempotency_key="k"), OPEN, None) is OPEN
    reopening = with_write_key(Reopen(idempotency_key="r"), known, None)
    assert set(reopening.accepted_writes) == {"k", "r"}
    assert updated(reopening).outdated_keys == frozenset(("k", "r"))


def test_a_request_once_more() -> None:
    """The same operation with the same body, at the same assumed time."""
    update = Update(body=None)
    for known, step, same in (
        (update, update, True),
        (update, Update(body={}), False),
        (update, Update(body=None, now="2040-01-01T00:00:00Z"), False),
        (update, Reopen(), False),
        (Reopen(), update, False),
        (Reopen(), Reopen(), True),
    ):
        write = KeyedWrite(operation=known.operation, body=known.body, now=None, answer=None)
        assert write.is_repeated_by(step) is same
    time, equal_time = ("-".join(["2040", "01", "01T00:00:00Z"]) for _ in range(2))
    timed = KeyedWrite(operation=update.operation, body=None, now=time, answer=None)
    assert timed.is_repeated_by(Update(body=None, now=equal_time))


@pytest.mark.parametrize(
    ("name", "shown", "believed"),
    [
        ("cartItems", None, []),
        ("cartItems", [ITEM], [ITEM]),
        ("cartItems", [{**ITEM, "quantity": 1.0}], UNKNOWN),
        ("cartItems", [1], UNKNOWN),
        ("cartItems", {}, UNKNOWN),
        ("identifiers", ["a"], ["a"]),
        ("identifiers", ["a", None], UNKNOWN),
        ("identifiers", "a", UNKNOWN),
        ("couponCodes", [1], UNKNOWN),
        ("attributes", {"channel": "web"}, {"channel": "web"}),
        ("attributes", [], UNKNOWN),
        ("attributes", None, None),
        ("additionalCosts", {"a": {"price": 0}, "b": {"price": 1}}, {"b": {"price": 1}}),
        ("additionalCosts", [], UNKNOWN),
        ("additionalCosts", None, None),
        ("profileId", "ann", "ann"),
        ("profileId", 1, UNKNOWN),
        ("experimentVariantAllocations", [{}], [{}]),
        ("experimentVariantAllocations", ["x"], UNKNOWN),
    ],
    ids=str,
)
def test_what_is_believed_of_a_view(name: str, shown: Any, believed: Any) -> None:
    """Values of a type that the field could have."""
    assert model_of_view({name: shown}, SessionModel()).fields[name] == believed


@pytest.mark.parametrize(
    ("items", "returned"),
    [
        (None, {}),
        ([ITEM], {}),
        ([{**ITEM, "returnedQuantity": 0}, {**ITEM, "returnedQuantity": 2}], {1: 2}),
        ([{**ITEM, "returnedQuantity": None}], {}),
        ([{**ITEM, "returnedQuantity": "1"}], UNKNOWN),
        ([{**ITEM, "returnedQuantity": True}], UNKNOWN),
        ([ITEM, 1], UNKNOWN),
        ({"a": 1}, UNKNOWN),
    ],
    ids=str,
)
def test_shown_returns(items: Any, returned: Any) -> None:
    """By position, as whole numbers."""
    assert model_of_view({"cartItems": items}, SessionModel()).returned == returned
    unknown = SessionModel(state=SessionState.CLOSED, returned=UNKNOWN)
    assert after_view(unknown, {"cartItems": items}, CURRENT).returned == returned
    known = SessionModel(state=SessionState.CLOSED, returned={0: 1})
    assert after_view(known, {"cartItems": items}, CURRENT).returned == {0: 1}


@pytest.mark.parametrize(
    ("known", "shown", "learnt"),
    [
        (UNKNOWN, {"channel": "web"}, {"channel": "web"}),
        ({"channel": "web"}, {"channel": "app"}, {"channel": "web"}),
        (
            AtLeast({"channel": "web"}, {"giftWrapped": True, "loyaltyYears": 1}),
            {"channel": "web", "loyaltyYears": 1},
            {"channel": "web", "loyaltyYears": 1},
        ),
        (AtLeast({}, {"loyaltyYears": 1}), {"loyaltyYears": 0}, {}),
        (AtLeast({}, {"loyaltyYears": 0}), {"loyaltyYears": 0}, {"loyaltyYears": 0}),
        (AtLeast({}, {"loyaltyYears": 1}), {"loyaltyYears": 2}, {"loyaltyYears": 1}),
        (AtLeast({"channel": "web"}, {"loyaltyYears": 1}), None, {"channel": "web"}),
    ],
    ids=str,
)
def test_what_a_view_teaches(known: Any, shown: Any, learnt: Any) -> None:
    """What is not known is taken over; what may have stayed stays if it is shown and is set."""
    session = SessionModel(state=SessionState.OPEN, fields={"attributes": known})
    after = after_view(session, {"attributes": shown}, CURRENT)
    assert after.fields == {"attributes": learnt, "profileId": None}


def test_costs_that_may_have_stayed() -> None:
    """A cost that is shown as free is not set."""
    costs = AtLeast({}, {"a": {"price": 1}, "b": {"price": 1}})
    session = SessionModel(state=SessionState.OPEN, fields={"additionalCosts": costs})
    shown = {"additionalCosts": {"a": {"price": 0}, "b": {"price": 2}}}
    after = after_view(session, shown, CURRENT)
    assert after.fields["additionalCosts"] == {"b": {"price": 1}}


def test_a_view_of_a_state() -> None:
    """A state that is not known is taken over, if it is one."""
    unknown = SessionModel(state=UNKNOWN)
    assert model_of_view({}, unknown).fields == {"profileId": None}
    assert after_view(unknown, {"state": "closed"}, CURRENT).state is SessionState.CLOSED
    assert after_view(unknown, {"state": "odd"}, CURRENT).state is UNKNOWN
    assert after_view(OPEN, {"state": "closed"}, CURRENT).state is SessionState.OPEN


def test_what_a_session_that_is_believed_applied() -> None:
    """Known only where the session is in the state that it was known to be in."""
    for session, state, expected in (
        (CLOSED, "closed", NOTHING_APPLIED),
        (CLOSED, "partially_returned", UNKNOWN),
        (CLOSED, "open", None),
        (CLOSED, "odd", UNKNOWN),
        (CLOSED.as_lost(), "closed", UNKNOWN),
        (msgspec.structs.replace(CLOSED, applied=None), "closed", UNKNOWN),
    ):
        assert model_of_view({"state": state}, session).applied is expected


def test_identity_and_times() -> None:
    """The first view that has them all gives the identity; each gives time and count anew."""
    view = {"id": 7, "created": "2026-01-01T00:00:00Z", "applicationId": 1}
    identity = Identity(id=7, created="2026-01-01T00:00:00Z", application_id=1)
    known = with_identity(SessionModel(), view)
    assert known.identity == identity
    assert with_identity(known, {**view, "id": 8}).identity == identity
    for odd in ({"id": "7"}, {"id": True}, {"created": 1}, {"applicationId": None}):
        assert with_identity(SessionModel(), {**view, **odd}).identity is None
    seen = after_view(OPEN, {"updated": "2026-01-02T00:00:00Z", "updateCount": 9}, CURRENT)
    assert (seen.updated, seen.latest_updated) == ("2026-01-02T00:00:00Z",) * 2
    assert seen.update_count == 9
    odd_view = after_view(seen, {"updated": 1, "updateCount": "9"}, CURRENT)
    assert (odd_view.updated, odd_view.latest_updated) == (None, "2026-01-02T00:00:00Z")
    assert odd_view.update_count is None
