"""Compares the status of a response with the verdict of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...contract import Fetch, Operation, Raw, ReturnItems, SessionState, Step, Update
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
from ...wire.encoding import encode_json
from ..attribution.blame import Blame, Cause, blame, other_causes
from ..attribution.side_effects import isolation, keyless_side_effect, side_effect
from ..judged_response import REFUSAL, UPDATE, VIEW, Finding, JudgedResponse, PastStep
from ..model import (
    Expectation,
    SessionModel,
    Verdict,
    is_empty,
    raw_situation,
    requested_state,
    sent_session,
    situation_of,
    without_key,
)
from .error_pointers import in_words, pointed_at
from .schema import error_as_success
from .state import state_finding

GATEWAY_STATUSES = frozenset((408, 502, 503, 504))
"""A gateway in front of the API answers these, or a server that gives up waiting (408); they do not
say whether the request was carried out."""

_CONFLICT, _TOO_LARGE = 409, 413
_NOT_OFFERED = frozenset((501, 505))
"""HTTP itself answers these to methods, codings and versions that a server does not offer."""

INCONCLUSIVE_STATUSES = frozenset((409, 413, 414, 429, 431)) | GATEWAY_STATUSES
"""A request may be answered with these without breaking a rule: a limit of a campaign or parallel
work (409), sizes that the server does not read (413, 414, 431), rate limits (429). See
`is_unfounded` for where no such reason holds."""

_LEAST_BODY_TOO_LARGE = 4096
"""Bytes; every server reads a smaller body."""
_LIMITED_FIELDS = ("couponCodes", "referralCode", "profileId", "identifiers", "loyaltyCards")
"""What campaigns limit: a target may answer a used-up one with 409."""

_PROMISED_FIELDS = {
    "CART-01": "cartItems",
    "CART-03": "cartItems",
    "CART-05": "cartItems",
    "IDENT-03": "identifiers",
    "IDENT-04": "loyaltyCards",
    "IDENT-05": "couponCodes",
    "IDENT-06": "referralCode",
}
"""The field that each promise of how much may be sent is about."""
_RETURNS = tuple(
    Situation(form=Form.REQUEST, operation=Operation.RETURN, session=session)
    for session in (SessionKind.CLOSED, SessionKind.PARTIALLY_RETURNED)
)
"""A target that refuses the return from one of these states mostly refuses it from the other."""
_MOVES = tuple(
    Situation(form=Form.REQUEST, operation=Operation.UPDATE, session=session, move=move)
    for session in (SessionKind.NONEXISTENT, SessionKind.OPEN)
    for move in (Move.NONE, Move.OPEN, Move.CLOSED, Move.CANCELLED)
)
"""The moves that every target must accept."""
_BODY_FORMS = frozenset((Form.CONTENT, Form.UNRULED_MOVE))
"""The situations of a return that updates may be in as well."""
_KEY_IGNORED = Outcome.other("answered as with a key")
_ERROR_AS_SUCCESS = Outcome.other("an error under the status 200")
_NOT_FOUND_AFTERWARDS = Outcome.other("session not found afterwards")


def check_status(response: JudgedResponse) -> Iterator[Finding]:
    """Every rule that demands acceptance or refusal; RESP-01 for an error under 200."""
    status, expectation = response.status, response.expectation
    open_raw = response.open_status and isinstance(response.step, Raw)
    if error_as_success(response) and not open_raw:
        # The target means a refusal, so its status says nothing of the verdict.
        yield _error_as_success(response)
        return
    if status >= 500 or expectation.verdict is Verdict.UNSPECIFIED:
        return  # ERR-02 reports a 5xx; where the verdict is open any other status is right
    if expectation.verdict is Verdict.MUST_ACCEPT:
        if status != 200:
            # A read that finds no session shows what an earlier step did, not this one.
            missing = isinstance(response.step, Fetch) and status == 404
            yield _vanished(response) if missing else _finding(response, ACCEPTANCE)
    elif response.accepted:
        if isinstance(response.step, Fetch) and expectation.rules[0] == "ERR-05":
            yield _appeared(response)  # here as well an earlier step is to blame
        else:
            yield _finding(response, ExpectedStatus(expectation.statuses))
    elif status not in expectation.statuses:
        yield _finding(response, ExpectedStatus(expectation.statuses))


def is_unfounded(step: Step, status: int, before: SessionModel) -> bool:
    """Whether none of the reasons holds for which any request may get an inconclusive status.

    Args:
        step: a request that must be accepted, and was sent while no other was.
        status: of its response.
        before: what the session held.
    """
    if status == _CONFLICT:
        # Only updates count as parallel, and only they redeem what a campaign limits: a close any
        # budget, another one no more than its codes, profile and identifiers name.
        if not isinstance(step, Update):
            return True
        sent = sent_session(step)
        values = (value for of in (sent, before.fields) for value in map(of.get, _LIMITED_FIELDS))
        return sent.get("state") != SessionState.CLOSED and all(map(is_empty, values))
    if status == _TOO_LARGE:
        body = step.body if isinstance(step, Update | ReturnItems) else None
        return body is None or len(encode_json(body)) < _LEAST_BODY_TOO_LARGE
    return False


def check_server_error(response: JudgedResponse) -> Iterator[Finding]:
    """ERR-02: no input is answered with a 5xx, except by a gateway."""
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
    """The same crash, caused by something else in the request."""
    situations = (expectation.situation, *(situation for _, situation in expectation.others))
    # What crashes a server is mostly in the body: the same body crashes it in a request that is not
    # dry, and in one that asks for another move.
    for situation in (*(one.real for one in situations), *_MOVES):
        yield Finding(rule="ERR-02", situation=situation, outcome=outcome)
    own = expectation.situation
    # A server may read the bodies of returns and of updates with the same code.
    if own.form in _BODY_FORMS and own.operation is Operation.RETURN and not own.dry:
        yield Finding(
            rule="ERR-02",
            situation=own.with_operation(Operation.UPDATE),
            outcome=outcome,
            operation=UPDATE,
        )


def _finding(response: JudgedResponse, expected: ExpectedStatus) -> Finding:
    """That this request has a wrong status."""
    status, expectation = response.status, response.expectation
    keyless = expectation.rules[0] == "AUTH-01"
    outcome = Outcome.accepted() if response.accepted else Outcome.answered(status)
    if keyless and status != 401:
        # Whether the request was accepted or refused for its body, the key was not looked at.
        outcome = _KEY_IGNORED
    rule, situation, path = _broken_promise(response)
    quoted = f" at {in_words(path)}:" if path else ""
    wrong_refusal = response.refused and expectation.verdict is Verdict.MUST_REJECT and not keyless
    first = Finding(
        rule=rule,
        situation=situation,
        outcome=outcome,
        # A raw request is wrong in the same way at every endpoint; a missing key may not be.
        operation=VIEW if isinstance(response.step, Raw) and not keyless else None,
        # A target that refuses everything with one wrong status has one bug, not one for each rule.
        family=f"refusals are answered {status}" if wrong_refusal else "",
        expected=expected.text,
        claim=StatusIn(statuses=tuple(sorted(expected.statuses))),
        found=f"{status}{quoted} {_start(response)}".strip(),
    )
    return replace(first, alternatives=tuple(_readings(response, first)))


def _broken_promise(response: JudgedResponse) -> tuple[str, Situation, Sequence[str]]:
    """The rule and the situation under which a wrong status is reported, and what it points at.

    A valid update may be refused for anything in it. It is reported under a promise of how much may
    be sent only where that is what the target complains of, as far as the response shows.
    """
    expectation = response.expectation
    first = (expectation.rules[0], expectation.situation)
    if expectation.verdict is not Verdict.MUST_ACCEPT or not response.refused:
        return *first, ()
    path = pointed_at(response)
    *promises, plain = expectation.others or (first,)
    if len(path) < 2 and len(promises) <= 1:
        return *first, path  # nothing contradicts the only promise
    meant = next((one for one in promises if _is_about(one[0], path)), plain)
    return *(meant if promises else first), path


def _is_about(rule: str, path: Sequence[str]) -> bool:
    """Whether an error that points at ``path`` may complain of how much was sent."""
    if len(path) < 2:
        return False
    _, field, *rest = path
    counted = all(part.isdecimal() or part == "quantity" for part in rest)
    return _PROMISED_FIELDS.get(rule) == field and counted


def _readings(response: JudgedResponse, first: Finding) -> Iterator[Finding]:
    """The same outcome, caused by something else in the request."""
    if first.rule == "AUTH-01":
        # A target that accepts requests without a key accepts those with a wrong key too, and one
        # that checks no key of updates may check none at all.
        for key in (KeyKind(first.situation.subject), KeyKind.WRONG, KeyKind.MISSING):
            yield replace(first, situation=without_key(response.step.operation, key))
            yield replace(first, situation=without_key(Operation.UPDATE, key), operation=UPDATE)
        if not response.accepted:
            yield keyless_side_effect()
        return
    yield from _moved_unasked(response)
    for rule, situation in ((first.rule, first.situation), *response.expectation.others):
        yield replace(first, rule=rule, situation=situation)
        # What is wrong in a dry run is mostly wrong for real as well.
        yield replace(first, rule=rule, situation=situation.real)
        if isinstance(response.step, ReturnItems):
            yield from (replace(first, rule=rule, situation=other) for other in _RETURNS)


def _moved_unasked(response: JudgedResponse) -> Iterator[Finding]:
    """A target that moves a session without being asked for it also does so when asked."""
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
    """RESP-01, whatever was requested: the status says success, the body is that of an error."""
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


def _vanished(response: JudgedResponse) -> Finding:
    """A read does not find a session that an update created; a step in between is to blame."""
    cause = blame(response)
    rules = {Cause.OTHER: "IDENT-01", Cause.REOPENED: "STATE-15", Cause.RETURNED: "RET-01"}
    first, *others = (
        Finding(
            rule=rules.get(candidate.kind, "RESP-03"),
            situation=candidate.situation,
            outcome=_NOT_FOUND_AFTERWARDS,
            expected="200, the session as accepted",
            claim=StatusIn(statuses=(200,)),
            found=f"{response.status} {_start(response)}",
            operation=candidate.step,
        )
        for candidate in (cause, *other_causes(response, cause))
    )
    return replace(first, alternatives=(*first.alternatives, *others))


def _appeared(response: JudgedResponse) -> Finding:
    """A read finds a session that no accepted update created."""
    cause = blame(response)
    first, *others = (
        replace(
            finding,
            expected="no such session: 404 or 400",
            found=f"{response.status} {_start(response)}",
        )
        for candidate in (cause, *other_causes(response, cause))
        for finding in _created_by(response, candidate)
    )
    claim = StatusIn(statuses=(400, 404))
    return replace(first, claim=claim, alternatives=(*first.alternatives, *others))


def _created_by(response: JudgedResponse, cause: Blame) -> tuple[Finding, ...]:
    if cause.kind is Cause.OTHER:
        return isolation(response)
    if cause.kind is not Cause.NOTHING:
        return (side_effect(cause),)
    # No step can have created it, so the read itself is wrong.
    found = Finding(
        rule="ERR-05",
        situation=cause.situation,
        outcome=SESSION_EXISTS,
        operation=cause.step,
    )
    return (found,)


def _start(response: JudgedResponse) -> str:
    return response.body[:300].decode("utf-8", "replace")
