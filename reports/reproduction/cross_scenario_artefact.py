"""Builds the artefacts of findings that take more than one scenario.

The script of a contradiction sends both scenarios. The other scripts send requests that are made
from the rule: many sessions, many redemptions of one coupon, or many sessions between two reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import msgspec

from ...analysis import CrossScenarioFinding, Evidence
from ...contract import MARK, Environment, Fetch, Rule, Scenario, Step, Update
from ...contract.fields import DATA_FIELDS
from ...record import (
    AtMost,
    Claim,
    Consistent,
    Distinct,
    Exchange,
    Kind,
    ShownThen,
    StatusIn,
    Unchanged,
)
from ...wire.encoding import decode_json
from .artefact import Artefact
from .artefact_request import ArtefactRequest, requests_of
from .runtime.claim_checker import Answer, problem

SECOND_MARK = "cf-11111111-1111111111"
"""The placeholder mark of a second scenario, so that a script gives each its own fresh mark."""
_SESSIONS_BETWEEN_READS = 100
_MAX_SESSIONS = 3_000
_MAX_REDEMPTIONS = 40
_COMPARED_FIELDS = (
    "state",
    "total",
    "cartItemTotal",
    "additionalCostTotal",
    "updateCount",
    *DATA_FIELDS,
)
_LASTING_FIELDS = (
    "id",
    "created",
    "updated",
    "updateCount",
    "state",
    "total",
    "cartItemTotal",
    *(field for field in DATA_FIELDS if field != "attributes"),
)
"""Fields of a session that only a write changes. A target may change attributes of its own."""
_NO_LASTING_FIELD = "it concerns no field that a script may compare between two reads"
_NO_EVIDENCE = "the record does not hold the scenarios that showed it"


def build_cross_scenario_artefact(
    finding: CrossScenarioFinding, rule: Rule | None, target: str, environment: Environment
) -> Artefact:
    """The artefact of ``finding``; it has no script if the record does not hold enough for one."""
    found = finding.discrepancy
    unscripted = Artefact(
        discrepancy=found,
        rule=rule,
        scenario=finding.sides[-1].scenario if finding.sides else _empty_scenario(found.title),
        requests=(),
        exchanges=(),
        confirmation="",
        target=target,
        synthetic=True,
        no_script_reason=_NO_EVIDENCE,
    )
    if found.kind is Kind.DRIFT:
        return _contradiction(unscripted, finding.sides)
    if found.rule == "RESP-07":
        return _many_sessions(unscripted, finding.sessions)
    if found.rule == "LIMIT-01":
        return _many_redemptions(unscripted, environment)
    return _late_read(unscripted, finding.sides)


def _empty_scenario(title: str) -> Scenario:
    return Scenario(title=title, sessions=(MARK,), steps=())


def _scripted(
    unscripted: Artefact, scenario: Scenario, step: int, claim: Claim, **changes: Any
) -> Artefact:
    """``unscripted`` with a claim about ``step``, and by default with the requests of ``scenario``.

    Args:
        changes: other fields of `Artefact`.
    """
    changes.setdefault("requests", requests_of(scenario))
    found = msgspec.structs.replace(unscripted.discrepancy, step=step, claim=claim)
    return replace(unscripted, discrepancy=found, scenario=scenario, no_script_reason="", **changes)


# --- contradictions -----------------------------------------------------------------------------


def _contradiction(unscripted: Artefact, evidence: tuple[Evidence, ...]) -> Artefact:
    """Both scenarios, one after the other; it holds that they are not answered as they were."""
    if len(evidence) != 2:
        return unscripted
    first, second = (_trimmed(one) for one in evidence)
    if first is None or second is None:
        return unscripted
    steps, sessions = len(first.scenario.steps), len(first.scenario.sessions)
    requests = (
        replace(request.with_mark(SECOND_MARK), session_index=request.session_index + sessions)
        for request in requests_of(second.scenario)
    )
    exchanges = (
        _with_second_mark(msgspec.structs.replace(exchange, step=exchange.step + steps))
        for exchange in second.exchanges
    )
    answers = (
        *_answers_to_repeat(first, 0),
        *(_with_second_mark(answer) for answer in _answers_to_repeat(second, steps)),
    )
    return _scripted(
        unscripted,
        first.scenario,
        steps + second.step,
        Consistent(then=answers),
        requests=(*requests_of(first.scenario), *requests),
        exchanges=(*first.exchanges, *exchanges),
        second_scenario=second.scenario,
        marks=(MARK, SECOND_MARK),
        synthetic=False,
    )


def _trimmed(evidence: Evidence) -> Evidence | None:
    """``evidence`` up to the answer that shows it; None if a script cannot repeat it.

    Chance decides what a burst shows, and a step without an answer shows nothing.
    """
    scenario = evidence.scenario
    answer = _recorded_answers(evidence).get(evidence.step)
    if scenario.burst is not None or answer is None or answer.status is None:
        return None
    steps = scenario.steps[: _showing_step(evidence) + 1]
    return Evidence(
        scenario=msgspec.structs.replace(scenario, steps=steps),
        exchanges=tuple(one for one in evidence.exchanges if one.step < len(steps)),
        step=evidence.step,
    )


class _RecordedAnswer(NamedTuple):
    status: int | None
    view: dict[str, Any] | None
    """The compared members of the session in the answer; None: it shows no session."""


def _recorded_answers(evidence: Evidence) -> dict[int, _RecordedAnswer]:
    """The first answer to each step."""
    answers: dict[int, _RecordedAnswer] = {}
    for exchange in evidence.exchanges:
        if exchange.step not in answers:
            answers[exchange.step] = _RecordedAnswer(exchange.status, _compared_view(exchange))
    return answers


def _compared_view(exchange: Exchange) -> dict[str, Any] | None:
    body = decode_json(exchange.answer.encode())
    view = body.get("customerSession") if isinstance(body, dict) else None
    if not isinstance(view, dict):
        return None
    return {name: view.get(name) for name in _COMPARED_FIELDS}


def _showing_step(evidence: Evidence) -> int:
    """The first step from the one in question on whose answer shows its session as it is."""
    steps, answers = evidence.scenario.steps, _recorded_answers(evidence)
    for index in range(evidence.step, len(steps)):
        # The answer to a dry update shows a session that the target does not store.
        is_real = index == evidence.step or not getattr(steps[index], "dry", False)
        same_session = steps[index].session == steps[evidence.step].session
        if is_real and same_session and index in answers and answers[index].view is not None:
            return index
    return evidence.step


def _answers_to_repeat(evidence: Evidence, offset: int) -> Iterator[ShownThen]:
    """The answers that a target must give again before it counts as behaving as it did.

    These are the answer in question and the one that shows the session. What became of a request
    without an answer can be seen from the other answers only, so then all of them must come again.
    """
    answers = _recorded_answers(evidence)
    has_cut = any(getattr(step, "cut", None) for step in evidence.scenario.steps)
    steps = sorted(answers) if has_cut else sorted({evidence.step, _showing_step(evidence)})
    for step in steps:
        answer = answers[step]
        if answer.status is not None:
            yield ShownThen(step=step + offset, status=answer.status, view=answer.view)


_Value = TypeVar("_Value", Exchange, ShownThen)


def _with_second_mark(value: _Value) -> _Value:
    text = json.dumps(msgspec.to_builtins(value)).replace(MARK, SECOND_MARK)
    return msgspec.convert(json.loads(text), type(value))


# --- findings about the whole run ---------------------------------------------------------------


def _new_sessions(count: int) -> ArtefactRequest:
    """A request that creates ``count`` sessions, one after the other."""
    body = {"customerSession": {}, "responseContent": ["customerSession"]}
    request = ArtefactRequest.of(Update(body=body), MARK)
    return replace(request, session_index=-1, target=f"{request.target}-{{n}}", repetitions=count)


def _many_sessions(unscripted: Artefact, sessions: int) -> Artefact:
    """Twice as many sessions as the run made until two had one id."""
    if sessions > _MAX_SESSIONS:
        reason = f"the target needed {sessions:,} sessions to show it"
        return replace(unscripted, no_script_reason=reason)
    # The record does not have the id of each session of a run, so the number is too low.
    requests = (_new_sessions(2 * sessions + 10),)
    claim = Distinct(pointer="/customerSession/id")
    return _scripted(unscripted, unscripted.scenario, 0, claim, requests=requests)


def _many_redemptions(unscripted: Artefact, environment: Environment) -> Artefact:
    """One closed session more than the coupon allows, after one that is closed and cancelled."""
    claim = unscripted.discrepancy.claim
    if not isinstance(claim, AtMost) or claim.coupon not in environment.coupon_limits:
        return unscripted
    code, limit = claim.coupon, environment.coupon_limits[claim.coupon]
    if limit >= _MAX_REDEMPTIONS:
        reason = f"it takes more than {limit:,} closed sessions to show it"
        return replace(unscripted, no_script_reason=reason)
    count = limit + 2
    steps = tuple(_redemptions(code, count))
    reads = tuple(index for index, step in enumerate(steps) if isinstance(step, Fetch))
    scenario = Scenario(
        title=unscripted.discrepancy.title,
        sessions=tuple(f"s{session}-{MARK}" for session in range(count)),
        steps=steps,
    )
    repeated = AtMost(limit=limit, coupon=code, steps=reads)
    return _scripted(unscripted, scenario, reads[-1], repeated)


def _redemptions(code: str, count: int) -> Iterator[Step]:
    """Closes and cancels session 0, then closes, reads and cancels all others."""

    def update(session: int, **fields: Any) -> Update:
        return Update(session=session, body={"customerSession": fields})

    def enter_coupon(session: int) -> Update:
        return update(session, profileId=f"p{session}-{MARK}", couponCodes=[code])

    others = range(1, count)
    yield enter_coupon(0)
    yield update(0, state="closed")
    yield update(0, state="cancelled")
    yield from (enter_coupon(session) for session in others)
    yield from (update(session, state="closed") for session in others)
    yield from (Fetch(session=session) for session in others)
    # The coupon must be free again for the next run of the script.
    yield from (update(session, state="cancelled") for session in others)


def _late_read(unscripted: Artefact, evidence: tuple[Evidence, ...]) -> Artefact:
    """The scenario with a read of its sessions, many new sessions, and the same reads again."""
    if not evidence:
        return unscripted
    shown = evidence[0]
    claim = _claim_of_late_read(shown)
    if claim is None:
        return replace(unscripted, no_script_reason=_NO_LASTING_FIELD)
    sessions = shown.scenario.sessions
    reads = (
        ArtefactRequest.of(Fetch(session=index), session) for index, session in enumerate(sessions)
    )
    return _scripted(
        unscripted,
        shown.scenario,
        shown.step + 1 + len(sessions),
        claim,
        requests=(*requests_of(shown.scenario), _new_sessions(_SESSIONS_BETWEEN_READS), *reads),
    )


def _claim_of_late_read(evidence: Evidence) -> Claim | None:
    """The claim that fails on the first and the last read of the session on record."""
    answers: list[Answer] = [
        {"session": 0, "dry": False, "status": exchange.status, "body": exchange.answer}
        for exchange in evidence.exchanges
        if exchange.step == evidence.step and exchange.status is not None
    ]
    claims: Iterator[Claim] = iter(
        (
            StatusIn(statuses=(200,)),
            *(Unchanged(pointer=f"/customerSession/{field}") for field in _LASTING_FIELDS),
        )
    )
    reads = [*answers[:1], *answers[-1:]]
    return next((one for one in claims if problem(msgspec.to_builtins(one), reads, 1)), None)
