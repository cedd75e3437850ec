"""DISC-01 to DISC-04, EFF-07: discounts that are given and rolled back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import Budget, BudgetCount, Coupon
from cartfuzz.record import Near

from ...histories import answer, effect, update, view
from .histories import (
    CART,
    SHOP,
    Told,
    accept,
    cancelled,
    discount,
    fetched,
    found,
    listed,
    reached,
    reject,
    reopened,
    returned,
    rules,
    sent,
)


def with_code(code: str, *effects: Any, **more: Any) -> Told:
    """An update of the cart with one code, which is accepted, and more effects."""
    return sent({"cartItems": CART, "couponCodes": [code], **more}, accept(code), *effects)


def per_item(
    value: float, position: int, unit: int | None = None, *, name: str = "tea", campaign: int = 7
) -> dict[str, Any]:
    """A discount of one item or unit."""
    props = {"name": name, "value": value, "position": position}
    more = {} if unit is None else {"subPosition": unit}
    return effect("setDiscountPerItem", campaign=campaign, **props, **more)


def back(value: float, *, name: str = "off", **place: int) -> dict[str, Any]:
    """A discount is rolled back."""
    return effect("rollbackDiscount", name=name, value=value, **place)


# --- DISC-01: the session ---------------------------------------------------------------------


@pytest.mark.parametrize("value", [3.555, 3.56, 3.55, 3.5549999999999997])
def test_a_rate_of_the_total_is_exact_or_in_cents(value: float) -> None:
    """However it is rounded to cents; doubles may be off."""
    assert rules(with_code("TENTH", discount(value))) == []


@pytest.mark.parametrize("value", [3.554, 3.5, 3.57, 35.55, 0, -3.56, 4])
def test_another_amount_is_found(value: float) -> None:
    """A wrong rate, a wrong base, a wrong sign, coarser rounding."""
    assert rules(with_code("TENTH", discount(value))) == ["DISC-01"]
    (one,) = found([with_code("TENTH", discount(value))])
    assert one.claim is not None


def test_a_missing_discount_is_found() -> None:
    """Also where another campaign gives the declared amount."""
    assert rules(with_code("TENTH")) == ["DISC-01"]
    assert rules(with_code("TENTH", discount(3.555, campaign=9))) == ["DISC-01"]
    first, second = found([with_code("TENTH")]), found([with_code("TENTH", discount(1))])
    assert first[0].signature != second[0].signature


def test_other_discounts_may_stand_beside_it() -> None:
    """Of the same campaign or of others."""
    beside = discount(1), discount(3.555), discount(9, campaign=9)
    assert rules(with_code("TENTH", *beside)) == []
    assert "DISC-01" in reached(with_code("TENTH", *beside))


def test_an_amount_is_the_declared_one() -> None:
    """Whatever the session costs."""
    assert rules(with_code("FIVE", discount(5))) == []
    assert rules(with_code("FIVE", discount(5.0), state="closed")) == []
    assert rules(with_code("FIVE", discount(4.99))) == ["DISC-01"]
    assert rules(with_code("FIVE", discount(10), state="closed")) == ["DISC-01"]


def test_a_discount_that_the_total_has_just_room_for() -> None:
    """Doubles do not decide: 0.1 and 0.7 are less than 0.8 for them."""
    whole = msgspec.structs.replace(SHOP, coupons=(Coupon(code="WHOLE", amount=0.8),))
    cart = [{**CART[0], "quantity": 1, "price": price} for price in (0.1, 0.7)]
    history = sent({"cartItems": cart, "couponCodes": ["WHOLE"]}, accept("WHOLE"))
    assert rules(history, environment=whole) == ["DISC-01"]
    cart[1] = {**cart[1], "price": 0.69}
    history = sent({"cartItems": cart, "couponCodes": ["WHOLE"]}, accept("WHOLE"))
    assert rules(history, environment=whole) == []
    everything = msgspec.structs.replace(SHOP, coupons=(Coupon(code="ALL", discount=1),))
    assert rules(with_code("ALL", discount(35.55)), environment=everything) == []
    assert rules(with_code("ALL"), environment=everything) == ["DISC-01"]
    cheap = [{**CART[0], "quantity": 1, "price": 4.5}]
    assert rules(sent({"cartItems": cheap, "couponCodes": ["FIVE"]}, accept("FIVE"))) == []


def test_a_budget_of_the_campaign_may_cut_a_discount() -> None:
    """Of its own campaign, and of discounts only."""
    for counts, campaign, expected in (
        (BudgetCount.DISCOUNT, "spring", []),
        (BudgetCount.DISCOUNT, "summer", ["DISC-01"]),
        (BudgetCount.REDEMPTIONS, "spring", ["DISC-01"]),
    ):
        limited = msgspec.structs.replace(
            SHOP,
            coupons=(
                Coupon(code="FIVE", amount=5, campaign="spring"),
                Coupon(code="OTHER", amount=5, campaign="summer"),
            ),
            # Another object with the same text, as a configuration file gives it.
            budgets=(Budget(campaign="".join(list(campaign)), limit=9, counts=counts),),
        )
        assert rules(with_code("FIVE", discount(1)), environment=limited) == expected


def test_the_base_is_the_declared_one() -> None:
    """Costs are in the total and not in the total of the items."""
    costs = {"additionalCosts": {"shipping": {"price": 10}}}
    half = accept("HALF", campaign=8)
    cart = {"cartItems": CART, "couponCodes": ["HALF"], **costs}
    assert rules(sent(cart, half, discount(17.775, campaign=8))) == []
    assert rules(sent(cart, half, discount(22.775, campaign=8))) == ["DISC-01"]
    assert rules(with_code("TENTH", discount(4.555), **costs)) == []
    assert rules(with_code("TENTH", discount(3.555), **costs)) == ["DISC-01"]


def test_costs_of_items_count_by_the_line_or_by_the_unit() -> None:
    """Both readings are right as long as no answer shows which one the target has."""
    wrapped = [{**CART[0], "additionalCosts": {"wrapping": {"price": 1}}}]
    cart = {"cartItems": wrapped, "couponCodes": ["TENTH"]}
    for value in (2.1, 2.2):
        assert rules(sent(cart, accept("TENTH"), discount(value))) == []
    assert rules(sent(cart, accept("TENTH"), discount(2))) == ["DISC-01"]


def test_a_campaign_that_is_named_is_the_one_that_counts() -> None:
    """Another campaign with the same code is left alone."""
    cart = {"cartItems": CART, "couponCodes": ["HALF"]}
    assert rules(sent(cart, accept("HALF", campaign=9))) == []
    assert rules(sent(cart, accept("HALF", campaign=8))) == ["DISC-01"]


def test_no_discount_is_asked_for_where_the_coupon_is_not_accepted() -> None:
    """Nor for coupons of which no discount is declared."""
    cart = {"cartItems": CART, "couponCodes": ["TENTH"]}
    assert rules(sent(cart, reject("TENTH", campaign=7, reason="CouponExpired"))) == []
    assert rules(sent(cart)) == []
    assert rules(with_code("PLAIN")) == []


@pytest.mark.parametrize(
    "cart",
    [[], [{**CART[0], "price": 0}], [{**CART[0], "price": 2}], [{**CART[0], "price": -5}]],
)
def test_a_session_that_costs_less_than_the_discount_is_open(cart: list[Any]) -> None:
    """Capped, negative or none: no text says."""
    session = {"cartItems": cart, "couponCodes": ["FIVE", "TENTH"]}
    for effects in ((), (discount(5),), (discount(4),), (discount(-1),)):
        assert rules(sent(session, accept("FIVE"), accept("TENTH"), *effects)) == []


@pytest.mark.parametrize(
    "other",
    [
        discount(33, campaign=99),
        discount(33, name="more"),
        per_item(33, 1, campaign=99),
        effect("setDiscountPerAdditionalCost", campaign=99, name="c", value=33),
    ],
)
def test_another_discount_may_use_the_total_up(other: dict[str, Any]) -> None:
    """Then the declared one may be cut, but not where both together are less than the total."""
    small = {**other, "props": {**other["props"], "value": 3}}
    for value in (0, 2.55):
        assert rules(with_code("TENTH", other, discount(value))) == []
        assert rules(with_code("TENTH", small, discount(value))) == ["DISC-01"]
    assert rules(with_code("TENTH", discount(40))) == ["DISC-01"]


def test_two_campaigns_with_one_code_share_the_total() -> None:
    """Which of them has the declared discount is not known."""
    both = accept("TENTH", campaign=9), discount(0), discount(35, campaign=9)
    assert rules(with_code("TENTH", *both)) == []
    less = accept("TENTH", campaign=9), discount(0), discount(25, campaign=9)
    assert rules(with_code("TENTH", *less)) == ["DISC-01"]


def test_a_budget_of_discounts_may_cut_one() -> None:
    """Then a part of it is as lawful."""
    tenth = msgspec.structs.replace(SHOP.coupons[0], campaign="tenth")
    budget = Budget(campaign="tenth", counts=BudgetCount.DISCOUNT, limit=10)
    shop = msgspec.structs.replace(SHOP, coupons=(tenth,), budgets=(budget,))
    assert rules(with_code("TENTH", discount(1)), environment=shop) == []


def test_a_dry_answer_and_an_unknown_cart_are_open() -> None:
    """What a dry run counts of the stored session is silent."""
    cart = {"cartItems": CART, "couponCodes": ["TENTH"]}
    assert rules(sent(cart, accept("TENTH"), discount(1), dry=True)) == []
    null = {"cartItems": None, "couponCodes": ["TENTH"]}
    assert rules(sent(null, accept("TENTH"), discount(1))) == []


def test_a_wrong_total_explains_a_wrong_discount() -> None:
    """One bug, one finding."""
    session = {"cartItems": CART, "couponCodes": ["TENTH"]}
    body = {
        "effects": [accept("TENTH"), discount(2)],
        "createdCoupons": [],
        "createdReferrals": [],
        "customerSession": view(session, cartItemTotal=20, total=20, updateCount=1),
    }
    assert rules((update(session), answer(200, body))) == ["RESP-04"]
    right = {**body, "customerSession": view(session, updateCount=1)}
    assert rules((update(session), answer(200, right))) == ["DISC-01"]


# --- DISC-01: items -----------------------------------------------------------------------------

UNITS = per_item(2.5, 0, 0), per_item(2.5, 0, 1), per_item(3.8875, 1, 0)


@pytest.mark.parametrize(
    "effects",
    [
        UNITS,
        (per_item(2.5, 0), per_item(3.89, 1)),
        (per_item(5, 0), per_item(3.88, 1)),
        (*UNITS, per_item(1, 1, 0)),
        (per_item(5, 0, 0), UNITS[2]),
    ],
)
def test_a_rate_of_prices_is_given_by_unit_or_by_line(effects: tuple[Any, ...]) -> None:
    """With flattening each unit has an effect of its own."""
    assert rules(with_code("UNITS", *effects)) == []


@pytest.mark.parametrize(
    "effects",
    [
        (),
        UNITS[:2],
        UNITS[1:],
        (*UNITS[:2], per_item(3.5, 1)),
        (per_item(3.8875, 0), UNITS[2]),
        (per_item(5, 0, 0), per_item(5, 0, 1), UNITS[2]),
    ],
)
def test_a_unit_without_its_discount_is_found(effects: tuple[Any, ...]) -> None:
    """None at all, one item or unit left out, another price, that of all units for each."""
    assert rules(with_code("UNITS", *effects)) == ["DISC-01"]


@pytest.mark.parametrize(
    ("line", "unit"), [(5, 2.5), (6, 3), (7, 3.5)], ids=["no costs", "of the line", "of a unit"]
)
def test_costs_of_an_item_are_of_the_line_or_of_each_unit(line: float, unit: float) -> None:
    """Two units at 10 with costs of 4: no text says what the costs are of, or if they count."""
    cart = [{**CART[0], "additionalCosts": {"wrapping": {"price": 4}}}]
    session = {"cartItems": cart, "couponCodes": ["UNITS"]}
    assert rules(sent(session, accept("UNITS"), per_item(line, 0))) == []
    units = [per_item(unit, 0, number) for number in (0, 1)]
    assert rules(sent(session, accept("UNITS"), *units)) == []
    assert rules(sent(session, accept("UNITS"), per_item(line + 0.4, 0))) == ["DISC-01"]


def test_what_costs_nothing_needs_no_discount() -> None:
    """A rate of nothing is nothing."""
    cart = [{**CART[0], "price": 0}, {**CART[1], "quantity": 1}]
    session = {"cartItems": cart, "couponCodes": ["UNITS"]}
    assert rules(sent(session, accept("UNITS"), per_item(3.8875, 1, 0))) == []


def test_a_discount_of_less_than_a_cent_may_be_nothing() -> None:
    """It rounds to 0, and 0 needs no effect; one of a cent does."""
    little, enough = ({"sku": "bolt", "quantity": 2, "price": price} for price in (0.03, 0.05))
    for item, expected in ((little, []), (enough, ["DISC-01"])):
        session = {"cartItems": [item, {**CART[1], "quantity": 1}], "couponCodes": ["UNITS"]}
        assert rules(sent(session, accept("UNITS"), per_item(3.8875, 1, 0))) == expected
    for price, expected in ((0.09, []), (0.11, ["DISC-01"])):
        cart = [{**little, "quantity": 1, "price": price}]
        session = {"cartItems": cart, "couponCodes": ["TENTH"]}
        assert rules(sent(session, accept("TENTH"))) == expected


# --- EFF-07 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "unit", "is_right"),
    [
        (0, 1, True),
        (1, 0, True),
        (1, None, True),
        (2, 0, False),
        (-1, None, False),
        (0, 2, False),
        (1, -1, False),
        (1, 1, False),
    ],
)
def test_discounts_of_items_name_items(position: int, unit: int | None, *, is_right: bool) -> None:
    """A position below the number of items, and a unit below the item's quantity."""
    history = sent({"cartItems": CART}, per_item(1, position, unit))
    assert rules(history) == ([] if is_right else ["EFF-07"])
    assert "EFF-07" in reached(history)


