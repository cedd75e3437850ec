"""Update requests that break exactly one rule; all else in them is valid.

A refusal shows that a rule is enforced only if it has a single possible reason. So each invalid
request is a small change to a valid session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...contract import MARK, Addition
from .samples import Samples

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidRequest:
    """One way to break one rule."""

    description: str
    """What is wrong, in a few plain words."""
    aims: tuple[str, ...]
    """The rules that it puts to the test; the first is the broken one."""
    changes: Json
    """Fields that replace those of a valid session."""


WRONG_BODIES: tuple[tuple[str, Any], ...] = (
    ("an empty object", {}),
    ("no customerSession", {"responseContent": ["customerSession"]}),
    ("a list", []),
    ("a list around the request", [{"customerSession": {}}]),
    ("a text", "customerSession"),
    ("a number", 1),
    ("true", True),
    ("null", None),
    ("customerSession is a list", {"customerSession": []}),
    ("customerSession is a text", {"customerSession": "open"}),
    ("customerSession is a number", {"customerSession": 1}),
    ("customerSession is true", {"customerSession": True}),
    ("customerSession is null", {"customerSession": None}),
)
"""Whole bodies of updates that break ERR-04, each with its description."""


def invalid_requests(samples: Samples) -> tuple[InvalidRequest, ...]:
    """All invalid requests for the contract version and environment of ``samples``, small first."""
    return (
        *_states(),
        *_quantities(samples),
        *_required(samples),
        *_types(samples),
        *_costs(samples),
        *_attributes(samples),
        *_lengths(samples),
        *_session_types(samples),
    )


def _states() -> Iterator[InvalidRequest]:
    for value in ("OPEN", "", "paused", "closed ", "Closed", "canceled", 1, True, ["open"]):
        yield InvalidRequest(
            description=f"state {value!r}", aims=("STATE-14",), changes={"state": value}
        )


def _item(
    samples: Samples, description: str, aims: tuple[str, ...], **changes: Any
) -> InvalidRequest:
    """The second item of two is invalid, so that a server that checks only the first is found."""
    return InvalidRequest(
        description=description,
        aims=aims,
        changes={"cartItems": [samples.item(), samples.item(1, **changes)]},
    )


def _without(samples: Samples, field: str, aims: tuple[str, ...]) -> InvalidRequest:
    item = samples.item(1)
    del item[field]
    return InvalidRequest(
        description=f"item without {field}",
        aims=aims,
        changes={"cartItems": [samples.item(), item]},
    )


def _quantities(samples: Samples) -> Iterator[InvalidRequest]:
    for value in (0, -1, 1.5, "1", True, None, [1], -10_000):
        yield _item(samples, f"quantity {value!r}", ("CART-06",), quantity=value)
    yield _without(samples, "quantity", ("CART-06",))


def _required(samples: Samples) -> Iterator[InvalidRequest]:
    fields = ("sku",) if samples.current else ("sku", "name")
    for field in fields:
        yield _item(samples, f"empty {field}", ("CART-07",), **{field: ""})
        yield _item(samples, f"{field} null", ("CART-07",), **{field: None})
        yield _without(samples, field, ("CART-07",))
    if not samples.current:
        yield _without(samples, "price", ("CART-08",))
        yield _item(samples, "price null", ("CART-08",), price=None)


def _types(samples: Samples) -> Iterator[InvalidRequest]:
    wrong: dict[str, tuple[Any, ...]] = {
        "price": ("10", True, [10], {"amount": 10}),
        "sku": (5, True, ["a"]),
        "name": (5, ["a"]),
        "category": (5, ["a"], False),
        "weight": ("12", True),
        "height": ("12",),
        "width": ([],),
        "length": ({},),
        "attributes": ("red", [], 5),
        "additionalCosts": ("5", [], 5),
    }
    if samples.current:
        wrong["product"] = ("mug", [], {"name": 5})
    for field, values in wrong.items():
        for value in values:
            yield _item(samples, f"{field} {value!r}", ("CART-09",), **{field: value})
    entries: tuple[Any, ...] = ("mug", 5, [], True)
    for entry in entries:
        changes = {"cartItems": [samples.item(), entry]}
        yield InvalidRequest(description=f"item {entry!r}", aims=("CART-09",), changes=changes)


def _costs(samples: Samples) -> Iterator[InvalidRequest]:
    unknown = {samples.undeclared(): {"price": 1}}
    yield InvalidRequest(
        description="unknown cost", aims=("COST-02",), changes={"additionalCosts": unknown}
    )
    yield _item(samples, "unknown item cost", ("COST-02",), additionalCosts=unknown)
    wrong_costs: tuple[Any, ...] = (
        {},
        {"price": "5"},
        {"price": None},
        {"price": True},
        5,
        "5",
        [],
    )
    for value in wrong_costs:
        for name in samples.environment.session_costs[:1]:
            changes = {"additionalCosts": {name: value}}
            yield InvalidRequest(description=f"cost {value!r}", aims=("COST-03",), changes=changes)
        for name in samples.environment.item_costs[:1]:
            costs = {name: value}
            yield _item(samples, f"item cost {value!r}", ("COST-03",), additionalCosts=costs)


def _attributes(samples: Samples) -> Iterator[InvalidRequest]:
    unknown = {samples.undeclared(): "x"}
    mixed = {**samples.session_attributes(), **unknown}
    yield InvalidRequest(
        description="unknown attribute", aims=("ATTR-02",), changes={"attributes": unknown}
    )
    yield InvalidRequest(
        description="one unknown attribute", aims=("ATTR-02",), changes={"attributes": mixed}
    )
    yield _item(samples, "unknown item attribute", ("ATTR-02",), attributes=unknown)
    for name, value in samples.wrong_session_attributes():
        changes = {"attributes": {name: value}}
        yield InvalidRequest(
            description=f"attribute {name} {value!r}", aims=("ATTR-03",), changes=changes
        )
    for name, value in samples.wrong_item_attributes():
        attributes = {name: value}
        yield _item(
            samples, f"item attribute {name} {value!r}", ("ATTR-03",), attributes=attributes
        )


def _lengths(samples: Samples) -> Iterator[InvalidRequest]:
    limits = samples.environment.limits
    length = limits.referral_code + 1
    for alphabet, text in (
        ("ASCII", (MARK + "r" * length)[:length]),
        ("accented", (MARK + "é" * length)[:length]),
        ("astral", (MARK + "😀" * length)[:length]),
    ):
        changes: Json = {"referralCode": text}
        yield InvalidRequest(
            description=f"referral code of {length}, {alphabet}",
            aims=("IDENT-06",),
            changes=changes,
        )
    if limits.coupon_code is not None:
        code = (MARK + "c" * limits.coupon_code)[: limits.coupon_code + 1]
        yield InvalidRequest(
            description="long coupon code", aims=("IDENT-05",), changes={"couponCodes": [code]}
        )
    if limits.identifiers is not None:
        identifiers = samples.identifiers(count=limits.identifiers + 1)
        yield InvalidRequest(
            description="six identifiers", aims=("IDENT-03",), changes={"identifiers": identifiers}
        )
    if limits.loyalty_cards is not None:
        cards = [f"CARD{index}-{MARK}" for index in range(limits.loyalty_cards + 1)]
        yield InvalidRequest(
            description="two loyalty cards", aims=("IDENT-04",), changes={"loyaltyCards": cards}
        )
    if limits.store_integration_id is not None:
        yield InvalidRequest(
            description="empty store", aims=("IDENT-10",), changes={"storeIntegrationId": ""}
        )
        long_id = "s" * (limits.store_integration_id + 1)
        yield InvalidRequest(
            description="long store", aims=("IDENT-10",), changes={"storeIntegrationId": long_id}
        )


_NAMING_FIELDS = frozenset(("profileId", "couponCodes", "loyaltyCards", "identifiers"))
"""Fields whose values name something that outlasts the session."""


def _session_types(samples: Samples) -> Iterator[InvalidRequest]:
    """Wrong types of the session's own fields (ERR-07)."""
    wrong: dict[str, tuple[Any, ...]] = {
        "profileId": (5, ["p"]),
        "couponCodes": ("CODE", [5], {}),
        "referralCode": (5, []),
        "loyaltyCards": ("CARD", [5]),
        "identifiers": ("id", [5], {}),
        "cartItems": ("mug", {}, 5),
        "additionalCosts": ("5", [], 5),
        "attributes": ("red", [], 5),
    }
    if samples.environment.has(Addition.EXPERIMENTS):
        wrong_id = [{"experimentID": "1", "variantID": 2}]
        wrong["experimentVariantAllocations"] = ("1", {}, [5], wrong_id)
    for field, values in wrong.items():
        for value in values:
            yield InvalidRequest(
                description=f"{field} {value!r}",
                aims=("ERR-07", "ERR-02", "ERR-06"),
                changes={field: _with_mark(value) if field in _NAMING_FIELDS else value},
            )


def _with_mark(value: Any) -> Any:
    """``value`` with the mark behind its texts: a target that takes it all the same keeps nothing
    that another run, or somebody else, may have."""
    if isinstance(value, list):
        return [_with_mark(member) for member in value]
    return f"{value}-{MARK}" if isinstance(value, str) else value
