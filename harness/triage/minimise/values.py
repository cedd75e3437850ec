"""Shrinks JSON values: fewer members, shorter texts, smaller and rounder numbers.

Each function takes a value and a predicate on values in its place, and returns the value or a
simpler one that held when it was tried. Boundaries stay exact: a list or text that must be long
gets simple members and the least length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....contract import MARK
from .searches import shrink_integer, shrink_sequence

JsonValue = Any
Holds = Callable[[JsonValue], bool]

PLAIN_MEMBERS: Mapping[str, JsonValue] = {
    "cartItems": {"name": "a", "sku": "a", "quantity": 1, "price": 1},
    "returnedCartItems": {"position": 0, "quantity": 1},
    "additionalCosts": {"price": 1},
}
"""The simplest member of each field."""
_ENUM_FIELDS = frozenset(("state", "responseContent", "type"))
"""Fields whose values are names of a fixed set, of which none is simpler than another."""
_MAX_SINGLE_MEMBERS = 8
"""Lists up to this length are shrunk member by member."""
_MAX_WORD_LENGTH = 12
"""Words up to this length are kept if they mean something, such as a code that exists."""
_MAX_SINGLE_CHARACTERS = 40
"""Texts up to this length are shrunk character by character."""
_MAX_BITS = 64


def shrink_value(value: JsonValue, holds: Holds, *, field: str = "") -> JsonValue:
    """The simplest value in the place of ``value``.

    Args:
        value: a JSON value that holds.
        holds: whether another value in its place holds.
        field: the name of the member whose value it is; empty: it is not a member.
    """
    if isinstance(value, dict):
        return shrink_object(value, holds, field=field)
    if isinstance(value, list):
        return _shrink_list(value, holds, field=field)
    if isinstance(value, str):
        return value if field in _ENUM_FIELDS else shrink_text(value, holds)
    if isinstance(value, bool) or value is None:
        return value
    return _shrink_number(value, holds)


def shrink_object(
    value: dict[str, JsonValue],
    holds: Callable[[dict[str, JsonValue]], bool],
    *,
    field: str = "",
    plain: Mapping[str, JsonValue] | None = None,
    keep: frozenset[str] = frozenset(),
) -> dict[str, JsonValue]:
    """As `shrink_value`, for an object.

    Args:
        value: an object that holds.
        holds: whether another object in its place holds.
        field: as in `shrink_value`.
        plain: the simplest values of some members, which are not left out; None: no such members.
        keep: names of further members that are not left out.
    """
    plain = plain or {}
    if plain and value != plain and holds(dict(plain)):
        return dict(plain)
    whole, keep = value, keep | plain.keys()
    rest = [name for name in whole if name not in keep]
    if rest and holds(_only(whole, keep)):
        rest = []
    rest = shrink_sequence(rest, lambda names: bool(names) and holds(_only(whole, keep | {*names})))
    value = _only(whole, keep | {*rest})
    for name in list(value):
        value = {**value, name: _shrink_entry(value, name, holds, field=field, plain=plain)}
    return value


def _shrink_entry(
    value: dict[str, JsonValue],
    name: str,
    holds: Callable[[dict[str, JsonValue]], bool],
    *,
    field: str,
    plain: Mapping[str, JsonValue],
) -> JsonValue:
    def in_place(entry: JsonValue) -> bool:
        return holds({**value, name: entry})

    entry = value[name]
    if name in plain and (_same(entry, plain[name]) or in_place(plain[name])):
        return plain[name]
    if field in PLAIN_MEMBERS and isinstance(entry, dict):
        return shrink_object(entry, in_place, plain=PLAIN_MEMBERS[field])
    return shrink_value(entry, in_place, field=name)


def shrink_text(text: str, holds: Callable[[str], bool]) -> str:
    """As `shrink_value`, for a text. The mark stays in it."""
    if MARK in text:
        return _shrink_marked_text(text, holds)
    if text in ("", "a"):
        return text
    if holds("a"):
        return "a"
    for char in dict.fromkeys(("a", text[0])):
        if len(text) > 1 and holds(char * len(text)):
            return _shortest_prefix_of_text(char * len(text), holds)
    if len(text) <= _MAX_WORD_LENGTH and text.isascii() and text.isalnum():
        return text
    if len(text) > _MAX_SINGLE_CHARACTERS:
        text = _shortest_prefix_of_text(text, holds)
        rest = shrink_integer(1, len(text), lambda size: holds(text[-size:]))
        text = text[-rest:]
    if len(text) <= _MAX_SINGLE_CHARACTERS:
        text = "".join(shrink_sequence(text, lambda chars: bool(chars) and holds("".join(chars))))
    return text


def _shortest_prefix_of_text(text: str, holds: Callable[[str], bool]) -> str:
    """The shortest prefix of ``text`` that holds; not empty."""
    return text[: shrink_integer(1, len(text), lambda size: holds(text[:size]))]


def _shrink_marked_text(text: str, holds: Callable[[str], bool]) -> str:
    before, _, after = text.partition(MARK)
    if text != MARK and holds(MARK):
        return MARK
    if before and not holds(MARK + after):
        before = shrink_text(before, lambda text: holds(text + MARK + after))
    else:
        before = ""
    if after and holds(before + MARK):
        return before + MARK
    if after and MARK not in after:
        after = shrink_text(after, lambda text: holds(before + MARK + text))
    return before + MARK + after


def _shrink_list(value: list[JsonValue], holds: Holds, *, field: str) -> list[JsonValue]:
    if not value or holds([]):
        return []
    plain = _plain_member(value, field)
    if len(value) > 1 and plain is not None:
        for members in (
            [plain] * len(value),
            [_numbered(plain, index) for index in range(len(value))],
        ):
            if members == value or holds(members):
                return _shortest_prefix(members, holds)
    if len(value) > _MAX_SINGLE_MEMBERS:
        value = _shortest_prefix(value, holds)
    if len(value) > _MAX_SINGLE_MEMBERS:
        return _shrink_long_list(value, plain, holds)
    value = shrink_sequence(value, lambda members: len(members) < len(value) and holds(members))
    for index in range(len(value)):
        member = _shrink_member(value, index, holds, field=field, plain=plain)
        value = [*value[:index], member, *value[index + 1 :]]
    return value


def _shrink_member(
    value: list[JsonValue], index: int, holds: Holds, *, field: str, plain: JsonValue
) -> JsonValue:
    def in_place(member: JsonValue) -> bool:
        return holds([*value[:index], member, *value[index + 1 :]])

    member = value[index]
    if isinstance(member, dict) and isinstance(plain, dict):
        return shrink_object(member, in_place, plain=plain)
    return shrink_value(member, in_place, field=field)


def _shortest_prefix(members: list[JsonValue], holds: Holds) -> list[JsonValue]:
    """The shortest prefix of ``members`` that holds; not empty."""
    return members[: shrink_integer(1, len(members), lambda size: holds(members[:size]))]


def _shrink_long_list(value: list[JsonValue], plain: JsonValue, holds: Holds) -> list[JsonValue]:
    """A list that must be long, with as many simple members as possible."""
    if plain is None:
        return value

    def keeping(odd: list[int]) -> list[JsonValue]:
        kept = set(odd)
        return [member if index in kept else plain for index, member in enumerate(value)]

    places = range(len(value))
    odd = shrink_sequence(places, lambda odd: len(odd) < len(value) and holds(keeping(odd)))
    return keeping(odd)


def _plain_member(value: list[JsonValue], field: str) -> JsonValue:
    if field in _ENUM_FIELDS:
        return None
    if field in PLAIN_MEMBERS:
        return PLAIN_MEMBERS[field]
    return "a" if all(isinstance(member, str) for member in value) else None


def _numbered(plain: JsonValue, index: int) -> JsonValue:
    """``plain`` with a difference, so that no two are equal."""
    if isinstance(plain, str):
        return f"{plain}{index}"
    if "sku" in plain:
        return {**plain, "sku": f"{plain['sku']}{index}"}
    return {**plain, "position": index}


def _shrink_number(value: int | float, holds: Holds) -> int | float:
    simple: list[int | float] = [1, 0, -1]
    if isinstance(value, float):
        simple += [int(value)] if abs(value) < 2**53 else []
        simple += [0.5, 1.5, *(round(value, digits) for digits in (1, 2))]
    for guess in simple:
        if _same(guess, value):
            return value
        if len(repr(guess)) <= len(repr(value)) and holds(guess):
            return guess
    if isinstance(value, float) or value.bit_length() > _MAX_BITS:
        return value
    sign = -1 if value < 0 else 1
    return sign * shrink_integer(2, abs(value), lambda size: holds(sign * size))


def _same(one: JsonValue, other: JsonValue) -> bool:
    return type(one) is type(other) and bool(one == other)


def _only(value: Mapping[str, JsonValue], names: frozenset[str]) -> dict[str, JsonValue]:
    return {name: member for name, member in value.items() if name in names}
