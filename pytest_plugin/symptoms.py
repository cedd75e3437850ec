"""Finds discrepancies that may be symptoms of a bug that showed earlier in the same scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..record import ScenarioRun


def symptoms_in(runs: Iterable[ScenarioRun]) -> Mapping[str, frozenset[str]]:
    """The signatures that only show in scenarios in which another rule was broken before.

    In each scenario the first response that breaks a rule counts: what it shows is no symptom, and
    neither is a later discrepancy of the same rule. All others may follow from it, unless another
    scenario shows them without a cause.

    Returns:
        Signature to the rules that were broken before.
    """
    independent: set[str] = set()
    causes: dict[str, set[str]] = {}
    for run in runs:
        first_step = min((found.step for found in run.discrepancies), default=0)
        broken_first = {found.rule for found in run.discrepancies if found.step == first_step}
        for found in run.discrepancies:
            if found.step == first_step or found.rule in broken_first:
                independent.add(found.signature)
            else:
                causes.setdefault(found.signature, set()).update(broken_first)
    return {
        signature: frozenset(rules)
        for signature, rules in causes.items()
        if signature not in independent
    }
