"""The first scenario: every endpoint accepts something."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Scenario
from ..samples import Samples
from .tale import Tale


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """One tour; in current it reopens a session too."""
    tale = Tale("tour of every endpoint", f"tour-{MARK}", f"again-{MARK}")
    session = samples.session()
    tale.put(session, "STATE-01", "IDENT-09", "COST-01", "ATTR-01", "CART-11", "IDENT-07")
    tale.get("RESP-03", "IDENT-02")
    tale.put({"state": "closed"}, "STATE-04", "MERGE-01").get()
    first = {"position": 0, "quantity": session["cartItems"][0]["quantity"]}
    tale.back([first], "RET-01", "RET-02").get("RET-02")
    if samples.current:
        tale.put(samples.session(1, state="closed"), "STATE-02", at=1).get(at=1)
        tale.reopen("STATE-15", at=1).get("STATE-15", at=1)
        tale.put({"cartItems": samples.cart(1)}, "STATE-12", at=1).get(at=1)
    yield tale.scenario()
