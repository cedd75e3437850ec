"""Discounts of declared coupons: what they are a part of, and what is rolled back of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Coupon, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples, return_body
from ..values.scarce_codes import is_shared_budget, own_session, shown

Json = dict[str, Any]

_CART = [
    {"sku": "mug", "name": "Mug", "quantity": 1, "price": 10},
    {"sku": "tea", "name": "Tea", "quantity": 3, "price": 4.55},
    {"sku": "pot", "name": "Teapot", "quantity": 2, "price": 19.99},
]
_OTHER_CART = [{"sku": "pot", "name": "Teapot", "quantity": 1, "price": 33.33}]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """For one coupon of each kind of discount: on open sessions, and what goes back of it."""
    environment = samples.environment
    kinds: dict[str, Coupon] = {}
    for coupon in environment.declared_coupons:
        is_own = coupon.is_pattern or coupon.code in samples.known_coupons
        kind = _kind(coupon)
        if kind and is_own and not is_shared_budget(environment, coupon):
            kinds.setdefault(kind, coupon)
    for kind, coupon in kinds.items():
        yield _changed(samples, coupon, kind)
        yield _returned(samples, coupon, kind)
        if samples.current:
            yield _reopened(coupon, kind)


def _kind(coupon: Coupon) -> str:
    if coupon.item_discount:
        return "a part of each unit"
    if coupon.amount:
        return "an amount"
    return f"a part of the {coupon.base.value}" if coupon.discount else ""


def _session(coupon: Coupon, index: int = 0, **changes: Any) -> Json:
    return own_session(index, couponCodes=[coupon.written()], cartItems=_CART, **changes)


def _changed(samples: Samples, coupon: Coupon, kind: str) -> Scenario:
    """Cart, costs and code of an open session are changed; then it is closed and cancelled."""
    builder = ScenarioBuilder(f"a discount of {kind}", f"one-{MARK}", f"two-{MARK}")

    def send(session: Json, *aims: str) -> None:
        builder.update_with_body(shown(session), *aims)

    bare = own_session(0, cartItems=_OTHER_CART)
    send(bare, "DISC-02")
    send({"couponCodes": [coupon.written()]}, "DISC-01", "EFF-07")
    send({"cartItems": _CART}, "DISC-01", "EFF-07")
    costs = samples.session_costs()
    if costs:
        send({"additionalCosts": costs}, "DISC-01")
    send({"couponCodes": []}, "DISC-02")
    send({"couponCodes": [coupon.written()]}, "DISC-01")
    send(CLOSED, "DISC-01", "COUP-01", "EFF-07")
    send(CANCELLED, "DISC-03", "COUP-04")
    closed = _session(coupon, 1, state="closed", additionalCosts=costs)
    builder.update_with_body(shown(closed), "DISC-01", "EFF-07", session_index=1)
    return builder.build()


def _returned(samples: Samples, coupon: Coupon, kind: str) -> Scenario:
    """Single units go back, or whole items without flattening; the rest is cancelled."""
    builder = ScenarioBuilder(f"returns with a discount of {kind}")
    builder.update_with_body(shown(_session(coupon, state="closed")), "DISC-01", "EFF-07")
    lines: tuple[tuple[int, int], ...] = ((1, 1), (1, 1), (0, 1))
    if not samples.environment.flattens:
        lines = ((1, 3), (0, 1))
    for position, quantity in lines:
        body = return_body({"position": position, "quantity": quantity})
        builder.return_with_body(body, "DISC-04", "COUP-U1")
    builder.update_with_body(shown(CANCELLED), "DISC-03", "STATE-08")
    return builder.build()


def _reopened(coupon: Coupon, kind: str) -> Scenario:
    """Reopened with the discount that stood, closed with another one, cancelled."""
    builder = ScenarioBuilder(f"reopened with a discount of {kind}")
    builder.update_with_body(shown(_session(coupon, state="closed")), "DISC-01")
    builder.reopen("DISC-03", "COUP-08", "STATE-15").get("EFF-08")
    builder.update_with_body(shown({"cartItems": _OTHER_CART}), "DISC-01", "EFF-07")
    builder.update_with_body(shown(CLOSED), "DISC-01", "COUP-01")
    builder.update_with_body(shown(CANCELLED), "DISC-03", "COUP-04")
    return builder.get("EFF-08").build()
