"""Requests of steps as artefacts show and send them: complete, but for key and host."""

from __future__ import annotations

from ...contract import MARK, Raw, Step
from ...wire import RequestHeaders
from ...wire.encoding import request_of
from . import HOST, KEY, Sent

_HEADS = RequestHeaders(KEY)


def sent(step: Step, session_id: str) -> Sent:
    """The request of ``step`` with all of its header lines."""
    request = request_of(step, session_id, MARK)
    return Sent(
        session=step.session,
        method=request.method,
        target=request.target,
        headers=tuple(_HEADS.of(request, HOST)),
        body=request.body,
        dry=getattr(step, "dry", False),
        cut=getattr(step, "cut", None),
        odd=isinstance(step, Raw),
    )
