"""Builds a service from the correct one and the faults and dialects that are switched on."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import Environment
from .dialects import DIALECTS
from .faults import fault_named
from .service import Service


def assembled(
    environment: Environment, faults: Sequence[str], dialects: Sequence[str], api_key: str
) -> Service:
    """A service with ``faults`` and ``dialects`` switched on, each once.

    Where two override the same decision, the first one is called first. Faults come before
    dialects.

    Args:
        environment: what the application has configured.
        faults: names of seeded faults.
        dialects: names of lawful dialects.
        api_key: the key that requests must hold.

    Raises:
        UnknownFaultError: no fault has this name.
        KeyError: no dialect has this name.
    """
    mixins = (
        *(fault_named(name).mixin for name in dict.fromkeys(faults)),
        *(DIALECTS[name].mixin for name in dict.fromkeys(dialects)),
    )
    kind = type("AssembledService", (*mixins, Service), {}) if mixins else Service
    service: Service = kind(environment, api_key)
    return service