def test_the_cart_of_a_dry_run_is_its_own() -> None:
    """One that is left out may be the stored one."""
    history = sent({"cartItems": CART}), sent({"cartItems": CART[:1]}, per_item(1, 1), dry=True)
    assert rules(*history) == ["EFF-07"]
    assert rules(history[0], sent({}, per_item(1, 5), dry=True)) == []


# --- DISC-02 ------------------------------------------------------------------------------------


def test_a_declared_campaign_gives_nothing_without_its_code() -> None:
    """Only where its id is declared, and no code of the session may be its own."""
    of_costs = effect("setDiscountPerAdditionalCost", campaign=8, name="c", value=1)
    for one in (discount(3, campaign=8), per_item(1, 0, campaign=8), of_costs):
        assert rules(sent({"cartItems": CART}, one)) == ["DISC-02"]
    assert rules(sent({"cartItems": CART}, discount(3, campaign=9))) == []
    half = sent({"cartItems": CART, "couponCodes": ["half "]}, discount(3, campaign=8))
    assert "DISC-02" not in rules(half)
    assert "DISC-02" in reached(sent({"cartItems": CART}, discount(3, campaign=9)))


def test_a_referral_of_the_campaign_may_bring_its_discount() -> None:
    """Where the campaign accepts one."""
    session = {"cartItems": CART, "referralCode": "FRIEND"}
    for campaign, broken in ((8, []), (9, ["DISC-02"])):
        referral = effect("acceptReferral", campaign=campaign, value="FRIEND")
        assert rules(sent(session, referral, discount(3, campaign=8))) == broken


