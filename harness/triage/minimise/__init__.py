"""Minimises a scenario: finds a smallest one that still shows a given discrepancy.

Nothing here sends a request: the caller passes a function that executes a scenario.
"""

from __future__ import annotations

from .minimiser import MinimisationResult, minimise
from .trials import BoundHitError, Bounds, Execute, TrialResult

__all__ = ["BoundHitError", "Bounds", "Execute", "MinimisationResult", "TrialResult", "minimise"]
