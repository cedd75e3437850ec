"""Credentials that are missing, wrong or malformed, on every endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import API_KEY, MARK, Operation, Raw
from ..samples import Samples, return_request

_AIMS = ("AUTH-01", "ERR-03", "ERR-06")
_WRONG = "0" * 64
_VALUES = (
    ("an empty Authorization", ""),
    ("a scheme without a key", "ApiKey-v1"),
    ("a scheme with a blank key", "ApiKey-v1  "),
    ("a key of zeros", f"ApiKey-v1 {_WRONG}"),
    ("a very long key", "ApiKey-v1 " + "k" * 4_000),
    ("a key with a quote", "ApiKey-v1 ' OR '1'='1"),
    ("a star for a key", "ApiKey-v1 *"),
    ("null for a key", "ApiKey-v1 null"),
    ("a wrong management key", f"ManagementKey-v1 {_WRONG}"),
    ("a wrong bearer token", f"Bearer {_WRONG}"),
    ("a broken basic scheme", "Basic !!!"),
    ("a key that is not ASCII", "ApiKey-v1 ключ"),
)
_NEARLY = (
    ("scheme in lower case", f"apikey-v1 {API_KEY}"),
    ("two blanks before the key", f"ApiKey-v1  {API_KEY}"),
    ("key without a scheme", API_KEY),
    ("key as a bearer token", f"Bearer {API_KEY}"),
    ("quoted key", f'ApiKey-v1 "{API_KEY}"'),
    ("key twice", f"ApiKey-v1 {API_KEY}, ApiKey-v1 {API_KEY}"),
)


def raws(_samples: Samples) -> Iterator[Raw]:
    """Every wrong value on every endpoint, nearly right ones on updates, doubled lines."""
    update = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}}).encode()
    give_back = json.dumps(return_request({"position": 0, "quantity": 1})).encode()
    bodies = {Operation.UPDATE: update, Operation.RETURN: give_back}
    for endpoint in Operation:
        body = bodies.get(endpoint, b"")
        yield Raw(
            endpoint=endpoint,
            what="no Authorization",
            without=("authorization",),
            body=body,
            aims=_AIMS,
        )
        for what, value in _VALUES:
            line = (("Authorization", value),)
            yield Raw(endpoint=endpoint, what=what, headers=line, body=body, aims=_AIMS)
    for what, value in _NEARLY:
        yield Raw(what=what, headers=(("Authorization", value),), body=update, aims=_AIMS)
    right, wrong = ("Authorization", f"ApiKey-v1 {API_KEY}"), ("Authorization", "ApiKey-v1 x")
    for what, lines in (
        ("right key, then wrong", (right, wrong)),
        ("wrong, right", (wrong, right)),
    ):
        yield Raw(what=what, headers=lines, body=update, aims=_AIMS)
    for name in ("X-API-Key", "Api-Key", "Proxy-Authorization"):
        yield Raw(
            what="a key in another header line",
            headers=((name, f"ApiKey-v1 {_WRONG}"),),
            without=("authorization",),
            body=update,
            aims=_AIMS,
        )
