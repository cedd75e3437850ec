"""Returns: which items and units may be returned, and what is refused (RET-01 to RET-06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ...contract import MARK, Addition, Fetch, ReturnItems, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples, return_body

Json = dict[str, Any]

_QUANTITIES = (6, 1, 3)


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Returns of units, of items and of everything; refused ones; keys and SKUs (current)."""
    yield _item_by_item(samples)
    yield _everything(samples)
    yield _refused(samples)
    yield _refused_on_creation(samples)
    yield _after_cancellation(samples)
    yield _equal_items(samples)
    yield _same_position_twice(samples)
    if samples.environment.flattens:
        yield _in_parts(samples)
        yield _over_by_one(samples)
    else:
        yield _part_without_flattening(samples)
    yield _without_quantity(samples)
    for position in (0, 255, 256, 299):
        yield _far_position(samples, position)
    yield _no_shown_session(samples)
    if samples.environment.has(Addition.KEYED_RETURNS):
        yield from _keys(samples)
    if samples.current:
        yield _with_the_rule_engine(samples)
        yield from _by_sku(samples)
        yield _after_reopening(samples)


def _closed(
    title: str, samples: Samples, quantities: tuple[int, ...] = _QUANTITIES
) -> ScenarioBuilder:
    cart = [
        samples.rich_item(variant, sku=f"sku-{variant}", quantity=quantity)
        for variant, quantity in enumerate(quantities)
    ]
    builder = ScenarioBuilder(title)
    session = samples.session(cartItems=cart)
    return builder.update(session, "STATE-01").update({"state": "closed"}, "STATE-04")


def _item(position: int, quantity: Any) -> Json:
    return {"position": position, "quantity": quantity}


def _item_by_item(samples: Samples) -> Scenario:
    builder = _closed("returned item by item", samples).get()
    for position in (2, 0):
        builder.return_items([_item(position, _QUANTITIES[position])], "RET-01", "RET-02").get(
            "RET-02"
        )
    # Items that were returned cannot be returned again.
    for position in (2, 0):
        again = [_item(position, _QUANTITIES[position])]
        builder.return_items(again, "RET-03", "ERR-06").get("RET-02", "ERR-06")
    return builder.return_items([_item(1, 1)], "RET-01", "RET-U1").get("RET-02").build()


def _in_parts(samples: Samples) -> Scenario:
    builder = _closed("returned unit by unit", samples).get()
    for units in (1, 2, 1):
        builder.return_items([_item(0, units)], "RET-01", "RET-02").get("RET-02")
    builder.return_items([_item(0, 3)], "RET-03", "RET-02").get("RET-02", "ERR-06")
    builder.return_items([_item(0, 1), _item(2, 2)], "RET-01", "RET-02").get("RET-02")
    builder.return_items([_item(0, 1)], "RET-01", "RET-02").get("RET-02")
    builder.return_items([_item(0, 1)], "RET-03").get("RET-02")
    return builder.return_items([_item(2, 1)], "RET-01").get("RET-02").build()


def _over_by_one(samples: Samples) -> Scenario:
    builder = _closed("one unit too many", samples)
    for position, quantity in enumerate(_QUANTITIES):
        builder.return_items([_item(position, quantity + 1)], "RET-03", "ERR-06").get(
            "RET-03", "ERR-06"
        )
    builder.return_items([_item(1, 1), _item(0, 7)], "RET-03", "ERR-06").get("ERR-06")
    return builder.return_items([_item(0, 6)], "RET-01").get("RET-02").build()


def _part_without_flattening(samples: Samples) -> Scenario:
    builder = _closed("part of an item that is not flattened", samples)
    builder.return_items([_item(0, 2)], "RET-05").get("RET-05")
    return builder.build()


def _everything(samples: Samples) -> Scenario:
    builder = _closed("everything at once", samples)
    whole = [_item(position, quantity) for position, quantity in enumerate(_QUANTITIES)]
    builder.return_items(whole, "RET-01", "RET-U1").get("RET-02", "RET-U1")
    return builder.return_items([_item(0, 1)], "RET-03").get("RET-02").build()


# Some would be valid if positions began at one, or counted from the end: they return all units of
# the item that is then meant.
_REFUSED: tuple[tuple[Json, ...], ...] = (
    (_item(3, 1),),
    (_item(3, 3),),
    (_item(4, 1),),
    (_item(-1, 3),),
    (_item(-2, 1),),
    (_item(1_000_000, 1),),
    (_item(0, 0),),
    (_item(0, -1),),
    (_item(1, 2),),
    (_item(1, 10_001),),
    (),
    (_item(0, 6), _item(3, 1)),
)
_MALFORMED: tuple[Any, ...] = (
    {},
    {"return": {}},
    {"return": []},
    {"return": {"returnedCartItems": {}}},
    {"return": {"returnedCartItems": [1]}},
    {"return": {"returnedCartItems": [{"quantity": 1}]}},
    [],
    "return",
    return_body({"position": "0", "quantity": 1}),
    return_body({"position": 0, "quantity": "1"}),
    return_body({"position": 0.5, "quantity": 1}),
)


