"""The run record: what happened, written as it happens, read by every report.

Imports the contract's names only, so that reports never pull in the engine.
"""

from __future__ import annotations

from .beyond import Beyond, Side
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
from .diff import Change, Changed, Comparison, FailOn, changed, compare, comparison
from .discrepancies import MOST_READINGS, discrepancy
from .drift import Drift
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
    Tally,
)
from .ledger import Ledger
from .lines import decode_line, decode_value, encode_line, encode_value
from .outcome import ExitCode, exit_code
from .reader import BadRecordError, read_events, read_summary
from .richness import Richness
from .sightings import Seen, Sightings, Stored, StoredRun, StoredRunBuilder, stored
from .signature import signature_of
from .summary import Summary, SummaryBuilder, Unseen, operations_of, summarise
from .writer import RecordWriter

__all__ = [
    "MOST_READINGS",
    "AnyOf",
    "AtMost",
    "BadRecordError",
    "Beyond",
    "Change",
    "Changed",
    "Claim",
    "Comparison",
    "Confirmation",
    "Consistent",
    "Differs",
    "Discrepancy",
    "Distinct",
    "Drift",
    "Entry",
    "Event",
    "Exchange",
    "ExitCode",
    "Explained",
    "FailOn",
    "Fits",
    "Holds",
    "Kind",
    "Ledger",
    "Minimisation",
    "Minimised",
    "Near",
    "NoServerError",
    "Observation",
    "OneValue",
    "Present",
    "RecordWriter",
    "Refutation",
    "Richness",
    "RunFinished",
    "RunStarted",
    "ScenarioRun",
    "Seen",
    "ShownThen",
    "Side",
    "Sightings",
    "StatusIn",
    "StopReason",
    "Stored",
    "StoredRun",
    "StoredRunBuilder",
    "Summary",
    "SummaryBuilder",
    "Tally",
    "TypeIs",
    "Unchanged",
    "Unseen",
    "Without",
    "changed",
    "compare",
    "comparison",
    "decode_line",
    "decode_value",
    "discrepancy",
    "encode_line",
    "encode_value",
    "exit_code",
    "explained",
    "holds",
    "operations_of",
    "pointer",
    "read_events",
    "read_summary",
    "signature_of",
    "stored",
    "summarise",
]
