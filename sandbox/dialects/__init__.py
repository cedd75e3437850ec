"""Lawful dialects: other readings of what the contract leaves open.

The sandbox has to choose where the contract is silent; a real target may choose otherwise. Each
dialect is a mixin like a seeded fault, but it breaks no rule: an oracle that says anything about it
raises a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import answers, bodies, lifecycle
from .dialect import Dialect, dialects_of

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for module in (bodies, lifecycle, answers)
    for dialect in dialects_of(module)
}
"""Every dialect by name."""

__all__ = ["DIALECTS", "Dialect"]
