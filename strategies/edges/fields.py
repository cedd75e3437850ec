"""Single fields: wrong values one at a time, and what must pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.attributes import sample_values
from ..values.invalid_requests import InvalidRequest, invalid_requests
from ..values.money import ODD_PRICES
from ..values.samples import Samples

Json = dict[str, Any]

_GROUP = 8
"""Refused updates between two reads: few requests, and a trace still leads back to one of few."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Breaks on update and on creation, optional fields, and what the contract leaves open."""
    for rule, group in groupby(invalid_requests(samples), key=lambda broken: broken.aims[0]):
        broken = list(group)
        yield _refused_creation(rule, broken[0])
        for start in range(0, len(broken), _GROUP):
            yield _refused_updates(samples, rule, broken[start : start + _GROUP])
    yield from _attribute_values(samples)
    yield _optional_item_fields(samples)
    yield from _silent(samples)


def _refused_updates(samples: Samples, rule: str, group: list[InvalidRequest]) -> Scenario:
    tale = ScenarioBuilder(f"{rule} on update: {', '.join(broken.what for broken in group)}")
    tale.put(samples.session(), "STATE-01")
    for broken in group:
        tale.put(broken.changes, *broken.aims, "ERR-01", "ERR-02", "ERR-06")
    return tale.get("ERR-06").scenario()


def _refused_creation(rule: str, broken: InvalidRequest) -> Scenario:
    tale = ScenarioBuilder(f"{rule} on creation: {broken.what}")
    tale.put(broken.changes, *broken.aims, "DRY-02", dry=True)
    tale.put(broken.changes, *broken.aims, "ERR-01").get("ERR-05", "ERR-06")
    return tale.scenario()


def _attribute_values(samples: Samples) -> Iterator[Scenario]:
    """Every sample of every declared attribute (ATTR-01)."""
    environment = samples.environment
    for name, schema in environment.session_attributes.items():
        tale = ScenarioBuilder(f"values of session attribute {name}")
        for value in sample_values(schema):
            tale.put({"attributes": {name: value}}, "ATTR-01")
        yield tale.get("ATTR-01").scenario()
    for name, schema in environment.item_attributes.items():
        values = sample_values(schema)
        cart = [
            samples.item(number, attributes={name: value}) for number, value in enumerate(values)
        ]
        tale = ScenarioBuilder(f"values of item attribute {name}")
        yield tale.put({"cartItems": cart}, "ATTR-01", "CART-11").get("ATTR-01").scenario()


def _optional_item_fields(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("optional fields of an item, one at a time")
    rich = samples.rich_item(1)
    required = samples.item(1)
    optional = {field: value for field, value in rich.items() if field not in required}
    cart = [{**required, field: value} for field, value in optional.items()]
    tale.put({"cartItems": cart}, "CART-11").get("CART-11")
    gone = "CART-12" if samples.current else "MERGE-03"
    tale.put({"cartItems": [required]}, "MERGE-03", gone).get(gone)
    tale.put({"cartItems": [rich]}, "CART-11").get("CART-11")
    without = {**rich, "attributes": {}} if samples.environment.item_attributes else required
    tale.put({"cartItems": [without]}, gone)
    return tale.get("CART-11").scenario()


def _silent(samples: Samples) -> Iterator[Scenario]:
    """What the contract leaves open: recorded, and consistent with itself."""
    for price in ODD_PRICES:
        tale = ScenarioBuilder(f"price {price!r}")
        tale.put({"cartItems": [samples.item(price=price)]}, "CART-U1").get("CART-U1")
        yield tale.scenario()
    for field in ("weight", "height", "width", "length"):
        tale = ScenarioBuilder(f"negative {field}")
        tale.put({"cartItems": [samples.item(**{field: -1})]}, "CART-U1")
        yield tale.scenario()
    for field in ("position", "returnedQuantity", "remainingQuantity"):
        tale = ScenarioBuilder(f"{field} from the client")
        tale.put({"cartItems": [samples.item(quantity=3, **{field: 1})]}, "CART-U2")
        yield tale.get("CART-U2").scenario()
    if samples.current:
        item = samples.item()
        del item["price"]
        yield (
            ScenarioBuilder("no price")
            .put({"cartItems": [item]}, "CART-U3")
            .get("CART-U3")
            .scenario()
        )
    whole = samples.session()
    for field in whole:
        tale = ScenarioBuilder(f"{field} null")
        tale.put(whole, "STATE-01").put({field: None}, "MERGE-U2").get("MERGE-U2")
        yield tale.scenario()
    tale = ScenarioBuilder("unknown properties")
    tale.put({**whole, "neverHeardOf": 1}, "MERGE-U3").get("MERGE-U3")
    tale.put({"cartItems": [samples.item(neverHeardOf=1)]}, "MERGE-U3").get("MERGE-U3")
    yield tale.scenario()
    doubled = [f"same-{MARK}", f"same-{MARK}"]
    tale = ScenarioBuilder("the same identifier twice")
    yield tale.put({"identifiers": doubled}, "MERGE-U4").get("MERGE-U4").scenario()
    tale = ScenarioBuilder("a whole float for a quantity")
    yield tale.put({"cartItems": [samples.item(quantity=2.0)]}, "CART-06").get().scenario()
