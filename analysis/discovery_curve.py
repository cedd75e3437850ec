"""Follows how many behaviours a run had seen after how many requests."""

from __future__ import annotations

import msgspec


class DiscoveryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What was known at one moment of a run; see `cartfuzz.analysis.discovery`."""

    requests: int
    """Sent so far."""
    drawn_scenarios: int
    """Executed so far; scenarios of sweeps are not drawn."""
    behaviours: int
    """Different ones that were seen so far, in sweeps as well."""
    chance_of_new: float | None
    """That the next drawn scenario shows something new (Good-Turing); None: none was drawn yet."""
