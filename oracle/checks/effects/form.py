"""The form of effects, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....contract import Addition, ContractVersion, Fetch, Raw, SessionState, Update
from ....record import AnyOf, Claim, Fits, Holds, Outcome, Present, Situation, pointer
from ...effects import EffectProblem
from ...judged_response import VIEW, Finding, JudgedResponse, brief
from ...model import is_empty
from ...model.applied import Applied
from .context import lists_effects, without_effect

_ELIGIBILITY = Addition.CAMPAIGN_ELIGIBILITY.value
_LISTED = Situation.other("effects listed")
_NOT_ASKED = Situation.other("answer that was not asked for campaignEligibility in a dry update")
_NO_LIST = Finding(
    rule="EFF-01",
    situation=Situation.other("read of a closed session with a redeemed coupon"),
    operation=VIEW,
    outcome=Outcome.other("no effects"),
    expected="effects: a list with the acceptCoupon of the close",
    found="none",
    claim=Fits(pointer=pointer("effects"), types=("array",), shortest=1),
)
_SHOWN = Outcome.other("campaignEligibility is shown")


def check_effect_form(response: JudgedResponse) -> Iterable[Finding]:
    """EFF-01, EFF-02: members of every effect, and the properties of its kind.

    That there is a list of objects is part of the schema (RESP-01), but for reads: they may leave
    it out where nothing is valid.
    """
    if not lists_effects(response):
        return (_NO_LIST,) if _needs_effects(response) else ()
    problems = response.effects.problems
    return _malformed(problems) if problems else ()


def _malformed(problems: Iterable[EffectProblem]) -> Iterator[Finding]:
    known: set[tuple[str, Situation, Outcome]] = set()
    for problem in problems:
        finding = _finding(problem)
        key = (finding.rule, finding.situation, finding.outcome)
        if key not in known:
            known.add(key)
            yield finding


def check_eligibility(response: JudgedResponse) -> Iterable[Finding]:
    """DRY-05: ``campaignEligibility`` is in answers to dry updates that asked for it only."""
    shown = response.json.get(_ELIGIBILITY) if isinstance(response.json, dict) else None
    if is_empty(shown) or not response.accepted or not is_judged_for_eligibility(response):
        return ()
    return (
        Finding(
            rule="DRY-05",
            situation=_NOT_ASKED,
            operation=VIEW,
            outcome=_SHOWN,
            expected=f"no {_ELIGIBILITY}",
            found=f"{_ELIGIBILITY}: {brief(shown)}",
            claim=Holds(pointer=pointer(_ELIGIBILITY), value=None),
        ),
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


def _needs_effects(response: JudgedResponse) -> bool:
    """Whether a read must list effects: those of a closed session that has redeemed a code."""
    if not isinstance(response.step, Fetch) or response.status != 200:
        return False
    if response.environment.contract is ContractVersion.V2_5_1:
        return False
    applied, shown = response.after.applied, response.shown
    if response.after.state is not SessionState.CLOSED or not isinstance(applied, Applied):
        return False
    if shown is None or shown.get("state") != SessionState.CLOSED.value:
        return False  # RESP-03: it is not the session that was closed
    answer = response.json
    is_left_out = isinstance(answer, dict) and answer.get("effects") is None
    return is_left_out and bool(applied.coupons) and not applied.reduced


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
