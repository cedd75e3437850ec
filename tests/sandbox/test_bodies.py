"""Tests which bodies the sandbox accepts and refuses: limits, types and declarations."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import UnknownCodes

from .environments import ENVIRONMENT_2_5_1, ENVIRONMENT_CURRENT
from .steps import RESPONSE_CONTENT, Client, get, item, items, put, put_body


@pytest.mark.parametrize(("size", "status"), [(0, 200), (999, 200), (1000, 200), (1001, 400)])
def test_number_of_items(client: Client, size: int, status: int) -> None:
    """A cart of 1000 items is accepted and one of 1001 refused, in dry updates too."""
    assert client(put(cartItems=items(size))).status == status
    assert client(put(dry=True, cartItems=items(size))).status == status


def test_units_without_flattening(client_2_5_1: Client) -> None:
    """Version 2.5.1 without flattening does not limit the sum of quantities."""
    assert client_2_5_1(put(cartItems=[item("a", 10_001)])).status == 200
    assert client_2_5_1(put(cartItems=items(1000, 1000))).status == 200


def test_units_with_flattening(client_flattening: Client, client_current: Client) -> None:
    """With flattening and in the current version, 10,000 units are accepted and 10,001 refused."""
    for client in (client_flattening, client_current):
        assert client(put(cartItems=[item("a", 9_000), item("b", 1_000)])).status == 200
        assert client(put(cartItems=[item("a", 9_000), item("b", 1_001)])).status == 400
        assert client(put(dry=True, cartItems=[item("a", 10_001)])).status == 400
        assert len(client(get()).session["cartItems"]) == 2


LENGTHS = [
    ("couponCodes", ["c" * 100], ["c" * 101]),
    ("couponCodes", ["\U0001f6d2" * 100], ["\U0001f6d2" * 101]),
    ("identifiers", list("abcde"), list("abcdef")),
    ("loyaltyCards", ["one"], ["one", "two"]),
    ("storeIntegrationId", "s" * 1000, "s" * 1001),
    ("storeIntegrationId", "s", ""),
]


@pytest.mark.parametrize(("name", "fits", "too_much"), LENGTHS)
def test_lengths(client_current: Client, name: str, fits: Any, too_much: Any) -> None:
    """The current version accepts a field at its limit, in characters, and refuses it beyond."""
    assert client_current(put(**{name: fits})).session[name] == fits
    assert client_current(put(**{name: too_much})).status == 400


@pytest.mark.parametrize(("name", "too_much"), [(n, t) for n, _, t in LENGTHS if n[-1] == "s"])
def test_the_first_version_has_no_such_limits(
    client_2_5_1: Client, name: str, too_much: Any
) -> None:
    """Version 2.5.1 accepts the lists that exceed the limits of the current version."""
    assert client_2_5_1(put(**{name: too_much})).session[name] == too_much


def test_referral_codes(client: Client) -> None:
    """Every version accepts a referral code of 100 characters and refuses one of 101."""
    assert client(put(referralCode="é" * 100)).session["referralCode"] == "é" * 100
    assert client(put(referralCode="r" * 101)).status == 400


WRONG_ITEMS: list[Any] = [
    None, 1, [], "item",
    {"name": "n", "quantity": 1, "price": 1},
    item(""), item(sku=1), item(quantity=0), item(quantity=-1), item(quantity=1.5),
    item(quantity="1"), item(quantity=True), item(quantity=None), item(price="1"),
    item(price=True), item(price=[]), item(weight="1"), item(height={}), item(category=1),
    item(name=1), item(attributes=[]), item(attributes={"color": 1}), item(attributes={"x": 1}),
    item(additionalCosts=[]), item(additionalCosts={"shipping": {"price": 1}}),
    item(additionalCosts={"engraving": {}}), item(additionalCosts={"engraving": {"price": "1"}}),
    item(additionalCosts={"engraving": 1}),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_ITEMS)
def test_wrong_items(client: Client, wrong: Any) -> None:
    """A cart with an invalid item at any position is answered 400 and creates no session."""
    assert client(put(cartItems=[wrong])).status == 400
    assert client(put(cartItems=[item(), wrong])).status == 400
    assert client(get()).status == 404


def test_what_only_the_first_version_requires(client_2_5_1: Client, client_current: Client) -> None:
    """Version 2.5.1 requires names and prices of items; the current version does not."""
    for missing in ("name", "price"):
        cart = [{name: value for name, value in item().items() if name != missing}]
        assert client_2_5_1(put(cartItems=cart)).status == 400
        assert client_current(put(cartItems=cart)).status == 200


WRONG_FIELDS = [
    ("profileId", 1), ("profileId", []), ("couponCodes", "c"), ("couponCodes", [1]),
    ("couponCodes", [None]), ("referralCode", 1), ("loyaltyCards", {}), ("identifiers", [1]),
    ("cartItems", {}), ("cartItems", "[]"), ("additionalCosts", []),
    ("additionalCosts", {"unknown": {"price": 1}}),
    ("additionalCosts", {"engraving": {"price": 1}}),
    ("additionalCosts", {"shipping": {}}), ("additionalCosts", {"shipping": {"price": None}}),
    ("attributes", []), ("attributes", {"unknown": 1}), ("attributes", {"channel": "radio"}),
    ("attributes", {"loyaltyYears": 1.5}), ("attributes", {"giftWrapped": 0}),
    ("attributes", {"tags": ["t"] * 6}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wrong"), WRONG_FIELDS)
def test_wrong_fields(client: Client, name: str, wrong: Any) -> None:
    """An invalid field is answered 400, and no field of the update is stored."""
    client(put(identifiers=["kept"]))
    before = client(get())
    assert client(put(**{"identifiers": ["trace"], name: wrong})).status == 400
    assert client(get()) == before


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"\xff\xfe", b'{"customerSession": NaN}', b"[" * 100_000,
        [], 1, "text", {}, {"customerSession": None}, {"customerSession": []},
        {"customerSession": {}, "responseContent": ["everything"]},
        {"customerSession": {}, "responseContent": "customerSession"},
        {"customerSession": {}, "responseContent": [["customerSession"]]},
    ],
)  # fmt: skip
def test_wrong_bodies(client: Client, body: Any) -> None:
    """A body that is not an update is answered 400 and creates no session."""
    assert client(put_body(body)).status == 400
    assert client(get()).status == 404


@pytest.mark.parametrize("price", ["1e400", "-1e400", "1" + "0" * 400])
def test_numbers_beyond_a_double(client: Client, price: str) -> None:
    """A number that no double can hold is refused."""
    text = f'[{{"name": "n", "sku": "s", "quantity": 1, "price": {price}}}]'
    assert (
        client(put_body(f'{{"customerSession": {{"cartItems": {text}}}}}'.encode())).status == 400
    )


def test_deep_values(client: Client) -> None:
    """A value with 200 levels of lists is refused."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    assert client(put(cartItems=[item(extra=deep)])).status == 400


