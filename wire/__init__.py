"""A step as an HTTP exchange, as values: requests, responses, header lines, JSON, marks.

Nothing here opens a socket. The transports of `cartfuzz.harness.transport` do.
"""

from __future__ import annotations

from .codes import NO_CODES, OwnCode, OwnCodes, own_codes
from .encoding import (
    NOT_JSON,
    NotJson,
    decode_json,
    encode_json,
    encode_session_id,
    request_of,
    session_view,
    unmarked,
)
from .headers import RequestHeaders
from .marks import Use, control_mark, mark_of, new_attempt, new_run_id
from .messages import Delivery, NoResponse, Request, Response

__all__ = [
    "NOT_JSON",
    "NO_CODES",
    "Delivery",
    "NoResponse",
    "NotJson",
    "OwnCode",
    "OwnCodes",
    "Request",
    "RequestHeaders",
    "Response",
    "Use",
    "control_mark",
    "decode_json",
    "encode_json",
    "encode_session_id",
    "mark_of",
    "new_attempt",
    "new_run_id",
    "own_codes",
    "request_of",
    "session_view",
    "unmarked",
]
