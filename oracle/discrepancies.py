"""Turns what checks find into the discrepancies that are reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..contract import Step
from ..record import AnyOf, CheckName, Discrepancy, StatusIn, discrepancy, signature_of
from .checks import Check, EffectCheck
from .effects import Effects
from .judged_response import Finding, JudgedResponse


def found_by(checks: Iterable[Check], response: JudgedResponse) -> list[Finding]:
    """What ``checks`` find in one response, each under the name of a check."""
    return [
        _complete(finding, check.name, response)
        for check in checks
        for finding in check.run(response)
    ]


def found_in_effects(
    checks: Iterable[EffectCheck], response: JudgedResponse, effects: Effects
) -> list[Finding]:
    """The same of checks that look at the effects of a response."""
    return [
        _complete(finding, check.name, response)
        for check in checks
        for finding in check.run(response, effects)
    ]


def _complete(finding: Finding, name: CheckName, response: JudgedResponse) -> Finding:
    claim = finding.claim
    if claim is not None and response.open_status and response.accepted:
        # Another target may refuse it, and then shows nothing.
        claim = AnyOf(claims=(claim, StatusIn(statuses=tuple(range(400, 500)))))
    readings = tuple(replace(one, check=one.check or name) for one in finding.alternatives)
    return replace(finding, claim=claim, check=finding.check or name, alternatives=readings)


def distinct(findings: list[Finding]) -> list[Finding]:
    """``findings`` without those that would get the signature of one before."""
    if len(findings) < 2:
        return findings
    known = {(one.check, one.rule, one.situation, one.outcome): one for one in reversed(findings)}
    return list(known.values())[::-1]


def reported(
    number: int,
    step: Step,
    finding: Finding,
    *,
    unseen: Iterable[Finding],
    mistakes: Iterable[str],
) -> Discrepancy:
    """The discrepancy that a finding becomes.

    Args:
        number: index of the step in the scenario.
        step: the step whose response was judged.
        finding: what was found, under the name of a check.
        unseen: what no response could have shown yet and would explain it.
        mistakes: signatures of what was found before and may have misled the model.
    """
    readings = [signature(step, other) for other in (*finding.alternatives, *unseen)]
    return discrepancy(
        rule=finding.rule,
        check=_name(finding),
        operation=(finding.operation or step).operation,
        situation=finding.situation,
        outcome=finding.outcome,
        expected=finding.expected,
        found=finding.found,
        claim=finding.claim,
        step=number,
        field_name=finding.field_name,
        family=finding.family,
        alternatives=(*readings, *mistakes),
    )


def signature(step: Step, finding: Finding) -> str:
    """The signature that a finding in the response to ``step`` gets."""
    return signature_of(
        rule=finding.rule,
        check=_name(finding),
        operation=(finding.operation or step).operation.value,
        situation=finding.situation.key,
        outcome=finding.outcome.key,
    )


def _name(finding: Finding) -> CheckName:
    if finding.check is None:
        raise ValueError(f"a finding that names no check has no signature: {finding!r}")
    return finding.check
