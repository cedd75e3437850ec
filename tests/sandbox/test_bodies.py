"""What the clean sandbox accepts and refuses: limits on both sides, types, declarations."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import UnknownCodes

from .environments import CURRENT, FIRST
from .steps import SHOW, Client, get, item, items, put, raw


@pytest.mark.parametrize(("size", "status"), [(0, 200), (999, 200), (1000, 200), (1001, 400)])
def test_number_of_items(client: Client, size: int, status: int) -> None:
    """1000 items are the most."""
    assert client(put(cartItems=items(size))).status == status
    assert client(put(dry=True, cartItems=items(size))).status == status


def test_units_without_flattening(first: Client) -> None:
    """In 2.5.1 without flattening the sum of quantities does not matter."""
    assert first(put(cartItems=[item("a", 10_001)])).status == 200
    assert first(put(cartItems=items(1000, 1000))).status == 200


def test_units_with_flattening(flattened: Client, current: Client) -> None:
    """10,000 units over all items are the most, with flattening and in the current version."""
    for client in (flattened, current):
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
def test_lengths(current: Client, name: str, fits: Any, too_much: Any) -> None:
    """The limits of the current version, on both sides, in characters."""
    assert current(put(**{name: fits})).session[name] == fits
    assert current(put(**{name: too_much})).status == 400


@pytest.mark.parametrize(("name", "too_much"), [(n, t) for n, _, t in LENGTHS if n[-1] == "s"])
def test_the_first_version_has_no_such_limits(first: Client, name: str, too_much: Any) -> None:
    """Lists that the current version limits are free in 2.5.1."""
    assert first(put(**{name: too_much})).session[name] == too_much


def test_referral_codes(client: Client) -> None:
    """At most 100 characters in every version."""
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
    """An item of a wrong shape is a 400, wherever it stands."""
    assert client(put(cartItems=[wrong])).status == 400
    assert client(put(cartItems=[item(), wrong])).status == 400
    assert client(get()).status == 404


def test_what_only_the_first_version_requires(first: Client, current: Client) -> None:
    """Names and prices may be missing in the current version."""
    for missing in ("name", "price"):
        cart = [{name: value for name, value in item().items() if name != missing}]
        assert first(put(cartItems=cart)).status == 400
        assert current(put(cartItems=cart)).status == 200


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
    """A field of a wrong shape is a 400 that leaves the session as it was."""
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
    """What is no request is a 400."""
    assert client(raw(body)).status == 400
    assert client(get()).status == 404


@pytest.mark.parametrize("price", ["1e400", "-1e400", "1" + "0" * 400])
def test_numbers_beyond_a_double(client: Client, price: str) -> None:
    """They are refused: their sums could not be answered."""
    text = f'[{{"name": "n", "sku": "s", "quantity": 1, "price": {price}}}]'
    assert client(raw(f'{{"customerSession": {{"cartItems": {text}}}}}'.encode())).status == 400


def test_deep_values(client: Client) -> None:
    """Values nested too deeply to be answered are refused."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    assert client(put(cartItems=[item(extra=deep)])).status == 400


def test_lone_surrogates_come_back(client: Client) -> None:
    """JSON may escape half a character; it comes back escaped."""
    answer = client(raw(b'{"customerSession": {"profileId": "\\ud800"}, "responseContent": '
                        b'["customerSession"]}'))  # fmt: skip
    assert answer.session["profileId"] == "\ud800"
    assert b"\\ud800" in answer.text


def test_silent_points(client: Client) -> None:
    """Where the contract is silent: nulls are as left out, computed fields are the server's."""
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


@pytest.mark.parametrize("base", [FIRST, CURRENT], ids=["2.5.1", "current"])
def test_unknown_codes(base: Any) -> None:
    """Codes that no campaign knows are rejected by an effect, or refused where that is set."""
    body = {"customerSession": {"couponCodes": ["WELCOME", "NOBODY"]}, "responseContent": SHOW}
    effects = Client(base)(raw(body)).json["effects"]
    assert [effect["effectType"] for effect in effects] == ["acceptCoupon", "rejectCoupon"]
    strict = Client(msgspec.structs.replace(base, unknown_codes=UnknownCodes.REFUSED))
    assert strict(put(couponCodes=["WELCOME"], referralCode="")).status == 200
    assert strict(put(couponCodes=["NOBODY"])).status == 400
    assert strict(put(referralCode="NOBODY")).status == 400
