"""Attributes in hand-written histories: what a lawful target may do in silence, what a lossy one
is accused of."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    ContractVersion,
    Environment,
    Fetch,
    SessionState,
    Step,
)
from cartfuzz.contract.text_formats import instant, same_text
from cartfuzz.oracle.model import AtLeast, SessionModel, after_view
from cartfuzz.oracle.model.attribute_values import is_default, same_attributes, same_value
from cartfuzz.wire import Response

from .histories import ENVIRONMENT, ITEM, judge, ok, read, refusal, rules, update

History = list[tuple[Step, Response]]

SHOP = Environment(
    contract=ContractVersion.CURRENT,
    session_attributes={
        "PickupTime": "time",
        "Slots": "(list time)",
        "IsGift": "boolean",
        "Points": "number",
        "Note": {"type": ["string", "null"]},
        "Store": "location",
        "Code": {"type": "string", "format": "uuid"},
        "Channel": {"type": "string", "default": "web"},
        "Either": {
            "anyOf": [{"type": "string"}, {"$ref": "#/$defs/n"}],
            "$defs": {"n": {"type": "number"}},
        },
    },
    item_attributes={"Since": "time", "fragile": "boolean"},
)
PLUS_ONE = "2024-02-29T23:59:59+01:00"
IN_UTC = "2024-02-29T22:59:59Z"


def shown(**values: Any) -> dict[str, Any]:
    return {"attributes": values}


def item(**values: Any) -> dict[str, Any]:
    return {**ITEM, "attributes": values}


def cart(*items: dict[str, Any], count: int = 1) -> dict[str, Any]:
    return {"cartItems": list(items), "updateCount": count}


def counted(count: int, **values: Any) -> dict[str, Any]:
    return {**shown(**values), "updateCount": count}


def sent(values: dict[str, Any], back: dict[str, Any]) -> History:
    """An update with attributes, what it shows of them, and what a read does."""
    return [
        (update({"attributes": values}), ok(counted(1, **back))),
        (Fetch(), read(counted(1, **back))),
    ]


GIFT = (update(shown(IsGift=True)), ok(counted(1, IsGift=True)))

LAWFUL: dict[str, History] = {
    "times come back in UTC": sent(
        {"PickupTime": PLUS_ONE, "Slots": [PLUS_ONE]}, {"PickupTime": IN_UTC, "Slots": [IN_UTC]}
    ),
    "fractions come back without zeros, and in microseconds": sent(
        {"PickupTime": "2024-01-01T00:00:00.123456789Z", "Slots": ["2024-01-01T00:00:00.500Z"]},
        {"PickupTime": "2024-01-01T00:00:00.123457Z", "Slots": ["2024-01-01T00:00:00.5+00:00"]},
    ),
    "a UUID comes back in small letters": sent(
        {"Code": "123E4567-E89B-42D3-A456-426614174000"},
        {"Code": "123e4567-e89b-42d3-a456-426614174000"},
    ),
    "an integer beyond doubles comes back as the nearest double": sent(
        {"Points": 9_007_199_254_740_993}, {"Points": 9_007_199_254_740_992.0}
    ),
    "a null that is declared is left out": sent({"Note": None, "Points": 1}, {"Points": 1}),
    "a null that is declared is kept": sent({"Note": None}, {"Note": None}),
    "booleans that were never set are false": sent({"Points": 1}, {"Points": 1, "IsGift": False}),
    "what was never set is null": sent({"Points": 1}, {"Points": 1, "Note": None, "IsGift": None}),
    "a declared default is shown": sent({"Points": 1}, {"Points": 1, "Channel": "web"}),
    "attributes that were left out are reset to their defaults": [
        GIFT,
        (update(shown(Points=1)), ok(counted(2, Points=1, IsGift=False))),
    ],
    "a dry update sends just the default": [
        (update(shown(Points=1)), ok(counted(1, Points=1, IsGift=False))),
        (update(shown(IsGift=False), dry=True), ok(counted(1, Points=1, IsGift=False))),
        (Fetch(), read(counted(1, Points=1, IsGift=False))),
    ],
    "a refused update sends just the default": [
        (update(shown(Points=1)), ok(counted(1, Points=1, IsGift=False))),
        (update({**shown(IsGift=False), "referralCode": "x" * 101}), refusal()),
        (Fetch(), read(counted(1, Points=1, IsGift=False))),
    ],
    "a location is refused": [(update(shown(Store="5, 7.2")), refusal())],
    "a location comes back otherwise": sent(
        {"Store": {"format": "point", "object": "5, 7.2"}}, {"Store": [5, 7.2]}
    ),
    "a text that is no time is refused": [(update(shown(PickupTime="soon")), refusal())],
    "a text that is no time is accepted": sent({"PickupTime": "soon"}, {"PickupTime": "soon"}),
    "a leap second is refused": [(update(shown(PickupTime="2016-12-31T23:59:60Z")), refusal())],
    "items: a time in UTC, a boolean that is not set": [
        (
            update({"cartItems": [item(Since=PLUS_ONE)]}),
            ok(cart(item(Since=IN_UTC, fragile=False))),
        )
    ],
    "items: false in the place of what was left out": [
        (update({"cartItems": [item(fragile=False)]}), ok(cart(item(fragile=False)))),
        (
            update({"cartItems": [item(Since=IN_UTC)]}),
            ok(cart(item(Since=IN_UTC, fragile=False), count=2)),
        ),
    ],
}

LOSSY: dict[str, tuple[str, History]] = {
    "a time loses its offset": (
        "ATTR-01",
        sent({"PickupTime": PLUS_ONE}, {"PickupTime": "2024-02-29T23:59:59Z"}),
    ),
    "a time loses its fraction": (
        "ATTR-01",
        sent({"PickupTime": "2024-01-01T00:00:00.25Z"}, {"PickupTime": "2024-01-01T00:00:00Z"}),
    ),
    "a number goes through single precision": (
        "ATTR-01",
        sent({"Points": 16_777_217}, {"Points": 16_777_216}),
    ),
    "false that was sent is not kept": ("ATTR-01", sent({"IsGift": False}, {})),
    "true that was sent comes back as the default": (
        "ATTR-01",
        sent({"IsGift": True}, {"IsGift": False}),
    ),
    "what was left out comes back as something else": (
        "ATTR-01",
        [
            (update(shown(Points=5)), ok(counted(1, Points=5))),
            (update(shown(IsGift=True)), ok(counted(2, IsGift=True, Points=6))),
        ],
    ),
    "a valid time is refused": ("STATE-01", [(update(shown(PickupTime=PLUS_ONE)), refusal())]),
    "a value of no type of the schema is accepted": (
        "ATTR-03",
        [(update(shown(Either=True)), ok(counted(1, Either=True)))],
    ),
    "a dry update is stored": (
        "DRY-01",
        [
            (update(shown(Points=1)), ok(counted(1, Points=1))),
            (update(shown(IsGift=True), dry=True), ok(counted(1, Points=1))),
            (Fetch(), read(counted(1, Points=1, IsGift=True))),
        ],
    ),
    "items: a time of another instant": (
        "CART-11",
        [
            (
                update({"cartItems": [item(Since=PLUS_ONE)]}),
                ok(cart(item(Since="2024-02-29T23:59:59Z"))),
            )
        ],
    ),
    "items: what was left out is still there": (
        "CART-12",
        [
            (update({"cartItems": [item(fragile=True)]}), ok(cart(item(fragile=True)))),
            (
                update({"cartItems": [item(Since=IN_UTC)]}),
                ok(cart(item(Since=IN_UTC, fragile=True), count=2)),
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_lawful_targets_are_not_accused(name: str) -> None:
    """No rule is broken."""
    assert rules(judge(LAWFUL[name], environment=SHOP)) == []


@pytest.mark.parametrize("name", LOSSY)
def test_lossy_targets_are_found(name: str) -> None:
    """Each loss breaks the rule that promises the value; a refusal, the one of the update."""
    rule, history = LOSSY[name]
    assert rule in rules(judge(history, environment=SHOP))


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00+14:01",
        "2024-01-01T00:00:00.1234567890Z",
    ],
)
def test_what_some_libraries_cannot_hold_is_no_time(text: str) -> None:
    """It is open whether a target takes it."""
    assert instant(text) is None


def test_texts_are_compared_by_the_formats_that_are_declared() -> None:
    """A text of an attribute that is no time must come back as it was sent."""
    assert same_text(PLUS_ONE, IN_UTC, {"date-time"})
    assert not same_text(PLUS_ONE, IN_UTC, {"date"})
    assert same_text("10:00:00+02:00", "08:00:00Z", {"time"})
    assert same_text("2001:db8::1", "2001:0db8:0:0:0:0:0:1", {"ipv6"})
    assert not same_text("soon", "later", {"date-time", "time", "ipv6", "uuid"})


def test_members_of_objects_are_compared() -> None:
    """A null member may be left out; members that nobody sent may not come."""
    assert same_value({"at": PLUS_ONE, "by": None}, {"at": IN_UTC})
    assert not same_value({"at": PLUS_ONE}, {"at": IN_UTC, "by": "me"})
    assert not same_value([PLUS_ONE], [IN_UTC, IN_UTC])


def test_defaults_are_what_libraries_and_schemas_show() -> None:
    """Zero of each type and the declared default; no other value."""
    declared = SHOP.session_attributes
    for name, value in (("IsGift", False), ("Points", 0), ("Note", ""), ("Channel", "web")):
        assert is_default(name, value, declared)
    for name, value in (("IsGift", True), ("Points", 1), ("Channel", "app"), ("Note", "web")):
        assert not is_default(name, value, declared)


def test_maps_of_two_reads_are_compared() -> None:
    """A default may come and go between reads, and a time be written in two ways; no more."""
    declared = SHOP.session_attributes
    one = {"PickupTime": PLUS_ONE, "IsGift": False, "builtIn": 1}
    assert same_attributes(one, {"PickupTime": IN_UTC, "builtIn": 2}, declared)
    assert not same_attributes(one, {"PickupTime": IN_UTC, "IsGift": True}, declared)
    assert not same_attributes(one, None, declared)


def test_the_released_contract_compares_times_too() -> None:
    """The version makes no difference to what a value is."""
    released = msgspec.structs.replace(SHOP, contract=ContractVersion.V2_5_1)
    history: History = [(update(shown(PickupTime=PLUS_ONE)), ok(shown(PickupTime=IN_UTC)))]
    assert rules(judge(history, environment=released)) == []


def test_a_default_in_place_of_what_may_be_gone_is_learnt() -> None:
    """A map that was replaced shows a default for a former entry, and the next read shows it again.

    Whether an update replaces the map is open (MERGE-U1); what the answer shows decides it.
    """
    known = AtLeast(entries={"color": "red"}, optional={"gift": True, "size": 0})
    model = SessionModel(state=SessionState.OPEN, fields={"attributes": known})
    after = after_view(
        model, {"attributes": {"color": "red", "gift": False, "size": 0}}, ENVIRONMENT
    )
    assert after.fields["attributes"] == {"color": "red", "size": 0}


def test_a_declared_default_in_place_of_what_may_be_gone_is_learnt() -> None:
    """The default of the declaration counts as unset too, but not where it is what was sent."""
    declared = Environment(session_attributes={"tier": {"type": "string", "default": "basic"}})
    for before, learnt in (("gold", {}), ("basic", {"tier": "basic"})):
        known = AtLeast(entries={}, optional={"tier": before})
        model = SessionModel(state=SessionState.OPEN, fields={"attributes": known})
        after = after_view(model, {"attributes": {"tier": "basic"}}, declared)
        assert after.fields["attributes"] == learnt
