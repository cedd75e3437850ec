"""The run record: what happened, written as it happens, read by every report.

Imports the contract's names only, so that reports never pull in the engine.
"""

from __future__ import annotations

from .events import (
    Discrepancy,
    Event,
    Exchange,
    Kind,
    Observation,
    RunFinished,
    RunStarted,
    ScenarioRun,
    StopReason,
)
from .lines import decode_line, encode_line
from .signature import signature_of

__all__ = [
    "Discrepancy",
    "Event",
    "Exchange",
    "Kind",
    "Observation",
    "RunFinished",
    "RunStarted",
    "ScenarioRun",
    "StopReason",
    "decode_line",
    "encode_line",
    "signature_of",
]
