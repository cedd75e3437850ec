"""What the contract expects of the target's answer to one step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ...contract import (
    Addition,
    Catalogue,
    ContractVersion,
    Credentials,
    Demand,
    Environment,
    Operation,
    Raw,
    Reopen,
    ReturnItems,
    Ruling,
    SessionState,
    Step,
    Transition,
    Update,
    catalogue,
    transition,
)
from ...contract.fields import DATA_FIELDS
from ...record import MOVES, SESSION_KINDS, Form, KeyKind, Move, SessionKind, Situation
from .knowledge import UNKNOWN, UnknownType
from .raw_requests import Nature, family, is_keyless_only, lacks_key, nature, raw_remarks
from .remarks.remark import Remark, Topic, silent
from .remarks.returns import return_remarks
from .remarks.strings import session_id_remarks
from .remarks.updates import acceptance_rules, requested_state, sent_session, update_remarks
from .session import SessionModel


class Verdict(StrEnum):
    """What the contract says of a request."""

    MUST_ACCEPT = "must accept"
    MUST_REJECT = "must reject"
    UNSPECIFIED = "unspecified"


LONGEST_KEY = 255
"""Characters of an Idempotency-Key that are surely taken (IDEM-02)."""
_USUAL_KEY = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The verdict on a request before it is sent."""

    verdict: Verdict
    rules: tuple[str, ...]
    """The rules behind the verdict, the most telling first; never empty."""
    situation: Situation
    """What is asked of what."""
    reaches: SessionState | UnknownType | None
    """The session's state if the target accepts and the request is real."""
    statuses: frozenset[int] = frozenset()
    """The statuses that a refusal may have."""
    unknown_fields: frozenset[str] = frozenset()
    """Data fields whose values are open once the request was accepted."""
    state_rule: str = ""
    """The rule of the state machine's cell; empty where no cell was asked."""
    refused_by_state: bool = False
    """The state machine refuses the request, whatever its body."""
    others: tuple[tuple[str, Situation], ...] = ()
    """(rule, situation) of whatever else in the request its verdict rests on."""
    remarks: tuple[Remark, ...] = ()
    """All that is open or refused about the request; given where the verdict is unspecified."""
    topic: Topic | None = None
    """That of the remark that names the situation."""
    repeats_return: bool = False
    """The request is a return under an Idempotency-Key that was used before (RET-06)."""
    repeats_write: bool = False
    """The request is an update or a reopen that was accepted before under its Idempotency-Key, and
    is not applied again (IDEM-01)."""
    effect_is_open: bool = False
    """Whether an accepted request is applied is open: a target may know its Idempotency-Key."""


def expect(
    step: Step, session_id: str, session: SessionModel, environment: Environment
) -> Expectation:
    """The verdict on ``step``, sent to the session ``session_id`` that is as ``session`` says."""
    rules = catalogue(environment.contract)
    about_id = tuple(session_id_remarks(session_id, environment))
    if step.credentials is not Credentials.VALID or lacks_key(step):
        sure = not about_id and (not isinstance(step, Raw) or is_keyless_only(step))
        statuses = rules["AUTH-01"].statuses if sure else range(400, 500)
        return Expectation(
            verdict=Verdict.MUST_REJECT,
            rules=("AUTH-01",),
            situation=without_key(step.operation, _key_kind(step)),
            reaches=session.state,
            statuses=frozenset(statuses),
        )
    remarks = (*about_id, *_remarks(step, session, environment))
    if isinstance(step, Raw) and nature(step) is Nature.OPEN:
        return _open(step, session, remarks, None)
    if session.lost or session.state is UNKNOWN:
        remarks = (silent("ERR-06", SessionKind.UNCERTAIN.value), *remarks)
        return _open(step, session, remarks, None)
    if _repeats_return(step, session, environment):
        return _repeated(step, session)
    if repeats_write(step, session, environment):
        return _repeated_write(step, session)
    cell = transition(environment.contract, session.state, step.operation, _requested(step))
    if cell.ruling is Ruling.SILENT:
        unruled = silent(cell.rule, "move on which no rule speaks", topic=Topic.MOVE)
        return _open(step, session, (unruled, *remarks), cell)
    if about_id:
        return _open(step, session, remarks, cell)
    return _ruled(step, session, cell, remarks, environment)


