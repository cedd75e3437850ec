"""The status of an answer against the verdict of the model, and what must never be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...contract import Fetch, Operation, Raw, ReturnItems, Update
from ...record import (
    ACCEPTANCE,
    SESSION_EXISTS,
    AnyOf,
    CheckName,
    ExpectedStatus,
    Form,
    KeyKind,
    Move,
    NoServerError,
    Outcome,
    Present,
    SessionKind,
    Situation,
    StatusIn,
)
from ..attribution.blame import Blame, Cause, blame, other_causes
from ..attribution.side_effects import isolation, keyless_side_effect, side_effect
from ..judged_response import REFUSAL, UPDATE, VIEW, Finding, JudgedResponse, PastStep
from ..model import Expectation, Verdict, raw_situation, requested_state, situation_of, without_key
from .fields import state_finding
from .schema import error_as_success

GATEWAY_STATUSES = frozenset((502, 503, 504))
"""Statuses that stand for trouble before the API: no verdict on the request."""

_NOT_OFFERED = frozenset((501, 505))
"""How HTTP itself answers methods, codings and versions that a server does not offer."""

INCONCLUSIVE_STATUSES = frozenset((409, 413, 414, 429, 431)) | GATEWAY_STATUSES
"""Statuses that a request may always meet without breaking a rule: a limit of a campaign or
parallel work (409), sizes beyond what the server reads (413, 414, 431), rate limits (429)."""


_RETURNS = tuple(
    Situation(form=Form.REQUEST, operation=Operation.RETURN, session=session)
    for session in (SessionKind.CLOSED, SessionKind.PARTIALLY_RETURNED)
)
"""A target that refuses a return from one of these states refuses it from the other, unless the
states themselves are why."""
_MOVES = tuple(
    Situation(form=Form.REQUEST, operation=Operation.UPDATE, session=session, move=move)
    for session in (SessionKind.NONEXISTENT, SessionKind.OPEN)
    for move in (Move.NONE, Move.OPEN, Move.CLOSED, Move.CANCELLED)
)
_BODY_FORMS = frozenset((Form.CONTENT, Form.UNRULED_MOVE))
_KEY_NOT_ASKED_FOR = Outcome.other("answered as with a key")
_ERROR_AS_SUCCESS = Outcome.other("an error under the status 200")
_SESSION_IS_GONE = Outcome.other("session not found afterwards")


def check_status(response: JudgedResponse) -> Iterator[Finding]:
    """The verdict against the status: every rule that demands acceptance or refusal; RESP-01."""
    status = response.status
    expectation = response.expectation
    open_raw = response.open_status and isinstance(response.step, Raw)
    if error_as_success(response) and not open_raw:
        yield _error_as_success(response)
        return
    if status >= 500 or expectation.verdict is Verdict.UNSPECIFIED:
        return
    if expectation.verdict is Verdict.MUST_ACCEPT:
        if status != 200:
            missing = _missing(response)
            yield _vanished(response) if missing else _finding(response, ACCEPTANCE)
    elif response.accepted:
        if isinstance(response.step, Fetch) and expectation.rules[0] == "ERR-05":
            yield _appeared(response)
        else:
            yield _finding(response, ExpectedStatus(expectation.statuses))
    elif status not in expectation.statuses:
        yield _finding(response, ExpectedStatus(expectation.statuses))


def check_server_error(response: JudgedResponse) -> Iterator[Finding]:
    """ERR-02: no input is answered with a 5xx (gateways' own statuses aside)."""
    status = response.status
    if response.open_status and isinstance(response.step, Raw) and status in _NOT_OFFERED:
        return
    if status >= 500 and status not in GATEWAY_STATUSES:
        raw = response.step if isinstance(response.step, Raw) else None
        yield Finding(
            rule="ERR-02",
            situation=raw_situation(raw) if raw else response.expectation.situation,
            operation=VIEW if raw else None,
            outcome=Outcome.answered(status),
            expected="no 5xx",
            claim=NoServerError(),
            found=f"{status} {_start(response)}",
            alternatives=tuple(_crashes(response.expectation, Outcome.answered(status))),
        )


def _crashes(expectation: Expectation, outcome: Outcome) -> Iterator[Finding]:
    """The same crash for whatever else there is about the request, without ``dry``, and with any
    other move of the state machine: what crashes a server is in the body, more often than not."""
    situations = (expectation.situation, *(situation for _, situation in expectation.others))
    for situation in (*(one.real for one in situations), *_MOVES):
        yield Finding(rule="ERR-02", situation=situation, outcome=outcome)
    own = expectation.situation
    # What an update has in common with a return may crash the server there as well.
    if own.form in _BODY_FORMS and own.operation is Operation.RETURN and not own.dry:
        yield Finding(
            rule="ERR-02",
            situation=own.with_operation(Operation.UPDATE),
            outcome=outcome,
            operation=UPDATE,
        )


def _finding(response: JudgedResponse, expected: ExpectedStatus) -> Finding:
    status, expectation = response.status, response.expectation
    keyless = expectation.rules[0] == "AUTH-01"
    outcome = Outcome.accepted() if response.accepted else Outcome.answered(status)
    wrong_refusal = response.refused and expectation.verdict is Verdict.MUST_REJECT and not keyless
    first = Finding(
        rule=expectation.rules[0],
        situation=expectation.situation,
        outcome=_KEY_NOT_ASKED_FOR if keyless and status != 401 else outcome,
        operation=VIEW if isinstance(response.step, Raw) and not keyless else None,
        family=f"refusals are answered {status}" if wrong_refusal else "",
        expected=expected.text,
        claim=StatusIn(statuses=tuple(sorted(expected.statuses))),
        found=f"{status} {_start(response)}".strip(),
    )
    return replace(first, alternatives=tuple(_readings(response, first)))


def _readings(response: JudgedResponse, first: Finding) -> Iterator[Finding]:
    """The same outcome of whatever else there is about the request, and without ``dry``.

    Who needs no key at all needs no right one either; who asks for none on updates, asks for none.
    """
    if first.rule == "AUTH-01":
        for key in (KeyKind(first.situation.subject), KeyKind.WRONG, KeyKind.MISSING):
            yield replace(first, situation=without_key(response.step.operation, key))
            yield replace(first, situation=without_key(Operation.UPDATE, key), operation=UPDATE)
        if not response.accepted:
            yield keyless_side_effect()
        return
    yield from _moved_anyway(response)
    for rule, situation in ((first.rule, first.situation), *response.expectation.others):
        yield replace(first, rule=rule, situation=situation)
        yield replace(first, rule=rule, situation=situation.real)
        if isinstance(response.step, ReturnItems):
            yield from (replace(first, rule=rule, situation=other) for other in _RETURNS)


def _moved_anyway(response: JudgedResponse) -> Iterator[Finding]:
    """Who moves to a state without being asked, moves to it when asked as well."""
    step, before = response.step, response.before
    state = requested_state(step) if isinstance(step, Update) else None
    if not response.expectation.refused_by_state or not response.accepted or state is None:
        return
    unasked = Update(session=step.session, body={"customerSession": {}})
    past = PastStep(
        session=step.session,
        step=unasked,
        expectation=replace(response.expectation, situation=situation_of(unasked, before)),
        accepted=True,
        before=before,
    )
    yield state_finding(Blame(kind=Cause.UPDATED, past=past), state.value)


def _error_as_success(response: JudgedResponse) -> Finding:
    """RESP-01, whatever was asked: who looks at the status takes the refusal for a success."""
    shows = (Present(pointer="/effects"), Present(pointer="/customerSession"))
    return Finding(
        rule="RESP-01",
        situation=REFUSAL,
        outcome=_ERROR_AS_SUCCESS,
        operation=VIEW,
        check=CheckName.SCHEMA,
        expected="a 4xx, or what the operation answers under 200",
        found=f"{response.status} {_start(response)}",
        claim=AnyOf(claims=(StatusIn(statuses=tuple(range(400, 500))), *shows)),
    )


def _missing(response: JudgedResponse) -> bool:
    return isinstance(response.step, Fetch) and response.status == 404


def _vanished(response: JudgedResponse) -> Finding:
    """A read does not find a session that was accepted: what came between is to blame."""
    cause = blame(response)
    rules = {Cause.OTHER: "IDENT-01", Cause.REOPENED: "STATE-15", Cause.RETURNED: "RET-01"}
    first, *others = (
        Finding(
            rule=rules.get(of.kind, "RESP-03"),
            situation=of.situation,
            outcome=_SESSION_IS_GONE,
            expected="200, the session as accepted",
            claim=StatusIn(statuses=(200,)),
            found=f"{response.status} {_start(response)}",
            operation=of.step,
        )
        for of in (cause, *other_causes(response, cause))
    )
    return replace(first, alternatives=(*first.alternatives, *others))


def _appeared(response: JudgedResponse) -> Finding:
    """A read finds a session that nothing accepted has made."""
    cause = blame(response)
    first, *others = (
        replace(
            finding,
            expected="no such session: 404 or 400",
            found=f"{response.status} {_start(response)}",
        )
        for of in (cause, *other_causes(response, cause))
        for finding in _made_by(response, of)
    )
    return replace(
        first, claim=StatusIn(statuses=(400, 404)), alternatives=(*first.alternatives, *others)
    )


def _made_by(response: JudgedResponse, cause: Blame) -> tuple[Finding, ...]:
    if cause.kind is Cause.OTHER:
        return isolation(response)
    if cause.kind is not Cause.NOTHING:
        return (side_effect(cause),)
    found = Finding(
        rule="ERR-05",
        situation=cause.situation,
        outcome=SESSION_EXISTS,
        operation=cause.step,
    )
    return (found,)


def _start(response: JudgedResponse) -> str:
    return response.body[:300].decode("utf-8", "replace")
