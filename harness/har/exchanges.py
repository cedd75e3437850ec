"""Selects the requests of the session API from a file, and turns each into a step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ...contract import ContractVersion, Fetch, Operation, Reopen, ReturnItems, Step, Update
from ...wire.encoding import NOT_JSON, decode_json
from .document import MAX_BODY_BYTES, RecordedRequest

_MAX_DEPTH = 64
_PATH = re.compile(r"/v2/customer_sessions/(?P<id>[^/]+)(?P<behind>/returns|/reopen)?$")
_OPERATIONS = {
    ("PUT", ""): Operation.UPDATE,
    ("GET", ""): Operation.GET,
    ("POST", "/returns"): Operation.RETURN,
    ("PUT", "/reopen"): Operation.REOPEN,
}
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
"""In lower case. Clients write a boolean as their language does: ``True``, ``1``, ``T``."""
_PARAMETERS = frozenset(("dry", "now"))
_RETURN_PARAMETERS = frozenset(("dry", "runRuleEngine"))


class SkippedRequestError(Exception):
    """A request that is not imported; the text is the reason, and quotes nothing of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of the session API.

    Attributes:
        session_id: as recorded, decoded.
        step: on session 0, its body as recorded.
    """

    session_id: str
    step: Step


def exchange_of(recorded: RecordedRequest, version: ContractVersion) -> Exchange:
    """The operation of the session API that ``recorded`` requests, on any host and below any path.

    Raises:
        SkippedRequestError: it is not imported.
    """
    try:
        parts = urlsplit(recorded.url)
    except ValueError:
        raise SkippedRequestError("the URL cannot be read") from None
    match = _PATH.search(parts.path)
    if match is None:
        raise SkippedRequestError("another address")
    operation = _OPERATIONS.get((recorded.method, match["behind"] or ""))
    if operation is None:
        raise SkippedRequestError("a method that the session API does not have")
    if operation is Operation.REOPEN and version is not ContractVersion.CURRENT:
        raise SkippedRequestError(f"contract {version.value} has no reopen")
    try:
        session_id = unquote(match["id"], errors="strict")
    except UnicodeDecodeError:
        raise SkippedRequestError("the session ID is no UTF-8") from None
    return Exchange(session_id=session_id, step=_step(operation, recorded, parts.query, version))


def _step(
    operation: Operation, recorded: RecordedRequest, query: str, version: ContractVersion
) -> Step:
    if operation is Operation.GET:
        return Fetch()
    # The older contract knows no such header: its targets ignore it.
    key = recorded.idempotency_key if version is ContractVersion.CURRENT else None
    if operation is Operation.REOPEN:
        return Reopen(idempotency_key=key)
    given = dict(parse_qsl(query, keep_blank_values=True))
    known = _RETURN_PARAMETERS if operation is Operation.RETURN else _PARAMETERS
    if not given.keys() <= known:
        raise SkippedRequestError("a query parameter that the session API does not have")
    dry = _boolean(given.get("dry", "false"), "dry")
    body = _body(recorded)
    if operation is Operation.RETURN:
        runs = given.get("runRuleEngine") if version is ContractVersion.CURRENT else None
        return ReturnItems(
            body=body,
            dry=dry,
            idempotency_key=key,
            run_rule_engine=None if runs is None else _boolean(runs, "runRuleEngine"),
        )
    now = given.get("now")
    if now is not None and version is not ContractVersion.CURRENT:
        raise SkippedRequestError(f"contract {version.value} has no parameter now")
    return Update(body=body, dry=dry, now=now, idempotency_key=key)


def _boolean(text: str, name: str) -> bool:
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise SkippedRequestError(f"{name} is neither true nor false")
    return value


def _body(recorded: RecordedRequest) -> dict[str, Any]:
    if recorded.body is None:
        raise SkippedRequestError("the body cannot be decoded")
    if not recorded.body:
        raise SkippedRequestError("no body was recorded")
    if len(recorded.body) > MAX_BODY_BYTES:
        raise SkippedRequestError(f"a body of more than {MAX_BODY_BYTES:,} bytes")
    value = decode_json(recorded.body)
    if value is NOT_JSON:
        raise SkippedRequestError("the body is no JSON")
    if not isinstance(value, dict):
        raise SkippedRequestError("the body is no JSON object")
    if _is_deeper(value, _MAX_DEPTH):
        raise SkippedRequestError(f"a body nested deeper than {_MAX_DEPTH} levels")
    return value


def _is_deeper(value: Any, depth: int) -> bool:
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