def _ruled(
    step: Step,
    session: SessionModel,
    cell: Transition,
    remarks: tuple[Remark, ...],
    environment: Environment,
) -> Expectation:
    """The verdict where the state machine rules on the move."""
    rules = catalogue(environment.contract)
    refusals = tuple(remark for remark in remarks if remark.ruling is Ruling.REFUSE)
    if stored_state_decides(step, session, environment):
        if refusals:
            return _refused(step, cell, refusals, rules)
        stored = silent("DRY-U2", "dry run that the stored state decides about", topic=Topic.MOVE)
        return _open(step, session, (stored, *remarks), cell)
    if cell.ruling is Ruling.REFUSE:
        return _refused_by_state(step, session, cell, refusals, rules)
    if refusals:
        return _refused(step, cell, refusals, rules)
    if remarks:
        return _open(step, session, remarks, cell)
    accepted = _accepted(step, session, cell, environment)
    return _with_frozen_data(accepted) if _cancels_with_data(step, session) else accepted


def _cancels_with_data(step: Step, session: SessionModel) -> bool:
    """Whether an update cancels a session that takes no data any more, and sends data with it."""
    if not isinstance(step, Update) or session.state in (None, SessionState.OPEN):
        return False
    return any(name in DATA_FIELDS for name in sent_session(step))


def _with_frozen_data(accepted: Expectation) -> Expectation:
    """``accepted``, open: a target may refuse the data, which cannot be changed (STATE-13)."""
    subject = "data sent with the cancellation of a session that is not open"
    remark = silent("STATE-13", subject, topic=Topic.MOVE)
    return replace(
        accepted, verdict=Verdict.UNSPECIFIED, rules=("STATE-13",), others=(), remarks=(remark,)
    )


def stored_state_decides(step: Step, session: SessionModel, environment: Environment) -> bool:
    """Whether a dry update may be answered as if there were no stored session (DRY-U2).

    In `current` only the payload of a dry update counts, so what the stored state alone refuses or
    allows is no promise.
    """
    if not isinstance(step, Update) or not step.dry:
        return False
    if environment.contract is ContractVersion.V2_5_1:
        return False
    if session.lost or session.state is UNKNOWN:
        return True
    if session.state is None:
        return False
    asked = _requested(step)
    stored = transition(environment.contract, session.state, step.operation, asked)
    fresh = transition(environment.contract, None, step.operation, asked)
    return stored.ruling is not fresh.ruling


def _remarks(step: Step, session: SessionModel, environment: Environment) -> Iterator[Remark]:
    if isinstance(step, Update):
        yield from update_remarks(step, environment)
    elif isinstance(step, Raw):
        yield from raw_remarks(step)
    elif isinstance(step, ReturnItems):
        yield from return_remarks(step, session, environment)


def _requested(step: Step) -> SessionState | None:
    return requested_state(step) if isinstance(step, Update) else None


def _repeats_return(step: Step, session: SessionModel, environment: Environment) -> bool:
    return (
        isinstance(step, ReturnItems)
        and environment.has(Addition.KEYED_RETURNS)
        and not step.dry
        and step.idempotency_key is not None
        and step.idempotency_key in session.accepted_returns
    )


def _repeated(step: Step, session: SessionModel) -> Expectation:
    """A return whose Idempotency-Key was used before (RET-06)."""
    assert isinstance(step, ReturnItems)  # noqa: S101 - narrows for the type checker
    body, _ = session.accepted_returns[step.idempotency_key or ""]
    same = body == step.body
    return Expectation(
        verdict=Verdict.MUST_ACCEPT if same else Verdict.UNSPECIFIED,
        rules=("RET-06",),
        situation=Situation(form=Form.REPEATED_RETURN if same else Form.REUSED_KEY),
        reaches=session.state,
        repeats_return=True,
    )


