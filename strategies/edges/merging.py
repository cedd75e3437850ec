"""Partial updates: an omitted field keeps its value, a sent one replaces it (MERGE-01 to 04)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Each field omitted, replaced and cleared; repeated updates; other orders; fewer keys."""
    for field in samples.session():
        yield _one_field(samples, field)
    yield _many_updates_of_one_field(samples)
    yield from _orders(samples)
    yield from _repeated(samples)
    yield _present_values(samples)
    yield _nothing_to_discard(samples)
    yield _maps(samples)
    yield _changing_carts(samples)


_CLEARED: dict[str, tuple[Any, str]] = {
    "couponCodes": ([], "MERGE-02"),
    "referralCode": ("", "MERGE-02"),
    "identifiers": ([], "MERGE-03"),
    "loyaltyCards": ([], "MERGE-03"),
    "cartItems": ([], "MERGE-03"),
    "profileId": ("", "IDENT-08"),
}


def _one_field(samples: Samples, field: str) -> Scenario:
    """One field: set, omitted, replaced by other and by fewer values, cleared, set again."""
    builder = ScenarioBuilder(f"{field}: left out, replaced, cleared")
    builder.update(samples.session(), "STATE-01").get()
    other: Json = {"profileId": samples.profile(9)}
    if field == "profileId":
        other = {"identifiers": []}
    builder.update(other, "MERGE-01").get("MERGE-01")
    replaced = samples.session(4)[field]
    builder.update({field: replaced}, "MERGE-01", "MERGE-03").get("MERGE-03")
    if isinstance(replaced, list) and len(replaced) > 1:
        builder.update({field: replaced[-1:]}, "MERGE-03").get("MERGE-03")
        builder.update({field: replaced}, "MERGE-03").get("MERGE-03")
    if field in _CLEARED:
        empty, rule = _CLEARED[field]
        builder.update({field: empty}, rule).get(rule)
        builder.update({"state": "open"}, "MERGE-01").get("MERGE-01")
        builder.update({field: replaced}, "MERGE-03").get("MERGE-03")
    return builder.build()


def _many_updates_of_one_field(samples: Samples) -> Scenario:
    """Many updates of one field each; the other fields stay (STATE-12, MERGE-01)."""
    builder = ScenarioBuilder("many updates of one field each")
    builder.update({"cartItems": samples.cart(1)}, "STATE-01").get()
    for variant in (1, 2):
        for field, value in samples.session(variant).items():
            builder.update({field: value}, "STATE-12", "MERGE-01")
        builder.get("MERGE-01", "MERGE-03")
    for _ in range(3):
        builder.update({}, "STATE-12", "MERGE-01").get("MERGE-01")
    builder.update({"state": "closed"}, "STATE-04", "MERGE-01").get("MERGE-01")
    return builder.build()


def _orders(samples: Samples) -> Iterator[Scenario]:
    names = [f"{name}-{MARK}" for name in ("b", "A", "a", "10", "9")]
    builder = ScenarioBuilder("identifiers in another order")
    builder.update({"identifiers": names}, "IDENT-07").get("IDENT-07")
    builder.update({"identifiers": names[::-1]}, "IDENT-07", "MERGE-03").get("IDENT-07")
    yield builder.build()
    builder = ScenarioBuilder("items in another order")
    cart = samples.cart(6)
    builder.update({"cartItems": cart}, "CART-10").get("CART-10")
    builder.update({"cartItems": cart[::-1]}, "CART-10").get("CART-10")
    yield builder.build()
    builder = ScenarioBuilder("equal items stay apart")
    same = [samples.item(quantity=1)] * 5
    builder.update({"cartItems": same}, "CART-10").get("CART-10")
    mixed = [samples.item(quantity=1, price=price) for price in (3, 1, 2, 1)]
    builder.update({"cartItems": mixed}, "CART-10").get("CART-10", "RESP-04")
    builder.update({"cartItems": [*same, samples.item(1), *mixed]}, "CART-10").get("CART-10")
    yield builder.build()


def _repeated(samples: Samples) -> Iterator[Scenario]:
    whole = samples.session(2)
    for name, session in (("a whole session", whole), ("an empty update", {})):
        builder = ScenarioBuilder(f"{name}, sent again")
        builder.update(whole, "STATE-01").get()
        for _ in range(3):
            builder.update(session, "MERGE-04").get("MERGE-04")
        yield builder.build()


def _present_values(samples: Samples) -> Scenario:
    """An update with the present value of a field changes nothing (MERGE-01, MERGE-04)."""
    builder = ScenarioBuilder("each field sent as it stands")
    whole = samples.session(3)
    builder.update(whole, "STATE-01").get()
    for field, value in whole.items():
        builder.update({field: value}, "MERGE-01", "MERGE-04").get("MERGE-01")
    return builder.build()


def _nothing_to_discard(samples: Samples) -> Scenario:
    """Clearing an empty field is accepted and changes nothing."""
    builder = ScenarioBuilder("codes are discarded where there are none")
    builder.update({"cartItems": samples.cart(1)}, "STATE-01")
    builder.update({"couponCodes": [], "referralCode": ""}, "MERGE-02", "MERGE-01").get("MERGE-02")
    return builder.update({"identifiers": []}, "MERGE-03").get("MERGE-03").build()


def _maps(samples: Samples) -> Scenario:
    """Maps with fewer keys: the contract leaves open whether the other keys stay (MERGE-U1)."""
    builder = ScenarioBuilder("maps with fewer keys")
    whole = samples.session()
    builder.update(whole, "STATE-01")
    for field in ("attributes", "additionalCosts"):
        some = dict(list(whole.get(field, {}).items())[:1])
        builder.update({field: some}, "MERGE-U1").get("MERGE-U1")
        builder.update({field: {}}, "MERGE-U1").get("MERGE-U1")
    return builder.build()


def _changing_carts(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("a cart grows, shrinks, empties and fills")
    for variant, size in enumerate((1, 3, 2, 7, 0, 4, 1)):
        rule = "STATE-01" if variant == 0 else "MERGE-03"
        builder.update({"cartItems": samples.cart(size, start=variant)}, rule).get(
            "CART-10", "RESP-04"
        )
    return builder.build()
