"""Judges one response against what was expected: a function from a state to a judgement.

The checks run in the order in which one deviation makes the next ones meaningless: status, form of
the response, state of the session, totals, effects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from ..contract import Fetch, Raw, Step
from ..record import Discrepancy, Observation
from ..wire import Response
from .checks import (
    BELIEVED_CHECKS,
    FORM_CHECKS,
    INCONCLUSIVE_STATUSES,
    RAW_CHECKS,
    STATE_CHECKS,
    STATUS_CHECKS,
    TOTAL_CHECKS,
    effect_group,
    is_unfounded,
    unseen_findings,
)
from .discrepancies import distinct, found_by, found_in_effects, reported, signature
from .held_back import difference_from_dry, dry_response, is_held_back
from .judged_response import Finding, JudgedResponse
from .judged_right import judged_right
from .judgement import Judgement
from .key_refusals import BEFORE_API, refuses_valid_key
from .model import Expectation, SessionModel, Verdict, is_write
from .rule_coverage import coverage_of
from .state import OracleState
from .transitions import transitions_of


def judge(
    step_index: int, judged: JudgedResponse, state: OracleState, observed_rules: Collection[str]
) -> Judgement:
    """What the response to one step means.

    Args:
        step_index: index of the step in the scenario.
        judged: the step and its response, with what was expected.
        state: what was known before the step.
        observed_rules: the rules whose violations are observations, not discrepancies.
    """
    report = _Report(judged, state.misleading, observed_rules)
    wrong_status = found_by(STATUS_CHECKS, judged)
    status_finding = wrong_status[0] if wrong_status else None
    earlier = state.sessions[judged.step.session].held_back
    difference = difference_from_dry(earlier, judged, status_finding)
    if earlier is not None and difference is not None:
        report.add(earlier.number, difference)
    if is_held_back(judged, status_finding):
        # The next step decides who is blamed. Until then what a wrongly accepted dry run shows is
        # a consequence of its status.
        if status_finding is not None and _is_wrongly_accepted(judged):
            report.note_misleading(status_finding)
        wrong_status = []
    form = found_by(RAW_CHECKS if isinstance(judged.step, Raw) else FORM_CHECKS, judged)
    # A wrong status, and a request whose effect is open, leave nothing to compare a state with.
    is_compared = status_finding is None and _is_state_known(judged)
    wrong_state = distinct(found_by(STATE_CHECKS, judged)) if is_compared else []
    # Totals follow from the state: with a wrong one they are wrong as well.
    totals = found_by(TOTAL_CHECKS, judged) if is_compared and not wrong_state else []
    effects = _about_effects(judged, totals) if is_compared and not wrong_state else []
    for finding in (*wrong_status, *form, *wrong_state, *totals, *effects):
        report.add(step_index, finding)
    return Judgement(
        discrepancies=tuple(report.discrepancies),
        observations=tuple(report.observations),
        coverage=tuple(coverage_of(judged)),
        judged_right=() if status_finding is not None else tuple(judged_right(judged)),
        must_read=bool(wrong_state) or _must_read(judged, status_finding),
        transitions=transitions_of(judged.step, judged.before, judged.expectation, judged.received),
        misleading=tuple(report.misleading),
        held_back=dry_response(step_index, judged, status_finding),
    )


def inconclusive_reason(
    step: Step,
    response: Response,
    expectation: Expectation,
    before: SessionModel,
    *,
    is_alone: bool,
) -> str:
    """Why a response says nothing about the rules; empty if it does.

    Args:
        step: what was sent.
        response: what it was answered.
        expectation: the verdict on the step.
        before: what the session held.
        is_alone: whether no other request can have been worked on at the same time.
    """
    if response.status in INCONCLUSIVE_STATUSES and not (
        is_alone
        and expectation.verdict is Verdict.MUST_ACCEPT
        and is_unfounded(step, response.status, before)
    ):
        return f"answered {response.status}"
    if response.status in BEFORE_API and not refuses_valid_key(step, response):
        return f"answered {response.status}"
    if refuses_valid_key(step, response):
        return f"valid credentials answered {response.status}"
    return ""


def with_findings(
    judgement: Judgement,
    step_index: int,
    judged: JudgedResponse,
    findings: Iterable[Finding],
    *,
    observed_rules: Collection[str],
    mistakes: tuple[str, ...],
    coverage: tuple[str, ...],
) -> Judgement:
    """``judgement`` with more findings in the same response, each under the name of a check.

    Args:
        judgement: what the response means otherwise.
        step_index: index of the step in the scenario.
        judged: the step and its response.
        findings: what was found besides.
        observed_rules: the rules whose violations are observations, not discrepancies.
        mistakes: signatures of what was found before and may have misled the model.
        coverage: more keys of `cartfuzz.record.ScenarioRun.reached`.
    """
    report = _Report(judged, mistakes, observed_rules)
    for finding in findings:
        report.add(step_index, finding)
    return replace(
        judgement,
        discrepancies=(*judgement.discrepancies, *report.discrepancies),
        observations=(*judgement.observations, *report.observations),
        coverage=(*judgement.coverage, *coverage),
    )


class _Report:
    """Turns the findings in one response into discrepancies, or into observations."""

    def __init__(
        self,
        judged: JudgedResponse,
        misleading: tuple[str, ...],
        observed_rules: Collection[str],
    ) -> None:
        self._judged = judged
        self._observed_rules = observed_rules
        self.misleading = list(misleading)
        self.discrepancies: list[Discrepancy] = []
        self.observations: list[Observation] = []

    def add(self, step_index: int, finding: Finding) -> None:
        """Reports what was found in the response to step ``step_index``."""
        if finding.rule in self._observed_rules:
            self.observations.append(
                Observation(
                    rule=finding.rule,
                    situation=finding.situation.key,
                    outcome=finding.outcome.key,
                    operation=self._judged.step.operation,
                    step=step_index,
                    signature=signature(self._judged.step, finding),
                )
            )
            return
        discrepancy = reported(
            step_index,
            self._judged.step,
            finding,
            unseen=unseen_findings(self._judged),
            mistakes=self.misleading,
        )
        self.discrepancies.append(discrepancy)
        if finding.check in BELIEVED_CHECKS or _is_wrongly_accepted(self._judged):
            self.misleading.extend((discrepancy.signature, *discrepancy.alternatives))

    def note_misleading(self, finding: Finding) -> None:
        """Remembers the other readings of a finding that is not reported yet."""
        self.misleading.extend(
            signature(self._judged.step, other) for other in finding.alternatives
        )


def _about_effects(judged: JudgedResponse, totals: list[Finding]) -> list[Finding]:
    """What is wrong with the effects of a response that shows the session as it must be.

    A wrong state brings effects that are wrong as well, and a wrong total a wrong discount.
    """
    group = effect_group(judged)
    if not group.checks:
        return []
    checks = group.checks if totals else (*group.checks, *group.amounts)
    return distinct(found_in_effects(checks, judged, judged.effects))


def _must_read(judged: JudgedResponse, status_finding: Finding | None) -> bool:
    """Whether the status leaves open what the target holds now."""
    if status_finding is not None and (isinstance(judged.step, Fetch) or not judged.refused):
        # A refusal that should not be is believed: nothing was stored. Anything else is not.
        return True
    if not is_write(judged.step):
        return False
    if judged.status >= 500:
        return True
    # The model was not asked what an accepted raw request does.
    return isinstance(judged.step, Raw) and judged.accepted and not judged.before.lost


def _is_wrongly_accepted(judged: JudgedResponse) -> bool:
    return judged.accepted and judged.expectation.verdict is Verdict.MUST_REJECT


def _is_state_known(judged: JudgedResponse) -> bool:
    """Whether the model knows what the target must hold now."""
    return not (_is_wrongly_accepted(judged) or judged.before.lost or isinstance(judged.step, Raw))