def keyed_write(step: Step) -> Update | Reopen | None:
    """``step`` if it is an update or a reopen that a target may remember by its key."""
    if not isinstance(step, Update | Reopen) or step.idempotency_key is None or step.dry:
        return None
    return step


def repeats_write(step: Step, session: SessionModel, environment: Environment) -> bool:
    """Whether ``step`` is the request once more that its key was accepted with (IDEM-01)."""
    keyed = keyed_write(step)
    if keyed is None or not environment.has(Addition.KEYED_WRITES):
        return False
    known = session.accepted_writes.get(keyed.idempotency_key or "")
    return known is not None and known.is_repeated_by(keyed)


def _repeated_write(step: Step, session: SessionModel) -> Expectation:
    return Expectation(
        verdict=Verdict.MUST_ACCEPT,
        rules=("IDEM-01",),
        situation=Situation(form=Form.REPEATED_WRITE, operation=step.operation),
        reaches=session.state,
        repeats_write=True,
    )


def without_key(operation: Operation, key: KeyKind) -> Situation:
    """The situation of a request without a valid API key."""
    return Situation(form=Form.CREDENTIALS, operation=operation, subject=key.value)


def _key_kind(step: Step) -> KeyKind:
    if isinstance(step, Raw):
        return _RAW_KEYS.get(step.oddity, KeyKind.WRONG)
    return KeyKind.MISSING if step.credentials is Credentials.MISSING else KeyKind.WRONG


_RAW_KEYS = {kind.value: kind for kind in (KeyKind.MISSING, KeyKind.EMPTY)}
"""By `Raw.oddity`."""


def situation_of(
    step: Step, session: SessionModel, *, form: Form = Form.REQUEST, subject: str = ""
) -> Situation:
    """What ``step`` asks of which session: ``"update of an open session to closed"``."""
    return Situation(
        form=form,
        operation=step.operation,
        dry=_is_dry(step),
        session=_session_kind(session),
        move=MOVES[requested_state(step)] if isinstance(step, Update) else None,
        subject=subject,
    )


def _is_dry(step: Step) -> bool:
    return isinstance(step, Update | ReturnItems) and step.dry


def _session_kind(session: SessionModel) -> SessionKind:
    if session.lost or session.state is UNKNOWN:
        return SessionKind.UNCERTAIN
    return SESSION_KINDS[session.state]


def _move(step: Step, cell: Transition) -> Move | None:
    """The move that a step asks of the state machine, where it is an update, raw ones included."""
    return MOVES[cell.requested] if step.operation is Operation.UPDATE else None


def _in_cell(
    step: Step, session: SessionModel, cell: Transition, form: Form = Form.REQUEST
) -> Situation:
    """What ``step`` asks of which session, as a cell of the state machine."""
    return Situation(
        form=form,
        operation=step.operation,
        dry=_is_dry(step),
        session=_session_kind(session),
        move=_move(step, cell),
    )


def _with_content(step: Step, subject: str) -> Situation:
    """A request that ``subject`` is to be said of, whatever the state of the session."""
    return Situation(
        form=Form.CONTENT, operation=step.operation, dry=_is_dry(step), subject=subject
    )


def _reached(cell: Transition) -> SessionState | UnknownType:
    return UNKNOWN if cell.reaches is None else cell.reaches


