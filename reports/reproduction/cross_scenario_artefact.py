"""Builds the artefacts of findings that take more than one scenario."""

from __future__ import annotations

from ...analysis import CrossScenarioFinding
from ...contract import MARK, RETIRED_RULES, Environment, Rule, Scenario
from ...record import Kind
from .artefact import Artefact
from .contradiction_artefact import contradiction
from .whole_run_artefact import late_read, many_redemptions, many_sessions

_OF_REDEMPTIONS = frozenset(("COUP-02", "REF-01", *RETIRED_RULES))
_NO_EVIDENCE = "the record does not hold the scenarios that showed it"


def build_cross_scenario_artefact(
    finding: CrossScenarioFinding, rule: Rule | None, target: str, environment: Environment
) -> Artefact:
    """The artefact of ``finding``; it has no script if the record does not hold enough for one."""
    found, evidence = finding.discrepancy, finding.evidence
    unscripted = Artefact(
        discrepancy=found,
        rule=rule,
        scenario=evidence[-1].scenario if evidence else _empty_scenario(found.title),
        requests=(),
        exchanges=(),
        confirmation="",
        target=target,
        synthetic=True,
        no_script_reason=_NO_EVIDENCE,
    )
    if found.kind is Kind.CONTRADICTION:
        return contradiction(unscripted, evidence)
    if found.rule == "RESP-07":
        return many_sessions(unscripted, finding.sessions)
    if found.rule in _OF_REDEMPTIONS:
        return many_redemptions(unscripted, environment)
    return late_read(unscripted, evidence)


def _empty_scenario(title: str) -> Scenario:
    return Scenario(title=title, sessions=(MARK,), steps=())
