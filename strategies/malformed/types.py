"""A null and values of wrong types at every path of the request entities."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from ...contract import Operation, Raw
from ..values.samples import Samples, request, return_request

Json = Any
Path = tuple[str | int, ...]

_WRONG: tuple[Json, ...] = (True, "x", 7, [], {}, [None], {"x": None}, -0.5, "", [[]], "7")
_PER_PATH = 2
"""Wrong values at each path beside null; which ones, goes round."""


def raws(samples: Samples) -> Iterator[Raw]:
    """One body for each path and value; all else in it is valid."""
    session = {**samples.session(), "state": "open", "cartItems": [samples.rich_item()]}
    line = {"position": 0, "quantity": samples.session()["cartItems"][0]["quantity"]}
    wrong = cycle(_WRONG)
    for endpoint, whole in (
        (Operation.UPDATE, request(session)),
        (Operation.RETURN, return_request(line)),
    ):
        for path in paths(whole):
            for value in _values(_at(whole, path), wrong):
                yield Raw(
                    endpoint=endpoint,
                    what=f"{_type(value)} at {_text(path)}",
                    body=json.dumps(_with(whole, path, value)).encode(),
                    aims=("ERR-02", "ERR-03", "ERR-06", "MERGE-U2"),
                )


def paths(value: Json, start: Path = ()) -> Iterator[Path]:
    """Every path inside ``value`` but its own; of a list the first member stands for all."""
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
    while given < _PER_PATH:
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
