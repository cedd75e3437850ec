"""Words for states of a session and for requests, which the reports share."""

from __future__ import annotations

from ..contract import Operation
from ..record import RequestedState, SourceState

_NAMES = {
    SourceState.NONE: "no session",
    SourceState.PARTIALLY_RETURNED: "partially returned",
    SourceState.UNKNOWN: "not known",
}


def state_name(state: SourceState) -> str:
    """The name of a state for people."""
    return _NAMES.get(state, state.value)


def request_name(operation: Operation, requested: RequestedState) -> str:
    """What a client asks for: ``"update to closed"``, ``"return"``."""
    if operation is not Operation.UPDATE:
        return operation.value
    if requested is RequestedState.NONE:
        return "update without a state"
    if requested is RequestedState.OTHER:
        return "update to an unknown state"
    return f"update to {state_name(SourceState(requested.value))}"
