"""Lists for each lawful dialect its witness: short requests that it answers in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cartfuzz.sandbox import DIALECTS

from .steps import Step, get, item, items, put, put_body, reopen, return_items, return_line

CLOSED = put(state="closed", cartItems=[item(quantity=2)])
RETURN = return_items(return_line(0))
REFUSED = put(cartItems=[item(quantity=0)])
COSTS = {"handling": {"price": 4}}
OF_OTHER_TYPE = replace(put(), headers={**put().headers, "content-type": "text/plain"})
LARGE = put(cartItems=items(1001))

TOUR: tuple[Step, ...] = (
    put(
        profileId="p",
        couponCodes=["WELCOME", "other/<é>"],
        attributes={"loyaltyYears": 3},
        additionalCosts={"shipping": {"price": 9.5}},
        cartItems=[
            item("a", 2, 0.1, attributes={"color": "red"}, additionalCosts=COSTS),
            item("b", 1, 1e22),
        ],
    ),
    get(),
    REFUSED,
    put(dry=True, couponCodes=[]),
    put(state="closed"),
    put(state="open"),
    get("missing"),
    return_items(return_line(1, 1)),
    reopen(),
    get(),
    put("t", state="cancelled"),
    put("t", identifiers=["one"]),
    put("t", state="cancelled"),
    get("t", key="wrong"),
)
"""A bit of everything: most dialects show somewhere in it."""

_EXPERIMENTS = [{"experimentID": 1, "variantID": 2}]


def _keyed(step: Step, key: str = "k") -> Step:
    return replace(step, headers={**step.headers, "idempotency-key": key})


_RETURNED = (CLOSED, RETURN)
_TWO_COUPONS = tuple(put(name, state="closed", couponCodes=["ONCE"]) for name in ("a", "b", "c"))
_FORMATTED = (
    put(attributes={"formatted": "2024-02-29T23:59:59+01:00"}),
    put(attributes={"formatted": "neither"}),
)

_REDEEMED = put(
    state="closed",
    profileId="p",
    couponCodes=["WELCOME", "other"],
    referralCode="FRIEND-7",
    cartItems=[item("a", 2, 10), item("b", 1, 30)],
)
_USED_UP = tuple(put(name, state="closed", couponCodes=["SALE-7"]) for name in ("a", "b", "c"))


def _shows_coupons(**fields: object) -> Step:
    return put_body({"customerSession": fields, "responseContent": ["coupons"]})


OWN_WITNESSES: Mapping[str, tuple[Step, ...]] = {
    # carts
    "RefusesNulls": (put(couponCodes=None),),
    "ClearsOnNull": (put(identifiers=["one"]), put(identifiers=None)),
    "RefusesUnknownProperties": (put(neverHeardOf=1),),
    "DropsUnknownItemProperties": (put(cartItems=[item(neverHeardOf=1)]),),
    "RefusesOddPrices": (put(cartItems=[item(price=0)]),),
    "RefusesLargePrices": (put(cartItems=[item(price=1e8)]),),
    "RefusesNegativePrices": (put(cartItems=[item(price=-1)]),),
    "RefusesLargeDimensions": (put(cartItems=[item(weight=2**31)]),),
    "RefusesComputedFields": (put(cartItems=[item(position=0)]),),
    "AcceptsIntegralFloats": (put(cartItems=[item(quantity=2.0)]),),
    # codes
    "DropsUnknownReferrals": (put(referralCode="friend"),),
    "DropsUnknownCards": (put(loyaltyCards=["card"]),),
    "RefusesUnknownCodes": (put(couponCodes=["other"]),),
    "KeepsCodesInCapitals": (put(couponCodes=["welcome"]),),
    "TrimsCodes": (put(couponCodes=[" WELCOME "]),),
    "TrimsCodesForCampaigns": (put(couponCodes=[" WELCOME "], referralCode=" FRIEND-7"),),
    "KeepsCodesInLowerCase": (put(couponCodes=["Welcome"]),),
    "EffectsNameCodesInCapitals": (put(couponCodes=["Welcome"]),),
    "RefusesUnknownCampaigns": (put(dry=True, evaluableCampaignIds=[1]),),
    "RefusesUnknownStores": (put(storeIntegrationId="berlin"),),
    "DropsUnknownStores": (put(storeIntegrationId="berlin"),),
    "RefusesUnknownExperiments": (put(experimentVariantAllocations=_EXPERIMENTS),),
    "IgnoresUnknownExperiments": (put(experimentVariantAllocations=_EXPERIMENTS),),
    "DropsDuplicates": (put(couponCodes=["a", "a"]),),
    "RefusesOddLists": (put(couponCodes=["a", "a"]),),
    # texts
    "RefusesOddIds": (put("a/b"),),
    "Answers414ForLongIds": (put("x" * 1001),),
    "RedirectsDotSegments": (replace(put(), path="/v2/customer_sessions/%2E%2E"),),
    "KeepsTheFirstIdentifiers": (put(identifiers=list("abcdef")),),
    "CutsLongCodes": (put(couponCodes=["c" * 101]),),
    "RefusesControlCharacters": (put(profileId="a\tb"),),
    "ReplacesSurrogates": (put(profileId="\ud800"),),
    "RefusesLongProfiles": (put(profileId="p" * 1001),),
    # maps
    "ReplacesAttributes": (
        put(attributes={"giftWrapped": True}),
        put(attributes={"loyaltyYears": 1}),
    ),
    "MergesCosts": (
        put(additionalCosts={"shipping": {"price": 1}}),
        put(additionalCosts={"handling": {"price": 1}}),
    ),
    "KnowsDeclaredAttributesOnly": (put(attributes={"ShippingCity": "Porto"}),),
    "ChecksTypesOfAttributesOnly": (put(attributes={"channel": "fax"}),),
    "RefusesOtherTextsThanTimes": _FORMATTED,
    "RefusesOtherTextsThanDates": _FORMATTED,
    "RefusesOtherTextsThanUuids": _FORMATTED,
    "RefusesOtherTextsThanAddresses": _FORMATTED,
    "KeepsAttributeTimesInUtc": _FORMATTED,
    # members
    "LeavesOutPricesOfZero": (put(cartItems=[item(price=0)]),),
    "ShowsPricesOfZero": (put(cartItems=[{"sku": "a", "quantity": 1}]),),
    "WritesNullForNoSession": (put_body({"customerSession": {}}),),
    # numbers
    "CountsItemCostsByUnit": (put(cartItems=[item(quantity=2, additionalCosts=COSTS)]),),
    "AddsUnitByUnit": (put(cartItems=[item(quantity=100, price=0.1)]),),
    "AddsFromTheEnd": (put(cartItems=[item(price=0.3), item(price=0.2), item(price=0.1)]),),
    "KeepsPricesAsDoubles": (put(cartItems=[item(price=2**53 + 1)]),),
    "WritesNegativeZero": (put(),),
    "TotalsShrinkAfterReturns": _RETURNED,
    "CountsUpdatesOnly": _RETURNED,
    # times
    "CutsZeroDecimals": (put(),) * 200,  # one time in ten ends with a zero
    "MovesUpdatedOnChangesOnly": (put(), put(), get()),
    # states
    "IgnoresUpdatesOfFrozenSessions": (CLOSED, put(identifiers=["one"])),
    "IgnoresUpdatesWithoutTrace": (CLOSED, put(identifiers=["one"])),
    "KeepsTheStateByDefault": (CLOSED, put(identifiers=["one"])),
    "AcceptsClosingTwice": (CLOSED, put(state="closed")),
    "AcceptsCancellingTwice": (put(), put(state="cancelled"), put(state="cancelled")),
    "CancelsByTheBareStateOnly": (CLOSED, put(state="cancelled", identifiers=["one"])),
    "CancelsWithoutStoring": (put(), put(state="cancelled", identifiers=["one"])),
    "CancelsStoringNoEmptyValues": (
        put(identifiers=["one"]),
        put(state="cancelled", identifiers=[]),
    ),
    "ReopensPartlyReturned": (*_RETURNED, reopen()),
    "ReopensWithAllUnits": (*_RETURNED, reopen(), get()),
    # what comes back
    "CancelsWhenAllIsReturned": _RETURNED,
    "ReturnsItemsWhole": (CLOSED, return_items(return_line(0, 1))),
    "RefusesOddReturns": (
        put(state="closed", cartItems=[item(quantity=2), item()]),
        return_items(return_line(0), return_line(0)),
    ),
    "AcceptsIntegralPositions": (CLOSED, return_items({"position": 0.0})),
    "AcceptsIntegralReturns": (CLOSED, return_items({"position": 0, "quantity": 2.0})),
    "RemembersRefusals": (
        put(cartItems=[item()]),
        return_items(return_line(0), idempotency_key="k"),
        put(state="closed"),
        return_items(return_line(0), idempotency_key="k"),
    ),
    "RefusesKeysOfOtherSessions": (
        CLOSED,
        put("t", state="closed", cartItems=[item()]),
        return_items(return_line(0), idempotency_key="k"),
        return_items(return_line(0), session="t", idempotency_key="k"),
    ),
    "ShowsReturnedLinesInFull": _RETURNED,
    # idempotency keys
    "RefusesKeysOfOtherBodies": (_keyed(put()), _keyed(put(identifiers=["one"]))),
    "ReadsTheKeyOnly": (_keyed(put()), _keyed(put(identifiers=["one"]))),
    "RefusesWriteKeysOfOtherSessions": (_keyed(put()), _keyed(put("t"))),
    "RefusesKeysPast255": (_keyed(put(), "k" * 256),),
    # dry runs
    "DryAnswersShowThePayload": (put(identifiers=["one"]), put(dry=True)),
    "DryUpdatesIgnoreTheState": (CLOSED, put(dry=True)),
    "DryAnswersCountNothing": (put(), put(dry=True)),
    "DryAnswersHaveNoId": (put(dry=True),),
    "DryReturnsHaveNoEvent": (CLOSED, return_items(return_line(0), dry=True)),
    # effects
    "ReversesEffects": (put(couponCodes=["WELCOME", "other"]),),
    "AddsProps": (_REDEEMED,),
    "DetailsRejections": (put(couponCodes=["other"]),),
    "RejectsUnknownCodesByCampaign0": (put(couponCodes=["other"]),),
    "GivesConditionsAsReasons": _USED_UP,
    "GivesEffectsAsReasons": _USED_UP,
    "GivesDiscountsByAnotherRule": (_REDEEMED,),
    "DiscountsComeFirst": (_REDEEMED,),
    "OtherCampaignsRejectToo": (_REDEEMED,),
    "CreatesCoupons": (_REDEEMED,),
    # campaigns
    "RefusesUsedUpCoupons": _TWO_COUPONS,
    "OpenSessionsIgnoreLimits": (*_USED_UP, put("d", couponCodes=["SALE-7"])),
    "OpenSessionsListPoints": (put(profileId="p", cartItems=[item()]),),
    "ClosesTwiceWithoutEffects": (_REDEEMED, put(state="closed")),
    "RejectsWithoutHolders": (put(couponCodes=["TEA-7"], identifiers=["one"]),),
    "CountsTheFirstIdentifierOnly": tuple(
        put(name, state="closed", couponCodes=["TEA-7"], profileId=name, identifiers=[name, "all"])
        for name in ("a", "b", "c")
    ),
    "ShowsUsageBeforeTheClose": (_shows_coupons(state="closed", couponCodes=["SALE-7"]),),
    "AddsCouponMembers": (_shows_coupons(couponCodes=["SALE-7"]),),
    # discounts and points
    "RoundsDiscounts": (put(couponCodes=["WELCOME"], cartItems=[item(price=99.99)]),),
    "RoundsDiscountsToEven": (put(couponCodes=["WELCOME"], cartItems=[item(price=99.99)]),),
    "ComputesDiscountsInDoubles": (put(couponCodes=["WELCOME"], cartItems=[item(price=0.7)]),),
    "RoundsPoints": (put(state="closed", profileId="p", cartItems=[item(price=1.234)]),),
    "GivesAmountsAboveTheTotal": (put(couponCodes=["SALE-7"], cartItems=[item()]),),
    "GivesNoAmountAboveTheTotal": (put(couponCodes=["SALE-7"], cartItems=[item()]),),
    "ShowsDiscountsOfZero": (put(couponCodes=["WELCOME"]),),
    "AddsDiscountsBeside": (_REDEEMED,),
    "HasDiscountsOfOtherCampaigns": (_REDEEMED,),
    "GivesPartialDiscounts": tuple(
        put(name, state="closed", couponCodes=["GIFT-7"], cartItems=[item(price=50)])
        for name in "abcde"
    ),
    # rollbacks
    "ReversesRollbacks": (_REDEEMED, put(state="cancelled")),
    "GroupsRollbacks": (_REDEEMED, put(state="cancelled")),
    "NumbersDeductions": (_REDEEMED, put(state="cancelled")),
    "ReadsKeepRejections": (_REDEEMED, put(state="cancelled"), get()),
    "CancelsListRejections": (_REDEEMED, put(state="cancelled")),
    "GivesCodesBackWithAnyReturn": (_REDEEMED, return_items(return_line(1))),
    "GivesCodesBackWithTheLastUnit": (
        _REDEEMED,
        return_items(return_line(0)),
        return_items(return_line(1)),
    ),
    "CancelsNameReturnedCodesAgain": (_REDEEMED, return_items(return_line(1))),
    "ReturnsTheFirstUnits": (
        put(state="closed", couponCodes=["TEA-7"], cartItems=[item(quantity=2, price=8)]),
        return_items(return_line(0, 1)),
    ),
    "ReturnsKeepPoints": (_REDEEMED, return_items(return_line(1))),
    # error bodies
    "Writes409WithTexts": _TWO_COUPONS,
    "Answers404ForOtherStates": (put(cartItems=[item()]), RETURN),
    "Answers413ForLargeCarts": (LARGE,),
    "RefusesOtherMediaTypes": (OF_OTHER_TYPE,),
    "AnswersOddIdsInHtml": (put("a/b"),),
    "RefusesLargeBodies": (LARGE, put(cartItems=items(999))),
    # HTTP stack
    "LimitsTheRate": (get("missing"),) * 20,
}

BY_ENVIRONMENT = frozenset(
    {"ReachesLimits", "ReachesBudgets", "HeedsTheCaseOfCodes", "OverlooksTheCaseOfCodes"}
)
"""The dialects that change the environment only: their answers are those of the clean sandbox."""
IN_PARALLEL: Mapping[str, int] = {
    "RefusesTheFourthParallelUpdate": 3,
    "RefusesParallelUpdates": 1,
}
"""The dialects that only parallel requests show, with how many of them each accepts."""

WITNESSES: Mapping[str, tuple[Step, ...]] = {
    dialect.name: OWN_WITNESSES.get(dialect.name, TOUR)
    for dialect in DIALECTS.values()
    if not dialect.needs_server and dialect.name not in BY_ENVIRONMENT | IN_PARALLEL.keys()
}
"""The witnesses by name of the dialect, but for those that need a server or parallel requests."""
