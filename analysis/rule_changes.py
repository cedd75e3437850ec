"""Compares what became of each rule in two runs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from ..contract import Level
from ..record.scenario_parts import Kind
from .bugs import Bug
from .summary import Summary
from .tested_rules import is_testable, was_tested


class RuleStatus(StrEnum):
    """What a run says of a rule; the first that holds."""

    BROKEN = "broken"
    """A discrepancy by it shows every time, or is the symptom of one."""
    UNSURE = "flaky or not confirmed"
    """There are discrepancies by it, none of them sure."""
    KNOWN = "known"
    """All discrepancies by it are in the baseline."""
    OBSERVED = "only observed"
    """The configuration does not enforce it."""
    KEPT = "kept"
    """It was tested, and nothing was found."""
    NOT_TESTED = "not tested"


class RuleChange(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in two runs."""

    rule: str
    before: RuleStatus
    after: RuleStatus


def rule_changes(old: Summary, new: Summary) -> list[RuleChange]:
    """Each rule that can be tested or that either run blames, by ID.

    Returns:
        Nothing where the contract versions differ: a rule of one is no rule of the other.
    """
    if old.contract is not new.contract:
        return []
    testable = {rule.id for rule in new.catalogue.values() if is_testable(rule)}
    blamed = {bug.rule for summary in (old, new) for bug in summary.found}
    return [
        RuleChange(rule=rule, before=rule_status(rule, old), after=rule_status(rule, new))
        for rule in sorted(testable | blamed)
    ]


def rule_status(rule_id: str, summary: Summary) -> RuleStatus:
    """What the run says of the rule; of a run that blames no rule, that none was tested."""
    blaming = [bug for bug in summary.discrepancies if _blames(bug, rule_id)]
    if any(bug.kind is not Kind.FLAKY and not bug.unconfirmed for bug in blaming):
        return RuleStatus.BROKEN
    if blaming:
        return RuleStatus.UNSURE
    if any(_blames(bug, rule_id) for bug in summary.known):
        return RuleStatus.KNOWN
    level = summary.rules.get(rule_id)
    if level is not None and level.level is Level.OBSERVE:
        return RuleStatus.OBSERVED
    rule = summary.catalogue.get(rule_id)
    tested = rule is not None and not summary.withheld and was_tested(rule, summary)
    return RuleStatus.KEPT if tested else RuleStatus.NOT_TESTED


def status_counts(
    changes: Iterable[RuleChange],
) -> dict[tuple[RuleStatus, RuleStatus], tuple[str, ...]]:
    """The rules by status before and after."""
    found: dict[tuple[RuleStatus, RuleStatus], list[str]] = {}
    for one in changes:
        found.setdefault((one.before, one.after), []).append(one.rule)
    return {key: tuple(rules) for key, rules in found.items()}


def _blames(bug: Bug, rule: str) -> bool:
    return bug.rule == rule or any(symptom.rule == rule for symptom in bug.symptoms)