def test_an_unknown_list_of_codes_may_hold_it() -> None:
    """After null, which may have cleared them or not."""
    assert rules(sent({"couponCodes": None}, discount(3, campaign=8))) == []


# --- DISC-03 ------------------------------------------------------------------------------------

CLOSED = sent(
    {"cartItems": CART, "state": "closed"},
    discount(3.5),
    discount(1, name="other", campaign=9),
    *UNITS,
)
UNITS_BACK = (
    back(2.5, name="tea", cartItemPosition=0, cartItemSubPosition=0),
    back(2.5, name="tea", cartItemPosition=0, cartItemSubPosition=1),
    back(3.8875, name="tea", cartItemPosition=1, cartItemSubPosition=0),
)
ALL_BACK = (back(1, name="other"), back(3.5), *UNITS_BACK)


@pytest.mark.parametrize("step", [cancelled, reopened])
def test_the_discounts_that_stood_are_rolled_back(step: Any) -> None:
    """By name and value, in any order; a place may be left out."""
    assert rules(CLOSED, step(*ALL_BACK)) == []
    placeless = [back(one["props"]["value"], name="tea") for one in UNITS_BACK]
    assert rules(CLOSED, step(*ALL_BACK[:2], *placeless)) == []
    assert "DISC-03" in reached(CLOSED, step(*ALL_BACK))


