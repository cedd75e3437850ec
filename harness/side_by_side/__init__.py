"""Sends the same scenarios to two targets, in step, and finds in what their answers differ."""

from __future__ import annotations

from .comparison import Begun, Listener, Progress, compare_in_step, compare_targets
from .ending import Ending
from .plan import PairPlan

__all__ = [
    "Begun",
    "Ending",
    "Listener",
    "PairPlan",
    "Progress",
    "compare_in_step",
    "compare_targets",
]
