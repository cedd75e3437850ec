"""The seeded faults: realistic mistakes, off by default, each switched on by its name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ...contract import Environment, UsageError
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
"""Every fault by name."""


class UnknownFaultError(UsageError, ValueError):
    """There is no fault of this name; the text names the nearest one."""


def fault_named(name: str) -> Fault:
    """The fault ``name``.

    Raises:
        UnknownFaultError: there is none.
    """
    if name in FAULTS:
        return FAULTS[name]
    near = difflib.get_close_matches(name, FAULTS, n=1)
    hint = f'did you mean "{near[0]}"?' if near else "cartfuzz serve --list-faults shows all"
    raise UnknownFaultError(f'there is no fault "{name}"; {hint}')


def environment_with(names: Iterable[str], base: Environment) -> Environment:
    """``base``, changed as little as it takes for the faults ``names`` to show.

    Raises:
        UnknownFaultError: there is no fault of one of these names.
    """
    for name in names:
        base = fault_named(name).environment(base)
    return base


__all__ = [
    "FAULTS",
    "Difficulty",
    "Fault",
    "FaultClass",
    "UnknownFaultError",
    "environment_with",
    "fault_named",
]
