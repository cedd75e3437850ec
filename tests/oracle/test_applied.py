"""What a closed session applied, as the answers to its writes show it."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Environment,
    Fetch,
    Reopen,
    ReturnItems,
    Scenario,
    Step,
)
from cartfuzz.oracle.effects import read_effects
from cartfuzz.oracle.model import UNKNOWN
from cartfuzz.oracle.model.applied import (
    NOTHING_APPLIED,
    Applied,
    AppliedDiscount,
    AppliedPoints,
    applied_by,
    held_code,
)
from cartfuzz.oracle.run_facts import facts_of
from cartfuzz.oracle.sequential import SequentialOracle
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import answer, effect, read, update, view

CURRENT = Environment(contract=ContractVersion.CURRENT, coupon_limits={"WELCOME": 3})
ACCEPT = effect("acceptCoupon", value="WELCOME")
CLOSE = {"couponCodes": ["WELCOME"], "state": "closed"}


def closed(*effects: Any) -> Response:
    """200 to an update without the session."""
    return answer(200, {"effects": list(effects), "createdCoupons": [], "createdReferrals": []})


def applied_after(
    *history: tuple[Step, Response | NoResponse], environment: Environment = CURRENT
) -> object:
    """What the model holds of session 0 after a history without discrepancies."""
    scenario = Scenario(title="", sessions=(MARK,), steps=tuple(step for step, _ in history))
    oracle = SequentialOracle(scenario, environment, {})
    for index, (_, outcome) in enumerate(history):
        oracle.judge(index, outcome)
    return oracle.state.sessions[0].model.applied


@pytest.mark.parametrize(
    ("effects", "redeemed"),
    [
        ([], set()),
        ([effect("rejectCoupon", value="WELCOME", rejectionReason="CouponExpired")], set()),
        ([ACCEPT], {"WELCOME"}),
        ([effect("acceptCoupon", value=" welcome")], {"WELCOME"}),
        ([ACCEPT, effect("acceptCoupon", value="b")], {"WELCOME", "b"}),
        ([ACCEPT, effect("acceptCoupon", value="B")], {"WELCOME", "B"}),
        ([ACCEPT, effect("acceptReferral", value="ref")], {"WELCOME"}),
    ],
)
def test_only_an_accepted_coupon_is_redeemed(effects: list[Any], redeemed: set[str]) -> None:
    """Where no effect accepts a code of the session, nothing is taken from its limit."""
    held = ["WELCOME", "b", "B"]
    applied = applied_by(read_effects({"effects": effects}), held, "ref")
    assert isinstance(applied, Applied)
    assert applied.coupons == redeemed
    assert applied.referral == ("ref" if len(effects) == 2 and redeemed == {"WELCOME"} else "")


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ({}, ["WELCOME"]),
        ({"effects": {}}, ["WELCOME"]),
        ({"effects": [None]}, ["WELCOME"]),
        ({"effects": [{**ACCEPT, "campaignId": "7"}]}, ["WELCOME"]),
        ({"effects": [{**ACCEPT, "props": {}}]}, ["WELCOME"]),
        ({"effects": [ACCEPT]}, UNKNOWN),
        ({"effects": [ACCEPT]}, ["other"]),
        ({"effects": [ACCEPT]}, None),
    ],
)
def test_what_is_malformed_or_not_held_leaves_it_unknown(body: Any, held: Any) -> None:
    """Nothing is concluded from effects that break a rule themselves."""
    assert applied_by(read_effects(body), held, "") is UNKNOWN


def test_a_close_without_effects_applies_nothing() -> None:
    """That is known even where the codes are not."""
    assert applied_by(read_effects({"effects": []}), UNKNOWN, UNKNOWN) == NOTHING_APPLIED


def test_an_effect_means_the_code_that_is_nearest() -> None:
    """The same text, then the same but for blanks, then the same but for case."""
    assert held_code("a", ["A", " a", "a"]) == "a"
    assert held_code("a", ["A", " a"]) == " a"
    assert held_code("a", ["A"]) == "A"
    assert held_code("a", ["", "b"]) is None
    assert held_code("", [""]) is None


def test_discounts_and_points_are_kept_as_they_were_given() -> None:
    """By name, value and place, whichever campaign gave them."""
    effects = (
        effect("setDiscount", name="tenth", value=1.5),
        effect("setDiscountPerItem", name="tea#0", value=2, position=1, subPosition=0),
        effect("setDiscountPerAdditionalCost", name="free", value=3, additionalCost="shipping"),
        effect("addLoyaltyPoints", name="leaves", value=4, transactionUUID="u"),
        effect("showNotification", title="hello"),
    )
    assert applied_after((update({"state": "closed"}), closed(*effects))) == Applied(
        discounts=(
            AppliedDiscount(campaign_id=7, name="tenth", value=1.5),
            AppliedDiscount(campaign_id=7, name="tea#0", value=2, position=1, sub_position=0),
            AppliedDiscount(campaign_id=7, name="free", value=3),
        ),
        points=(AppliedPoints(campaign_id=7, name="leaves", value=4, transaction="u"),),
    )


def test_only_a_real_close_that_was_answered_applies_something() -> None:
    """Not an open update, a dry one, a refusal, or a session that is closed already."""
    assert applied_after((update({"couponCodes": ["WELCOME"]}), closed(ACCEPT))) is None
    assert applied_after((update(CLOSE, dry=True), closed(ACCEPT))) is None
    assert applied_after((update(CLOSE), answer(400, {"message": "no"}))) is None
    first = (update(CLOSE), closed(ACCEPT))
    redeemed = Applied(coupons=frozenset(("WELCOME",)))
    assert applied_after(first) == redeemed
    assert applied_after(first, (update(CLOSE), closed())) == redeemed
    assert applied_after((update(CLOSE), closed()), (update(CLOSE), closed(ACCEPT))) == Applied()


def test_cancel_and_reopen_leave_nothing_applied() -> None:
    """The next close counts by its own answer, and by none where it was lost."""
    first = (update(CLOSE), closed(ACCEPT))
    cancel = (update({"state": "cancelled"}), closed(effect("rollbackCoupon", value="WELCOME")))
    reopened = (Reopen(), answer(200, {"effects": [effect("rollbackCoupon", value="WELCOME")]}))
    assert applied_after(first, cancel) is None
    assert applied_after(first, reopened) is None
    assert applied_after(first, reopened, (update({"state": "closed"}), closed())) == Applied()


def test_a_lost_answer_leaves_it_unknown() -> None:
    """A read that shows the session closed does not show what its close applied."""
    lost = (update(CLOSE), NoResponse(reason="cut", fate=Delivery.UNKNOWN))
    assert applied_after(lost, (Fetch(), read(CLOSE))) is UNKNOWN
    assert applied_after(lost, (Fetch(), read({}, state="open"))) is None
    first = (update(CLOSE), closed(ACCEPT))
    lost_again = (update({"state": "closed"}), NoResponse(reason="cut", fate=Delivery.UNKNOWN))
    assert applied_after(first, lost_again, (Fetch(), read(CLOSE))) is UNKNOWN


def test_a_return_takes_away_what_it_rolls_back() -> None:
    """What it does not name stays."""
    cart = {"couponCodes": ["WELCOME"], "cartItems": [{"sku": "a", "quantity": 2, "price": 5}]}
    discounts = [
        effect("setDiscountPerItem", name=f"off#{unit}", value=1, position=0, subPosition=unit)
        for unit in (0, 1)
    ]
    first = (update({**cart, "state": "closed"}), closed(ACCEPT, *discounts))
    gone = effect(
        "rollbackDiscount", name="off#1", value=1, cartItemPosition=0, cartItemSubPosition=1
    )
    back = ReturnItems(body={"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}})
    left = AppliedDiscount(campaign_id=7, name="off#0", value=1, position=0, sub_position=0)
    kept = Applied(coupons=frozenset(("WELCOME",)), discounts=(left,), reduced=True)
    assert applied_after(first, (back, closed(gone))) == kept
    both = applied_after(first, (back, closed(gone, effect("rollbackCoupon", value="welcome"))))
    assert both == Applied(discounts=(left,), reduced=True)
    assert applied_after(first, (back, closed(None))) is UNKNOWN
    assert applied_after(first, (back, NoResponse(reason="cut", fate=Delivery.UNKNOWN))) is not None


def test_the_facts_of_a_run_count_what_a_close_redeems() -> None:
    """A close that rejects the coupon takes nothing from its limit."""

    def count(*effects: Any) -> int:
        body = {"effects": list(effects), "createdCoupons": [], "createdReferrals": []}
        given = answer(200, {**body, "customerSession": view(CLOSE)})
        oracle = SequentialOracle(
            Scenario(title="", sessions=(MARK,), steps=(update(CLOSE),)), EXAMPLE_ENVIRONMENT, {}
        )
        oracle.judge(0, given)
        limited = Environment(coupon_limits={"WELCOME": 3})
        models = [known.model for known in oracle.state.sessions]
        return facts_of(models, limited).redeemed["WELCOME"]

    rejected = effect("rejectCoupon", value="WELCOME", rejectionReason="CouponLimitReached")
    assert count(rejected) == count() == 0
    assert count(ACCEPT) == 1
