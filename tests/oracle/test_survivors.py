"""What a session shows though nothing that it took may have left it there, and positions, times."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Credentials,
    Environment,
    Fetch,
    ReturnItems,
    Step,
)
from cartfuzz.wire import Response

from .histories import ENVIRONMENT, ITEM, judge, ok, read, refusal, rules, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
ENVIRONMENTS = (ENVIRONMENT, CURRENT)
History = list[tuple[Step, Response]]

RICH = {**ITEM, "category": "hats", "weight": 90, "additionalCosts": {"engraving": {"price": 2}}}
LITTLE: dict[str, object] = {"identifiers": ["one"]}
SENT: dict[str, object] = {
    "attributes": {"channel": "shop"},
    "additionalCosts": {"shipping": {"price": 4.5}},
}
LATER = "2026-01-01T00:10:00Z"


def replaced(by: dict[str, object]) -> History:
    """A rich item is replaced by a plain one that is shown as ``by``."""
    costs = {"total": 23.0, "cartItemAdditionalCostTotal": 2}
    return [
        (update({"cartItems": [RICH]}), ok({"cartItems": [RICH]}, updateCount=1, **costs)),
        (update({"cartItems": [ITEM]}), ok({"cartItems": [by]}, updateCount=2)),
    ]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda one: one.contract.value)
@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({}, []),
        ({"category": "", "weight": 0, "additionalCosts": {}}, []),
        ({"category": "from a catalog"}, []),
        ({"additionalCosts": {"engraving": {"price": 0}}}, []),
        ({"category": "hats"}, ["MERGE-03"]),
        ({"weight": 90}, ["MERGE-03"]),
        ({"additionalCosts": {"engraving": {"price": 2}}}, ["MERGE-03"]),
    ],
)
def test_a_replaced_item_keeps_nothing(
    environment: Environment, shown: dict[str, object], found: list[str]
) -> None:
    """Only the very value of the former item is a survivor; defaults and a catalog are not."""
    assert rules(judge(replaced({**ITEM, **shown}), environment=environment)) == found


OTHER = {**ITEM, "sku": "other", "name": "other"}
KEPT = {"category": "hats"}


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ([OTHER, ITEM], [OTHER, {**ITEM, **KEPT}]),  # the same item, at another place
        ([OTHER], [{**OTHER, **KEPT}]),  # another item, at the same place
    ],
)
def test_a_field_follows_neither_the_item_nor_its_place(
    items: list[dict[str, object]], shown: list[dict[str, object]]
) -> None:
    """A target may keep fields by the SKU or by the position."""
    history: History = [
        (update({"cartItems": [{**ITEM, **KEPT}]}), ok({"cartItems": [{**ITEM, **KEPT}]})),
        (update({"cartItems": items}), ok({"cartItems": shown})),
    ]
    assert rules(judge(history)) == ["MERGE-03"]
    assert rules(judge([history[0], (history[1][0], ok({"cartItems": items}))])) == []


INVALID = {**SENT, "cartItems": [{**ITEM, "quantity": 0}]}
CLOSED: dict[str, object] = {**LITTLE, "state": "closed"}
ADDED: dict[str, tuple[str, dict[str, object], tuple[Step, Response]]] = {
    "a dry run": (
        "DRY-01",
        LITTLE,
        (update(SENT, dry=True), ok({**LITTLE, **SENT}, updateCount=2)),
    ),
    "a refusal": ("ERR-06", LITTLE, (update(INVALID), refusal())),
    "no key": ("AUTH-01", LITTLE, (update(SENT, credentials=Credentials.MISSING), refusal(401))),
    "a refused move": ("STATE-17", CLOSED, (update({**SENT, "state": "open"}), refusal())),
}


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda one: one.contract.value)
@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("field", ["attributes", "additionalCosts"])
def test_what_must_change_nothing_adds_nothing(
    environment: Environment, name: str, field: str
) -> None:
    """An entry that such a step sent is its doing; another one may be the target's own."""
    rule, held, step = ADDED[name]
    start = (update(held), ok(held, updateCount=1))
    more = {field: SENT[field]}
    costs = {"additionalCostTotal": 4.5, "total": 4.5} if field == "additionalCosts" else {}
    added: History = [start, step, (Fetch(), read({**held, **more}, updateCount=1, **costs))]
    assert set(rules(judge(added, environment=environment))) == {rule}
    kept: History = [start, step, (Fetch(), read(held, updateCount=1))]
    assert rules(judge(kept, environment=environment)) == []
    own = {"attributes": {"channel": "web"}}
    default: History = [start, step, (Fetch(), read({**held, **own}, updateCount=1))]
    assert rules(judge(default, environment=environment)) == []


def test_a_refusal_adds_nothing_whatever_came_before_it() -> None:
    """Steps that are no updates, and such as sent nothing, are not the end of the search."""
    start = (update(LITTLE), ok(LITTLE))
    back = ReturnItems(body={"return": {"returnedCartItems": []}})
    invalid = update({"cartItems": [{**ITEM, "quantity": 0}]})
    shown = read({**LITTLE, "attributes": SENT["attributes"]})
    for before in (back, invalid):
        history: History = [start, (before, refusal()), (update(INVALID), refusal())]
        assert rules(judge([*history, (Fetch(), shown)])) == ["ERR-06"]


def test_another_session_adds_nothing() -> None:
    """An attribute that appears after an update of another session that sent it."""
    ids = (f"a-{MARK}", f"b-{MARK}")
    of_a, of_b = ({"integrationId": ids[on], "id": 7 + on} for on in range(2))
    start: History = [
        (update(LITTLE), ok(LITTLE, **of_a)),
        (update(SENT, on=1), ok(SENT, created="2026-01-01T00:00:05Z", **of_b)),
    ]
    mixed = {**LITTLE, "attributes": SENT["attributes"]}
    swapped = [(msgspec.structs.replace(step, session=1 - step.session), of) for step, of in start]
    later: History = [*swapped, (Fetch(session=1), read(mixed, **of_a))]
    assert rules(judge(later, sessions=(ids[1], ids[0]))) == ["IDENT-01"]
    assert rules(judge([*start, (Fetch(), read(mixed, **of_a))], sessions=ids)) == ["IDENT-01"]
    assert rules(judge([*start, (Fetch(), read(LITTLE, **of_a))], sessions=ids)) == []


@pytest.mark.parametrize(
    ("positions", "found"),
    [
        ((0, 1), []),
        ((0.0, 1.0), []),
        ((None, 1), []),
        ((None, None), []),
        ((1, 2), ["CART-10"]),
        ((0, 0), ["CART-10"]),
        ((1, 0), ["CART-10"]),
    ],
)
def test_positions_are_indices(positions: tuple[float | None, ...], found: list[str]) -> None:
    """Where they are shown and no client sent them."""
    sent = {"cartItems": [ITEM, ITEM]}
    items = [{**ITEM, "position": position} for position in positions]
    assert rules(judge([(update(sent), ok({"cartItems": items}))])) == found
    own = {"cartItems": [{**ITEM, "position": 0}, {**ITEM, "position": 0}]}
    assert rules(judge([(update(own), ok({"cartItems": items}))])) == []


@pytest.mark.parametrize("name", ADDED)
def test_what_must_change_nothing_moves_no_time(name: str) -> None:
    """The time of the last update is that of an accepted one."""
    rule, held, step = ADDED[name]
    start = (update(held), ok(held))
    moved: History = [start, step, (Fetch(), read(held, updated=LATER))]
    assert rules(judge(moved)) == [rule]
    assert rules(judge([start, step, (Fetch(), read(held))])) == []
