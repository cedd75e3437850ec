"""Lists the witnesses of faults of totals."""

from __future__ import annotations

from ..steps import item, items, put

COSTS = put(
    additionalCosts={"shipping": {"price": 4}, "handling": {"price": 2}},
    cartItems=[item("a", 3, 9.95, additionalCosts={"engraving": {"price": 1.5}})],
)

_HANDLED = {"additionalCosts": {"handling": {"price": 4}}}
_COSTS_OF_BOTH = (
    put(
        additionalCosts={"shipping": {"price": 5}},
        cartItems=[item(**_HANDLED), item("b", **_HANDLED)],
    ),
)

WITNESSES = {
    "never-owes-money": (
        put(cartItems=[item("a", 1, -7), item("b", 1, 3)]),
        put(cartItems=[item("b", 1, 3), item("a", 1, -7)]),
    ),
    "ignores-quantities": (COSTS,),
    "leaves-costs-out-of-the-total": (COSTS,),
    "leaves-item-costs-out-of-the-total": (COSTS,),
    "counts-item-costs-twice": (COSTS,),
    "counts-the-first-cost-only": (COSTS,),
    "sums-the-first-500-lines": (put(cartItems=items(501)),),
    "rounds-lines-to-cents": (put(cartItems=[item(price=0.333)]),),
    "adds-in-float-32": (put(cartItems=[item(price=0.1)]),),
    "cuts-the-cart-total": (COSTS,),
    "keeps-totals-of-the-first-cart": (COSTS, put(cartItems=[])),
    "overflows-at-the-thirty-second-bit": (put(cartItems=[item(price=30_000_000)]),),
    "counts-equal-lines-once": (put(cartItems=[item(), item()]),),
    "adds-item-costs-to-those-of-the-session": _COSTS_OF_BOTH,
    "shows-no-item-costs": _COSTS_OF_BOTH,
    "shows-item-costs-of-the-first-line": _COSTS_OF_BOTH,
    "shows-all-costs-as-item-costs": _COSTS_OF_BOTH,
}
