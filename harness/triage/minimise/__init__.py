"""Makes the smallest scenario that still shows one discrepancy, by trying smaller ones.

Nothing here sends anything: whoever calls hands in how a scenario is executed.
"""

from __future__ import annotations

from .minimiser import Minimal, minimise
from .trials import BoundHitError, Bounds, Execute, TrialResult

__all__ = ["BoundHitError", "Bounds", "Execute", "Minimal", "TrialResult", "minimise"]
