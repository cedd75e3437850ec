"""Tests what the sandbox stores and shows: session IDs, fields, merging, totals."""

from __future__ import annotations

from typing import Any

import pytest

from .steps import Client, get, item, items, put, reopen

IDS = [
    "plain", "Plain", "PLAIN", " plain", "plain ", "plain.", ".", "..", "...", "a/b", "a/c", "a",
    "a\\b", "100%", "100%25", "%2F", "%", "a+b", "a b", "a%20b", "007", "7", "7.0", "1e3", "1000",
    "caf\u00e9", "cafe\u0301", "\uff41", "\U0001f6d2", "\U0001f6cd", "?", "#", "a?b", "a#b",
    "\x00", "a\x00b", "a\x00c", "\x01", "\x7f", "\u200b", "\u202etxt", "\ud800", "\udc00", "\ufffd",
    "null", "true", "returns", "reopen", "x/returns", "x/reopen", "' OR 1=1 --", "<b>", "a\r\nb",
    "127.0.0.1", "::1", "2001:db8::1", "i", "I", "\u0131", "\u0130", "ß", "SS",
    "y" * 64, "y" * 65, "y" * 255, "y" * 256, "y" * 1000, "\U0001f6d2" * 1000,
]  # fmt: skip


def test_ids_are_told_apart_and_shown_unaltered(client: Client) -> None:
    """Distinct session IDs are distinct sessions, each shown under its unaltered ID."""
    for session_id in IDS:
        assert client(put(session_id, identifiers=[session_id])).status == 200
    shown = [client(get(session_id)).session for session_id in IDS]
    assert [session["integrationId"] for session in shown] == IDS
    assert [session["identifiers"] for session in shown] == [[session_id] for session_id in IDS]
    assert len({session["id"] for session in shown}) == len(IDS)


