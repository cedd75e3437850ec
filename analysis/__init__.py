"""What a run record amounts to: bugs, contradictions, run invariants, the summary, the comparison.

Everything here is computed from the events of a record. Nothing here sends a request. `RunState`
folds the events; `summary_of`, `reproducers_of` and the `Condenser` read what it knows.
"""

from __future__ import annotations

from .behaviour_diff import Drift, LostCoverage, SideOfDrift
from .bugs import Bug, Minimisation, ReproductionRate, operations_until
from .cause_parts import parts_of
from .compared_run import ComparedRun
from .condenser import Condenser
from .contradictions import Behaviour, Contradiction, Contradictions, contradict
from .cross_scenario import CrossScenarioFinding, Evidence
from .diff import Comparison, FailOn, compare
from .diff_verdict import DiffVerdict, Judgement
from .discovery import DiscoveryEstimate, Rarity
from .discovery_curve import DiscoveryPoint
from .discrepancy_change import Change, DiscrepancyChange, ShownInstead
from .histogram import LatencyHistogram
from .judged_right import MAX_JUDGED_RIGHT, JudgedRight
from .latency import Latency
from .latency_diff import (
    LatencyChange,
    LatencyVerdict,
    PercentileChange,
    latency_change,
    latency_changes,
)
from .muted import Muted
from .naming import target_points_at
from .not_compared import NotCompared, not_sent_again
from .occurrences import ContradictionOccurrence, Occurrence, SimplestOccurrences
from .outcome import RunOutcome
from .reproducers import Reproducer, RunReproducers, read_reproducers, reproducers_of
from .rule_changes import RuleChange, RuleStatus, status_counts
from .run_invariants import RunFindings, RunInvariants
from .run_state import Learnt, RunState
from .summary import Summary, Unseen, operations_of, read_summary, summarise, summary_of
from .timeline import TimeSlice
from .transition_diff import TransitionChange, TransitionChangeKind, transition_changes
from .transitions import SeenTransition

__all__ = [
    "MAX_JUDGED_RIGHT",
    "Behaviour",
    "Bug",
    "Change",
    "ComparedRun",
    "Comparison",
    "Condenser",
    "Contradiction",
    "ContradictionOccurrence",
    "Contradictions",
    "CrossScenarioFinding",
    "DiffVerdict",
    "DiscoveryEstimate",
    "DiscoveryPoint",
    "DiscrepancyChange",
    "Drift",
    "Evidence",
    "FailOn",
    "JudgedRight",
    "Judgement",
    "Latency",
    "LatencyChange",
    "LatencyHistogram",
    "LatencyVerdict",
    "Learnt",
    "LostCoverage",
    "Minimisation",
    "Muted",
    "NotCompared",
    "Occurrence",
    "PercentileChange",
    "Rarity",
    "Reproducer",
    "ReproductionRate",
    "RuleChange",
    "RuleStatus",
    "RunFindings",
    "RunInvariants",
    "RunOutcome",
    "RunReproducers",
    "RunState",
    "SeenTransition",
    "ShownInstead",
    "SideOfDrift",
    "SimplestOccurrences",
    "Summary",
    "TimeSlice",
    "TransitionChange",
    "TransitionChangeKind",
    "Unseen",
    "compare",
    "contradict",
    "latency_change",
    "latency_changes",
    "not_sent_again",
    "operations_of",
    "operations_until",
    "parts_of",
    "read_reproducers",
    "read_summary",
    "reproducers_of",
    "status_counts",
    "summarise",
    "summary_of",
    "target_points_at",
    "transition_changes",
]
