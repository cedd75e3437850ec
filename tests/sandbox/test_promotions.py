"""Tests the promotion engine from outside: which codes are accepted, and what gives them back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    Budget,
    BudgetCount,
    BudgetScope,
    CodeCase,
    Coupon,
    Environment,
    Referral,
)

from .environments import ENVIRONMENT_CURRENT, with_coupon_limits
from .steps import Answer, Client, get, item, put, reopen, return_items, return_line
from .witnesses.codes import CART, FRIEND, SALE, TEA, cancel, closed, referred, shown

PAIRS = {
    "acceptCoupon": "rollbackCoupon",
    "acceptReferral": "rollbackReferral",
    "setDiscount": "rollbackDiscount",
    "setDiscountPerItem": "rollbackDiscount",
    "addLoyaltyPoints": "rollbackAddedLoyaltyPoints",
}


def with_campaigns(*coupons: Coupon, **fields: Any) -> Environment:
    """The current version with these coupons and no other campaigns but those of ``fields``."""
    nothing: dict[str, Any] = {"referrals": (), "budgets": (), "loyalty": ()}
    return msgspec.structs.replace(ENVIRONMENT_CURRENT, coupons=coupons, **{**nothing, **fields})


def reasons(answer: Answer) -> list[str]:
    """The reasons of the codes that ``answer`` rejects."""
    return [props["rejectionReason"] for kind, props in answer.effects if kind.startswith("reject")]


def usage(client: Client, code: str) -> int:
    """How often a coupon is redeemed, as an answer shows it."""
    (coupon,) = client(shown("spectator", code)).json["coupons"]
    count: int = coupon["usageCounter"]
    return count


# --- the form ----------------------------------------------------------------------------------


def test_effects_name_their_campaign_and_rule(client: Client) -> None:
    """Every effect has the members of the entity; each campaign has an ID of its own."""
    answer = client(closed("s", "WELCOME", SALE, TEA, "nobody", referralCode=FRIEND, profileId="p"))
    effects = answer.json["effects"]
    for effect in effects:
        assert {type(effect[name]) for name in ("campaignId", "rulesetId", "ruleIndex")} == {int}
        assert {type(effect[name]) for name in ("ruleName", "effectType")} == {str}
        assert type(effect["props"]) is dict
    causes = [e["campaignId"] for e in effects if e["effectType"].startswith(("acc", "rej", "add"))]
    assert len(set(causes)) == len(causes) == 6
    assert -1 in causes


def test_a_declared_campaign_id_is_shown() -> None:
    """The campaignId of effects and coupons is the declared one; others avoid it."""
    client = Client(with_campaigns(Coupon(code="A"), Coupon(code="B", campaign_id=11)))
    answer = client(put(couponCodes=["A", "B"]))
    first, second = (effect["campaignId"] for effect in answer.json["effects"])
    assert (second, first == second) == (11, False)


@pytest.mark.parametrize(
    ("fields", "kind", "reason"),
    [
        ({"couponCodes": ["nobody"]}, "rejectCoupon", "CouponNotFound"),
        ({"referralCode": "nobody"}, "rejectReferral", "ReferralNotFound"),
    ],
)
def test_unknown_codes_belong_to_no_campaign(
    client: Client, fields: dict[str, Any], kind: str, reason: str
) -> None:
    """An unknown code is rejected by an effect of campaign -1."""
    (effect,) = client(put(**fields)).json["effects"]
    assert (effect["effectType"], effect["campaignId"]) == (kind, -1)
    assert effect["props"]["rejectionReason"] == reason


def test_an_empty_referral_code_has_no_effect(client: Client) -> None:
    """Without a referral code nothing is accepted or rejected."""
    assert client(put(referralCode="")).json["effects"] == []


# --- limits ------------------------------------------------------------------------------------


def test_a_used_up_coupon_is_rejected_and_its_session_closed(client: Client) -> None:
    """Beyond its limit a coupon is rejected by an effect, brings nothing, and closes with 200."""
    accepted = client.send_all(closed("a", SALE), closed("b", SALE))
    assert [reasons(answer) for answer in accepted] == [[], []]
    rejected = client(closed("c", SALE))
    assert (rejected.status, rejected.session["state"]) == (200, "closed")
    assert reasons(rejected) == ["CouponLimitReached"]
    assert rejected.effect_types == ["rejectCoupon"]


def test_a_coupon_without_limit_is_never_used_up(client: Client) -> None:
    """A limit of 0 is none."""
    answers = client.send_all(*(closed(f"s{number}", "WELCOME") for number in range(10)))
    assert all(reasons(answer) == [] for answer in answers)


def test_each_number_of_a_pattern_is_a_coupon(client: Client) -> None:
    """Codes of one pattern are counted apart; numbers outside are unknown."""
    client.send_all(closed("a", SALE), closed("b", SALE))
    assert reasons(client(closed("c", "SALE-2"))) == []
    assert reasons(client(closed("d", "SALE-0"))) == ["CouponNotFound"]


def test_a_referral_has_a_limit(client: Client) -> None:
    """Beyond its limit a referral is rejected by an effect."""
    assert client(referred("a")).effect_types == ["acceptReferral"]
    answer = client(referred("b"))
    assert (answer.effect_types, reasons(answer)) == (
        ["rejectReferral"],
        ["ReferralLimitReached"],
    )


def test_the_limit_of_a_profile_is_its_own(client: Client) -> None:
    """A profile redeems each code as often as declared; other profiles do not count."""
    assert reasons(client(closed("a", TEA, profileId="p"))) == []
    assert reasons(client(closed("b", TEA, profileId="p"))) == ["ProfileLimitReached"]
    assert reasons(client(closed("c", TEA, profileId="q"))) == []
    assert reasons(client(closed("d", "TEA-2", profileId="p"))) == []


def test_the_budget_of_an_identifier_spans_profiles_and_codes(client: Client) -> None:
    """An identifier uses its budget up whatever the profile and the code of the campaign."""
    for number, profile in enumerate("pq"):
        answer = client(closed(profile, f"TEA-{number + 1}", profileId=profile, identifiers=["i"]))
        assert reasons(answer) == []
    third = client(closed("r", "TEA-3", profileId="r", identifiers=["j", "i"]))
    assert reasons(third) == ["CampaignLimitReached"]
    assert reasons(client(closed("t", "TEA-3", profileId="r", identifiers=["j"]))) == []


def test_a_budget_of_a_campaign_spans_coupons_and_referrals() -> None:
    """All codes of a campaign share its budget, within one session too."""
    environment = with_campaigns(
        Coupon(code="A", campaign="c"),
        Coupon(code="B", campaign="c"),
        referrals=(Referral(code="R", campaign="c"),),
        budgets=(Budget(campaign="c", limit=2),),
    )
    answer = Client(environment)(put(state="closed", couponCodes=["A", "B"], referralCode="R"))
    assert answer.effect_types == ["acceptCoupon", "acceptCoupon", "rejectReferral"]
    assert reasons(answer) == ["CampaignLimitReached"]


@pytest.mark.parametrize("scope", BudgetScope)
def test_a_budget_of_money_is_never_exceeded(scope: BudgetScope) -> None:
    """A discount that would exceed the budget is rejected; a smaller one is not; cancels give
    the money back."""
    environment = with_campaigns(
        Coupon(code="A", discount=0.5, campaign="c"),
        budgets=(Budget(campaign="c", per=scope, counts=BudgetCount.DISCOUNT, limit=10),),
    )
    client = Client(environment)

    def close(name: str, price: float) -> list[str]:
        cart = [item("a", 1, price)]
        fields = {"profileId": "p", "identifiers": ["i"]}
        return reasons(client(closed(name, "A", cartItems=cart, **fields)))

    assert close("a", 12.2) == []
    assert close("b", 7.82) == ["EffectCouldNotBeApplied"]
    assert close("c", 7.8) == []
    assert client(cancel("a")).status == 200
    assert close("d", 12.2) == []


@pytest.mark.parametrize(("limit", "amount"), [(0.3, 0.1), (0.6, 0.2), (20.1, 6.7)])
def test_a_fractional_budget_of_money_can_be_used_up(limit: float, amount: float) -> None:
    """Three discounts that add up to the budget as it is written are accepted, a fourth is not."""
    environment = with_campaigns(
        Coupon(code="A", amount=amount, campaign="c"),
        budgets=(Budget(campaign="c", counts=BudgetCount.DISCOUNT, limit=limit),),
    )
    answers = Client(environment).send_all(*(closed(name, "A") for name in "abcd"))
    assert [reasons(answer) for answer in answers] == [[], [], [], ["EffectCouldNotBeApplied"]]


def test_coupons_with_a_limit_only() -> None:
    """A coupon of coupon_limits has a limit, and brings nothing."""
    client = Client(with_coupon_limits(ONCE=1))
    assert client(closed("a", "ONCE")).effect_types == ["acceptCoupon"]
    assert client(closed("b", "ONCE")).effect_types == ["rejectCoupon"]


# --- redemptions -------------------------------------------------------------------------------


def test_only_closing_redeems(client: Client) -> None:
    """Open, dry and refused updates count nothing, nor do returns."""
    client(put("s", couponCodes=[SALE], cartItems=CART))
    client(put("s", couponCodes=[SALE], cartItems=CART))
    client(put("s", state="closed", dry=True))
    assert client(put("s", state="closed", cartItems=[item("a", -1)])).status == 400
    assert usage(client, SALE) == 0
    client(put("s", state="closed"))
    assert usage(client, SALE) == 1
    client(return_items(return_line(0)))
    client(put("s", state="closed"))
    assert usage(client, SALE) == 1


def test_cancelling_gives_back_once(client: Client) -> None:
    """A cancel of a closed or partially returned session gives each redemption back, once."""
    client.send_all(closed("a", SALE), closed("b", SALE), return_items(return_line(0), session="b"))
    assert usage(client, SALE) == 2
    for name in ("a", "b"):
        client.send_all(cancel(name, dry=True), cancel(name), cancel(name))
    assert usage(client, SALE) == 0


def test_cancelling_an_open_session_rolls_nothing_back(client: Client) -> None:
    """The answer to the cancel of an open session has no effects."""
    client(put(couponCodes=[SALE, TEA], referralCode=FRIEND, cartItems=CART))
    assert client(cancel("s")).json["effects"] == []
    assert usage(client, SALE) == 0


def test_a_reopened_session_redeems_anew(client_current: Client) -> None:
    """A reopen gives back and rolls back; closing again redeems again."""
    before = client_current(closed("s", SALE)).effects
    assert client_current(reopen()).effects == [
        ("rollbackCoupon", {"value": SALE}),
        ("rollbackDiscount", before[1][1]),
    ]
    assert usage(client_current, SALE) == 0
    assert client_current(put(state="closed")).effects == before
    assert usage(client_current, SALE) == 1


def test_limits_of_profiles_and_identifiers_come_back(client: Client) -> None:
    """What a cancelled session used of the limits of its profile and identifier is free again."""
    fields: dict[str, Any] = {"profileId": "p", "identifiers": ["i"]}
    for name in "abcd":
        assert reasons(client(closed(name, TEA, **fields))) == []
        assert client(cancel(name)).status == 200


def test_a_dry_close_answers_as_the_real_one(client: Client) -> None:
    """The effects of a dry close are those of the close."""
    fields: dict[str, Any] = {"couponCodes": [SALE, TEA], "cartItems": CART, "referralCode": FRIEND}
    dry = client(put(state="closed", dry=True, **fields))
    assert dry.effects == client(put(state="closed", **fields)).effects


def test_the_effects_of_an_open_session_are_those_of_its_data(client: Client) -> None:
    """Sent again, the same codes have the same effects; without codes there are none."""
    first = client(put(couponCodes=[SALE], cartItems=CART)).effects
    assert client(put(couponCodes=[SALE])).effects == first
    assert client(put(couponCodes=[])).effects == []


# --- reads -------------------------------------------------------------------------------------


def test_a_read_shows_the_valid_effects(client_current: Client) -> None:
    """A read shows the effects of the last update, less those that were rolled back."""
    given = client_current(closed("s", SALE, TEA)).effects
    assert client_current(get()).effects == given
    (rollback,) = client_current(return_items(return_line(1))).effects
    assert rollback[0] == "rollbackDiscount"
    left = client_current(get()).effects
    assert left == [effect for effect in given if effect[1].get("position") != 1]
    client_current(cancel("s"))
    assert client_current(get()).effects == []


def test_everything_that_was_given_is_rolled_back(client: Client) -> None:
    """A cancel rolls back each effect of the closing by its own kind, with its value."""
    given = client(closed("s", "WELCOME", SALE, TEA, referralCode=FRIEND, profileId="p")).effects
    rolled_back = client(cancel("s")).effects
    assert [(PAIRS[kind], props["value"]) for kind, props in given] == [
        (kind, props["value"]) for kind, props in rolled_back
    ]


# --- spelling ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [CodeCase.UPPER, CodeCase.LOWER])
def test_the_case_of_codes_is_folded(case: CodeCase) -> None:
    """Where case does not matter, all spellings are one code, and effects show the one sent."""
    client = Client(msgspec.structs.replace(ENVIRONMENT_CURRENT, code_case=case))
    first = client(closed("a", "sale-1", "Sale-1", referralCode="friend-1"))
    assert [p["value"] for k, p in first.effects if k.startswith("accept")] == [
        "sale-1",
        "friend-1",
    ]
    assert reasons(client(closed("b", SALE, referralCode=FRIEND))) == ["ReferralLimitReached"]
    assert reasons(client(closed("c", "sALE-1"))) == ["CouponLimitReached"]


@pytest.mark.parametrize("case", [CodeCase.SENSITIVE, CodeCase.UNSPECIFIED])
def test_the_case_of_codes_matters(case: CodeCase) -> None:
    """Where case matters, a code in another case is unknown."""
    client = Client(msgspec.structs.replace(ENVIRONMENT_CURRENT, code_case=case))
    assert reasons(client(put(couponCodes=["sale-1"]))) == ["CouponNotFound"]


# --- coupons in answers ------------------------------------------------------------------------


def test_coupons_are_shown_where_they_are_asked_for(client: Client) -> None:
    """A Coupon shows its limit and usage; unknown codes have none, and nobody else sees any."""
    client(closed("a", SALE))
    (coupon,) = client(shown("s", SALE, "nobody")).json["coupons"]
    assert (coupon["value"], coupon["usageLimit"], coupon["usageCounter"]) == (SALE, 2, 1)
    assert type(coupon["id"]) is type(coupon["campaignId"]) is int
    assert coupon["created"].endswith("Z")
    assert "coupons" not in client(put(couponCodes=[SALE])).json
