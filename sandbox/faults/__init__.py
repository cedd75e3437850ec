"""Lists the seeded faults: realistic mistakes of an implementer, each switched on by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from . import (
    boundaries,
    concurrency,
    deep,
    drift,
    dry,
    errors,
    identity,
    integrity,
    ledger,
    lost,
    returns,
    states,
    totals,
    wire,
)
from .fault import Difficulty, Fault, FaultClass, faults_of

_MODULES = (
    boundaries,
    states,
    identity,
    integrity,
    totals,
    dry,
    errors,
    deep,
    returns,
    concurrency,
    lost,
    wire,
    drift,
    ledger,
)

FAULTS: Mapping[str, Fault] = {
    fault.name: fault for module in _MODULES for fault in faults_of(module)
}
"""The faults by name."""


class UnknownFaultError(ValueError):
    """No fault has this name. The message suggests the most similar one."""


def fault_named(name: str) -> Fault:
    """The fault of this kebab-case name.

    Raises:
        UnknownFaultError: no fault has it.
    """
    if name in FAULTS:
        return FAULTS[name]
    similar = difflib.get_close_matches(name, FAULTS, n=1)
    hint = f'did you mean "{similar[0]}"?' if similar else "cartfuzz serve --list-faults shows all"
    raise UnknownFaultError(f'there is no fault "{name}"; {hint}')


__all__ = [
    "FAULTS",
    "Difficulty",
    "Fault",
    "FaultClass",
    "UnknownFaultError",
    "fault_named",
]
