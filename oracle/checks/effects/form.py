"""The form of effects, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterator

from ....contract import Addition, Raw, Update
from ....record import AnyOf, Claim, Fits, Holds, Outcome, Present, Situation, pointer
from ...effects import EffectProblem
from ...judged_response import VIEW, Finding, JudgedResponse, brief
from ...model import is_empty
from .context import lists_effects, without_effect

_ELIGIBILITY = Addition.CAMPAIGN_ELIGIBILITY.value
_LISTED = Situation.other("effects listed")
_NOT_ASKED = Situation.other("answer that was not asked for campaignEligibility in a dry update")
_SHOWN = Outcome.other("campaignEligibility is shown")


def check_effect_form(response: JudgedResponse) -> Iterator[Finding]:
    """EFF-01, EFF-02: members of every effect, and the properties of its kind.

    That there is a list of objects is part of the schema (RESP-01).
    """
    if not lists_effects(response):
        return
    known: set[tuple[str, Situation, Outcome]] = set()
    for problem in response.effects.problems:
        finding = _finding(problem)
        key = (finding.rule, finding.situation, finding.outcome)
        if key not in known:
            known.add(key)
            yield finding


def check_eligibility(response: JudgedResponse) -> Iterator[Finding]:
    """DRY-05: ``campaignEligibility`` is in answers to dry updates that asked for it only."""
    shown = response.json.get(_ELIGIBILITY) if isinstance(response.json, dict) else None
    if is_empty(shown) or not response.accepted or not is_judged_for_eligibility(response):
        return
    yield Finding(
        rule="DRY-05",
        situation=_NOT_ASKED,
        operation=VIEW,
        outcome=_SHOWN,
        expected=f"no {_ELIGIBILITY}",
        found=f"{_ELIGIBILITY}: {brief(shown)}",
        claim=Holds(pointer=pointer(_ELIGIBILITY), value=None),
    )


def is_judged_for_eligibility(response: JudgedResponse) -> bool:
    """Whether the answer must not have ``campaignEligibility``: nobody asked for it in a dry run.

    What an update gets that asks for it where it may not is open.
    """
    step = response.step
    if isinstance(step, Raw) or not response.environment.has(Addition.CAMPAIGN_ELIGIBILITY):
        return False
    if not isinstance(step, Update) or not step.dry:
        return True
    wanted = step.body.get("responseContent") if isinstance(step.body, dict) else None
    return not isinstance(wanted, list) or _ELIGIBILITY not in wanted


def _finding(problem: EffectProblem) -> Finding:
    member = problem.member.removeprefix("props.")
    # The members that all effects have are one bug, whichever kind lacks them.
    every = problem.rule == "EFF-01" or problem.kind is None
    situation = _LISTED if every else Situation.other(f"{problem.kind} listed")
    return Finding(
        rule=problem.rule,
        situation=situation,
        operation=VIEW,
        outcome=Outcome.other(f"{member} is {problem.found}"),
        expected=f"effect {problem.index}: {problem.member}: {problem.expected}",
        found=f"{problem.member} is {problem.found}",
        claim=_claim(problem),
    )


def _claim(problem: EffectProblem) -> Claim:
    place = pointer("effects", problem.index, *problem.member.split("."))
    fits = Fits(pointer=place, types=problem.types)
    has: Claim = Present(pointer=place) if problem.is_missing else fits
    if problem.kind is None:
        return has
    return AnyOf(claims=(has, without_effect(problem.kind)))
