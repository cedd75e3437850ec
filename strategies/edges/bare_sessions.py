"""Sessions that hold little, so that whatever a step adds to them shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Credentials, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CLOSED, Samples, update_body

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """What dry, refused, keyless, late and foreign updates would add; plainer items."""
    yield _nothing_is_added(samples)
    yield _nothing_is_added_when_closed(samples)
    yield _nothing_comes_from_another_session(samples)
    yield _times(samples)
    yield from _replaced_items(samples)


def _little(samples: Samples) -> Json:
    return {"identifiers": samples.identifiers()}


def _maps(samples: Samples, variant: int) -> Json:
    maps = {
        "attributes": samples.session_attributes(variant),
        "additionalCosts": samples.session_costs(variant),
    }
    return {name: value for name, value in maps.items() if value}


def _nothing_is_added(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("what must change nothing brings attributes and costs")
    builder.update(_little(samples), "STATE-01").get()
    builder.update(_maps(samples, 1), "DRY-01", dry=True).get("DRY-01")
    wrong = {**_maps(samples, 2), "cartItems": [samples.item(quantity=0)]}
    builder.update(wrong, "CART-06", "ERR-06").get("ERR-06")
    builder.update_with_body(
        update_body(_maps(samples, 1)), "AUTH-01", credentials=Credentials.MISSING
    )
    return builder.get("AUTH-01").build()


def _nothing_is_added_when_closed(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("late updates bring attributes and costs")
    builder.update({**_little(samples), **CLOSED}, "STATE-02").get()
    builder.update({**_maps(samples, 1), "state": "open"}, "STATE-07", "STATE-17").get("STATE-17")
    builder.update({**_maps(samples, 2), **CLOSED}, "STATE-U2", "STATE-13").get("STATE-13")
    builder.update({**_maps(samples, 1), "state": "cancelled"}, "STATE-06", "STATE-13")
    return builder.get("STATE-13").build()


def _nothing_comes_from_another_session(samples: Samples) -> Scenario:
    ids = (f"plain-{MARK}", f"sibling-{MARK}")
    profile = {"profileId": samples.profile()}
    builder = ScenarioBuilder("a session of the same profile has attributes and costs", *ids)
    builder.update({**profile, **_little(samples)}, "STATE-01").get()
    builder.update({**profile, **_maps(samples, 1)}, "STATE-01", session_index=1)
    builder.get("IDENT-01").update({**_maps(samples, 2), **CLOSED}, session_index=1)
    return builder.get("IDENT-01").build()


def _times(samples: Samples) -> Scenario:
    """The time of the last update is that of an accepted one."""
    builder = ScenarioBuilder("what must change nothing leaves the time of the last update")
    builder.update(samples.session(), "STATE-01").get()
    builder.update({"cartItems": [samples.item(quantity=0)]}, "CART-06", "ERR-06").get("ERR-06")
    body = update_body({"identifiers": samples.identifiers(3)})
    for credentials in (Credentials.MISSING, Credentials.WRONG):
        builder.update_with_body(body, "AUTH-01", credentials=credentials).get("AUTH-01")
    builder.return_items([{"position": 0, "quantity": 1}], "RET-04", "ERR-06").get("ERR-06")
    return builder.build()


def _replaced_items(samples: Samples) -> Iterator[Scenario]:
    """The same SKU elsewhere in the cart, and another SKU in its place, with fewer fields."""
    rich = samples.rich_item(1, sku="pot")
    plain = samples.item(1)
    for name, cart in (
        ("elsewhere", [{**plain, "sku": "cup"}, {**plain, "sku": "pot"}]),
        ("in its place", [{**plain, "sku": "cup"}]),
    ):
        builder = ScenarioBuilder(f"an item is replaced by a plainer one {name}")
        builder.update({"cartItems": [rich]}, "CART-11").get()
        yield builder.update({"cartItems": cart}, "MERGE-03", "CART-10").get("MERGE-03").build()