@pytest.mark.parametrize(
    "effects",
    [
        (),
        ALL_BACK[1:],
        ALL_BACK[:-1],
        (*ALL_BACK, back(3.5)),
        (*ALL_BACK, back(2, name="never")),
        (back(1.01, name="other"), *ALL_BACK[1:]),
        (back(-1, name="other"), *ALL_BACK[1:]),
    ],
)
def test_other_discounts_are_found(effects: tuple[Any, ...]) -> None:
    """One that is missing, one too many, one with another value: one finding each."""
    assert rules(CLOSED, cancelled(*effects)) == ["DISC-03"]
    assert rules(CLOSED, reopened(*effects)) == ["DISC-03"]


@pytest.mark.parametrize("step", [cancelled, reopened])
def test_a_discount_of_nothing_need_not_be_rolled_back(step: Any) -> None:
    """Of the session, of a unit or of a line; and it may be."""
    nothing = discount(0), per_item(0.0, 1, 0, name="unit"), per_item(0, 0, name="line")
    closed = sent({"cartItems": CART, "state": "closed"}, *nothing)
    assert rules(closed, step()) == []
    assert rules(closed, step(back(0), back(0, name="unit"), back(0, name="line"))) == []
    assert rules(closed, step(back(0), back(1, name="unit"))) == ["DISC-03"]
    assert "DISC-03" not in reached(closed, step())
    assert rules(sent({"state": "closed"}), step(back(0))) == []
    something = sent({"cartItems": CART, "state": "closed"}, discount(0.5))
    (one,) = found([something, step(back(0))])
    assert one.outcome == "a discount is rolled back with another value"


