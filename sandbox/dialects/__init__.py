"""Lists the lawful dialects: other choices where the contract is silent.

The sandbox must choose where the contract is silent, and a real target may choose otherwise. A
dialect is a mixin like a seeded fault, but it breaks no rule: a discrepancy that an oracle reports
on it is a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    campaigns,
    carts,
    codes,
    discounts,
    dry,
    effects,
    errors,
    http,
    idempotency,
    json_text,
    maps,
    members,
    numbers,
    returns,
    rollbacks,
    states,
    texts,
    times,
)
from .dialect import Area, Dialect, dialects_of

_MODULES = (
    carts,
    codes,
    texts,
    maps,
    members,
    numbers,
    times,
    states,
    returns,
    idempotency,
    dry,
    effects,
    campaigns,
    discounts,
    rollbacks,
    errors,
    json_text,
    http,
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for module in _MODULES for dialect in dialects_of(module)
}
"""The dialects by name."""

__all__ = ["DIALECTS", "Area", "Dialect"]
