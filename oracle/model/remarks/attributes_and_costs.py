"""Attributes and additional costs: what must be refused in them, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ....contract.attribute_schemas import read_schema
from ..input_classes import kind_of, magnitude, named
from ..knowledge import is_number
from .remark import Remark, refuse, silent
from .strings import has_surrogate, text_remarks

_BUILT_IN = ("Shipping", "Billing", "Payment", "Currency")
ENORMOUS = 99_999_999.995
"""From here on a price or dimension counts as enormous (CART-U1): an amount of ten digits, two of
them after the point, is rounded to one more digit than a database column for it holds."""


def money_remarks(value: float, subject: str, field: str) -> Iterator[Remark]:
    """A price or a dimension whose fate is open (CART-U1)."""
    if value < 0:
        yield silent("CART-U1", f"{subject} below zero", field, detail=magnitude(value))
    elif value >= ENORMOUS:
        yield silent("CART-U1", f"enormous {subject}", field, detail=magnitude(value))


def attribute_remarks(
    sent: object, declared: Mapping[str, Mapping[str, Any]], where: str, field: str
) -> Iterator[Remark]:
    """Remarks on a map of attributes.

    Args:
        sent: what the request has for ``attributes``.
        declared: attribute name to JSON Schema.
        where: "session" or "item", for the stable key.
        field: the data field that is unknown after something open was accepted.
    """
    if sent is None:
        yield silent("MERGE-U2", f"null {where} attributes", field)
    elif not isinstance(sent, dict):
        yield _no_map("attributes", where)
    else:
        for name, value in sent.items():
            if name not in declared and may_be_built_in(name):
                yield silent("ATTR-U1", "attribute that may be built in", field, detail=name)
            elif name not in declared:
                yield refuse("ATTR-02", "undeclared attribute")
            else:
                for remark in _value_remarks(value, declared[name], where, field):
                    yield replace(remark, detail=f"{name} {remark.detail}".strip())


def may_be_built_in(name: str) -> bool:
    """Whether an attribute may be one of the engine's own, which nobody has to create.

    Their names are not published as a list; connectors and samples use these families without
    creating them.
    """
    return name.startswith(_BUILT_IN)


def _no_map(what: str, where: str) -> Remark:
    """CART-09 speaks of wrong types in items, ERR-07 of those in sessions."""
    if where == "item":
        return refuse("CART-09", f"cart item whose {what} are no map")
    return refuse("ERR-07", f"{where} {what} that are no map")


def _value_remarks(
    value: object, declared: Mapping[str, Any], where: str, field: str
) -> Iterator[Remark]:
    reading = read_schema("attribute", declared)
    if value is None and not reading.admits_type(value):
        yield silent("MERGE-U2", f"null for an attribute of the {where}", field)
    elif reading.is_open:
        # No text says how a location is written.
        yield silent("ATTR-03", f"location of the {where}", field, detail=kind_of(value))
    elif not reading.admits_type(value):
        yield refuse("ATTR-03", "attribute of another type than declared")
    elif not reading.accepts(value) and not any(map(has_surrogate, _texts_in(value))):
        # Only the type is promised to be checked; other constraints of the schema are not.
        subject = f"{where} attribute of its type, outside its schema"
        yield silent("ATTR-03", subject, field, detail=_class_of(value))
    else:
        for text in _texts_in(value):
            yield from text_remarks(text, field)


def _class_of(value: object) -> str:
    """What a constraint may look at: a number's size, a text's or a list's length."""
    if is_number(value):
        return f"{kind_of(value)} {magnitude(value)}"
    size = len(value) if isinstance(value, str | list) else 0
    return f"{kind_of(value)} of {size}"


def _texts_in(value: object) -> Iterator[str]:
    """All strings in a JSON value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts_in(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts_in(part)


def cost_remarks(
    sent: object, allowed: tuple[str, ...], declared: Mapping[str, Any], where: str, field: str
) -> Iterator[Remark]:
    """Remarks on a map of additional costs.

    Args:
        sent: what the request has for ``additionalCosts``.
        allowed: the cost names that may stand here.
        declared: all cost names of the application.
        where: "session" or "item", for the stable key.
        field: the data field that is unknown after something open was accepted.
    """
    if sent is None:
        yield silent("MERGE-U2", f"null {where} costs", field)
        return
    if not isinstance(sent, dict):
        yield _no_map("costs", where)
        return
    for name, cost in sent.items():
        if name not in declared:
            yield refuse("COST-02", "undeclared cost")
        elif name not in allowed:
            subject = f"{where} cost that was created for another place"
            yield silent("COST-02", subject, field, detail=name)
        if cost is None:
            # An entry of a map is as optional as a field.
            yield silent("MERGE-U2", f"null for a cost of the {where}", field, detail=name)
        elif not isinstance(cost, dict) or "price" not in cost:
            yield refuse("COST-03", "cost without a price")
        elif not is_number(cost["price"]):
            yield refuse("COST-03", "cost whose price is no number")
        else:
            yield from money_remarks(cost["price"], f"{where} cost", field)
            if len(cost) > 1:
                extra = named(cost.keys() - {"price"})
                yield silent("MERGE-U3", f"unknown property of a {where} cost", field, detail=extra)
