"""What a run record amounts to: bugs, contradictions, run invariants, the summary, the comparison.

Everything here is computed from the events of a record. Nothing here sends a request.
"""

from __future__ import annotations

from .bugs import Confirmation, Entry, Minimisation
from .condenser import Condenser
from .contradictions import Drift
from .cross_scenario import Beyond, Side
from .diff import Change, Changed, Comparison, FailOn, changed, compare, comparison
from .discovery import Richness
from .outcome import ExitCode, exit_code
from .reproducers import Seen, Sightings, Stored, StoredRun, StoredRunBuilder, stored
from .run_invariants import Ledger
from .summary import Summary, SummaryBuilder, Unseen, operations_of, read_summary, summarise

__all__ = [
    "Beyond",
    "Change",
    "Changed",
    "Comparison",
    "Condenser",
    "Confirmation",
    "Drift",
    "Entry",
    "ExitCode",
    "FailOn",
    "Ledger",
    "Minimisation",
    "Richness",
    "Seen",
    "Side",
    "Sightings",
    "Stored",
    "StoredRun",
    "StoredRunBuilder",
    "Summary",
    "SummaryBuilder",
    "Unseen",
    "changed",
    "compare",
    "comparison",
    "exit_code",
    "operations_of",
    "read_summary",
    "stored",
    "summarise",
]
