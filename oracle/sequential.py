"""The oracle of one execution: it follows a scenario and judges each answer as it comes.

Pure: it is told what was answered and says what that means; it sends nothing. One oracle serves
one execution of one scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..contract import (
    Credentials,
    Environment,
    Fetch,
    Level,
    Raw,
    ReturnItems,
    RuleLevel,
    Scenario,
    Step,
    Update,
)
from ..record import CheckName, Discrepancy, Observation
from ..wire import Delivery, NoResponse, Response
from ..wire.encoding import NOT_JSON, decode_json
from .checks import (
    BELIEVED_CHECKS,
    FORM_CHECKS,
    GATEWAY_STATUSES,
    INCONCLUSIVE_STATUSES,
    RAW_CHECKS,
    STATE_CHECKS,
    STATUS_CHECKS,
    TOTAL_CHECKS,
    late_side_effect,
    unseen_findings,
)
from .discrepancies import distinct, found_by, reported, signature
from .dry_run_pairs import DryResponse
from .fingerprints import Fingerprints
from .judged_response import Finding, JudgedResponse, PastStep
from .judgement import Judgement
from .model import (
    UNKNOWN,
    Expectation,
    SessionModel,
    Verdict,
    after_acceptance,
    after_view,
    as_shown,
    expect,
    may_write,
    ordinary,
    with_identity,
    with_key,
)
from .rule_coverage import reached
from .state import OracleState


class SequentialOracle:
    """Follows one execution of a scenario.

    Args:
        scenario: what is executed.
        environment: what the target has configured.
        levels: the rules whose level the user changed.
        memory: what is known so far; None: nothing was sent yet.
    """

    def __init__(
        self,
        scenario: Scenario,
        environment: Environment,
        levels: Mapping[str, RuleLevel],
        memory: OracleState | None = None,
    ) -> None:
        self._scenario = scenario
        self._steps = tuple(map(ordinary, scenario.steps))
        self._environment = environment
        self._levels = levels
        self._fingerprints = Fingerprints()
        self._observed = {rule for rule, set_to in levels.items() if set_to.level is Level.OBSERVE}
        self.memory = OracleState.of(len(scenario.sessions)) if memory is None else memory

    def judge(self, number: int, outcome: Response | NoResponse) -> Judgement:
        """What the answer to step ``number`` means. Call it once a step, in order."""
        step = self._steps[number]
        expectation = self._expected(step)
        if isinstance(outcome, NoResponse):
            return self._unanswered(step, outcome)
        reason = _inconclusive(step, outcome)
        if reason:
            return self._undecided(step, outcome, expectation, reason)
        response = self._judged(step, expectation, outcome)
        judgement = Judgement()
        self._check(number, response, judgement)
        self._learn(response, judgement)
        return judgement

    def fork(self) -> SequentialOracle:
        """Another oracle that knows the same and learns on its own from now on."""
        return SequentialOracle(
            self._scenario, self._environment, self._levels, self.memory.copied()
        )

    def assume_applied(self, number: int) -> bool:
        """Takes step ``number`` as accepted though no answer says so.

        Returns:
            False, and nothing is taken, where the contract refuses the step: then it cannot have
            been applied.
        """
        step = self._steps[number]
        before = self.memory.models[step.session]
        expectation = self._expected(step)
        if expectation.verdict is Verdict.MUST_REJECT:
            return False
        self._remember(step, expectation, accepted=True)
        if isinstance(step, Raw):
            self.give_up(step.session)
        elif not before.lost:
            after = after_acceptance(step, before, expectation, self._environment)
            if isinstance(step, ReturnItems):
                after = with_key(step, after, UNKNOWN)
            self.memory.models[step.session] = after
        self.memory.last_update[step.session] = step.body if isinstance(step, Update) else None
        return True

    def exists(self, session: int) -> bool:
        """Whether session number ``session`` may exist."""
        model = self.memory.models[session]
        return model.lost or model.state is not None

    def recognise(self, session: int, view: Mapping[str, Any]) -> None:
        """Takes over from ``view`` only what a session keeps all its life (RESP-07)."""
        self.memory.models[session] = with_identity(self.memory.models[session], view)

    def give_up(self, session: int) -> None:
        """Nothing of session number ``session`` is judged until a read tells what it holds."""
        self.memory.models[session] = self.memory.models[session].as_lost()

    def relearn(self, session: int, outcome: Response | NoResponse) -> None:
        """Takes over what a read of session number ``session`` shows, believing all of it."""
        self.memory.unseen_steps[session].clear()
        self.memory.last_update[session] = None
        model = self.memory.models[session]
        body = decode_json(outcome.body) if isinstance(outcome, Response) else NOT_JSON
        view = body.get("customerSession") if isinstance(body, dict) else None
        if isinstance(outcome, Response) and outcome.status == 200 and isinstance(view, dict):
            self.memory.models[session] = as_shown(view, model)
        elif isinstance(outcome, Response) and outcome.status in (400, 404):
            self.memory.models[session] = SessionModel()
        else:
            self.memory.models[session] = model.as_lost()

    def extend(self, scenario: Scenario) -> None:
        """Goes on with ``scenario``: the one so far and further steps, none of them judged."""
        self._scenario = scenario
        self._steps += tuple(map(ordinary, scenario.steps[len(self._steps) :]))

    def finish(self) -> list[Discrepancy]:
        """What was held back for steps that did not come; nothing is held back any more."""
        findings = [(dry.number, dry.alone()) for dry in self.memory.dry.values()]
        self.memory.dry.clear()
        return [
            self._reported(number, self._steps[number], finding, ())
            for number, finding in findings
            if finding is not None and finding.rule not in self._observed
        ]

    def _expected(self, step: Step) -> Expectation:
        session_id = self._scenario.sessions[step.session]
        return expect(step, session_id, self.memory.models[step.session], self._environment)

    # --- answers that say nothing of the rules ---------------------------------------------

    def _unanswered(self, step: Step, outcome: NoResponse) -> Judgement:
        if outcome.fate is Delivery.UNKNOWN and writes(step):
            self.give_up(step.session)
        elif getattr(step, "cut", None) is not None:
            self._remember(step, self._expected(step), accepted=False)
            # A target that takes what never came whole may do so at any time, after reads as well.
            left = late_side_effect(self.memory.unseen_steps[step.session][-1])
            self.memory.mistakes.extend(signature(step, one) for one in (left, *left.alternatives))
            return Judgement()
        return Judgement(inconclusive=[f"{step.operation.value}: {outcome.reason}"])

    def _undecided(
        self, step: Step, answer: Response, expectation: Expectation, reason: str
    ) -> Judgement:
        if answer.status in GATEWAY_STATUSES and writes(step):
            self.memory.models[step.session] = self.memory.models[step.session].as_lost()
        else:
            self._remember(step, expectation, accepted=False)
        self.memory.dry.pop(step.session, None)
        return Judgement(inconclusive=[f"{step.operation.value}: {reason}"])

    # --- judging ---------------------------------------------------------------------------

    def _judged(self, step: Step, expectation: Expectation, answer: Response) -> JudgedResponse:
        index = step.session
        before = self.memory.models[index]
        accepted = 200 <= answer.status < 300
        unseen_steps = tuple(self.memory.unseen_steps[index])
        if accepted and not isinstance(step, Fetch):
            unseen_steps += (
                PastStep(
                    session=index,
                    step=step,
                    expectation=expectation,
                    accepted=True,
                    before=before,
                ),
            )
        after = before
        wrongly = expectation.verdict is Verdict.MUST_REJECT
        if accepted and not before.lost and not wrongly:
            after = after_acceptance(step, before, expectation, self._environment)
        others = {
            session_id: model
            for place, (session_id, model) in enumerate(
                zip(self._scenario.sessions, self.memory.models, strict=True)
            )
            if place != index
        }
        return JudgedResponse(
            step=step,
            session_id=self._scenario.sessions[index],
            received=answer,
            json=decode_json(answer.body),
            expectation=expectation,
            before=before,
            after=after,
            other_sessions=others,
            unseen_steps=unseen_steps,
            repeats_update=isinstance(step, Update)
            and not step.dry
            and self.memory.last_update[index] is not None
            and step.body == self.memory.last_update[index],
            environment=self._environment,
            earlier_view=self.memory.views[index],
        )

    def _check(self, number: int, response: JudgedResponse, judgement: Judgement) -> None:
        wrong_status = found_by(STATUS_CHECKS, response)
        status_finding = wrong_status[0] if wrong_status else None
        self._compare_dry(response, status_finding, judgement)
        if isinstance(response.step, Update) and response.step.dry:
            valid = response.step.credentials is Credentials.VALID
            about_request = status_finding is None or status_finding.check is CheckName.STATUS
            held_back = valid and about_request and response.status < 500
            self.memory.dry[response.step.session] = DryResponse(
                number=number,
                step=response.step,
                accepted=response.accepted,
                status=response.status,
                finding=_in_context(status_finding, response) if held_back else None,
            )
            if held_back:
                self._note_wrong_acceptance(response, status_finding)
                wrong_status = []
        form = found_by(RAW_CHECKS if isinstance(response.step, Raw) else FORM_CHECKS, response)
        compared = status_finding is None and _known(response)
        state = distinct(found_by(STATE_CHECKS, response)) if compared else []
        totals = found_by(TOTAL_CHECKS, response) if compared and not state else []
        for finding in (*wrong_status, *form, *state, *totals):
            self._report(number, response, finding, judgement)
        # A refusal that should not be is believed: nothing was stored. Anything else is not.
        untrusted = status_finding is not None and not response.refused
        judgement.must_read = bool(state) or (untrusted and not isinstance(response.step, Fetch))
        if isinstance(response.step, Fetch) and status_finding is not None:
            judgement.must_read = True
        judgement.reached.extend(reached(response))
        judgement.observations.extend(self._fingerprints.observe(number, response))

    def _note_wrong_acceptance(self, response: JudgedResponse, finding: Finding | None) -> None:
        """What is shown of a dry run that should have been refused is a consequence of that."""
        if finding is not None and _wrongly_accepted(response):
            readings = (signature(response.step, one) for one in finding.alternatives)
            self.memory.mistakes.extend(readings)

    def _compare_dry(
        self, response: JudgedResponse, finding: Finding | None, judgement: Judgement
    ) -> None:
        if isinstance(response.step, Fetch):
            return  # the twin may still come
        dry = self.memory.dry.pop(response.step.session, None)
        if dry is None:
            return
        difference = dry.compared_with(response, finding)
        if difference is not None:
            self._report(dry.number, response, difference, judgement)

    def _report(
        self,
        number: int,
        response: JudgedResponse,
        finding: Finding,
        judgement: Judgement,
    ) -> None:
        if finding.rule in self._observed:
            judgement.observations.append(
                Observation(
                    rule=finding.rule,
                    situation=finding.situation.key,
                    outcome=finding.outcome.key,
                )
            )
        else:
            found = self._reported(number, response.step, finding, unseen_findings(response))
            judgement.discrepancies.append(found)
            if finding.check in BELIEVED_CHECKS or _wrongly_accepted(response):
                self.memory.mistakes.extend((found.signature, *found.alternatives))

    def _reported(
        self, number: int, step: Step, finding: Finding, unseen: Iterable[Finding]
    ) -> Discrepancy:
        return reported(number, step, finding, unseen=unseen, mistakes=self.memory.mistakes)

    # --- what the model learns ---------------------------------------------------------------

    def _learn(self, response: JudgedResponse, judgement: Judgement) -> None:
        step, index = response.step, response.step.session
        if response.status >= 500 and writes(step):
            self.memory.models[index] = response.before.as_lost()
            judgement.must_read = True
            return
        self._remember(step, response.expectation, accepted=response.accepted)
        if response.before.lost:
            if isinstance(step, Fetch):
                self.relearn(index, response.received)
            return
        after = response.after
        shown = response.shown
        if (
            response.accepted
            and writes(step)
            and (response.before.state is UNKNOWN or isinstance(step, Raw))
        ):
            after = after.as_lost()
            judgement.must_read = judgement.must_read or isinstance(step, Raw)
        if shown is not None and not response.dry and not after.lost and not isinstance(step, Raw):
            after = after_view(after, shown)
            self.memory.views[index] = shown
            self.memory.unseen_steps[index].clear()
        elif isinstance(step, Fetch) and after.state is None:
            self.memory.unseen_steps[index].clear()
        if response.accepted and isinstance(step, ReturnItems):
            answer = response.json.get("return") if isinstance(response.json, dict) else None
            after = with_key(step, after, answer)
        self.memory.models[index] = after
        if response.accepted and writes(step):
            self.memory.last_update[index] = step.body if isinstance(step, Update) else None

    def _remember(self, step: Step, expectation: Expectation, *, accepted: bool) -> None:
        if isinstance(step, Fetch):
            return
        past = PastStep(
            session=step.session,
            step=step,
            expectation=expectation,
            accepted=accepted,
            before=self.memory.models[step.session],
        )
        for steps in self.memory.unseen_steps:
            steps.append(past)


def _inconclusive(step: Step, answer: Response) -> str:
    """Why an answer says nothing of the rules; empty if it does."""
    if answer.status in INCONCLUSIVE_STATUSES:
        return f"answered {answer.status}"
    valid = step.credentials is Credentials.VALID and not isinstance(step, Raw)
    if answer.status in (401, 403) and valid:
        return f"valid credentials answered {answer.status}"
    return ""


def _in_context(finding: Finding | None, response: JudgedResponse) -> Finding | None:
    """``finding`` with what would explain it; when it is told, the context is another one."""
    if finding is None:
        return None
    return replace(finding, alternatives=(*finding.alternatives, *unseen_findings(response)))


def _wrongly_accepted(response: JudgedResponse) -> bool:
    return response.accepted and response.expectation.verdict is Verdict.MUST_REJECT


def _known(response: JudgedResponse) -> bool:
    """Whether the model knows what the target must hold now."""
    return not (
        _wrongly_accepted(response) or response.before.lost or isinstance(response.step, Raw)
    )


def writes(step: Step) -> bool:
    """Whether ``step`` asks the target to change something."""
    if isinstance(step, Raw):
        return may_write(step)
    return not isinstance(step, Fetch) and not getattr(step, "dry", False)
