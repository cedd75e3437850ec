"""Methods, paths and queries that the API does not have."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import MARK, Operation, Raw
from ..values.samples import Samples

_AIMS = ("ERR-02", "ERR-03", "ERR-06")
_METHODS = ("POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "put", "UNHEARDOF")
_SESSIONS = "/v2/customer_sessions"
_PATHS = (
    ("percent sign without digits", f"{_SESSIONS}/p%-{MARK}"),
    ("percent sign with one digit", f"{_SESSIONS}/p%4-{MARK}"),
    ("percent sign with letters", f"{_SESSIONS}/p%zz-{MARK}"),
    ("invalid UTF-8 in the path", f"{_SESSIONS}/p%ff%fe-{MARK}"),
    ("overlong UTF-8 in the path", f"{_SESSIONS}/p%c0%af-{MARK}"),
    ("surrogate in the path", f"{_SESSIONS}/p%ed%a0%80-{MARK}"),
    ("raw UTF-8 in the path", f"{_SESSIONS}/pé-{MARK}"),
    ("raw quote in the path", f'{_SESSIONS}/p"-{MARK}'),
    ("raw backslash in the path", f"{_SESSIONS}/p\\-{MARK}"),
    ("slash at the end", f"{_SESSIONS}/p-{MARK}/"),
    ("two slashes", f"/v2//customer_sessions/p-{MARK}"),
    ("no session ID", f"{_SESSIONS}/"),
    ("unknown part behind", f"{_SESSIONS}/p-{MARK}/unheard-of"),
    ("capital path", f"/V2/Customer_Sessions/p-{MARK}"),
    ("first API version", f"/v1/customer_sessions/p-{MARK}"),
    ("path of 10 KiB", f"{_SESSIONS}/{'p' * 10_000}-{MARK}"),
    ("dot segments", f"{_SESSIONS}/../customer_sessions/p-{MARK}"),
    ("fragment", f"{_SESSIONS}/p-{MARK}#dry"),
)
_QUERIES = (
    "dry=1",
    "dry=TRUE",
    "dry=false",
    "dry=",
    "dry",
    "dry=maybe",
    "dry=true&dry=false",
    "dry=false&dry=true",
    "Dry=true",
    "unknown=1",
    "dry=%ff",
    "dry=%",
    "&&=&",
    "dry[]=true",
    "x=" + "x" * 5_000,
)


def raws(_samples: Samples) -> Iterator[Raw]:
    """Requests with other methods on every endpoint that writes, with odd paths and odd queries."""
    body = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}}).encode()
    for endpoint in (Operation.UPDATE, Operation.RETURN, Operation.REOPEN):
        for method in _METHODS:
            if endpoint is Operation.RETURN and method == "POST":
                continue
            yield Raw(
                endpoint=endpoint,
                oddity=f"method {method}",
                method=method,
                body=b"" if method in ("HEAD", "TRACE") else body,
                aims=_AIMS,
            )
    for oddity, path in _PATHS:
        yield Raw(oddity=oddity, path=path, body=body, aims=_AIMS)
        yield Raw(endpoint=Operation.GET, oddity=oddity, path=path, aims=_AIMS)
    for query in _QUERIES:
        yield Raw(oddity=f"query {query[:30]!r}", query=query, body=body, aims=_AIMS)
    yield Raw(endpoint=Operation.GET, oddity="read with a body", body=body, aims=_AIMS)
    yield Raw(endpoint=Operation.REOPEN, oddity="reopen with a body", body=body, aims=_AIMS)
