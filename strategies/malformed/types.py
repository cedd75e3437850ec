"""Null and values of wrong types at every path of a request body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from ...contract import Operation, Raw
from ..values.samples import Samples, return_body, update_body

Json = Any
Path = tuple[str | int, ...]

_WRONG: tuple[Json, ...] = (True, "x", 7, [], {}, [None], {"x": None}, -0.5, "", [[]], "7")
_VALUES_PER_PATH = 2
"""Wrong values at each path besides null; the paths take turns with the values."""


def raws(samples: Samples) -> Iterator[Raw]:
    """Updates and returns with one wrong value each; all else in the body is valid."""
    session = {**samples.session(), "state": "open", "cartItems": [samples.rich_item()]}
    line = {"position": 0, "quantity": samples.session()["cartItems"][0]["quantity"]}
    wrong = cycle(_WRONG)
    for endpoint, whole in (
        (Operation.UPDATE, update_body(session)),
        (Operation.RETURN, return_body(line)),
    ):
        for path in paths(whole):
            for value in _values(_at(whole, path), wrong):
                yield Raw(
                    endpoint=endpoint,
                    oddity=f"{_type(value)} at {_text(path)}",
                    body=json.dumps(_with(whole, path, value)).encode(),
                    aims=("ERR-02", "ERR-03", "ERR-06", "MERGE-U2"),
                )


def paths(value: Json, start: Path = ()) -> Iterator[Path]:
    """The paths of all values inside ``value``; of a list only those in the first member.

    Args:
        value: any JSON value.
        start: the path of ``value``, with which the paths begin.
    """
    if isinstance(value, dict):
        members: list[tuple[str | int, Json]] = list(value.items())
    elif isinstance(value, list) and value:
        members = [(0, value[0])]
    else:
        members = []
    for key, member in members:
        yield (*start, key)
        yield from paths(member, (*start, key))


def _values(right: Json, wrong: Iterator[Json]) -> Iterator[Json]:
    yield None
    given = 0
    while given < _VALUES_PER_PATH:
        value = next(wrong)
        if type(value) is not type(right):
            given += 1
            yield value


def _at(value: Json, path: Path) -> Json:
    for key in path:
        value = value[key]
    return value


def _with(value: Json, path: Path, new: Json) -> Json:
    """``value`` with ``new`` at ``path``."""
    if not path:
        return new
    head, *rest = path
    if isinstance(value, list):
        return [_with(value[0], tuple(rest), new), *value[1:]]
    return {**value, head: _with(value[head], tuple(rest), new)}


def _text(path: Path) -> str:
    return "/".join("*" if isinstance(key, int) else key for key in path)


def _type(value: Json) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