def test_a_discount_of_a_whole_line_is_rolled_back_by_line_or_unit() -> None:
    """Its value is then that of the line or of each unit."""
    closed = sent({"cartItems": CART, "state": "closed"}, per_item(5, 0))
    for effects in (
        [back(5, name="tea", cartItemPosition=0)],
        [back(2.5, name="tea"), back(2.5, name="tea")],
    ):
        assert rules(closed, cancelled(*effects)) == []
    assert rules(closed, cancelled()) == ["DISC-03"]


def test_a_discount_of_a_line_of_one_unit_is_rolled_back_with_its_value() -> None:
    """The line is the unit, whether the discount names it or not."""
    closed = sent({"cartItems": CART, "state": "closed"}, per_item(5, 1))
    assert rules(closed, cancelled(back(5, name="tea"))) == []
    for wrong in ([back(4, name="tea")], [back(2.5, name="tea")] * 2):
        assert rules(closed, cancelled(*wrong)) == ["DISC-03"]


def test_what_returns_rolled_back_does_not_come_again() -> None:
    """Open where a return rolled back what did not stand, or evaluated the campaigns anew."""
    gone = returned(0, 1, UNITS_BACK[1])
    left = (*ALL_BACK[:2], UNITS_BACK[0], UNITS_BACK[2])
    assert rules(CLOSED, gone, cancelled(*left)) == []
    assert rules(CLOSED, gone, cancelled(*ALL_BACK)) == ["DISC-03"]
    odd = returned(0, 1, back(1, name="part", cartItemPosition=0))
    assert rules(CLOSED, odd, cancelled(*ALL_BACK)) == []
    anew = returned(0, 1, discount(2))
    assert rules(CLOSED, anew, cancelled()) == []


