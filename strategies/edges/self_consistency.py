"""Repeats what the contract leaves open in other circumstances: the behaviour must be the same.

Where the contract is silent, only a contradiction is a discrepancy. Targets contradict themselves
if their behaviour depends on something irrelevant: the age of a session, its cart, the order of a
list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario, SessionState
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import CANCELLED, CLOSED, Samples

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Nulls, unknown properties, duplicates, late updates, dry responses, maps, prices."""
    yield from _nulls(samples)
    yield from _unknown_properties(samples)
    yield from _duplicates(samples)
    yield from _late_updates(samples)
    yield _dry_responses(samples)
    yield from _maps(samples)
    yield _prices(samples)


def _nulls(samples: Samples) -> Iterator[Scenario]:
    whole = samples.session()
    for field, value in whole.items():
        builder = ScenarioBuilder(f"{field} null, early and late, with a cart and without", *_two())
        builder.update(whole, "STATE-01").update({field: None}, "MERGE-U2")
        builder.update(whole, "STATE-12").update({}, "STATE-12").update({field: None}, "MERGE-U2")
        builder.update({field: value}, "STATE-01", session_index=1).update(
            {field: None}, "MERGE-U2", session_index=1
        )
        yield builder.build()


def _unknown_properties(samples: Samples) -> Iterator[Scenario]:
    unknown = {"neverHeardOf": 1}
    builder = ScenarioBuilder("unknown properties, with a cart and without", *_two())
    builder.update(unknown, "MERGE-U3").update(unknown, "MERGE-U3")
    builder.update(samples.session(), "STATE-12").update(unknown, "MERGE-U3").update({}, "STATE-12")
    builder.update(unknown, "MERGE-U3").update({"cartItems": []}, "MERGE-03").update(
        unknown, "MERGE-U3"
    )
    builder.update({**samples.session(), **unknown}, "MERGE-U3", session_index=1)
    yield builder.build()


def _duplicates(samples: Samples) -> Iterator[Scenario]:
    codes = (
        [f"one-{MARK}", f"two-{MARK}"]
        if samples.unknown_codes_accepted
        else samples.known_coupons[:2]
    )
    lists = {"identifiers": [f"one-{MARK}", f"two-{MARK}"], "couponCodes": list(codes)}
    for field, texts in lists.items():
        if len(texts) < 2:
            continue
        one, two = texts
        builder = ScenarioBuilder(f"the same twice in {field}, in every order", *_two())
        for doubled in ([one, one, two], [one, two, one], [two, one, one]):
            builder.update({field: []}, "MERGE-03").update({field: doubled}, "MERGE-U4")
        builder.update({**samples.session(), field: []}, "STATE-01", session_index=1)
        builder.update({field: [one, two, one]}, "MERGE-U4", session_index=1)
        builder.update({field: []}, "MERGE-03", session_index=1).update(
            {field: [one, one, two]}, "MERGE-U4", session_index=1
        )
        yield builder.build()


def _late_updates(samples: Samples) -> Iterator[Scenario]:
    """Updates of sessions that are no longer open, after few and after many earlier updates."""
    for state in (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED, SessionState.CANCELLED):
        builder = ScenarioBuilder(f"late updates of a {state.value} session", *_two())
        for index in (0, 1):
            if index:
                for _ in range(3):
                    builder.update({}, "STATE-12", session_index=index)
            lead_to(builder, state, samples, session_index=index)
            for _ in range(2):
                builder.update({}, "STATE-13", "STATE-U1", session_index=index)
                if state is not SessionState.PARTIALLY_RETURNED:
                    builder.update({"state": state.value}, "STATE-U2", session_index=index)
            builder.get("STATE-13", session_index=index)
        yield builder.build()


def _dry_responses(samples: Samples) -> Scenario:
    """Dry updates that omit fields, with a cart and without: what the responses show of them."""
    whole = samples.session()
    bare = {name: value for name, value in whole.items() if name != "cartItems"}
    builder = ScenarioBuilder("dry answers, with a cart and without", *_two())
    for index, session in enumerate((whole, bare)):
        builder.update(session, "STATE-01", session_index=index)
        for change in ({}, CLOSED, CANCELLED):
            builder.update(change, "DRY-01", "DRY-U1", session_index=index, dry=True)
        builder.update(
            {"profileId": samples.profile(7)}, "DRY-01", "DRY-U1", session_index=index, dry=True
        )
    return builder.get("DRY-01").build()


def _maps(samples: Samples) -> Iterator[Scenario]:
    whole = samples.session()
    for field in ("attributes", "additionalCosts"):
        full = whole.get(field, {})
        if len(full) < 2:
            continue
        some = dict(list(full.items())[:1])
        builder = ScenarioBuilder(f"{field} with fewer keys, with a cart and without", *_two())
        for index, session in enumerate((whole, {field: full})):
            builder.update(session, "STATE-01", session_index=index)
            builder.update({field: some}, "MERGE-U1", session_index=index).update(
                {field: full}, "MERGE-U1", session_index=index
            )
            builder.update({field: {}}, "MERGE-U1", session_index=index)
        yield builder.build()


def _prices(samples: Samples) -> Scenario:
    """Odd prices on new and on older sessions, alone and with other fields."""
    builder = ScenarioBuilder("odd prices, early and late", *_two())
    for price in (0, -1):
        cart = {"cartItems": [samples.item(price=price)]}
        builder.update(cart, "CART-U1").update({"cartItems": []}, "MERGE-03")
        builder.update({**samples.session(), **cart}, "CART-U1").update(cart, "CART-U1")
        builder.update(cart, "CART-U1", session_index=1).update(cart, "CART-U1", session_index=1)
    return builder.build()


def _two() -> tuple[str, str]:
    return f"one-{MARK}", f"two-{MARK}"