def _open(
    step: Step, session: SessionModel, remarks: tuple[Remark, ...], cell: Transition | None
) -> Expectation:
    """The contract is silent; the first remark that says so names the situation."""
    first = next((r for r in remarks if r.ruling is Ruling.SILENT), remarks[0])
    if first.topic is Topic.MOVE and cell is not None:
        situation = _in_cell(step, session, cell, Form.UNRULED_MOVE)
    else:
        situation = _with_content(step, first.subject)
    return Expectation(
        verdict=Verdict.UNSPECIFIED,
        rules=(first.rule,),
        situation=situation,
        topic=first.topic,
        reaches=_reached(cell) if cell else UNKNOWN,
        unknown_fields=frozenset(r.field for r in remarks if r.field is not None),
        state_rule=cell.rule if cell else "",
        remarks=remarks,
    )


def _refused_by_state(
    step: Step,
    session: SessionModel,
    cell: Transition,
    refusals: tuple[Remark, ...],
    rules: Catalogue,
) -> Expectation:
    named = tuple(dict.fromkeys((cell.rule, *(remark.rule for remark in refusals))))
    return Expectation(
        verdict=Verdict.MUST_REJECT,
        rules=named,
        situation=_in_cell(step, session, cell),
        reaches=UNKNOWN,
        statuses=_statuses(named, rules),
        state_rule=cell.rule,
        refused_by_state=True,
        others=_refused_for(step, refusals),
    )


def _refused(
    step: Step, cell: Transition, refusals: tuple[Remark, ...], rules: Catalogue
) -> Expectation:
    """Refused for its body. The session's state is left out: one bug is one situation."""
    named = tuple(dict.fromkeys(remark.rule for remark in refusals))
    if isinstance(step, Raw):
        situation = raw_situation(step)
    else:
        situation = _with_content(step, refusals[0].subject)
    return Expectation(
        verdict=Verdict.MUST_REJECT,
        rules=named,
        situation=situation,
        reaches=UNKNOWN,
        statuses=_statuses(named, rules),
        state_rule=cell.rule,
        others=_refused_for(step, refusals[1:]),
    )


def raw_situation(step: Raw) -> Situation:
    """The situation of a raw request of which no more than its kind matters."""
    return Situation(form=Form.RAW, subject=family(step))


def _refused_for(step: Step, refusals: tuple[Remark, ...]) -> tuple[tuple[str, Situation], ...]:
    return tuple((remark.rule, _with_content(step, remark.subject)) for remark in refusals)


def _statuses(named: tuple[str, ...], rules: Catalogue) -> frozenset[int]:
    return frozenset(status for rule in named for status in rules[rule].statuses)


def _accepted(
    step: Step, session: SessionModel, cell: Transition, environment: Environment
) -> Expectation:
    special = (
        tuple(acceptance_rules(sent_session(step), environment)) if isinstance(step, Update) else ()
    )
    special = (*special, *_acceptance_of_key(step, environment))
    aimed = tuple(_aimed_at(step, catalogue(environment.contract)))
    plain = (cell.rule, _in_cell(step, session, cell))
    others = (*((rule, _with_content(step, subject)) for rule, subject in special), plain)
    return Expectation(
        verdict=Verdict.MUST_ACCEPT,
        rules=tuple(dict.fromkeys((*(rule for rule, _ in special), *aimed, cell.rule))),
        situation=others[0][1],
        reaches=_reached(cell),
        state_rule=cell.rule,
        others=others,
    )


def _acceptance_of_key(step: Step, environment: Environment) -> Iterator[tuple[str, str]]:
    """That a key of any length up to the limit is taken, where its length may matter (IDEM-02)."""
    keyed = keyed_write(step)
    if keyed is None or not environment.has(Addition.KEYED_WRITES):
        return
    if _USUAL_KEY < len(keyed.idempotency_key or "") <= LONGEST_KEY:
        yield "IDEM-02", f"Idempotency-Key of up to {LONGEST_KEY} characters"


def _aimed_at(step: Step, rules: Catalogue) -> Iterator[str]:
    """The rules that the step's author aimed at and that demand acceptance.

    They only decide under which name a refusal is reported, never whether it is.
    """
    for rule in step.aims:
        if rule in rules and Demand.ACCEPT in rules[rule].demands:
            yield rule