def test_nothing_stood_where_the_close_gave_nothing() -> None:
    """Then there is nothing to roll back."""
    closed = sent({"cartItems": CART, "state": "closed"})
    assert rules(closed, cancelled()) == []
    assert rules(closed, cancelled(back(1))) == ["DISC-03"]


def test_values_are_one_to_the_sixth_digit() -> None:
    """No currency has more."""
    closed = sent({"cartItems": CART, "state": "closed"}, discount(2.0000004))
    assert rules(closed, cancelled(back(2))) == []
    assert rules(closed, cancelled(back(2.000001))) == ["DISC-03"]


def test_the_claim_is_about_the_discount_that_changed() -> None:
    """It holds the values that the discount of this name had."""
    given = (discount(value, name=name) for value, name in ((2, "a"), (3, "b"), (4, "c")))
    closed = sent({"cartItems": CART, "state": "closed"}, *given)
    changed = cancelled(back(2, name="a"), back(3.5, name="b"), back(5, name="c"))
    (one,) = found([closed, changed])
    assert isinstance(one.claim, Near)
    assert one.claim.values == ("3",)


# --- DISC-04 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effects", "is_right"),
    [
        ((), True),
        ((UNITS_BACK[0],), True),
        ((UNITS_BACK[1],), True),
        ((UNITS_BACK[2],), False),
        (UNITS_BACK[:2], False),
        ((UNITS_BACK[0], UNITS_BACK[0]), False),
        ((back(2.5, name="tea", cartItemPosition=0),), True),
        ((back(2.5, name="tea", cartItemPosition=0),) * 2, False),
        ((back(2.5, name="tea", cartItemPosition=5),), False),
        ((UNITS_BACK[0], back(1, name="more", cartItemPosition=0, cartItemSubPosition=0)), True),
        ((back(3.5),), True),
    ],
)
def test_a_return_rolls_back_what_was_returned(
    effects: tuple[dict[str, Any], ...], *, is_right: bool
) -> None:
    """One unit of item 0 goes back: discounts of one of its units may, each once."""
    assert rules(CLOSED, returned(0, 1, *effects)) == ([] if is_right else ["DISC-04"])


def test_two_campaigns_may_have_a_discount_of_the_same_name() -> None:
    """Each of them is rolled back for the unit, once."""
    closed = sent(
        {"cartItems": CART, "state": "closed"},
        *(per_item(1, 1, unit, campaign=campaign) for unit in (None, 0) for campaign in (7, 9)),
    )
    place = {"name": "tea", "value": 1, "cartItemPosition": 1}
    for unit in ({}, {"cartItemSubPosition": 0}):
        one, other = (
            effect("rollbackDiscount", campaign=campaign, **place, **unit) for campaign in (7, 9)
        )
        assert rules(closed, returned(1, 1, one, other)) == []
        assert rules(closed, returned(1, 1, one, one)) == ["DISC-04"]


def test_two_units_have_two_rollbacks() -> None:
    """As many as were returned."""
    assert rules(CLOSED, returned(0, 2, *UNITS_BACK[:2])) == []
    assert "DISC-04" in reached(CLOSED, returned(0, 2, *UNITS_BACK[:2]))
    assert rules(CLOSED, returned(0, 2, UNITS_BACK[0], UNITS_BACK[0])) == ["DISC-04"]
    of_line = back(2.5, name="tea", cartItemPosition=0)
    assert rules(CLOSED, returned(0, 2, of_line, of_line)) == []
    assert rules(CLOSED, returned(0, 2, of_line, of_line, of_line)) == ["DISC-04"]


def test_reads_are_no_evaluation() -> None:
    """The discount that a read shows beside an accepted coupon is not judged."""
    held = {"cartItems": CART, "couponCodes": ["TENTH"]}
    first = with_code("TENTH", discount(3.555))
    assert rules(first, fetched(held, accept("TENTH"), discount(1))) == []
    assert rules((update({}), listed(session=view({}, updateCount=1)))) == []
