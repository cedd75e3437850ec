"""Lawful targets of every kind are met with silence, and their wrong neighbours are found."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment, Fetch, Step
from cartfuzz.wire import NoResponse, Response

from .histories import DATA, judge, ok, read, rules, update

History = list[tuple[Step, Response | NoResponse]]
Case = tuple[Environment, History]

FIRST = EXAMPLE_ENVIRONMENT
FLAT = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, flattening=True)
CURRENT = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)

SILENT: dict[str, Case] = {}
"""What the contract allows, in a few words, and a history that shows it."""
FOUND: dict[str, tuple[str, Case]] = {}
"""A wrong neighbour of the above, with the rule that it breaks."""


def _read_after_creation(created: Any, shown: Any, field: str = "created") -> Case:
    """A session with a time ``created`` in the answer to its creation, ``shown`` in a read."""
    return FIRST, [
        (update(DATA), ok(DATA, **{field: created})),
        (Fetch(), read(DATA, **{field: shown})),
    ]


# --- times are instants --------------------------------------------------------------------------

SILENT |= {
    f"created is {created} and {shown}": _read_after_creation(created, shown)
    for created, shown in (
        ("2026-11-27T11:10:35.423299+00:00", "2026-11-27T11:10:35.423299Z"),
        ("2026-11-27T12:10:45.090928+01:00", "2026-11-27T11:10:45.090928Z"),
        ("2026-11-27T11:10:45.100000Z", "2026-11-27T11:10:45.1Z"),
        ("2026-11-27T11:10:45.000Z", "2026-11-27t11:10:45z"),
        ("2026-11-27T11:10:45.123456789Z", "2026-11-27T11:10:45.123457Z"),
        ("2026-11-28T00:40:45-00:30", "2026-11-28T01:10:45Z"),
    )
}
SILENT["updated loses its nanoseconds"] = _read_after_creation(
    "2026-11-27T11:10:45.123456789Z", "2026-11-27T11:10:45.123456Z", "updated"
)
FOUND |= {
    f"created is {created}, then {shown}": ("RESP-07", _read_after_creation(created, shown))
    for created, shown in (
        ("2026-11-27T11:10:35.423299Z", "2026-11-27T11:10:35.423Z"),
        ("2026-11-27T11:10:35Z", "2026-11-27T11:10:35+01:00"),
        ("2026-11-27T11:10:35Z", "2026-11-27T11:10:36Z"),
    )
}
FOUND["updated goes back behind another offset"] = (
    "RESP-07",
    _read_after_creation("2026-01-01T01:00:01Z", "2026-01-01T01:30:00+01:00", "updated"),
)

# --- totals are sums of doubles ------------------------------------------------------------------

DIMES = [{"name": "a", "sku": "a", "quantity": 100, "price": 0.1}]
LARGE_AND_SMALL = [
    {"name": "a", "sku": "a", "quantity": 1, "price": price}
    for price in (99_999_999.99, *[0.01] * 99)
]
CANCELLING = [
    {"name": "a", "sku": "a", "quantity": 1, "price": price} for price in (-9e7, 0.1, 9e7)
]


def _by_unit(items: list[dict[str, Any]]) -> float:
    """The sum of doubles as a target adds them that makes an item of each unit."""
    total = 0.0
    for item in items:
        for _ in range(item["quantity"]):
            total += item["price"]
    return total


def _total(items: list[dict[str, Any]], total: float) -> Case:
    return FLAT, [(update({"cartItems": items}), ok({"cartItems": items}, **_totals(total)))]


def _totals(total: float) -> dict[str, float]:
    return {"cartItemTotal": total, "total": total}


def _reordered(total: float) -> Case:
    """Prices below zero, whose sum is open, and the same items in another order."""
    items, others = CANCELLING, CANCELLING[::-1]
    return FIRST, [
        (update({"cartItems": items}), ok({"cartItems": items}, **_totals(_by_unit(items)))),
        (update({"cartItems": others}), ok({"cartItems": others}, **_totals(total))),
    ]


SILENT |= {
    "dimes added one by one": _total(DIMES, _by_unit(DIMES)),
    "many dimes added one by one": _total(
        [{**DIMES[0], "quantity": 10_000}], _by_unit([{**DIMES[0], "quantity": 10_000}])
    ),
    "large first": _total(LARGE_AND_SMALL, _by_unit(LARGE_AND_SMALL)),
    "small first": _total(LARGE_AND_SMALL, _by_unit(LARGE_AND_SMALL[::-1])),
    "prices that cancel out in another order": _reordered(_by_unit(CANCELLING[::-1])),
}
FOUND |= {
    "dimes, one too few": ("RESP-04", _total(DIMES, 9.9)),
    "dimes, off by a thousandth of a cent": ("RESP-04", _total(DIMES, 10.00001)),
    "a small price lost": ("RESP-04", _total(LARGE_AND_SMALL, 100_000_000.97)),
    "another order, another total": ("RESP-04", _reordered(90_000_000.1)),
}


@pytest.mark.parametrize("name", SILENT)
def test_what_is_lawful_is_met_with_silence(name: str) -> None:
    """No answer of the history is a discrepancy."""
    environment, history = SILENT[name]
    found = [d for j in judge(history, environment=environment) for d in j.discrepancies]
    assert found == []


@pytest.mark.parametrize("name", FOUND)
def test_the_wrong_neighbour_is_found(name: str) -> None:
    """It is reported under the rule that it breaks, and no other."""
    rule, (environment, history) = FOUND[name]
    assert rules(judge(history, environment=environment)) == [rule]
