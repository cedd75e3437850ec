"""Witnesses of the faults that leave something behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..steps import Step, get, item, put

MAPS: dict[str, Any] = {
    "attributes": {"channel": "app"},
    "additionalCosts": {"shipping": {"price": 5}},
}
RICH = item(
    category="tea", attributes={"color": "red"}, additionalCosts={"engraving": {"price": 2}}
)
REPLACED = (put(cartItems=[RICH]), put(cartItems=[item()]))

WITNESSES: Mapping[str, tuple[Step, ...]] = {
    "keeps-fields-of-equal-skus": REPLACED,
    "keeps-fields-of-positions": REPLACED,
    "keeps-attributes-of-positions": REPLACED,
    "keeps-costs-of-equal-skus": REPLACED,
    "adds-to-closed-sessions": (put(state="closed"), put(state="open", **MAPS), get()),
    "dry-updates-add-to-maps": (put(), put(dry=True, **MAPS), get()),
    "refused-updates-add-to-maps": (put(), put(cartItems=[item(quantity=0)], **MAPS), get()),
    "shares-attributes-within-a-profile": (
        put(profileId="p"),
        put("t", profileId="p", **MAPS),
        get(),
    ),
    "counts-shown-positions-from-one": (put(cartItems=[item()]),),
    "shows-position-zero-only": (put(cartItems=[item(), item("b")]),),
    "refused-updates-touch-the-time": (put(), put(state="none"), get()),
    "keyless-requests-touch-the-time": (put(), put(key="wrong"), get()),
}
