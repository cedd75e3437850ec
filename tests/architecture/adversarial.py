"""Texts that are hard for a regular expression, made from its own parts.

A search is slow on a text that fits a part of the pattern again and again and fails in the end. So
each part gives an example, and each example is repeated, alone and with another one between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, permutations
from typing import Any

_parser: Any = getattr(re, "_parser")  # noqa: B009 - the parser of patterns has no public name
_constants: Any = getattr(re, "_constants")  # noqa: B009
_MOST_PARTS = 40
_CANDIDATES = "a0 .-_/\\\"'@:,Z\n\t(é{[<*"
"""Characters of classes, the ordinary ones first."""


def hard_texts(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of about ``size`` characters, of the type that ``pattern`` takes."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    whole = _example(tree)
    parts = list(dict.fromkeys(part for part in (whole, *_parts(tree), "a", "0", " ") if part))
    parts = list(islice(parts, _MOST_PARTS))
    beginnings = dict.fromkeys(whole[: len(whole) * share // 4] for share in range(4))
    repeated = dict.fromkeys((*parts, *(one + other for one, other in permutations(parts, 2))))
    for part in repeated:
        for beginning in beginnings if part in parts else ("",):
            text = beginning + part * (size // len(part)) + "\x01"
            yield text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text


def _parts(tree: Any) -> Iterator[str]:
    """An example of each part of a pattern, and of all that begins with it."""
    items = list(tree)
    for index, (kind, value) in enumerate(items):
        yield "".join(_of(one) for one in items[index : index + 3])
        yield _of((kind, value))
        if kind is _constants.IN:
            yield from (char for char in _CANDIDATES if _is_in(char, value))
        for inner in _inner(kind, value):
            yield from _parts(inner)


def _inner(kind: Any, value: Any) -> list[Any]:
    """The patterns within one node."""
    c = _constants
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is c.SUBPATTERN:
        return [value[-1]]
    if kind is c.ATOMIC_GROUP:
        return [value]
    if kind is c.BRANCH:
        return list(value[1])
    return []


def _example(tree: Any) -> str:
    return "".join(map(_of, tree))


def _of(node: Any) -> str:
    """A text that one node of a pattern matches."""
    kind, value = node
    c = _constants
    if kind is c.LITERAL:
        return chr(value)
    if kind is c.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is c.ANY:
        return "a"
    if kind is c.IN:
        return next((char for char in _CANDIDATES if _is_in(char, value)), "a")
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        least, most, inner = value
        repeated: str = _example(inner) * max(least, min(2, most))
        return repeated
    return "".join(_example(inner) for inner in _inner(kind, value)[:1])


def _is_in(char: str, members: Any) -> bool:
    """Whether a class of characters, as the parser gives it, has ``char``."""
    c = _constants
    negated = members[0][0] is c.NEGATE
    found = False
    for kind, value in members[negated:]:
        if kind is c.LITERAL:
            found |= ord(char) == value
        elif kind is c.RANGE:
            found |= value[0] <= ord(char) <= value[1]
        elif kind is c.CATEGORY:
            found |= re.match(_CATEGORIES[str(value)], char, re.ASCII) is not None
    return found is not negated


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
