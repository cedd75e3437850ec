"""Credentials that are missing, wrong or malformed, on every endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import API_KEY, MARK, Operation, Raw
from ..values.samples import Samples, return_body

_AIMS = ("AUTH-01", "ERR-03", "ERR-06")
_WRONG = "0" * 64
_EMPTY, _MALFORMED, _UNKNOWN = "an empty key", "a malformed key", "a wrong key"
_VALUES = (
    (_EMPTY, ""),
    (_EMPTY, "ApiKey-v1"),
    (_EMPTY, "ApiKey-v1  "),
    (_UNKNOWN, f"ApiKey-v1 {_WRONG}"),
    (_UNKNOWN, f"ManagementKey-v1 {_WRONG}"),
    (_UNKNOWN, f"Bearer {_WRONG}"),
    (_MALFORMED, "ApiKey-v1 " + "k" * 4_000),
    (_MALFORMED, "ApiKey-v1 ' OR '1'='1"),
    (_MALFORMED, "ApiKey-v1 *"),
    (_MALFORMED, "ApiKey-v1 null"),
    (_MALFORMED, "Basic !!!"),
    (_MALFORMED, "ApiKey-v1 ключ"),
)
_ALMOST_RIGHT = (
    ("scheme in lower case", f"apikey-v1 {API_KEY}"),
    ("two blanks before the key", f"ApiKey-v1  {API_KEY}"),
    ("key without a scheme", API_KEY),
    ("key as a bearer token", f"Bearer {API_KEY}"),
    ("quoted key", f'ApiKey-v1 "{API_KEY}"'),
    ("key twice", f"ApiKey-v1 {API_KEY}, ApiKey-v1 {API_KEY}"),
)


def raws(_samples: Samples) -> Iterator[Raw]:
    """Missing and wrong keys on every endpoint; almost right and repeated ones on updates."""
    update = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}}).encode()
    returned = json.dumps(return_body({"position": 0, "quantity": 1})).encode()
    bodies = {Operation.UPDATE: update, Operation.RETURN: returned}
    for endpoint in Operation:
        body = bodies.get(endpoint, b"")
        yield Raw(
            endpoint=endpoint,
            oddity="no key",
            omitted_headers=("authorization",),
            body=body,
            aims=_AIMS,
        )
        for oddity, value in _VALUES:
            line = (("Authorization", value),)
            yield Raw(endpoint=endpoint, oddity=oddity, headers=line, body=body, aims=_AIMS)
    for oddity, value in _ALMOST_RIGHT:
        yield Raw(oddity=oddity, headers=(("Authorization", value),), body=update, aims=_AIMS)
    right, wrong = ("Authorization", f"ApiKey-v1 {API_KEY}"), ("Authorization", "ApiKey-v1 x")
    for oddity, lines in (
        ("right key, then wrong", (right, wrong)),
        ("wrong, right", (wrong, right)),
    ):
        yield Raw(oddity=oddity, headers=lines, body=update, aims=_AIMS)
    for name in ("X-API-Key", "Api-Key", "Proxy-Authorization"):
        yield Raw(
            oddity="no key",
            headers=((name, f"ApiKey-v1 {_WRONG}"),),
            omitted_headers=("authorization",),
            body=update,
            aims=_AIMS,
        )
