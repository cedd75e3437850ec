"""Every open question asked again in other circumstances: the answer must be the same.

Where the contract is silent nothing but a contradiction is wrong, and a target contradicts itself
where it looks at what it should not: the age of a session, its cart, the order of a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario, SessionState
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import Samples

Json = dict[str, Any]

_COUPONS = 3
"""So many limited coupons are put to the test."""
_GREATEST_LIMIT = 40
"""The sweep alone goes beyond limits of up to this."""
_CLOSED, _CANCELLED = {"state": "closed"}, {"state": "cancelled"}


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Nulls, unknown properties, duplicates, late updates, dry answers, maps, limited coupons."""
    yield from _nulls(samples)
    yield from _unknown_properties(samples)
    yield from _duplicates(samples)
    yield from _late_updates(samples)
    yield _dry_answers(samples)
    yield from _maps(samples)
    yield _prices(samples)
    yield from _coupons(samples)


def _nulls(samples: Samples) -> Iterator[Scenario]:
    whole = samples.session()
    for field, value in whole.items():
        tale = ScenarioBuilder(f"{field} null, early and late, with a cart and without", *_two())
        tale.put(whole, "STATE-01").put({field: None}, "MERGE-U2")
        tale.put(whole, "STATE-12").put({}, "STATE-12").put({field: None}, "MERGE-U2")
        tale.put({field: value}, "STATE-01", at=1).put({field: None}, "MERGE-U2", at=1)
        yield tale.scenario()


def _unknown_properties(samples: Samples) -> Iterator[Scenario]:
    unknown = {"neverHeardOf": 1}
    tale = ScenarioBuilder("unknown properties, with a cart and without", *_two())
    tale.put(unknown, "MERGE-U3").put(unknown, "MERGE-U3")
    tale.put(samples.session(), "STATE-12").put(unknown, "MERGE-U3").put({}, "STATE-12")
    tale.put(unknown, "MERGE-U3").put({"cartItems": []}, "MERGE-03").put(unknown, "MERGE-U3")
    tale.put({**samples.session(), **unknown}, "MERGE-U3", at=1)
    yield tale.scenario()


def _duplicates(samples: Samples) -> Iterator[Scenario]:
    codes = [f"one-{MARK}", f"two-{MARK}"] if samples.codes_are_free else samples.known_coupons[:2]
    lists = {"identifiers": [f"one-{MARK}", f"two-{MARK}"], "couponCodes": list(codes)}
    for field, texts in lists.items():
        if len(texts) < 2:
            continue
        one, two = texts
        tale = ScenarioBuilder(f"the same twice in {field}, in every order", *_two())
        for doubled in ([one, one, two], [one, two, one], [two, one, one]):
            tale.put({field: []}, "MERGE-03").put({field: doubled}, "MERGE-U4")
        tale.put({**samples.session(), field: []}, "STATE-01", at=1)
        tale.put({field: [one, two, one]}, "MERGE-U4", at=1)
        tale.put({field: []}, "MERGE-03", at=1).put({field: [one, one, two]}, "MERGE-U4", at=1)
        yield tale.scenario()


def _late_updates(samples: Samples) -> Iterator[Scenario]:
    """Updates of sessions that are over, after a short life and after a long one."""
    for state in (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED, SessionState.CANCELLED):
        tale = ScenarioBuilder(f"late updates of a {state.value} session", *_two())
        for at in (0, 1):
            if at:
                for _ in range(3):
                    tale.put({}, "STATE-12", at=at)
            lead_to(tale, state, samples, at=at)
            for _ in range(2):
                tale.put({}, "STATE-13", "STATE-U1", at=at)
                if state is not SessionState.PARTIALLY_RETURNED:
                    tale.put({"state": state.value}, "STATE-U2", at=at)
            tale.get("STATE-13", at=at)
        yield tale.scenario()


def _dry_answers(samples: Samples) -> Scenario:
    """What a dry answer shows of fields that it leaves out, with a cart and without."""
    whole = samples.session()
    bare = {name: value for name, value in whole.items() if name != "cartItems"}
    tale = ScenarioBuilder("dry answers, with a cart and without", *_two())
    for at, session in enumerate((whole, bare)):
        tale.put(session, "STATE-01", at=at)
        for change in ({}, _CLOSED, _CANCELLED):
            tale.put(change, "DRY-01", "DRY-U1", at=at, dry=True)
        tale.put({"profileId": samples.profile(7)}, "DRY-01", "DRY-U1", at=at, dry=True)
    return tale.get("DRY-01").scenario()


def _maps(samples: Samples) -> Iterator[Scenario]:
    whole = samples.session()
    for field in ("attributes", "additionalCosts"):
        full = whole.get(field, {})
        if len(full) < 2:
            continue
        some = dict(list(full.items())[:1])
        tale = ScenarioBuilder(f"{field} with fewer keys, with a cart and without", *_two())
        for at, session in enumerate((whole, {field: full})):
            tale.put(session, "STATE-01", at=at)
            tale.put({field: some}, "MERGE-U1", at=at).put({field: full}, "MERGE-U1", at=at)
            tale.put({field: {}}, "MERGE-U1", at=at)
        yield tale.scenario()


def _prices(samples: Samples) -> Scenario:
    """Odd prices on new sessions and on old ones, alone and beside others."""
    tale = ScenarioBuilder("odd prices, early and late", *_two())
    for price in (0, -1):
        cart = {"cartItems": [samples.item(price=price)]}
        tale.put(cart, "CART-U1").put({"cartItems": []}, "MERGE-03")
        tale.put({**samples.session(), **cart}, "CART-U1").put(cart, "CART-U1")
        tale.put(cart, "CART-U1", at=1).put(cart, "CART-U1", at=1)
    return tale.scenario()


def _coupons(samples: Samples) -> Iterator[Scenario]:
    """Several sessions hold a coupon at once, and only then close: its limit counts them all."""
    for code in samples.known_coupons[:1]:
        tale = ScenarioBuilder("a coupon is redeemed and given back", *_two())
        for at, end in enumerate((_CLOSED, _CANCELLED)):
            tale.put({"couponCodes": [code]}, "IDENT-07", at=at)
            tale.put(_CLOSED, "LIMIT-01", at=at).put(end, "LIMIT-01", at=at)
        yield tale.scenario()
    for code, limit in list(samples.limited_coupons.items())[:_COUPONS]:
        many = min(limit, _GREATEST_LIMIT) + 3
        sessions = tuple(f"limit{number}-{MARK}" for number in range(many))
        tale = ScenarioBuilder("a coupon in many sessions at once", *sessions)
        for at in range(len(sessions)):
            session = {"couponCodes": [code], "profileId": samples.profile(at)}
            tale.put(session, "IDENT-07", at=at)
        for at in range(len(sessions)):
            tale.put(_CLOSED, "LIMIT-01", at=at)
        tale.put(_CANCELLED, "LIMIT-01").put(_CANCELLED, "LIMIT-01", at=1)
        for at in range(len(sessions) - 1, 1, -1):
            tale.put(_CLOSED, "LIMIT-01", at=at)
        yield tale.scenario()


def _two() -> tuple[str, str]:
    return f"one-{MARK}", f"two-{MARK}"
