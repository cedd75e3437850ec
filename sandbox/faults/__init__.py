"""The seeded faults: realistic mistakes, off by default, each switched on by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from ...contract import Environment
from ..service import Service
from . import boundaries
from .fault import Difficulty, Fault, FaultClass, faults_of

FAULTS: Mapping[str, Fault] = {
    fault.name: fault for module in (boundaries,) for fault in faults_of(module)
}
"""Every fault by name."""


class UnknownFaultError(ValueError):
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


def faulty_service(environment: Environment, faults: Sequence[str], api_key: str) -> Service:
    """The sandbox's service with ``faults`` switched on, each overriding the ones after it.

    Raises:
        UnknownFaultError: there is no such fault.
    """
    mixins = tuple(fault_named(name).mixin for name in dict.fromkeys(faults))
    kind = type("FaultyService", (*mixins, Service), {}) if mixins else Service
    service: Service = kind(environment, api_key)
    return service


__all__ = [
    "FAULTS",
    "Difficulty",
    "Fault",
    "FaultClass",
    "UnknownFaultError",
    "fault_named",
    "faulty_service",
]
