"""The seeded faults: realistic mistakes, off by default, each switched on by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...contract import Environment
from ..service import Service
from .registry import Difficulty, Fault, FaultClass, Registry, UnknownFaultError

_REGISTRY = Registry()

FAULTS: Mapping[str, Fault] = _REGISTRY.faults
"""Every fault by name."""


def faulty_service(environment: Environment, faults: Sequence[str], api_key: str) -> Service:
    """The sandbox's service with ``faults`` switched on.

    Raises:
        UnknownFaultError: there is no such fault.
    """
    return _REGISTRY.service(environment, faults, api_key)


__all__ = [
    "FAULTS",
    "Difficulty",
    "Fault",
    "FaultClass",
    "UnknownFaultError",
    "faulty_service",
]
