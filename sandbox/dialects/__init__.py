"""Lists the lawful dialects: other choices where the contract is silent.

The sandbox must choose where the contract is silent, and a real target may choose otherwise. A
dialect is a mixin like a seeded fault, but it breaks no rule: a discrepancy that an oracle reports
on it is a false alarm.
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
"""The dialects by name."""

__all__ = ["DIALECTS", "Dialect"]
