"""The plainest JSON value that still does it: fewer members, short texts, small round numbers.

Boundaries stay exact: a list or text that must be long is made of plain members and is as short
as it can be. Each function takes the value and a predicate on values to put in its place, and
returns the value or a plainer one that held when it was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....contract import MARK
from .searches import fewest, smallest

JsonValue = Any
Holds = Callable[[JsonValue], bool]

_PLAIN_MEMBERS: Mapping[str, JsonValue] = {
    "cartItems": {"name": "a", "sku": "a", "quantity": 1, "price": 1},
    "returnedCartItems": {"position": 0, "quantity": 1},
    "additionalCosts": {"price": 1},
}
"""What a member of a field should look like."""
_NAMES = frozenset(("state", "responseContent", "type"))
"""Fields whose values are names out of a fixed set: nothing is plainer than they are."""
_FEW = 8
"""Members of a list that are looked at one by one."""
_PLAIN_WORD = 12
"""Words up to this length that mean something, such as a code that exists, stay as they are."""
_MOST_CHARACTERS = 40
"""Texts up to this length are thinned out character by character."""
_MOST_BITS = 64


def plainest(value: JsonValue, holds: Holds, *, field: str = "") -> JsonValue:
    """The plainest value in the place of ``value``.

    Args:
        value: what holds now.
        holds: whether another value in its place does.
        field: the name under which it stands; empty: none.
    """
    if isinstance(value, dict):
        return plainest_map(value, holds, field=field)
    if isinstance(value, list):
        return _plainest_list(value, holds, field=field)
    if isinstance(value, str):
        return value if field in _NAMES else plainest_text(value, holds)
    if isinstance(value, bool) or value is None:
        return value
    return _plainest_number(value, holds)


def plainest_map(
    value: dict[str, JsonValue],
    holds: Callable[[dict[str, JsonValue]], bool],
    *,
    field: str = "",
    plain: Mapping[str, JsonValue] | None = None,
    keep: frozenset[str] = frozenset(),
) -> dict[str, JsonValue]:
    """As `plainest`, for an object.

    Args:
        value: the object.
        holds: whether another object in its place does.
        field: the name under which it stands.
        plain: what its members of these names should be; they are not left out.
        keep: further names that are not left out.
    """
    plain = plain or {}
    if plain and value != plain and holds(dict(plain)):
        return dict(plain)
    whole, keep = value, keep | plain.keys()
    rest = [name for name in whole if name not in keep]
    if rest and holds(_only(whole, keep)):
        rest = []
    rest = fewest(rest, lambda names: bool(names) and holds(_only(whole, keep | {*names})))
    value = _only(whole, keep | {*rest})
    for name in list(value):
        value = {**value, name: _plainest_entry(value, name, holds, field=field, plain=plain)}
    return value


def _plainest_entry(
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
    if field in _PLAIN_MEMBERS and isinstance(entry, dict):
        return plainest_map(entry, in_place, plain=_PLAIN_MEMBERS[field])
    return plainest(entry, in_place, field=name)


def plainest_text(text: str, holds: Callable[[str], bool]) -> str:
    """As `plainest`, for a text. The mark of an execution stays in it where it is."""
    if MARK in text:
        return _plainest_marked(text, holds)
    if text in ("", "a"):
        return text
    if holds("a"):
        return "a"
    for char in dict.fromkeys(("a", text[0])):
        if len(text) > 1 and holds(char * len(text)):
            return _shortest_text(char * len(text), holds)
    if len(text) <= _PLAIN_WORD and text.isascii() and text.isalnum():
        return text
    if len(text) > _MOST_CHARACTERS:
        text = _shortest_text(text, holds)
        rest = smallest(1, len(text), lambda size: holds(text[-size:]))
        text = text[-rest:]
    if len(text) <= _MOST_CHARACTERS:
        text = "".join(fewest(text, lambda chars: bool(chars) and holds("".join(chars))))
    return text


def _shortest_text(text: str, holds: Callable[[str], bool]) -> str:
    """The shortest beginning of ``text`` that holds; not empty."""
    return text[: smallest(1, len(text), lambda size: holds(text[:size]))]


def _plainest_marked(text: str, holds: Callable[[str], bool]) -> str:
    before, _, after = text.partition(MARK)
    if text != MARK and holds(MARK):
        return MARK
    if before and not holds(MARK + after):
        before = plainest_text(before, lambda part: holds(part + MARK + after))
    else:
        before = ""
    if after and holds(before + MARK):
        return before + MARK
    if after and MARK not in after:
        after = plainest_text(after, lambda part: holds(before + MARK + part))
    return before + MARK + after


def _plainest_list(value: list[JsonValue], holds: Holds, *, field: str) -> list[JsonValue]:
    if not value or holds([]):
        return []
    plain = _plain_member(value, field)
    if len(value) > 1 and plain is not None:
        for members in (
            [plain] * len(value),
            [_numbered(plain, number) for number in range(len(value))],
        ):
            if members == value or holds(members):
                return _shortest(members, holds)
    if len(value) > _FEW:
        value = _shortest(value, holds)
    if len(value) > _FEW:
        return _with_few_odd(value, plain, holds)
    value = fewest(value, lambda members: len(members) < len(value) and holds(members))
    for place in range(len(value)):
        member = _plainest_member(value, place, holds, field=field, plain=plain)
        value = [*value[:place], member, *value[place + 1 :]]
    return value


def _plainest_member(
    value: list[JsonValue], place: int, holds: Holds, *, field: str, plain: JsonValue
) -> JsonValue:
    def in_place(member: JsonValue) -> bool:
        return holds([*value[:place], member, *value[place + 1 :]])

    member = value[place]
    if isinstance(member, dict) and isinstance(plain, dict):
        return plainest_map(member, in_place, plain=plain)
    return plainest(member, in_place, field=field)


def _shortest(members: list[JsonValue], holds: Holds) -> list[JsonValue]:
    """The shortest beginning of ``members`` that holds; not empty."""
    return members[: smallest(1, len(members), lambda size: holds(members[:size]))]


def _with_few_odd(value: list[JsonValue], plain: JsonValue, holds: Holds) -> list[JsonValue]:
    """A list that must be long, with plain members in all places where they will do."""
    if plain is None:
        return value

    def keeping(odd: list[int]) -> list[JsonValue]:
        kept = set(odd)
        return [member if place in kept else plain for place, member in enumerate(value)]

    places = range(len(value))
    odd = fewest(places, lambda odd: len(odd) < len(value) and holds(keeping(odd)))
    return keeping(odd)


def _plain_member(value: list[JsonValue], field: str) -> JsonValue:
    if field in _NAMES:
        return None
    if field in _PLAIN_MEMBERS:
        return _PLAIN_MEMBERS[field]
    return "a" if all(isinstance(member, str) for member in value) else None


def _numbered(plain: JsonValue, number: int) -> JsonValue:
    """``plain``, different for each number."""
    if isinstance(plain, str):
        return f"{plain}{number}"
    if "sku" in plain:
        return {**plain, "sku": f"{plain['sku']}{number}"}
    return {**plain, "position": number}


def _plainest_number(value: int | float, holds: Holds) -> int | float:
    simple: list[int | float] = [1, 0, -1]
    if isinstance(value, float):
        simple += [int(value)] if abs(value) < 2**53 else []
        simple += [0.5, 1.5, *(round(value, digits) for digits in (1, 2))]
    for guess in simple:
        if _same(guess, value):
            return value
        if len(repr(guess)) <= len(repr(value)) and holds(guess):
            return guess
    if isinstance(value, float) or value.bit_length() > _MOST_BITS:
        return value
    sign = -1 if value < 0 else 1
    return sign * smallest(2, abs(value), lambda size: holds(sign * size))


def _same(one: JsonValue, other: JsonValue) -> bool:
    return type(one) is type(other) and bool(one == other)


def _only(value: Mapping[str, JsonValue], names: frozenset[str]) -> dict[str, JsonValue]:
    return {name: member for name, member in value.items() if name in names}