FIELDS: dict[str, tuple[Any, Any]] = {
    "profileId": ("Ann ", "bob"),
    "couponCodes": (["b", "A", " c "], ["d"]),
    "referralCode": ("friend", "other"),
    "loyaltyCards": (["card 1"], ["card 2"]),
    "identifiers": (["b", "A", "b"], ["c"]),
    "attributes": (
        {"channel": "web", "giftWrapped": True},
        {"channel": "web", "giftWrapped": False},
    ),
    "additionalCosts": ({"shipping": {"price": 4.5}}, {"handling": {"price": 1}}),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_fields(client: Client, name: str) -> None:
    """A field is shown as it was sent, kept while updates omit it, and replaced by a new value."""
    one, other = FIELDS[name]
    assert client(put(**{name: one})).session[name] == one
    assert client(put()).session[name] == one
    assert client(get()).session[name] == one
    assert client(put(**{name: other})).session[name] == other
    assert client(get()).session[name] == other


@pytest.mark.parametrize("name", ["couponCodes", "loyaltyCards", "identifiers", "referralCode"])
def test_empty_values_clear(client: Client, name: str) -> None:
    """An empty list or referral code clears the field."""
    one, _ = FIELDS[name]
    client(put(**{name: one}))
    assert not client(put(**{name: type(one)()})).session.get(name)
    assert not client(get()).session.get(name)


def test_fields_of_the_current_version(client_current: Client, client_2_5_1: Client) -> None:
    """The current version stores store and campaign IDs; version 2.5.1 ignores them."""
    fields: dict[str, Any] = {"storeIntegrationId": "berlin", "evaluableCampaignIds": [1, 2]}
    assert fields.items() <= client_current(put(**fields)).session.items()
    assert not fields.keys() & client_2_5_1(put(**fields)).session.keys()


def test_attributes_are_merged_by_key_and_costs_replaced(client: Client) -> None:
    """An update keeps the attributes that it omits, and drops the costs that it omits."""
    client(put(attributes={"channel": "web"}, additionalCosts={"shipping": {"price": 1}}))
    shown = client(
        put(attributes={"giftWrapped": True}, additionalCosts={"handling": {"price": 2}})
    ).session
    assert shown["attributes"] == {"channel": "web", "giftWrapped": True}
    assert shown["additionalCosts"] == {"handling": {"price": 2}}


def test_items_keep_order_number_and_fields(client: Client) -> None:
    """Items are shown in order with every field, equal ones too; a new cart keeps none of them."""
    sent = [
        item("b", 2, 9.99, category="hats", weight=1.5, height=1, width=2, length=3.25),
        item("a", attributes={"color": "red", "rating": 4.5, "fragile": False}),
        item("b", 2, 0.125, additionalCosts={"engraving": {"price": 0.1}}),
        *[item("same")] * 300,
    ]
    shown = client(put(cartItems=sent)).session["cartItems"]
    assert [line["position"] for line in shown] == list(range(len(sent)))
    for line, sent_item in zip(shown, sent, strict=True):
        assert sent_item.items() <= line.items()
        assert line["remainingQuantity"] == line["quantity"]
    replaced = client(put(cartItems=[item("b")])).session["cartItems"]
    assert len(replaced) == 1
    assert "attributes" not in replaced[0]
    assert "category" not in replaced[0]


def test_the_same_update_twice(client: Client) -> None:
    """A repeated update changes only the time and the count of updates."""
    step = put(**{name: one for name, (one, _) in FIELDS.items()}, cartItems=items(3))
    changing = {"updated", "updateCount"}
    once, twice = (
        {name: value for name, value in answer.session.items() if name not in changing}
        for answer in client.send_all(step, step)
    )
    assert once == twice


@pytest.mark.parametrize(
    ("prices", "total"),
    [
        ((), 0),
        ((0.1, 0.2), 0.3),
        ((0.1,) * 1000, 100),
        ((9.95, -9.95), 0),
        ((1e22, 1), 10**22 + 1),
        ((1e-7, 1), 1.0000001),
        ((123456789012.34, 0.66), 123456789013),
    ],
)
def test_sums_are_exact(client: Client, prices: tuple[float, ...], total: float) -> None:
    """Totals are the decimal sums of the prices as they are written."""
    shown = client(put(cartItems=[item(price=price) for price in prices])).session
    assert shown["cartItemTotal"] == shown["total"] == total


def test_totals(client: Client) -> None:
    """Items count price times quantity; their costs count once each, and only in the total."""
    shown = client(
        put(
            cartItems=[
                item("a", 3, 9.95, additionalCosts={"engraving": {"price": 1.5}}),
                item("b", 1, 10, additionalCosts={"handling": {"price": 2}}),
            ],
            additionalCosts={"shipping": {"price": 4.25}, "handling": {"price": 1}},
        )
    ).session
    assert shown["cartItemTotal"] == 39.85
    assert shown["additionalCostTotal"] == 5.25
    assert shown["total"] == 48.6
    assert shown.get("cartItemAdditionalCostTotal", 3.5) == 3.5


def test_identity_and_times(client: Client) -> None:
    """Updates change neither id, created nor applicationId; each has a later updated."""
    answers = [answer.session for answer in client.send_all(put(), put(), put(state="closed"))]
    for name in ("id", "created", "applicationId"):
        assert len({session[name] for session in answers}) == 1
    times = [session["updated"] for session in answers]
    assert times == sorted(set(times))
    assert client(get()).session["updated"] == times[-1]


def test_updates_are_counted(client_current: Client, client_2_5_1: Client) -> None:
    """updateCount counts accepted changes from 1, not dry or refused ones; 2.5.1 hides it."""
    assert client_current(put()).session["updateCount"] == 1
    client_current.send_all(put(dry=True), put(state="paused"), get())
    assert client_current(put()).session["updateCount"] == 2
    client_current.send_all(put(state="closed"), reopen())
    assert client_current(get()).session["updateCount"] == 4
    assert "updateCount" not in client_2_5_1(put()).session


def test_first_sessions(client: Client) -> None:
    """A profile's first session and every anonymous session are first sessions, no others."""
    answers = client.send_all(
        put("one", profileId="ann"),
        put("one"),
        put("two", profileId="ann"),
        put("three", profileId="bob"),
        put("four"),
        put("four", profileId="ann"),
        put("four", profileId=""),
    )
    firsts = [answer.session["firstSession"] for answer in answers]
    assert firsts == [True, True, False, True, True, False, True]
