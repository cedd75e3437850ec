"""The run record: what happened, written as it happens, read by every report.

Imports the contract's names only, so that reports never pull in the engine.
"""

from __future__ import annotations

from .diff import Change, Changed, Comparison, FailOn, changed, compare, comparison
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
from .reader import BadRecordError, read_events, read_summary
from .richness import Richness
from .sightings import Seen, Sightings, Stored, StoredRun, stored
from .signature import signature_of
from .summary import Summary, SummaryBuilder, Unseen, operations_of, summarise
from .writer import RecordWriter

__all__ = [
    "BadRecordError",
    "Change",
    "Changed",
    "Comparison",
    "Confirmation",
    "Discrepancy",
    "Entry",
    "Event",
    "Exchange",
    "ExitCode",
    "FailOn",
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
    "changed",
    "compare",
    "comparison",
    "decode_line",
    "encode_line",
    "exit_code",
    "operations_of",
    "read_events",
    "read_summary",
    "signature_of",
    "stored",
    "summarise",
]
