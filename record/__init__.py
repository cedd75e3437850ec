"""The run record: what happened, written as it happens.

This room holds the events of a run, the claims of discrepancies, and their lines on disk. What a
record amounts to is computed in `cartfuzz.analysis`.
"""

from __future__ import annotations

from .claims import (
    AnyOf,
    AtMost,
    Claim,
    Consistent,
    Differs,
    Distinct,
    Explained,
    Fits,
    Holds,
    Near,
    NoServerError,
    OneValue,
    Present,
    Refutation,
    ShownThen,
    StatusIn,
    TypeIs,
    Unchanged,
    Without,
    explained,
    holds,
    pointer,
)
from .codec import decode_line, decode_value, encode_line, encode_value
from .discrepancies import MOST_READINGS, discrepancy
from .events import (
    Discrepancy,
    Event,
    Exchange,
    Kind,
    Minimised,
    Observation,
    RunFinished,
    RunStarted,
    ScenarioRun,
    StopReason,
    Tally,
)
from .phase import Activity, Phase, phase_of
from .reader import BadRecordError, read_events
from .signature import signature_of
from .writer import RecordWriter

__all__ = [
    "MOST_READINGS",
    "Activity",
    "AnyOf",
    "AtMost",
    "BadRecordError",
    "Claim",
    "Consistent",
    "Differs",
    "Discrepancy",
    "Distinct",
    "Event",
    "Exchange",
    "Explained",
    "Fits",
    "Holds",
    "Kind",
    "Minimised",
    "Near",
    "NoServerError",
    "Observation",
    "OneValue",
    "Phase",
    "Present",
    "RecordWriter",
    "Refutation",
    "RunFinished",
    "RunStarted",
    "ScenarioRun",
    "ShownThen",
    "StatusIn",
    "StopReason",
    "Tally",
    "TypeIs",
    "Unchanged",
    "Without",
    "decode_line",
    "decode_value",
    "discrepancy",
    "encode_line",
    "encode_value",
    "explained",
    "holds",
    "phase_of",
    "pointer",
    "read_events",
    "signature_of",
]
