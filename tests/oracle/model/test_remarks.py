"""What the model remarks on each part of an update, at the limits and on both sides of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    Update,
)
from cartfuzz.oracle.model.remarks.items import quantity_sum
from cartfuzz.oracle.model.remarks.strings import session_id_remarks
from cartfuzz.oracle.model.remarks.updates import acceptance_rules, requests_session, update_remarks

from ..histories import ITEM
from .remarks import ASKING, CURRENT, FIRST, FLATTENING, short


def of_session(environment: Any = CURRENT, *, dry: bool = False, **session: Any) -> list[str]:
    step = Update(body={"customerSession": session}, dry=dry)
    return short(update_remarks(step, environment))


def of_item(environment: Any = CURRENT, **changes: Any) -> list[str]:
    item = {name: value for name, value in {**ITEM, **changes}.items() if value is not ...}
    return of_session(environment, cartItems=[item])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], ["refuse ERR-04"]),
        (None, ["refuse ERR-04"]),
        ({}, ["refuse ERR-04"]),
        ({"customerSession": None}, ["refuse ERR-04"]),
        ({"customerSession": {}}, []),
        ({"customerSession": {}, "responseContent": ["customerSession", "loyalty"]}, []),
        ({"customerSession": {}, "responseContent": ["x"]}, ["MERGE-U3 -: x"]),
        ({"customerSession": {}, "responseContent": ["event", "x"]}, ["MERGE-U3 -: x"]),
        ({"customerSession": {}, "responseContent": "event"}, ["MERGE-U3 -: string"]),
        (
            {"customerSession": {}, "responseContent": ["event", 1]},
            ["MERGE-U3 -: list of integer and string"],
        ),
        ({"customerSession": {}, "more": 1}, ["MERGE-U3 -: more"]),
        ({"customerSession": {"more": 1}}, ["MERGE-U3 -: more"]),
    ],
)
def test_bodies_of_updates(body: Any, expected: list[str]) -> None:
    """An object with customerSession; what else it has is open."""
    assert short(update_remarks(Update(body=body), CURRENT)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2019-12-31T23:59:59Z", ["refuse DRY-04"]),
        ("2020-01-01T00:00:00Z", ["hidden DRY-04 -"]),
        ("2034-12-31T23:59:59.999Z", ["hidden DRY-04 -"]),
        ("2035-01-01T00:00:00Z", []),
        ("2035-01-01T00:00:00+00:01", ["hidden DRY-04 -"]),
        ("2040-02-30T00:00:00Z", ["refuse DRY-04"]),
        ("tomorrow", ["refuse DRY-04"]),
        ("2040-01-01T00:00:00.123456789Z", []),
        ("2040-01-01t00:00:00Z", ["DRY-04 -: 2040-01-01t00:00:00Z"]),
        ("2040-01-01 00:00:00Z", ["DRY-04 -: 2040-01-01 00:00:00Z"]),
        ("2040-01-01T00:00:00z", ["DRY-04 -: 2040-01-01T00:00:00z"]),
        ("", ["DRY-04 -"]),
    ],
)
def test_now(now: str, expected: list[str]) -> None:
    """Of dry runs of `current` only: an RFC 3339 time that is not past."""
    body: dict[str, Any] = {"customerSession": {}}
    assert short(update_remarks(Update(body=body, dry=True, now=now), CURRENT)) == expected
    assert short(update_remarks(Update(body=body, now=now), CURRENT)) == ["refuse DRY-04"]
    assert short(update_remarks(Update(body=body, dry=True, now=now), FIRST)) == ["MERGE-U3 -"]


_LIMITS = CURRENT.limits


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ({"profileId": None}, ["MERGE-U2 profileId"]),
        ({"profileId": 1}, ["refuse ERR-07"]),
        ({"profileId": "a\x00"}, [r"IDENT-U3 profileId: profileId: a\x00"]),
        ({"profileId": "a\x01"}, [r"IDENT-U3 profileId: profileId: a\x01"]),
        ({"profileId": "\ud800"}, [r"IDENT-U3 profileId: profileId: \ud800"]),
        ({"referralCode": None}, ["MERGE-U2 referralCode"]),
        ({"referralCode": "r" * _LIMITS.referral_code}, []),
        ({"referralCode": "r" * (_LIMITS.referral_code + 1)}, ["refuse IDENT-06"]),
        ({"referralCode": "r" * _LIMITS.referral_code + " "}, ["IDENT-U4 referralCode"]),
        ({"referralCode": ""}, []),
        ({"referralCode": " "}, ["IDENT-U4 referralCode"]),
        ({"storeIntegrationId": None}, ["MERGE-U2 storeIntegrationId"]),
        ({"storeIntegrationId": ""}, ["refuse IDENT-10"]),
        ({"storeIntegrationId": 1}, ["refuse IDENT-10"]),
        ({"storeIntegrationId": "s"}, ["hidden IDENT-10 storeIntegrationId"]),
        ({"state": None}, ["MERGE-U2 -"]),
        ({"state": "CLOSED"}, ["refuse STATE-14"]),
        ({"state": 1}, ["refuse STATE-14"]),
        ({"state": []}, ["refuse STATE-14"]),
        ({"state": "closed"}, []),
        ({"identifiers": None}, ["MERGE-U2 identifiers"]),
        ({"identifiers": "a"}, ["refuse ERR-07"]),
        ({"identifiers": ["a", 1]}, ["refuse ERR-07"]),
        ({"identifiers": ["a", None]}, ["ERR-07 identifiers"]),
        ({"identifiers": ["a", "a"]}, ["MERGE-U4 identifiers"]),
        ({"identifiers": [""]}, ["IDENT-U4 identifiers"]),
        ({"identifiers": [f"{n}" for n in range(5)]}, []),
        ({"identifiers": [f"{n}" for n in range(6)]}, ["refuse IDENT-03"]),
        ({"identifiers": [*(f"{n}" for n in range(5)), "0"]}, ["MERGE-U4 identifiers"]),
        ({"loyaltyCards": ["a"]}, []),
        ({"loyaltyCards": ["a", "b"]}, ["refuse IDENT-04"]),
        ({"couponCodes": ["a", "A"]}, ["hidden MERGE-U4 couponCodes"]),
        ({"couponCodes": ["a", "b"]}, []),
        ({"couponCodes": ["a", "a"]}, ["MERGE-U4 couponCodes"]),
        ({"couponCodes": [" "]}, ["IDENT-U4 couponCodes"]),
        ({"couponCodes": ["c" * 100]}, []),
        ({"couponCodes": ["c" * 101]}, ["refuse IDENT-05"]),
        ({"couponCodes": ["c" * 100 + " "]}, ["IDENT-U4 couponCodes"]),
        ({"evaluableCampaignIds": [1]}, ["DRY-02 -: list of integer"]),
        ({"experimentVariantAllocations": None}, ["MERGE-U2 experimentVariantAllocations"]),
        ({"experimentVariantAllocations": []}, []),
        ({"experimentVariantAllocations": {}}, ["refuse ERR-07"]),
        (
            {"experimentVariantAllocations": [{"experimentID": 1, "variantID": 2.0}]},
            ["hidden IDENT-U6 experimentVariantAllocations"],
        ),
        ({"experimentVariantAllocations": [{"experimentID": 1.5}]}, ["refuse ERR-07"]),
        ({"experimentVariantAllocations": [{"variantID": "1"}]}, ["refuse ERR-07"]),
        ({"experimentVariantAllocations": [1]}, ["refuse ERR-07"]),
        ({"attributes": None}, ["MERGE-U2 attributes"]),
        ({"attributes": []}, ["refuse ERR-07"]),
        ({"attributes": {"undeclared": 1}}, ["refuse ATTR-02"]),
        ({"attributes": {"ShippingCity": 1}}, ["ATTR-U1 attributes: ShippingCity"]),
        ({"attributes": {"channel": None}}, ["MERGE-U2 attributes: channel"]),
        ({"attributes": {"channel": 1}}, ["refuse ATTR-03"]),
        ({"attributes": {"channel": "far"}}, ["ATTR-03 attributes: channel string of 3"]),
        ({"attributes": {"loyaltyYears": 100}}, []),
        (
            {"attributes": {"loyaltyYears": 101}},
            ["ATTR-03 attributes: loyaltyYears integer below 10^8"],
        ),
        (
            {"attributes": {"tags": ["a\x00"]}},
            [r"IDENT-U3 attributes: tags attributes: a\x00"],
        ),
        ({"additionalCosts": None}, ["MERGE-U2 additionalCosts"]),
        ({"additionalCosts": []}, ["refuse ERR-07"]),
        ({"additionalCosts": {"shipping": {"price": 0}}}, []),
        ({"additionalCosts": {"shipping": {"price": "1"}}}, ["refuse COST-03"]),
        ({"additionalCosts": {"shipping": {}}}, ["refuse COST-03"]),
        ({"additionalCosts": {"shipping": 1}}, ["refuse COST-03"]),
        ({"additionalCosts": {"shipping": None}}, ["MERGE-U2 additionalCosts: shipping"]),
        ({"additionalCosts": {"other": {"price": 1}}}, ["refuse COST-02"]),
        ({"additionalCosts": {"engraving": {"price": 1}}}, ["COST-02 additionalCosts: engraving"]),
        (
            {"additionalCosts": {"shipping": {"price": 1, "b": 1, "a": 2}}},
            ["MERGE-U3 additionalCosts: a, b"],
        ),
        (
            {"additionalCosts": {"shipping": {"price": -0.01}}},
            ["CART-U1 additionalCosts: negative, below 10^8"],
        ),
        ({"cartItems": None}, ["MERGE-U2 cartItems"]),
        ({"cartItems": {}}, ["refuse ERR-07"]),
        ({"cartItems": [1]}, ["refuse CART-09"]),
    ],
    ids=str,
)
def test_fields_of_sessions(session: dict[str, Any], expected: list[str]) -> None:
    """What `current` says of each field, without campaigns to know its codes."""
    assert of_session(**session) == expected


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ({"storeIntegrationId": "s"}, ["MERGE-U3 storeIntegrationId: storeIntegrationId"]),
        ({"identifiers": [f"{n}" for n in range(6)]}, ["IDENT-U2 identifiers: 6"]),
        ({"loyaltyCards": ["a", "b"]}, ["IDENT-U2 loyaltyCards: 2"]),
        ({"couponCodes": ["c" * 101]}, ["IDENT-U2 couponCodes: 101 characters, 101 octets"]),
        ({"couponCodes": [f"{n}" for n in range(1_000)]}, []),
        ({"couponCodes": [f"{n}" for n in range(1_001)]}, ["IDENT-U2 couponCodes: 1001"]),
        ({"evaluableCampaignIds": [1]}, ["MERGE-U3 -: evaluableCampaignIds"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_fields_that_2_5_1_does_not_limit(session: dict[str, Any], expected: list[str]) -> None:
    """Limits that only later versions have are open before; so are fields of later versions."""
    assert of_session(FIRST, **session) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ["MERGE-U2 -"]),
        ([], []),
        ([1, 2.0, None], ["hidden DRY-U3 -"]),
        ([1.5], ["refuse ERR-07"]),
        ([True], ["refuse ERR-07"]),
        (1, ["refuse ERR-07"]),
    ],
)
def test_campaigns_of_dry_runs(value: Any, expected: list[str]) -> None:
    """A list of integers, as readers of JSON may take them."""
    assert of_session(dry=True, evaluableCampaignIds=value) == expected


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ({"couponCodes": ["KNOWN"]}, []),
        ({"couponCodes": ["other"]}, ["hidden IDENT-U4 couponCodes"]),
        ({"couponCodes": [f"x{MARK}"]}, ["IDENT-U4 couponCodes: 23 characters, no capitals"]),
        ({"couponCodes": ["KNOWN", f"x{MARK}"]}, ["hidden IDENT-U4 couponCodes"]),
        ({"referralCode": f"x{MARK}"}, ["IDENT-U4 referralCode: 23 characters, no capitals"]),
        ({"referralCode": "FRIEND"}, []),
        ({"couponCodes": ["FRIEND"]}, ["hidden IDENT-U4 couponCodes"]),
        ({"referralCode": "KNOWN"}, ["hidden IDENT-U4 referralCode"]),
        ({"loyaltyCards": ["KNOWN"]}, ["hidden IDENT-U4 loyaltyCards"]),
        (
            {"loyaltyCards": [f"x{MARK}"]},
            ["IDENT-U4 loyaltyCards: 23 characters, no capitals"],
        ),
        (
            {"loyaltyCards": [f"x{MARK}", f"y{MARK}"]},
            ["refuse IDENT-04", *["hidden IDENT-U4 loyaltyCards"] * 2],
        ),
        ({"couponCodes": [f"x{MARK}", f"y{MARK}"]}, ["hidden IDENT-U4 couponCodes"] * 2),
        ({"couponCodes": [f"X{MARK}"]}, ["IDENT-U4 couponCodes: 23 characters, capitals"]),
        ({"loyaltyCards": [" "]}, ["hidden IDENT-U4 loyaltyCards"]),
    ],
    ids=str,
)
def test_codes_that_no_campaign_may_know(session: dict[str, Any], expected: list[str]) -> None:
    """Open where the environment says nothing; a single invented code has a class of its own."""
    assert of_session(ASKING, **session) == expected


@pytest.mark.parametrize(
    ("changes", "current", "first"),
    [
        ({}, [], []),
        ({"sku": ...}, ["refuse CART-07"], None),
        ({"sku": ""}, ["refuse CART-07"], None),
        ({"sku": None}, ["refuse CART-07"], None),
        ({"sku": 1}, ["refuse CART-09"], None),
        ({"sku": "a\x00"}, [r"IDENT-U3 cartItems: cartItems: a\x00"], None),
        ({"name": ...}, [], ["refuse CART-07"]),
        ({"name": ""}, [], ["refuse CART-07"]),
        ({"name": None}, ["MERGE-U2 cartItems"], ["refuse CART-07"]),
        ({"category": ""}, [], None),
        ({"category": None}, ["MERGE-U2 cartItems"], None),
        ({"category": 1}, ["refuse CART-09"], None),
        ({"quantity": ...}, ["refuse CART-06"], None),
        ({"quantity": None}, ["refuse CART-06"], None),
        ({"quantity": True}, ["refuse CART-06"], None),
        ({"quantity": 0}, ["refuse CART-06"], None),
        ({"quantity": 0.5}, ["refuse CART-06"], None),
        ({"quantity": 1}, [], None),
        ({"quantity": 1.5}, ["refuse CART-06"], None),
        ({"quantity": 1.0}, ["CART-06 cartItems: below 10^8"], None),
        ({"price": ...}, ["CART-U3 cartItems"], ["refuse CART-08"]),
        ({"price": None}, ["MERGE-U2 cartItems"], ["refuse CART-08"]),
        ({"price": "1"}, ["refuse CART-09"], None),
        ({"price": True}, ["refuse CART-09"], None),
        ({"price": 0}, ["CART-U1 cartItems"], None),
        ({"price": -0.01}, ["CART-U1 cartItems: negative, below 10^8"], None),
        ({"price": 1}, [], None),
        ({"price": 99_999_999.99}, [], None),
        ({"price": 99_999_999.995}, ["CART-U1 cartItems: below 10^8"], None),
        ({"weight": None}, ["MERGE-U2 cartItems"], None),
        ({"height": "1"}, ["refuse CART-09"], None),
        ({"width": -1}, ["CART-U1 cartItems: negative, below 10^8"], None),
        ({"length": 0}, [], None),
        ({"attributes": None}, ["MERGE-U2 cartItems"], None),
        ({"attributes": []}, ["refuse CART-09"], None),
        ({"additionalCosts": []}, ["refuse CART-09"], None),
        ({"additionalCosts": {"shipping": {"price": 1}}}, ["COST-02 cartItems: shipping"], None),
        ({"position": 1}, ["CART-U2 cartItems: position integer"], None),
        (
            {"returnedQuantity": 1, "remainingQuantity": None},
            ["CART-U2 cartItems: remainingQuantity null, returnedQuantity integer"],
            None,
        ),
        ({"other": 1, "position": 1}, ["MERGE-U3 cartItems: other"], None),
        (
            {"product": {"name": "p"}},
            ["CART-U2 cartItems: product map"],
            ["MERGE-U3 cartItems: product"],
        ),
        (
            {"product": None},
            ["MERGE-U2 cartItems", "CART-U2 cartItems: product null"],
            ["MERGE-U3 cartItems: product"],
        ),
        (
            {"product": 1},
            ["refuse CART-09", "CART-U2 cartItems: product integer"],
            ["MERGE-U3 cartItems: product"],
        ),
        (
            {"product": {"name": 1}},
            ["refuse CART-09", "CART-U2 cartItems: product map"],
            ["MERGE-U3 cartItems: product"],
        ),
        (
            {"product": {}},
            ["CART-U2 cartItems: product empty map"],
            ["MERGE-U3 cartItems: product"],
        ),
    ],
    ids=str,
)
def test_cart_items(changes: dict[str, Any], current: list[str], first: list[str] | None) -> None:
    """What both versions say of an item that is right but for one thing."""
    assert of_item(**changes) == current
    assert of_item(FIRST, **changes) == (current if first is None else first)


def test_great_quantities() -> None:
    """Quantities of more than 32 bits are no promise; where sums count they are too many."""
    assert of_item(FIRST, quantity=2**31 - 1) == []
    assert of_item(FIRST, quantity=2**31) == ["CART-06 cartItems: from 2^31"]
    assert of_item(FLATTENING, quantity=10_000) == []
    assert of_item(FLATTENING, quantity=10_001) == ["refuse CART-04"]
    assert of_session(FLATTENING, cartItems=[{**ITEM, "quantity": 5_001}] * 2) == ["refuse CART-04"]
    assert of_session(FIRST, cartItems=[ITEM] * 1_000) == []
    assert of_session(FIRST, cartItems=[ITEM] * 1_001) == ["refuse CART-02"]


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ({}, []),
        ({"cartItems": [ITEM] * 250}, []),
        ({"cartItems": [ITEM] * 251}, ["CART-01"]),
        ({"cartItems": "x"}, []),
        ({"cartItems": [{**ITEM, "quantity": 5_000}]}, []),
        ({"cartItems": [{**ITEM, "quantity": 5_001}]}, ["CART-03"]),
        ({"cartItems": [{**ITEM, "quantity": 10_000}]}, ["CART-03"]),
        ({"cartItems": [{**ITEM, "quantity": 10_001}]}, ["CART-05"]),
        ({"cartItems": [{**ITEM, "quantity": 10_001.0}, 1]}, []),
        ({"referralCode": "r" * 49}, []),
        ({"referralCode": "r" * 50}, []),
        ({"referralCode": "r" * 51}, ["IDENT-06"]),
        ({"couponCodes": ["c" * 50, 1]}, []),
        ({"couponCodes": ["c", "c" * 51]}, ["IDENT-05"]),
        ({"identifiers": ["a"] * 4}, []),
        ({"identifiers": ["a"] * 5}, ["IDENT-03"]),
        ({"identifiers": ["a"] * 6}, []),
        ({"loyaltyCards": ["a"]}, ["IDENT-04"]),
        ({"loyaltyCards": []}, []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_valid_update_puts_to_the_test(session: dict[str, Any], expected: list[str]) -> None:
    """Promises of how much may be sent are named where much is sent."""
    flattening = msgspec.structs.replace(CURRENT, flattening=True)
    assert [rule for rule, _ in acceptance_rules(session, flattening)] == expected


@pytest.mark.parametrize(
    ("items", "total"),
    [([], 0), (None, 0), ("x", 0), ({"quantity": 2}, 0), ([ITEM, 1, {}, ITEM], 4)],
    ids=str,
)
def test_the_sum_of_quantities(items: object, total: int) -> None:
    """What is no list has none, and what is no item adds none."""
    assert quantity_sum(items) == total


def test_promises_of_one_version() -> None:
    """2.5.1 promises no length of coupon codes, nor sums without flattening; later ones do."""
    much = {
        "couponCodes": ["c" * 51],
        "identifiers": ["a"] * 5,
        "loyaltyCards": ["a"],
        "cartItems": [{**ITEM, "quantity": 5_001}],
    }
    assert [rule for rule, _ in acceptance_rules(much, FIRST)] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, False),
        ({}, False),
        ({"responseContent": "customerSession"}, False),
        ({"responseContent": ["event"]}, False),
        ({"responseContent": ["event", "customerSession"]}, True),
    ],
)
def test_asking_for_the_session(body: Any, expected: bool) -> None:
    """By its name in a list."""
    assert requests_session(body) is expected


@pytest.mark.parametrize(
    ("session_id", "expected"),
    [
        ("s" * 1_000, []),
        ("é" * 1_001, ["IDENT-U1 -: 1001 characters, 6006 as sent"]),
        ("", ["IDENT-U3 -"]),
        (".", ["IDENT-U3 -"]),
        ("..", ["IDENT-U3 -"]),
        ("...", []),
        ("a/b", ["IDENT-U3 -: a/a"]),
        ("a\ud800", [r"IDENT-U3 -: a\ud800"]),
        ("a\udfff", [r"IDENT-U3 -: a\udfff"]),
        ("a\ue000", []),
        ("a\x7f", [r"IDENT-U3 -: a\x7f"]),
        ("a\u2028", []),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_session_ids(session_id: str, expected: list[str]) -> None:
    """Any text of up to 1,000 characters but for what HTTP, or a library, may stumble over."""
    assert short(session_id_remarks(session_id, CURRENT)) == expected


def test_values_outside_a_schema_have_the_class_of_their_size() -> None:
    """Of what has no size that a constraint looks at, the size is none."""
    schema = {"type": "object", "maxProperties": 0}
    environment = msgspec.structs.replace(CURRENT, session_attributes={"box": schema})
    found = of_session(environment, attributes={"box": {"a": 1}})
    assert found == ["ATTR-03 attributes: box map of 0"]
