"""Which requests of a file belong to the session API, and what each of them asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ...contract import ContractVersion, Fetch, Operation, Reopen, ReturnItems, Step, Update
from ...wire.encoding import NOT_JSON, decode_json
from .document import Asked

MOST_BODY_BYTES = 2**18
_MOST_DEPTH = 64
_PATH = re.compile(r"/v2/customer_sessions/(?P<id>[^/]+)(?P<behind>/returns|/reopen)?$")
_OPERATIONS = {
    ("PUT", ""): Operation.UPDATE,
    ("GET", ""): Operation.GET,
    ("POST", "/returns"): Operation.RETURN,
    ("PUT", "/reopen"): Operation.REOPEN,
}
_DRY = {"true": True, "false": False}
_PARAMETERS = frozenset(("dry", "now"))


class LeftOutError(Exception):
    """A request that is not taken; the text says why, in words that hold no value of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of the session API.

    Attributes:
        session_id: as recorded, decoded.
        step: on session 0, its body as recorded.
    """

    session_id: str
    step: Step


def exchange_of(asked: Asked, version: ContractVersion) -> Exchange:
    """What ``asked`` asks of the session API, at any host and behind any prefix of the path.

    Raises:
        LeftOutError: it is not taken.
    """
    try:
        parts = urlsplit(asked.url)
    except ValueError:
        raise LeftOutError("the URL cannot be read") from None
    match = _PATH.search(parts.path)
    if match is None:
        raise LeftOutError("another address")
    operation = _OPERATIONS.get((asked.method, match["behind"] or ""))
    if operation is None:
        raise LeftOutError("a method that the session API does not have")
    if operation is Operation.REOPEN and version is not ContractVersion.CURRENT:
        raise LeftOutError(f"contract {version.value} has no reopen")
    if asked.status <= 0:
        raise LeftOutError("no answer was recorded")
    try:
        session_id = unquote(match["id"], errors="strict")
    except UnicodeDecodeError:
        raise LeftOutError("the session ID is no UTF-8") from None
    return Exchange(session_id=session_id, step=_step(operation, asked, parts.query, version))


def _step(operation: Operation, asked: Asked, query: str, version: ContractVersion) -> Step:
    if operation is Operation.GET:
        return Fetch()
    if operation is Operation.REOPEN:
        return Reopen()
    given = dict(parse_qsl(query, keep_blank_values=True))
    if not given.keys() <= _PARAMETERS:
        raise LeftOutError("a query parameter that the session API does not have")
    dry = _DRY.get(given.get("dry", "false"))
    if dry is None:
        raise LeftOutError("dry is neither true nor false")
    body = _body(asked)
    if operation is Operation.RETURN:
        return ReturnItems(body=body, dry=dry)
    now = given.get("now")
    if now is not None and version is not ContractVersion.CURRENT:
        raise LeftOutError(f"contract {version.value} has no parameter now")
    return Update(body=body, dry=dry, now=now)


def _body(asked: Asked) -> dict[str, Any]:
    if asked.body is None:
        raise LeftOutError("the body cannot be decoded")
    if not asked.body:
        raise LeftOutError("no body was recorded")
    if len(asked.body) > MOST_BODY_BYTES:
        raise LeftOutError(f"a body of more than {MOST_BODY_BYTES:,} bytes")
    value = decode_json(asked.body)
    if value is NOT_JSON:
        raise LeftOutError("the body is no JSON")
    if not isinstance(value, dict):
        raise LeftOutError("the body is no JSON object")
    if _deeper(value, _MOST_DEPTH):
        raise LeftOutError(f"a body nested deeper than {_MOST_DEPTH} levels")
    return value


def _deeper(value: Any, depth: int) -> bool:
    """Whether ``value`` nests deeper than ``depth`` levels."""
    level = [value]
    for _ in range(depth):
        level = [
            one
            for holder in level
            for one in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(one, dict | list)
        ]
    return bool(level)
