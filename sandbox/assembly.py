"""Puts a service together: the right one, with faults and dialects on top."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import Environment
from .dialects import DIALECTS
from .faults import fault_named
from .service import Service


def assembled(
    environment: Environment, faults: Sequence[str], dialects: Sequence[str], api_key: str
) -> Service:
    """The sandbox's service with ``faults`` switched on, speaking ``dialects``.

    Where two override the same decision, the one named first goes first.

    Raises:
        UnknownFaultError: there is no such fault.
        KeyError: there is no such dialect.
    """
    mixins = (
        *(fault_named(name).mixin for name in dict.fromkeys(faults)),
        *(DIALECTS[name].mixin for name in dict.fromkeys(dialects)),
    )
    kind = type("AssembledService", (*mixins, Service), {}) if mixins else Service
    service: Service = kind(environment, api_key)
    return service
