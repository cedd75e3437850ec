"""Asks a target that was away whether it is back."""

from __future__ import annotations

from collections.abc import Callable

from ...contract import MARK, Fetch
from ...wire import NoResponse
from ...wire.encoding import request_of
from ...wire.marks import Use, mark_of, new_run_id
from ..preflight import reads_sessions
from ..transport import Transport
from .circuit_breaker import GATEWAY_STATUSES

_UNUSABLE = GATEWAY_STATUSES | {401, 403, 408, 429}
"""What a target that serves again does not answer to a read with the valid key."""


def probe_with(transport: Transport) -> Callable[[], bool]:
    """A probe that reads a session that cannot exist, as the check before a run does first."""

    def probe() -> bool:
        mark = mark_of(new_run_id(), 0, use=Use.PREFLIGHT)
        outcome = transport.send(request_of(Fetch(), MARK, mark))
        if isinstance(outcome, NoResponse) or outcome.status in _UNUSABLE:
            return False
        # A failure of the target itself is an answer; a gateway's page for 404 is none.
        return outcome.status >= 500 or reads_sessions(outcome)

    return probe
