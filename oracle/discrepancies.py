"""From what checks find to the discrepancies that are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..contract import Step
from ..record import AnyOf, Discrepancy, StatusIn, discrepancy, signature_of
from .checks import Check
from .judged_response import Finding, JudgedResponse

Found = tuple[str, Finding]
"""The name of a check and what it found."""


def name_of(check: Check) -> str:
    """``"totals"`` of ``check_totals``."""
    return check.__name__.removeprefix("check_")


def found_by(checks: Iterable[Check], judged: JudgedResponse) -> list[Found]:
    """What ``checks`` find in one answer."""
    return [
        _complete(judged, finding, name_of(check)) for check in checks for finding in check(judged)
    ]


def _complete(judged: JudgedResponse, finding: Finding, name: str) -> Found:
    readings = tuple(replace(one, check=one.check or name) for one in finding.alternatives)
    claim = finding.claim
    if claim is not None and judged.open_status and judged.accepted:
        # Another target may refuse it, and then shows nothing.
        claim = AnyOf(claims=(claim, StatusIn(statuses=tuple(range(400, 500)))))
    return finding.check or name, replace(finding, claim=claim, alternatives=readings)


def once(found: list[Found]) -> list[Found]:
    """``found`` without those that would get the signature of one before."""
    return list(
        {
            (check, f.rule, f.situation, f.outcome): (check, f) for check, f in reversed(found)
        }.values()
    )[::-1]


def reported(
    number: int, step: Step, found: Found, *, suspected: Iterable[Finding], mistakes: Iterable[str]
) -> Discrepancy:
    """The discrepancy that a finding is.

    Args:
        number: index of the step in the scenario.
        step: the step whose answer was judged.
        found: the check and what it found.
        suspected: what no answer could have shown yet and would explain it.
        mistakes: signatures of what was found before and may have misled the model.
    """
    check, finding = found
    readings = [
        signature(step, (other.check or check, other))
        for other in (*finding.alternatives, *suspected)
    ]
    return discrepancy(
        rule=finding.rule,
        check=check,
        operation=(finding.operation or step).operation,
        situation=finding.situation,
        outcome=finding.outcome,
        expected=finding.expected,
        found=finding.found,
        claim=finding.claim,
        step=number,
        about=finding.about,
        family=finding.family,
        alternatives=(*readings, *mistakes),
    )


def signature(step: Step, found: Found) -> str:
    """The signature that a finding in the answer to ``step`` gets."""
    check, finding = found
    return signature_of(
        rule=finding.rule,
        check=check,
        operation=(finding.operation or step).operation.value,
        situation=finding.situation,
        outcome=finding.outcome,
    )