def test_lone_surrogates_come_back(client: Client) -> None:
    """An escaped lone surrogate is stored and shown, escaped again."""
    answer = client(put_body(b'{"customerSession": {"profileId": "\\ud800"}, "responseContent": '
                        b'["customerSession"]}'))  # fmt: skip
    assert answer.session["profileId"] == "\ud800"
    assert b"\\ud800" in answer.text


def test_silent_points(client: Client) -> None:
    """Nulls, unknown properties and computed fields are ignored; duplicates are stored."""
    client(put(referralCode="kept"))
    shown = client(
        put(
            referralCode=None,
            unknown=1,
            identifiers=["i", "i"],
            cartItems=[item(price=-1, position=7, returnedQuantity=3, remainingQuantity=9)],
        )
    ).session
    assert shown["referralCode"] == "kept"
    assert "unknown" not in shown
    assert shown["identifiers"] == ["i", "i"]
    assert shown["total"] == -1
    line = shown["cartItems"][0]
    assert (line["position"], line["returnedQuantity"], line["remainingQuantity"]) == (0, 0, 1)


@pytest.mark.parametrize("base", [ENVIRONMENT_2_5_1, ENVIRONMENT_CURRENT], ids=["2.5.1", "current"])
def test_unknown_codes(base: Any) -> None:
    """An unknown code has a rejectCoupon effect, or is refused if the environment says so."""
    body = {
        "customerSession": {"couponCodes": ["WELCOME", "NOBODY"]},
        "responseContent": RESPONSE_CONTENT,
    }
    effects = Client(base)(put_body(body)).json["effects"]
    assert [effect["effectType"] for effect in effects] == ["acceptCoupon", "rejectCoupon"]
    strict = Client(msgspec.structs.replace(base, unknown_codes=UnknownCodes.REFUSED))
    assert strict(put(couponCodes=["WELCOME"], referralCode="")).status == 200
    assert strict(put(couponCodes=["NOBODY"])).status == 400
    assert strict(put(referralCode="NOBODY")).status == 400
