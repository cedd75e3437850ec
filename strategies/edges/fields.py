"""Single fields: invalid values one at a time, valid ones, and those that the contract leaves
open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ...contract import MARK, Addition, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.attributes import sample_values
from ..values.invalid_requests import InvalidRequest, invalid_requests
from ..values.money import ODD_PRICES
from ..values.samples import Samples
from ..values.stress_values import stress_values

Json = dict[str, Any]

_UPDATES_PER_READ = 8
"""Invalid updates before one read: saves requests, and a change has one of few causes."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Invalid updates and creations, optional fields, and what the contract leaves open."""
    for rule, group in groupby(invalid_requests(samples), key=lambda invalid: invalid.aims[0]):
        requests = list(group)
        yield _refused_creation(rule, requests[0])
        for start in range(0, len(requests), _UPDATES_PER_READ):
            yield _refused_updates(samples, rule, requests[start : start + _UPDATES_PER_READ])
    yield from _attribute_values(samples)
    yield _optional_item_fields(samples)
    yield from _silent(samples)


def _refused_updates(samples: Samples, rule: str, group: list[InvalidRequest]) -> Scenario:
    builder = ScenarioBuilder(
        f"{rule} on update: {', '.join(invalid.description for invalid in group)}"
    )
    builder.update(samples.session(), "STATE-01")
    for invalid in group:
        builder.update(invalid.changes, *invalid.aims, "ERR-01", "ERR-02", "ERR-06")
    return builder.get("ERR-06").build()


def _refused_creation(rule: str, invalid: InvalidRequest) -> Scenario:
    builder = ScenarioBuilder(f"{rule} on creation: {invalid.description}")
    builder.update(invalid.changes, *invalid.aims, "DRY-02", dry=True)
    builder.update(invalid.changes, *invalid.aims, "ERR-01").get("ERR-05", "ERR-06")
    return builder.build()


def _attribute_values(samples: Samples) -> Iterator[Scenario]:
    """Every sample of every declared attribute, and what storage may lose (ATTR-01)."""
    environment = samples.environment
    for name, schema in environment.session_attributes.items():
        builder = ScenarioBuilder(f"values of session attribute {name}")
        for value in (*sample_values(schema), *stress_values(schema)):
            builder.update({"attributes": {name: value}}, "ATTR-01")
        yield builder.get("ATTR-01").build()
    for name, schema in environment.item_attributes.items():
        builder = ScenarioBuilder(f"values of item attribute {name}")
        for values in filter(None, (sample_values(schema), stress_values(schema))):
            cart = [
                samples.item(variant, attributes={name: value})
                for variant, value in enumerate(values)
            ]
            builder.update({"cartItems": cart}, "ATTR-01", "CART-11")
        yield builder.get("ATTR-01").build()


def _optional_item_fields(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("optional fields of an item, one at a time")
    rich = samples.rich_item(1)
    required = samples.item(1)
    optional = {field: value for field, value in rich.items() if field not in required}
    cart = [{**required, field: value} for field, value in optional.items()]
    builder.update({"cartItems": cart}, "CART-11").get("CART-11")
    removal_rule = "CART-12" if samples.current else "MERGE-03"
    builder.update({"cartItems": [required]}, "MERGE-03", removal_rule).get(removal_rule)
    builder.update({"cartItems": [rich]}, "CART-11").get("CART-11")
    reduced = {**rich, "attributes": {}} if samples.environment.item_attributes else required
    builder.update({"cartItems": [reduced]}, removal_rule)
    return builder.get("CART-11").build()


def _open_texts(samples: Samples) -> Iterator[Scenario]:
    """Names that may be the engine's own; what experiments, products and long profiles come to."""
    builder = ScenarioBuilder("an attribute that may be built in")
    builder.update(samples.session(), "STATE-01")
    yield builder.update({"attributes": {"ShippingCity": "Porto"}}, "ATTR-U1").get().build()
    if not samples.current:
        return
    product = {"cartItems": [samples.item(product={"name": "kettle"})]}
    yield ScenarioBuilder("a product of an item").update(product, "CART-U2").get("CART-U2").build()
    longest = samples.environment.limits.profile_id or 0
    builder = ScenarioBuilder("a profile ID past its limit in answers")
    for length in (longest, longest + 1):
        builder.update({"profileId": (MARK + "p" * length)[:length]}, "IDENT-U5").get()
    yield builder.build()
    if samples.environment.has(Addition.EXPERIMENTS):
        builder = ScenarioBuilder("experiments that may not exist")
        for variant in (1, 2):
            allocation = {"experimentID": 901, "variantID": variant}
            builder.update({"experimentVariantAllocations": [allocation]}, "IDENT-U6").get()
        builder.update({"identifiers": samples.identifiers()}, "MERGE-01").get()
        yield builder.update({"experimentVariantAllocations": []}, "MERGE-03").get().build()


def _silent(samples: Samples) -> Iterator[Scenario]:
    """What the contract leaves open; a run checks only that the target does not contradict
    itself."""
    for price in ODD_PRICES:
        builder = ScenarioBuilder(f"price {price!r}")
        builder.update({"cartItems": [samples.item(price=price)]}, "CART-U1").get("CART-U1")
        yield builder.build()
    for field in ("weight", "height", "width", "length"):
        builder = ScenarioBuilder(f"negative {field}")
        builder.update({"cartItems": [samples.item(**{field: -1})]}, "CART-U1")
        yield builder.build()
    for field in ("position", "returnedQuantity", "remainingQuantity"):
        builder = ScenarioBuilder(f"{field} from the client")
        builder.update({"cartItems": [samples.item(quantity=3, **{field: 1})]}, "CART-U2")
        yield builder.get("CART-U2").build()
    yield from _open_texts(samples)
    if samples.current:
        item = samples.item()
        del item["price"]
        yield (
            ScenarioBuilder("no price")
            .update({"cartItems": [item]}, "CART-U3")
            .get("CART-U3")
            .build()
        )
    whole = samples.session()
    for field in whole:
        builder = ScenarioBuilder(f"{field} null")
        builder.update(whole, "STATE-01").update({field: None}, "MERGE-U2").get("MERGE-U2")
        yield builder.build()
    builder = ScenarioBuilder("unknown properties")
    builder.update({**whole, "neverHeardOf": 1}, "MERGE-U3").get("MERGE-U3")
    builder.update({"cartItems": [samples.item(neverHeardOf=1)]}, "MERGE-U3").get("MERGE-U3")
    yield builder.build()
    doubled = [f"same-{MARK}", f"same-{MARK}"]
    builder = ScenarioBuilder("the same identifier twice")
    yield builder.update({"identifiers": doubled}, "MERGE-U4").get("MERGE-U4").build()
    builder = ScenarioBuilder("a whole float for a quantity")
    yield builder.update({"cartItems": [samples.item(quantity=2.0)]}, "CART-06").get().build()
