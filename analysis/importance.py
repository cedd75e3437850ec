"""Orders the discrepancies of a run by how much they matter to somebody with little time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..contract import Rule, Sureness
from ..record.scenario_parts import Kind
from .bugs import Bug

MONEY_AND_STATES = frozenset(
    ("STATE", "RET", "COUP", "REF", "BUDG", "DISC", "LOY", "EFF", "COST", "IDEM", "PAR")
)
"""The groups of rules, by the first part of their IDs, whose violations pay out wrongly or put a
session into a wrong state."""
TOTALS = frozenset(("RESP-04", "RESP-05", "RESP-06", "RESP-09"))
"""The rules about totals, whose group holds other rules too."""
_BY_SURENESS = (Sureness.DOCUMENTED, Sureness.IMPLIED, Sureness.SILENT)


def by_importance(bugs: Iterable[Bug], rules: Mapping[str, Rule]) -> list[Bug]:
    """The discrepancies ``bugs``, the most important one first.

    What was confirmed comes before what nobody confirmed, and that before what is flaky. Within
    each, rules that are documented come before implied ones, money and states before the rest, and
    what is frequent before what is rare.

    Args:
        bugs: of one run.
        rules: the catalogue of its contract version; a rule that it lacks counts as the least sure.
    """
    return sorted(bugs, key=lambda bug: (*_rank(bug, rules), -bug.count, bug.signature))


def for_artefacts(
    bugs: Iterable[Bug], rules: Mapping[str, Rule], steps: Mapping[str, int]
) -> list[str]:
    """The signatures of ``bugs``, in the order in which artefacts are written while there is room.

    It is that of `by_importance` as far as doubt, sureness and money go; then the smallest scenario
    comes first. What the target does differently where the contract is silent comes last.

    Args:
        bugs: of one run.
        rules: as of `by_importance`.
        steps: by signature, how many steps the scenario of a bug has; none where it has no own one.
    """
    ordered = sorted(
        by_importance(bugs, rules),
        key=lambda bug: (
            bug.kind is Kind.CONTRADICTION,
            _rank(bug, rules),
            steps.get(bug.signature, 0),
        ),
    )
    return [bug.signature for bug in ordered]


def _rank(bug: Bug, rules: Mapping[str, Rule]) -> tuple[int, int, bool]:
    """How far from the most important: by doubt, sureness of the rule, and money and states."""
    unsureness = _unsureness(rules.get(bug.rule))
    return _doubt(bug), unsureness, not concerns_money_or_states(bug.rule)


def concerns_money_or_states(rule: str) -> bool:
    """Whether a violation of the rule with the ID ``rule`` pays out wrongly or moves a session."""
    return rule in TOTALS or rule.partition("-")[0] in MONEY_AND_STATES


def _doubt(bug: Bug) -> int:
    if bug.unconfirmed:
        return 1
    return 2 if bug.kind is Kind.FLAKY else 0


def _unsureness(rule: Rule | None) -> int:
    return len(_BY_SURENESS) if rule is None else _BY_SURENESS.index(rule.sureness)
