"""Partial updates: what is left out stays, what is sent replaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Each field left out, replaced and cleared, on early and late updates."""
    for field in samples.session():
        yield _one_field(samples, field)
    yield _left_out_again_and_again(samples)
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
    """Set, left out, replaced, replaced by more or less, cleared, left out, set again."""
    tale = ScenarioBuilder(f"{field}: left out, replaced, cleared")
    tale.put(samples.session(), "STATE-01").get()
    other: Json = {"profileId": samples.profile(9)}
    if field == "profileId":
        other = {"identifiers": []}
    tale.put(other, "MERGE-01").get("MERGE-01")
    replaced = samples.session(4)[field]
    tale.put({field: replaced}, "MERGE-01", "MERGE-03").get("MERGE-03")
    if isinstance(replaced, list) and len(replaced) > 1:
        tale.put({field: replaced[-1:]}, "MERGE-03").get("MERGE-03")
        tale.put({field: replaced}, "MERGE-03").get("MERGE-03")
    if field in _CLEARED:
        nothing, rule = _CLEARED[field]
        tale.put({field: nothing}, rule).get(rule)
        tale.put({"state": "open"}, "MERGE-01").get("MERGE-01")
        tale.put({field: replaced}, "MERGE-03").get("MERGE-03")
    return tale.scenario()


def _left_out_again_and_again(samples: Samples) -> Scenario:
    """Many updates in a row, each of one field only; all others stay (STATE-12, MERGE-01)."""
    tale = ScenarioBuilder("many updates of one field each")
    tale.put({"cartItems": samples.cart(1)}, "STATE-01").get()
    for number in (1, 2):
        for field, value in samples.session(number).items():
            tale.put({field: value}, "STATE-12", "MERGE-01")
        tale.get("MERGE-01", "MERGE-03")
    for _ in range(3):
        tale.put({}, "STATE-12", "MERGE-01").get("MERGE-01")
    tale.put({"state": "closed"}, "STATE-04", "MERGE-01").get("MERGE-01")
    return tale.scenario()


def _orders(samples: Samples) -> Iterator[Scenario]:
    names = [f"{name}-{MARK}" for name in ("b", "A", "a", "10", "9")]
    tale = ScenarioBuilder("identifiers in another order")
    tale.put({"identifiers": names}, "IDENT-07").get("IDENT-07")
    tale.put({"identifiers": names[::-1]}, "IDENT-07", "MERGE-03").get("IDENT-07")
    yield tale.scenario()
    tale = ScenarioBuilder("items in another order")
    cart = samples.cart(6)
    tale.put({"cartItems": cart}, "CART-10").get("CART-10")
    tale.put({"cartItems": cart[::-1]}, "CART-10").get("CART-10")
    yield tale.scenario()
    tale = ScenarioBuilder("equal items stay apart")
    same = [samples.item(quantity=1)] * 5
    tale.put({"cartItems": same}, "CART-10").get("CART-10")
    mixed = [samples.item(quantity=1, price=price) for price in (3, 1, 2, 1)]
    tale.put({"cartItems": mixed}, "CART-10").get("CART-10", "RESP-04")
    tale.put({"cartItems": [*same, samples.item(1), *mixed]}, "CART-10").get("CART-10")
    yield tale.scenario()


def _repeated(samples: Samples) -> Iterator[Scenario]:
    whole = samples.session(2)
    for name, session in (("a whole session", whole), ("an empty update", {})):
        tale = ScenarioBuilder(f"{name}, sent again")
        tale.put(whole, "STATE-01").get()
        for _ in range(3):
            tale.put(session, "MERGE-04").get("MERGE-04")
        yield tale.scenario()


def _present_values(samples: Samples) -> Scenario:
    """Sending what a field holds already is the same as leaving it out (MERGE-01, MERGE-04)."""
    tale = ScenarioBuilder("each field sent as it stands")
    whole = samples.session(3)
    tale.put(whole, "STATE-01").get()
    for field, value in whole.items():
        tale.put({field: value}, "MERGE-01", "MERGE-04").get("MERGE-01")
    return tale.scenario()


def _nothing_to_discard(samples: Samples) -> Scenario:
    """Discarding what is not there is no error, and touches nothing else."""
    tale = ScenarioBuilder("codes are discarded where there are none")
    tale.put({"cartItems": samples.cart(1)}, "STATE-01")
    tale.put({"couponCodes": [], "referralCode": ""}, "MERGE-02", "MERGE-01").get("MERGE-02")
    return tale.put({"identifiers": []}, "MERGE-03").get("MERGE-03").scenario()


def _maps(samples: Samples) -> Scenario:
    """A map with fewer keys: what becomes of the others is left open (MERGE-U1)."""
    tale = ScenarioBuilder("maps with fewer keys")
    whole = samples.session()
    tale.put(whole, "STATE-01")
    for field in ("attributes", "additionalCosts"):
        some = dict(list(whole.get(field, {}).items())[:1])
        tale.put({field: some}, "MERGE-U1").get("MERGE-U1")
        tale.put({field: {}}, "MERGE-U1").get("MERGE-U1")
    return tale.scenario()


def _changing_carts(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("a cart grows, shrinks, empties and fills")
    for number, size in enumerate((1, 3, 2, 7, 0, 4, 1)):
        rule = "STATE-01" if number == 0 else "MERGE-03"
        tale.put({"cartItems": samples.cart(size, start=number)}, rule).get("CART-10", "RESP-04")
    return tale.scenario()
