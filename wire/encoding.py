"""Encodes steps as requests and decodes responses; puts the mark in and takes it out.

Everything above this module sees the placeholder mark; everything below it the mark of one
execution. Both have the same length, so nothing else changes. An execution's own codes go in and
out in the same places.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

import msgspec

from ..contract import (
    MARK,
    SESSION_IN_PATH,
    Fetch,
    Operation,
    Raw,
    Reopen,
    ReturnItems,
    Step,
    Update,
)
from .codes import NO_CODES, OwnCodes
from .messages import UNREAD, Request, Response

SESSIONS = "/v2/customer_sessions/"
"""What the path of each operation begins with; the session ID follows."""
_MARK: Final = MARK.encode()
_PREFIX: Final = _MARK[:3].upper()
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder()


class NotJson:
    """The body of a response that is not JSON."""

    def __repr__(self) -> str:
        return "not JSON"


NOT_JSON: Final = NotJson()


def encode_json(value: Any) -> bytes:
    """``value`` as JSON text; lone surrogates as ``\\ud800`` escapes."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def decode_json(text: bytes) -> Any:
    """The JSON value of ``text``, or `NOT_JSON`.

    Never raises: texts that nest too deep, or are not UTF-8, are not JSON either.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        return NOT_JSON
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Lone surrogates and numbers beyond a double are JSON that msgspec does not read.
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return NOT_JSON


def json_of(response: Response) -> Any:
    """The JSON value of a response, or `NOT_JSON`; decoded once. Nobody may change it."""
    if response.decoded is UNREAD:
        object.__setattr__(response, "decoded", decode_json(response.body))
    return response.decoded


def session_view(body: Any) -> dict[str, Any] | None:
    """The customer session in a decoded request or response body; None where there is none."""
    view = body.get("customerSession") if isinstance(body, dict) else None
    return view if isinstance(view, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def encode_session_id(session_id: str) -> str:
    """``session_id`` as one path segment: all but unreserved characters percent-encoded."""
    return quote(session_id, safe="", errors="surrogatepass")


def request_of(
    step: Step, session_id: str, mark: str, own_codes: OwnCodes = NO_CODES, *, trace: str = ""
) -> Request:
    """The HTTP request for ``step`` in the execution that has ``mark`` and ``own_codes``.

    Args:
        step: what to send.
        session_id: of the session that it is about, with the placeholder.
        mark: of the execution.
        own_codes: of the execution.
        trace: as `Request.trace`.
    """
    path = SESSIONS + encode_session_id(session_id).replace(MARK, mark)
    if isinstance(step, Raw):
        return _raw_request(step, path, mark, own_codes, trace)
    if isinstance(step, Fetch):
        return Request(method="GET", target=path, credentials=step.credentials, trace=trace)
    if isinstance(step, Reopen):
        return Request(
            method="PUT",
            target=f"{path}/reopen",
            headers=_key_header(step, mark),
            credentials=step.credentials,
            trace=trace,
        )
    body = own_codes.put_into(body_with_placeholders(step)).replace(_MARK, mark.encode())
    if isinstance(step, ReturnItems):
        return Request(
            method="POST",
            target=f"{path}/returns{_query(step)}",
            body=body,
            headers=_key_header(step, mark),
            credentials=step.credentials,
            trace=trace,
        )
    return Request(
        method="PUT",
        target=path + _query(step),
        body=body,
        headers=_key_header(step, mark),
        credentials=step.credentials,
        trace=trace,
    )


def body_with_placeholders(step: Step) -> bytes:
    """The body of the request for ``step``, before marks and codes are put in."""
    if isinstance(step, Raw):
        return step.body
    if isinstance(step, Fetch | Reopen):
        return b""
    return encode_json(step.body)


def _key_header(step: Update | ReturnItems | Reopen, mark: str) -> tuple[tuple[str, str], ...]:
    if step.idempotency_key is None:
        return ()
    return (("Idempotency-Key", step.idempotency_key.replace(MARK, mark)),)


METHODS_AND_SUFFIXES = {
    Operation.UPDATE: ("PUT", ""),
    Operation.GET: ("GET", ""),
    Operation.RETURN: ("POST", "/returns"),
    Operation.REOPEN: ("PUT", "/reopen"),
}
"""The method of each operation, and what follows the session ID in its path."""


def _raw_request(step: Raw, path: str, mark: str, own_codes: OwnCodes, trace: str) -> Request:
    method, suffix = METHODS_AND_SUFFIXES[step.endpoint]
    target = path + suffix if step.path is None else step.path.replace(MARK, mark)
    if step.own:
        target = target.replace(SESSION_IN_PATH, path.removeprefix(SESSIONS))
    method = method if step.method is None else step.method
    body = own_codes.put_into(step.body)
    return Request(
        method=method,
        target=f"{target}?{step.query}" if step.query else target,
        body=None if method == "GET" and not step.body else body.replace(_MARK, mark.encode()),
        headers=tuple((name, value.replace(MARK, mark)) for name, value in step.headers),
        omitted_headers=step.omitted_headers,
        credentials=step.credentials,
        trace=trace,
    )


def _query(step: Update | ReturnItems) -> str:
    parameters = ["dry=true"] if step.dry else []
    if isinstance(step, Update) and step.now is not None:
        parameters.append(f"now={quote(step.now, safe='')}")
    if isinstance(step, ReturnItems) and step.run_rule_engine is not None:
        parameters.append(f"runRuleEngine={'true' if step.run_rule_engine else 'false'}")
    return "?" + "&".join(parameters) if parameters else ""


_ESCAPED_ASCII: Final = b"\\u00"
"""Only a body with these octets can hold a mark of which a character is escaped (RFC 8259, 7)."""


def unmarked(response: Response, mark: str, own_codes: OwnCodes = NO_CODES) -> Response:
    """``response`` with placeholders where it holds ``mark`` or one of ``own_codes``.

    They are found however JSON spells them, in upper case as well.
    """
    body = response.body.replace(mark.encode(), _MARK)
    if _PREFIX in body:
        # Applications may keep codes in upper case.
        body = body.replace(mark.upper().encode(), _MARK.upper())
    # One octet is found much faster than four, and most bodies do not hold it.
    if b"\\" in body and _ESCAPED_ASCII in body:
        body = _spellings(mark).sub(rb"\1" + _MARK, body)
        body = _spellings(mark.upper()).sub(rb"\1" + _MARK.upper(), body)
    return replace(response, body=own_codes.taken_from(body))


@lru_cache(maxsize=64)
def _spellings(mark: str) -> re.Pattern[bytes]:
    """All ways to write ``mark`` in JSON, after backslashes that escape each other (group 1)."""
    letters = (b"(?:%c|\\\\u00(?i:%02x))" % (octet, octet) for octet in mark.encode())
    return re.compile(rb"(?<!\\)((?:\\\\)*)" + b"".join(letters))
