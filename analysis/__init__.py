"""What a run record amounts to: bugs, contradictions, run invariants, the summary, the comparison.

Everything here is computed from the events of a record. Nothing here sends a request. `RunState`
folds the events; `summary_of`, `reproducers_of` and the `Condenser` read what it knows.
"""

from __future__ import annotations

from .bugs import Bug, Minimisation, ReproductionRate
from .cause_parts import parts_of
from .condenser import Condenser
from .contradictions import Contradiction, Contradictions, contradict
from .cross_scenario import CrossScenarioFinding, Evidence
from .diff import Change, Comparison, DiscrepancyChange, FailOn, compare
from .discovery import DiscoveryEstimate, Rarity
from .naming import target_points_at
from .occurrences import ContradictionOccurrence, Occurrence, SimplestOccurrences
from .outcome import RunOutcome
from .reproducers import Reproducer, RunReproducers, read_reproducers, reproducers_of
from .run_invariants import RunFindings, RunInvariants
from .run_state import Learnt, RunState
from .summary import Summary, Unseen, operations_of, read_summary, summarise, summary_of

__all__ = [
    "Bug",
    "Change",
    "Comparison",
    "Condenser",
    "Contradiction",
    "ContradictionOccurrence",
    "Contradictions",
    "CrossScenarioFinding",
    "DiscoveryEstimate",
    "DiscrepancyChange",
    "Evidence",
    "FailOn",
    "Learnt",
    "Minimisation",
    "Occurrence",
    "Rarity",
    "Reproducer",
    "ReproductionRate",
    "RunFindings",
    "RunInvariants",
    "RunOutcome",
    "RunReproducers",
    "RunState",
    "SimplestOccurrences",
    "Summary",
    "Unseen",
    "compare",
    "contradict",
    "operations_of",
    "parts_of",
    "read_reproducers",
    "read_summary",
    "reproducers_of",
    "summarise",
    "summary_of",
    "target_points_at",
]
