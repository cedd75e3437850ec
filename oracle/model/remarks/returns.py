"""Returns: what must be refused in one, what is open, and which units an accepted one takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....contract import ContractVersion, Environment, ReturnItems
from ..input_classes import kind_of, reading_of
from ..knowledge import UNKNOWN, UnknownType
from ..session import SessionModel
from .remark import Remark, refuse, silent
from .updates import return_response_content_remarks


def return_remarks(
    step: ReturnItems, session: SessionModel, environment: Environment
) -> Iterator[Remark]:
    """Remarks on a return, given what the cart holds and what was returned before.

    Where the session does not exist its cart is empty, so that only the shape is judged here;
    the state machine refuses the rest.
    """
    body = step.body
    if not isinstance(body, dict):
        yield refuse("ERR-04", "body that is no object")
        return
    wanted = body.get("return")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("returnedCartItems"), list):
        yield refuse("RET-03", "return without returnedCartItems")
        return
    yield from return_response_content_remarks(body)
    lines = wanted["returnedCartItems"]
    if not lines:
        yield refuse("RET-03", "return of nothing")
    positions = []
    for line in lines:
        if not isinstance(line, dict):
            yield silent("RET-03", "return line that is no object", detail=kind_of(line))
            continue
        position = _position(line, session, environment)
        if isinstance(position, Remark):
            yield position
        else:
            positions.append(position)
            yield from _quantity_remarks(line, position, session, environment)
    if len(set(positions)) < len(positions):
        yield silent("RET-U1", "same position twice in one return", detail=_sums(body, session))


def returned_by(
    step: ReturnItems, session: SessionModel, environment: Environment
) -> Mapping[int, int] | UnknownType:
    """The units that an accepted return takes, by position; unknown where the contract is open.

    A target may accept what has to be refused, so the body need not be right.
    """
    wanted = step.body.get("return") if isinstance(step.body, dict) else None
    lines = wanted.get("returnedCartItems") if isinstance(wanted, dict) else None
    if not isinstance(lines, list):
        return UNKNOWN
    taken: dict[int, int] = {}
    for line in lines:
        position = _position(line, session, environment) if isinstance(line, dict) else None
        if not isinstance(position, int) or position in taken:
            return UNKNOWN
        remaining = session.remaining(position)
        quantity = line.get("quantity")
        if remaining is UNKNOWN:
            return UNKNOWN
        if not environment.flattens and quantity in (None, remaining):
            taken[position] = remaining
        elif environment.flattens and type(quantity) is int:
            taken[position] = quantity
        else:
            return UNKNOWN
    return taken


def _position(
    line: Mapping[str, Any], session: SessionModel, environment: Environment
) -> int | Remark:
    """The position in the cart that a line of a return means, or what keeps it from saying so."""
    items = session.items
    if items is UNKNOWN:
        return silent("RET-03", "return from a cart that is not known", hidden=True)
    by_sku = "sku" in line and environment.contract is ContractVersion.CURRENT
    if "position" not in line:
        return _position_of_sku(line["sku"], items) if by_sku else _no_position()
    position = line["position"]
    if type(position) is not int:
        detail = reading_of(position, 0, len(items) - 1)
        return silent("RET-03", "position that is no whole number", detail=detail)
    if by_sku:
        return silent("RET-03", "position and sku in one line", hidden=True)
    if position < 0:
        return refuse("RET-03", "negative position")
    if position >= len(items):
        return refuse("RET-03", "position outside the cart")
    return position


def _no_position() -> Remark:
    return refuse("RET-03", "return line without a position")


def _position_of_sku(sku: object, items: list[dict[str, Any]]) -> int | Remark:
    places = [place for place, item in enumerate(items) if item.get("sku") == sku]
    if not places:
        return refuse("RET-03", "sku outside the cart")
    if len(places) > 1:
        return silent("RET-03", "sku of several items", hidden=True)
    return places[0]


def _quantity_remarks(
    line: Mapping[str, Any], position: int, session: SessionModel, environment: Environment
) -> Iterator[Remark]:
    remaining = session.remaining(position)
    if remaining is UNKNOWN:
        subject = "return of an item whose returned units are not known"
        yield silent("RET-03", subject, hidden=True)
        return
    quantity = line.get("quantity")
    if quantity is None:
        if "quantity" in line:
            yield silent("MERGE-U2", "null quantity of a return")
        elif remaining == 0:
            yield silent("RET-03", "return without a quantity of an item that is gone")
        elif environment.flattens:
            yield silent("RET-03", "return without a quantity")
    elif type(quantity) is not int:
        subject = "returned quantity that is no whole number"
        yield silent("RET-03", subject, detail=reading_of(quantity, 1, remaining))
    elif quantity < 1:
        yield refuse("RET-03", "returned quantity below 1")
    elif quantity > remaining:
        yield refuse("RET-03", "return of more than remains")
    elif quantity < remaining and not environment.flattens:
        yield silent("RET-05", "part of an item without flattening")


def _sums(body: Mapping[str, Any], session: SessionModel) -> str:
    """Whether the lines of a return ask for more than remains where they name a position twice."""
    asked: dict[int, int] = {}
    for line in body["return"]["returnedCartItems"]:
        if not isinstance(line, dict):
            return "lines that are no objects"
        position, units = line.get("position"), line.get("quantity")
        if type(position) is not int or type(units) is not int:
            return "lines that do not say how much"
        asked[position] = asked.get(position, 0) + units
    items = session.items
    if items is UNKNOWN or any(not 0 <= position < len(items) for position in asked):
        return "lines outside the cart"
    for position, units in asked.items():
        remaining = session.remaining(position)
        if remaining is UNKNOWN or units > remaining:
            return "more than remains"
    return "all of it remains"
