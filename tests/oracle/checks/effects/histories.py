"""Histories of a shop that declares campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cartfuzz.contract import (
    MARK,
    CodeCase,
    ContractVersion,
    CostScope,
    Coupon,
    DiscountBase,
    Environment,
    Fetch,
    Referral,
    Reopen,
    ReturnItems,
    Scenario,
    Step,
    UnknownCodes,
    Update,
)
from cartfuzz.oracle.sequential import SequentialOracle
from cartfuzz.record import Discrepancy
from cartfuzz.wire import NoResponse, Response

from ...histories import answer, effect, update, view

SHOP = Environment(
    contract=ContractVersion.CURRENT,
    unknown_codes=UnknownCodes.ACCEPTED,
    code_case=CodeCase.SENSITIVE,
    additional_costs={"shipping": CostScope.SESSION, "wrapping": CostScope.ITEM},
    coupons=(
        Coupon(code="TENTH", discount=0.1),
        Coupon(code="HALF", discount=0.5, base=DiscountBase.CART_ITEMS, campaign_id=8),
        Coupon(code="FIVE", amount=5),
        Coupon(code="UNITS", item_discount=0.25),
        Coupon(code="PLAIN", limit=2),
        Coupon(code="SALE-{n}", first=1, last=9),
    ),
    referrals=(Referral(code="FRIEND"),),
)
INVENTED = f"c-{MARK}"
CART = [
    {"name": "Tea", "sku": "tea", "quantity": 2, "price": 10},
    {"name": "Cup", "sku": "cup", "quantity": 1, "price": 15.55},
]
"""It costs 35.55."""
NOT_FOUND = "CouponNotFound"

Told = tuple[Step, Response | NoResponse]


def listed(*effects: Any, session: dict[str, Any] | None = None) -> Response:
    """200 with these effects, and with the session where it is given."""
    body = {"effects": list(effects), "createdCoupons": [], "createdReferrals": []}
    return answer(200, body if session is None else {**body, "customerSession": view(session)})


def sent(session: dict[str, Any], *effects: Any, **options: Any) -> Told:
    """An update, and an answer with these effects that does not show the session."""
    return quiet(update(session, **options)), listed(*effects)


def quiet(step: Update) -> Update:
    """The update without a wish for the session."""
    return Update(
        session=step.session,
        body={"customerSession": step.body["customerSession"]},
        dry=step.dry,
        now=step.now,
    )


def fetched(session: dict[str, Any], *effects: Any, updates: int = 1) -> Told:
    """A read that shows the session, after so many updates, and these effects."""
    shown = view(session, updateCount=updates)
    return Fetch(), answer(200, {"customerSession": shown, "effects": list(effects)})


def cancelled(*effects: Any) -> Told:
    """A cancellation that was accepted."""
    return sent({"state": "cancelled"}, *effects)


def reopened(*effects: Any) -> Told:
    """A reopening that was accepted."""
    return Reopen(), answer(200, {"effects": list(effects)})


def returned(position: int, quantity: int, *effects: Any) -> Told:
    """A return of some units that was accepted."""
    lines = [{"position": position, "quantity": quantity}]
    return ReturnItems(body={"return": {"returnedCartItems": lines}}), listed(*effects)


def accept(code: str, *, campaign: int = 7) -> dict[str, Any]:
    """A coupon is accepted."""
    return effect("acceptCoupon", campaign=campaign, value=code)


def reject(code: str, *, campaign: int = -1, reason: str = NOT_FOUND) -> dict[str, Any]:
    """A coupon is rejected."""
    return effect("rejectCoupon", campaign=campaign, value=code, rejectionReason=reason)


def rollback(code: str, *, campaign: int = 7) -> dict[str, Any]:
    """A coupon is given back."""
    return effect("rollbackCoupon", campaign=campaign, value=code)


def discount(value: float, *, name: str = "off", campaign: int = 7) -> dict[str, Any]:
    """A discount of the session."""
    return effect("setDiscount", campaign=campaign, name=name, value=value)


def found(history: Sequence[Told], environment: Environment = SHOP) -> list[Discrepancy]:
    """What the oracle finds in a history."""
    scenario = Scenario(title="", sessions=(MARK, f"{MARK}-2"), steps=tuple(s for s, _ in history))
    oracle = SequentialOracle(scenario, environment, {})
    return [
        one
        for index, (_, outcome) in enumerate(history)
        for one in oracle.judge(index, outcome).discrepancies
    ]


def rules(*history: Told, environment: Environment = SHOP) -> list[str]:
    """The rules that a history breaks, in order."""
    return [one.rule for one in found(history, environment)]


def reached(*history: Told, environment: Environment = SHOP) -> set[str]:
    """The rules that the last answer of a history had to show."""
    scenario = Scenario(title="", sessions=(MARK, f"{MARK}-2"), steps=tuple(s for s, _ in history))
    oracle = SequentialOracle(scenario, environment, {})
    judgements = [oracle.judge(index, outcome) for index, (_, outcome) in enumerate(history)]
    shown = (key.split() for key in judgements[-1].coverage)
    return {parts[0] for parts in shown if parts[-1] == "show"}
