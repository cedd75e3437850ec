"""What both independent targets do with declared campaigns, request by request."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from cartfuzz.contract import CodeCase, ContractVersion, Environment
from cartfuzz.contract.campaigns import (
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    DiscountBase,
    Loyalty,
    Referral,
)

from .targets import API_KEY, INDEPENDENT

SHOP = Environment(
    contract=ContractVersion.CURRENT,
    code_case=CodeCase.UPPER,
    coupons=(
        Coupon(code="TENTH", discount=0.1, base=DiscountBase.CART_ITEMS, campaign_id=41),
        Coupon(code="SALE-{n}", first=1, last=9, limit=2, amount=5, campaign="sale"),
        Coupon(code="MINE", per_profile=1, campaign="mine"),
        Coupon(code="TEA", item_discount=0.25, campaign="tea"),
        Coupon(code="RICH", amount=6, campaign="rich"),
        Coupon(code="DIME", amount=0.1, campaign="dimes"),
    ),
    referrals=(Referral(code="FRIEND-{n}", first=1, last=9, limit=1, campaign="friends"),),
    budgets=(
        Budget(campaign="tea", per=BudgetScope.IDENTIFIER, limit=1),
        Budget(campaign="rich", counts=BudgetCount.DISCOUNT, limit=10),
        Budget(campaign="dimes", counts=BudgetCount.DISCOUNT, limit=0.3),
    ),
    loyalty=(Loyalty(points=2, name="leaves"),),
)
CART = [{"name": "mug", "sku": "m", "quantity": 2, "price": 10}]


class Shop:
    """A target and its effects, as short tuples: kind, code or name, value."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc

    def call(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The status and the body of an answer."""
        client = http.client.HTTPConnection(self._host, timeout=30)
        headers = {"Authorization": f"ApiKey-v1 {API_KEY}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        client.request(method, f"/v2/customer_sessions/{path}", data, headers)
        answer = client.getresponse()
        found = json.loads(answer.read())
        client.close()
        return answer.status, found

    def put(self, path: str, **fields: object) -> tuple[int, dict[str, Any]]:
        """An update; a cart of two mugs is always there."""
        body = {"customerSession": {"cartItems": CART, **fields}, "responseContent": ["coupons"]}
        return self.call("PUT", path, body)

    def uses(self, code: str) -> int:
        """The counter that an open session with the code shows."""
        _, answer = self.put("counting", couponCodes=[code])
        return int(answer["coupons"][0]["usageCounter"])

    def cancel(self, session: str) -> list[dict[str, Any]]:
        """The effects of cancelling a session."""
        status, answer = self.call("PUT", session, {"customerSession": {"state": "cancelled"}})
        assert status == 200
        return list(answer["effects"])


def named(effects: list[dict[str, Any]], kind: str) -> list[Any]:
    """Code or value of the effects of a kind; the campaigns of the house do not count."""
    found = [one for one in effects if one["effectType"] == kind]
    return [
        one["props"].get("value")
        for one in found
        if one["props"].get("name") != "House"
        and one["props"].get("rejectionReason") != "CouponRejectedByCondition"
    ]


@pytest.fixture(params=INDEPENDENT)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Each of the targets, with the campaigns of `SHOP`."""
    with INDEPENDENT[request.param](SHOP) as url:
        yield Shop(url)


def test_a_close_redeems_and_a_cancel_gives_back(shop: Shop) -> None:
    """The limit bites after two redemptions, and no more after one came back."""
    for session in ("a", "b"):
        status, answer = shop.put(session, state="closed", couponCodes=["SALE-7"])
        assert status == 200
        assert named(answer["effects"], "acceptCoupon") == ["SALE-7"]
        assert named(answer["effects"], "setDiscount") == [5]
    assert shop.uses("SALE-7") == 2
    status, answer = shop.put("c", state="closed", couponCodes=["SALE-7"])
    assert status == 409 or named(answer["effects"], "acceptCoupon") == []
    assert shop.uses("SALE-7") == 2
    assert named(shop.cancel("a"), "rollbackCoupon") == ["SALE-7"]
    assert shop.uses("SALE-7") == 1
    status, answer = shop.put("d", state="closed", couponCodes=["SALE-7"])
    assert named(answer["effects"], "acceptCoupon") == ["SALE-7"]


def test_a_refused_close_leaves_the_session_as_it_was(shop: Shop) -> None:
    """After a 409 it is open still, or it is not there; after 200 it is closed."""
    for session in ("a", "b"):
        shop.put(session, state="closed", couponCodes=["SALE-7"])
    shop.put("old", couponCodes=["SALE-7"])
    status, _ = shop.put("old", state="closed")
    state = shop.call("GET", "old")[1]["customerSession"]["state"]
    assert (status, state) in [(409, "open"), (200, "closed")]


@pytest.mark.parametrize("path", ["new?dry=true", "new"])
def test_dry_closes_and_open_sessions_redeem_nothing(shop: Shop, path: str) -> None:
    """Their effects accept the code, and its counter stays."""
    state = "closed" if "dry" in path else "open"
    for _ in range(3):
        _, answer = shop.put(path, state=state, couponCodes=["SALE-7"])
        assert named(answer["effects"], "acceptCoupon") == ["SALE-7"]
    assert shop.uses("SALE-7") == 0


def test_cancelling_an_open_session_rolls_nothing_back(shop: Shop) -> None:
    """Nothing was redeemed."""
    shop.put("a", couponCodes=["SALE-7"], referralCode="FRIEND-1", profileId="p")
    assert not [one for one in shop.cancel("a") if one["effectType"].startswith("rollback")]


def test_a_reopened_session_is_closed_and_redeems_anew(shop: Shop) -> None:
    """The code comes back with the reopening; a read shows none of what was rolled back."""
    shop.put("a", state="closed", couponCodes=["SALE-7"])
    status, answer = shop.call("PUT", "a/reopen")
    assert status == 200
    assert named(answer["effects"], "rollbackCoupon") == ["SALE-7"]
    assert shop.uses("SALE-7") == 0
    standing = shop.call("GET", "a")[1]["effects"]
    assert named(standing, "acceptCoupon") == named(standing, "rollbackCoupon") == []
    _, answer = shop.put("a", state="closed")
    assert named(answer["effects"], "acceptCoupon") == ["SALE-7"]
    assert shop.uses("SALE-7") == 1


def test_the_discounts_that_stood_are_rolled_back(shop: Shop) -> None:
    """A cancel names them with their values, but for those of units that were returned."""
    _, answer = shop.put("a", state="closed", couponCodes=["TENTH", "TEA"], identifiers=["i"])
    assert named(answer["effects"], "setDiscount") == [2]
    assert named(answer["effects"], "setDiscountPerItem") == [2.5, 2.5]
    returned = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
    _, answer = shop.call("POST", "a/returns", returned)
    assert named(answer["effects"], "rollbackDiscount") == [2.5]
    effects = shop.cancel("a")
    assert sorted(named(effects, "rollbackDiscount")) == [2, 2.5]
    assert sorted(named(effects, "rollbackCoupon")) == ["TEA", "TENTH"]


def test_the_declared_campaign_id_is_that_of_the_effects(shop: Shop) -> None:
    """Acceptance and discount have it."""
    _, answer = shop.put("a", couponCodes=["TENTH"])
    own = [one for one in answer["effects"] if one["campaignId"] == 41]
    assert sorted(one["effectType"] for one in own) == ["acceptCoupon", "setDiscount"]


def test_a_profile_redeems_no_more_than_it_may(shop: Shop) -> None:
    """Another profile still may."""
    closed = {"state": "closed", "couponCodes": ["MINE"]}
    assert named(shop.put("a", profileId="p", **closed)[1]["effects"], "acceptCoupon") == ["MINE"]
    status, answer = shop.put("b", profileId="p", **closed)
    assert status == 409 or named(answer["effects"], "rejectCoupon") == ["MINE"]
    assert named(shop.put("c", profileId="q", **closed)[1]["effects"], "acceptCoupon") == ["MINE"]


def test_an_identifier_redeems_no_more_than_the_budget(shop: Shop) -> None:
    """Whatever the profile; a cancel gives it back."""
    closed = {"state": "closed", "couponCodes": ["TEA"], "identifiers": ["i"]}
    assert named(shop.put("a", profileId="p", **closed)[1]["effects"], "acceptCoupon") == ["TEA"]
    status, answer = shop.put("b", profileId="q", **closed)
    assert status == 409 or named(answer["effects"], "rejectCoupon") == ["TEA"]
    shop.cancel("a")
    assert named(shop.put("c", profileId="q", **closed)[1]["effects"], "acceptCoupon") == ["TEA"]


def test_a_budget_of_discounts_is_not_exceeded(shop: Shop) -> None:
    """What three closes give is at most the budget of 10."""
    given = [
        value
        for session in "abc"
        for value in named(
            shop.put(session, state="closed", couponCodes=["RICH"])[1]["effects"], "setDiscount"
        )
    ]
    assert given[0] == 6
    assert sum(given) <= 10


def test_a_fractional_budget_of_discounts_can_be_used_up(shop: Shop) -> None:
    """Three closes give the budget of 0.3, and a fourth gives nothing."""
    closes = [shop.put(name, state="closed", couponCodes=["DIME"])[1] for name in "abcd"]
    given = [named(answer.get("effects", []), "setDiscount") for answer in closes]
    assert given == [[0.1], [0.1], [0.1], []]


def test_a_referral_is_redeemed_and_given_back(shop: Shop) -> None:
    """Once; then by another session."""
    closed = {"state": "closed", "referralCode": "FRIEND-3"}
    _, answer = shop.put("a", profileId="p", **closed)
    assert named(answer["effects"], "acceptReferral") == ["FRIEND-3"]
    status, answer = shop.put("b", profileId="q", **closed)
    assert status == 409 or named(answer["effects"], "rejectReferral") == ["FRIEND-3"]
    assert named(shop.cancel("a"), "rollbackReferral") == ["FRIEND-3"]
    _, answer = shop.put("c", profileId="r", **closed)
    assert named(answer["effects"], "acceptReferral") == ["FRIEND-3"]


def test_points_come_with_the_close_and_go_with_the_cancel(shop: Shop) -> None:
    """Two for each unit of the total of 20; without a profile there are none."""
    _, answer = shop.put("a", profileId="p", state="closed")
    assert named(answer["effects"], "addLoyaltyPoints") == [40]
    assert named(shop.cancel("a"), "rollbackAddedLoyaltyPoints") == [40]
    assert named(shop.put("b", state="closed")[1]["effects"], "addLoyaltyPoints") == []


def test_codes_that_no_campaign_has_are_rejected(shop: Shop) -> None:
    """Each by an effect; numbers beyond the pattern are no codes."""
    _, answer = shop.put("a", couponCodes=["NONE", "SALE-10"], referralCode="FRIEND-0")
    assert named(answer["effects"], "rejectCoupon") == ["NONE", "SALE-10"]
    assert named(answer["effects"], "rejectReferral") == ["FRIEND-0"]
    assert named(answer["effects"], "acceptCoupon") == []


def test_case_does_not_matter_where_it_is_folded(shop: Shop) -> None:
    """Two spellings are one coupon, which is redeemed once."""
    _, answer = shop.put("a", state="closed", couponCodes=["sale-7", "SALE-7"])
    assert len(named(answer["effects"], "acceptCoupon")) == 1
    assert shop.uses("SALE-7") == 1


def test_closes_at_once_share_the_last_redemption(shop: Shop) -> None:
    """Of eight sessions two redeem the coupon."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda number: shop.put(f"s{number}", state="closed", couponCodes=["SALE-1"]),
                range(8),
            )
        )
    accepted = [named(body.get("effects", []), "acceptCoupon") for _, body in answers]
    assert accepted.count(["SALE-1"]) == 2
