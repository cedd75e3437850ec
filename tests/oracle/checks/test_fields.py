"""Data fields: under which rule a value is found that is not the one that was sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import ContractVersion, Fetch, ReturnItems
from cartfuzz.record import Holds

from ..histories import DATA, ENVIRONMENT, ITEM, judge, ok, read, rules, update

FIRST = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.V2_5_1)
TIE = {**ITEM, "sku": "tie", "quantity": 1}


def updated(before: dict[str, Any], sent: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """The rules that an answer breaks which shows ``shown`` after ``sent`` came to ``before``."""
    history = [(update(before), ok(before)), (update(sent), ok({**before, **sent, **shown}))]
    return rules(judge(history, environment=FIRST))


@pytest.mark.parametrize(
    ("before", "sent", "shown", "expected"),
    [
        ({}, {"profileId": "ann"}, {"profileId": "bob"}, ["IDENT-09"]),
        ({}, {"identifiers": ["a"]}, {"identifiers": ["b"]}, ["IDENT-07"]),
        ({}, {"identifiers": ["a"]}, {"identifiers": None}, ["IDENT-07"]),
        ({"identifiers": ["a"]}, {"identifiers": ["b"]}, {"identifiers": ["a", "b"]}, ["MERGE-03"]),
        ({"identifiers": ["a"]}, {"identifiers": ["b"]}, {"identifiers": ["a"]}, ["MERGE-03"]),
        ({"identifiers": ["a"]}, {"identifiers": ["b"]}, {"identifiers": ["c", "a"]}, ["IDENT-07"]),
        ({"identifiers": ["a"]}, {"identifiers": ["b"]}, {"identifiers": None}, ["IDENT-07"]),
        ({"identifiers": ["a"]}, {"identifiers": ["b"]}, {"identifiers": []}, ["IDENT-07"]),
        ({"identifiers": ["a"]}, {"identifiers": []}, {"identifiers": ["a"]}, ["MERGE-03"]),
        ({"identifiers": ["a"]}, {}, {"identifiers": ["b"]}, ["MERGE-01"]),
        ({"identifiers": ["a"]}, {"profileId": "x"}, {"identifiers": []}, ["MERGE-01"]),
        ({"couponCodes": ["a"]}, {"couponCodes": []}, {"couponCodes": ["a"]}, ["MERGE-02"]),
        ({"couponCodes": ["a"]}, {"couponCodes": ["b"]}, {"couponCodes": ["c"]}, ["IDENT-07"]),
        ({"referralCode": "a"}, {"referralCode": ""}, {"referralCode": "a"}, ["MERGE-02"]),
        ({"profileId": "a"}, {"profileId": ""}, {"profileId": "a"}, ["IDENT-08"]),
        ({}, {"attributes": {"channel": "web"}}, {"attributes": {"channel": "app"}}, ["ATTR-01"]),
        ({}, {"attributes": {"channel": "web"}}, {"attributes": {}}, ["ATTR-01"]),
        ({}, {"attributes": {"channel": "web"}}, {"attributes": []}, ["RESP-01", "ATTR-01"]),
        (
            {"attributes": {"channel": "web"}},
            {"attributes": {"giftWrapped": True}},
            {"attributes": {"giftWrapped": True, "channel": "web"}},
            [],
        ),
        (
            {"attributes": {"channel": "web"}},
            {"attributes": {"giftWrapped": True}},
            {"attributes": {"giftWrapped": True, "channel": "app"}},
            ["ATTR-01"],
        ),
        (
            {"attributes": {"channel": "web"}},
            {"attributes": {"giftWrapped": True}},
            {"attributes": {"giftWrapped": True, "loyaltyYears": 5}},
            [],
        ),
        ({"cartItems": [ITEM]}, {"cartItems": [TIE]}, {"cartItems": [ITEM]}, ["MERGE-03"]),
        ({"cartItems": [ITEM]}, {"cartItems": []}, {"cartItems": [ITEM]}, ["MERGE-03"]),
        ({"cartItems": [ITEM]}, {"cartItems": [TIE]}, {"cartItems": [ITEM, TIE]}, ["MERGE-03"]),
        ({}, {"cartItems": [ITEM, TIE]}, {"cartItems": [ITEM]}, ["CART-10"]),
        (
            {},
            {"cartItems": [ITEM]},
            {"cartItems": [{**ITEM, "price": 11}]},
            ["CART-11"],
        ),
        (
            {},
            {"profileId": "a", "identifiers": ["a"], "couponCodes": ["a"]},
            {"profileId": "b", "identifiers": ["b"], "couponCodes": ["b"]},
            ["IDENT-09", "IDENT-07", "IDENT-07"],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_update_left(
    before: dict[str, Any], sent: dict[str, Any], shown: dict[str, Any], expected: list[str]
) -> None:
    """Echoed, replaced, cleared or left alone; maps may keep what they had."""
    assert sorted(updated(before, sent, shown)) == sorted(expected)
    if expected:
        assert updated(before, sent, {}) == []


def test_many_fields_that_differ_by_one_rule_are_one_bug() -> None:
    """Three or more; two are two."""
    data = {"identifiers": ["a"], "couponCodes": ["a"], "loyaltyCards": ["a"]}
    for names, outcomes in (
        (("identifiers", "couponCodes"), 2),
        (("identifiers", "couponCodes", "loyaltyCards"), 1),
    ):
        wrong = ok(data, **{name: ["b"] for name in names})
        found = judge([(update(data), wrong)], environment=FIRST)[0].discrepancies
        assert [one.rule for one in found] == ["IDENT-07"] * outcomes


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"shipping": {"price": 2}, "handling": {"price": 1}}, []),
        ({"shipping": {"price": 2}}, []),
        ({"shipping": {"price": 2}, "handling": {"price": 0}}, []),
        ({"shipping": {"price": 2}, "handling": None}, []),
        ({"shipping": {"price": 2, "title": "t"}}, []),
        ({"shipping": {"price": 3}}, ["COST-01"]),
        ({"handling": {"price": 1}}, ["COST-01"]),
        ({"shipping": {"price": 2}, "handling": {"price": 3}}, ["COST-01"]),
        ({}, ["COST-01"]),
    ],
    ids=str,
)
def test_costs_that_were_sent_in_two_updates(shown: Any, expected: list[str]) -> None:
    """What the second leaves out may stay as it was, or be free."""
    one = {"additionalCosts": {"handling": {"price": 1}}}
    two = {"additionalCosts": {"shipping": {"price": 2}}}
    own = sum((cost or {}).get("price", 0) for cost in shown.values())
    answer = ok({}, additionalCosts=shown, additionalCostTotal=own, total=own)
    history = [(update(one), ok(one)), (update(two), answer)]
    found = rules(judge(history, environment=FIRST))
    assert [rule for rule in found if rule != "RESP-01"] == expected


def test_costs_that_nobody_sent_are_free() -> None:
    """A session without costs shows none, or free ones."""
    for shown, expected in (
        ({}, []),
        ({"shipping": {"price": 0}}, []),
        ({"shipping": {"price": 1}}, ["MERGE-01"]),
    ):
        step = update({"identifiers": ["x"]})
        answer = ok({**DATA, "identifiers": ["x"]}, additionalCosts=shown)
        found = rules(judge([(update(DATA), ok(DATA)), (step, answer)], environment=FIRST))
        assert [rule for rule in found if not rule.startswith("RESP")] == expected


def test_a_profile_of_the_servers_making() -> None:
    """A session that never named one may show any that nobody sent."""
    without = {"identifiers": ["x"]}
    assert rules(judge([(update(without), ok(without, profileId="made-up"))])) == []
    named = (update({"profileId": "ann"}, dry=True), ok({"profileId": "ann"}))
    start = (update(without), ok(without))
    assert rules(judge([start, named, (Fetch(), read(without, profileId="ann"))])) == ["DRY-01"]
    odd = rules(judge([(update(without), ok(without, profileId=1))]))
    assert "RESP-03" in odd or "MERGE-01" in odd


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [
        ("identifiers", ["a"], ["b"]),
        ("attributes", {"channel": "web"}, {"channel": "app"}),
        ("cartItems", [ITEM], [TIE]),
    ],
)
def test_reads_and_returns_change_no_data(field: str, value: Any, other: Any) -> None:
    """A read that shows something else is wrong itself, a return lost it, an update kept it."""
    data = {"cartItems": [ITEM], field: value}
    wrong = {**data, field: other}
    start = (update(data), ok(data))
    assert rules(judge([start, (Fetch(), read(wrong))]))[0] == "RESP-03"
    closed = {**data, "state": "closed"}
    history = [(update(closed), ok(closed)), (update({**wrong, "state": "closed"}), ok(closed))]
    assert rules(judge(history)) == []
    changed = ok({**closed, field: other})
    history[1] = (history[1][0], changed)
    assert "STATE-13" in rules(judge(history))
    lines = {"returnedCartItems": [{"position": 0, "quantity": 2}]}
    back = ReturnItems(body={"return": lines, "responseContent": ["customerSession"]})
    if field != "cartItems":
        shown = ok({**closed, field: other, "state": "partially_returned"})
        assert "RESP-03" in rules(judge([history[0], (back, shown)]))


def test_the_claim_about_a_cart_leaves_out_what_a_target_computes() -> None:
    """A client that sends a position lets the target decide what it keeps."""
    sent = {"cartItems": [{**ITEM, "position": 4}]}
    kept = {"cartItems": [{**ITEM, "position": 0, "returnedQuantity": 0}]}
    other = {"cartItems": [{**ITEM, "price": 1, "position": 0}]}
    judged = judge([(update(sent), ok(kept)), (Fetch(), read(other))], environment=FIRST)
    found = judged[1].discrepancies
    claims = [one.claim for one in found if one.field_name == "cartItems"]
    assert claims == [Holds(pointer="/customerSession/cartItems", value=[ITEM])]