def _refused(samples: Samples) -> Scenario:
    """Invalid returns from a closed session, and again after a valid one."""
    builder = _closed("returns that are refused", samples)
    for items in _REFUSED:
        builder.return_items(list(items), "RET-03", "ERR-06")
    builder.return_items([_item(3, 1)], "RET-03", "DRY-02", dry=True).get("RET-03", "ERR-06")
    for body in _MALFORMED:
        builder.return_with_body(body, "ERR-02", "ERR-06")
    builder.get("ERR-06").return_items([_item(1, 1)], "RET-01").get("RET-02")
    for items in _REFUSED[:8]:
        builder.return_items(list(items), "RET-03", "ERR-06")
    return builder.get("RET-02", "ERR-06").build()


def _refused_on_creation(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("a return from nothing, then from an open session")
    builder.return_items([_item(0, 1)], "RET-04").get("ERR-05")
    builder.update(samples.session(), "STATE-01").return_items([_item(0, 1)], "RET-04", "ERR-06")
    return builder.get("RET-04", "ERR-06").update({"state": "closed"}, "STATE-04").get().build()


def _after_cancellation(samples: Samples) -> Scenario:
    builder = _closed("cancelled after a return", samples)
    builder.return_items([_item(0, 6)], "RET-01").update({"state": "cancelled"}, "STATE-10").get(
        "STATE-10"
    )
    return (
        builder.return_items([_item(2, 3)], "STATE-08", "ERR-06").get("STATE-08", "ERR-06").build()
    )


def _equal_items(samples: Samples) -> Scenario:
    """Equal items are distinguished by their position (CART-10)."""
    builder = ScenarioBuilder("the last of equal items goes back")
    cart = [samples.item(quantity=2)] * 3
    builder.update({"cartItems": cart, "state": "closed"}, "STATE-02")
    builder.return_items([_item(2, 2)], "RET-01", "CART-10").get("RET-02", "CART-10")
    return builder.return_items([_item(0, 2)], "RET-01").get("RET-02").build()


def _same_position_twice(samples: Samples) -> Scenario:
    builder = _closed("the same position twice in one return", samples)
    return builder.return_items([_item(1, 1), _item(1, 1)], "RET-U1").get("RET-U1").build()


def _without_quantity(samples: Samples) -> Scenario:
    builder = _closed("a return without a quantity", samples)
    aim = "RET-U1" if samples.environment.flattens else "RET-01"
    return builder.return_items([{"position": 2}], aim).get("RET-02").build()


def _far_position(samples: Samples, position: int) -> Scenario:
    builder = ScenarioBuilder(f"position {position} of 300")
    cart = [samples.item(quantity=2, sku=f"s{variant}") for variant in range(300)]
    builder.update({"cartItems": cart, "state": "closed"}, "STATE-02", "CART-10")
    builder.return_items([_item(position, 2)], "RET-01", "RET-02").get("RET-02", "CART-10")
    return builder.return_items([_item(300, 2)], "RET-03").build()


def _no_shown_session(samples: Samples) -> Scenario:
    builder = _closed("a return that asks for nothing", samples)
    body = return_body(_item(0, 6), show=False)
    return builder.return_with_body(body, "RET-01", "RESP-U1").get("RET-02").build()


def _keys(samples: Samples) -> Iterator[Scenario]:
    builder = _closed("a return with the same key again", samples)
    for _ in range(3):
        builder.return_items([_item(0, 2)], "RET-01", "RET-06", idempotency_key=f"key-{MARK}").get(
            "RET-02", "RET-06"
        )
    builder.return_items([_item(0, 2)], "RET-01", idempotency_key=f"other-{MARK}").get("RET-02")
    yield builder.return_items([_item(0, 2)], "RET-01").get("RET-02").build()


def _with_the_rule_engine(samples: Samples) -> Scenario:
    """What runRuleEngine decides on is effects; the return is the same."""
    scenario = _closed("returns with and without the rule engine", samples).build()
    returns = tuple(
        ReturnItems(body=return_body(_item(0, 1)), run_rule_engine=wanted, aims=("RET-01",))
        for wanted in (True, False)
    )
    steps = (*scenario.steps, *returns, Fetch(aims=("RET-02",)))
    return msgspec.structs.replace(scenario, steps=steps)


def _by_sku(samples: Samples) -> Iterator[Scenario]:
    builder = _closed("returned by SKU", samples)
    builder.return_items([{"sku": "sku-0", "quantity": 2}], "RET-01").get("RET-02")
    builder.return_items([{"sku": "sku-2", "quantity": 3}], "RET-01").get("RET-02")
    builder.return_items([{"sku": "sku-0", "quantity": 5}], "RET-03", "ERR-06").get("RET-02")
    yield builder.return_items([{"sku": "sku-9", "quantity": 1}], "RET-03").get("ERR-06").build()


def _after_reopening(samples: Samples) -> Scenario:
    """A return from a reopened session is refused until it is closed again."""
    builder = _closed("a return after reopening", samples)
    builder.reopen("STATE-15").return_items([_item(0, 1)], "RET-04", "ERR-06").get("RET-04")
    builder.update({"state": "closed"}, "STATE-04").return_items([_item(0, 1)], "RET-01").get(
        "RET-02"
    )
    return builder.build()
