"""The run record: what happened, written as it happens, read by every report.

Imports the contract's names only, so that reports never pull in the engine.
"""

from __future__ import annotations

from .entries import Confirmation, Entry, Minimisation
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
)
from .ledger import Ledger
from .lines import decode_line, encode_line
from .outcome import ExitCode, exit_code
from .reader import BadRecordError, read_events
from .richness import Richness
from .sightings import Seen, Sightings, Stored, StoredRun, stored
from .signature import signature_of
from .summary import Summary, SummaryBuilder, Unseen, operations_of, summarise
from .writer import RecordWriter

__all__ = [
    "BadRecordError",
    "Confirmation",
    "Discrepancy",
    "Entry",
    "Event",
    "Exchange",
    "ExitCode",
    "Kind",
    "Ledger",
    "Minimisation",
    "Minimised",
    "Observation",
    "RecordWriter",
    "Richness",
    "RunFinished",
    "RunStarted",
    "ScenarioRun",
    "Seen",
    "Sightings",
    "StopReason",
    "Stored",
    "StoredRun",
    "Summary",
    "SummaryBuilder",
    "Unseen",
    "decode_line",
    "encode_line",
    "exit_code",
    "operations_of",
    "read_events",
    "signature_of",
    "stored",
    "summarise",
]
