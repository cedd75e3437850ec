"""What a run record amounts to: bugs, contradictions, run invariants, the summary, the comparison.

Everything here is computed from the events of a record. Nothing here sends a request.
"""

from __future__ import annotations

from .bugs import Bug, Confirmation, Minimisation
from .condenser import Condenser
from .contradictions import Contradictions
from .cross_scenario import CrossScenarioFinding, Evidence
from .diff import Change, Changed, Comparison, FailOn, changed, compare, comparison
from .discovery import DiscoveryEstimate
from .outcome import RunOutcome
from .reproducers import (
    Occurrence,
    Reproducer,
    RunReproducers,
    RunReproducersBuilder,
    SimplestOccurrences,
    stored,
)
from .run_invariants import RunInvariants
from .summary import Summary, SummaryBuilder, Unseen, operations_of, read_summary, summarise

__all__ = [
    "Bug",
    "Change",
    "Changed",
    "Comparison",
    "Condenser",
    "Confirmation",
    "Contradictions",
    "CrossScenarioFinding",
    "DiscoveryEstimate",
    "Evidence",
    "FailOn",
    "Minimisation",
    "Occurrence",
    "Reproducer",
    "RunInvariants",
    "RunOutcome",
    "RunReproducers",
    "RunReproducersBuilder",
    "SimplestOccurrences",
    "Summary",
    "SummaryBuilder",
    "Unseen",
    "changed",
    "compare",
    "comparison",
    "operations_of",
    "read_summary",
    "stored",
    "summarise",
]
