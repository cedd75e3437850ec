"""What the contract expects of the target's answer to one step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ...contract import (
    Catalogue,
    Credentials,
    Demand,
    Environment,
    Operation,
    Raw,
    ReturnItems,
    Ruling,
    SessionState,
    Step,
    Transition,
    Update,
    catalogue,
    transition,
)
from .knowledge import UNKNOWN, UnknownType
from .raw_requests import Nature, family, is_keyless_only, lacks_key, nature, raw_remarks
from .remarks.remark import Remark, silent
from .remarks.returns import return_remarks
from .remarks.strings import session_id_remarks
from .remarks.updates import promises, requested_state, sent_session, update_remarks
from .session import SessionModel


class Verdict(StrEnum):
    """What the contract says of a request."""

    MUST_ACCEPT = "must accept"
    MUST_REJECT = "must reject"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The verdict on a request before it is sent."""

    verdict: Verdict
    rules: tuple[str, ...]
    """The rules behind the verdict, the most telling first; never empty."""
    situation: str
    """What is asked of what, as a small stable key."""
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
    others: tuple[tuple[str, str], ...] = ()
    """(rule, situation) of whatever else in the request its verdict rests on."""
    remarks: tuple[Remark, ...] = ()
    """All that is open or refused about the request; given where the verdict is unspecified."""


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
            situation=f"{step.operation.value} with {_credentials(step)}",
            reaches=session.state,
            statuses=frozenset(statuses),
        )
    remarks = (*about_id, *_remarks(step, session, environment))
    if isinstance(step, Raw) and nature(step) is Nature.OPEN:
        return _open(step, remarks, None)
    if session.lost or session.state is UNKNOWN:
        remarks = (silent("ERR-06", "a session whose state is not known"), *remarks)
        return _open(step, remarks, None)
    if _repeats_return(step, session):
        return _repeated(step, session)
    cell = transition(environment.contract, session.state, step.operation, _requested(step))
    if cell.ruling is Ruling.SILENT:
        about = silent(cell.rule, f"of {_place(session)}{_movement(step, cell)}")
        return _open(step, (about, *remarks), cell)
    refusals = tuple(remark for remark in remarks if remark.ruling is Ruling.REFUSE)
    if about_id:
        return _open(step, remarks, cell)
    if cell.ruling is Ruling.REFUSE:
        return _refused_by_state(step, session, cell, refusals, rules)
    if refusals:
        return _refused(step, cell, refusals, rules)
    if remarks:
        return _open(step, remarks, cell)
    return _accepted(step, session, cell, environment)


def _remarks(step: Step, session: SessionModel, environment: Environment) -> Iterator[Remark]:
    if isinstance(step, Update):
        yield from update_remarks(step, environment)
    elif isinstance(step, Raw):
        yield from raw_remarks(step)
    elif isinstance(step, ReturnItems):
        yield from return_remarks(step, session, environment)


def _requested(step: Step) -> SessionState | None:
    return requested_state(step) if isinstance(step, Update) else None


def _repeats_return(step: Step, session: SessionModel) -> bool:
    return (
        isinstance(step, ReturnItems)
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
        situation="return with a used Idempotency-Key" + ("" if same else " and another body"),
        reaches=session.state,
    )


def _name(step: Step) -> str:
    dry = isinstance(step, Update | ReturnItems) and step.dry
    return f"dry {step.operation.value}" if dry else step.operation.value


def _credentials(step: Step) -> str:
    """What a request without a valid key has, in two classes: which wrong key it is, is one bug."""
    if isinstance(step, Raw):
        return step.oddity if step.oddity in ("no key", "an empty key") else "a wrong key"
    return "no key" if step.credentials is Credentials.MISSING else "a wrong key"


def asked_of(step: Step, session: SessionModel) -> str:
    """What ``step`` asks of which session, in words: ``"update of an open session to closed"``."""
    if not isinstance(step, Update):
        return f"{_name(step)} of {_place(session)}"
    state = requested_state(step)
    movement = f" to {state.value.replace('_', ' ')}" if state else " without a state"
    return f"{_name(step)} of {_place(session)}{movement}"


def _place(session: SessionModel) -> str:
    """The state of the session, in words that fit behind "of"."""
    if session.lost or session.state is UNKNOWN:
        return "a session whose state is not known"
    if session.state is None:
        return "an unknown session"
    state = session.state.value.replace("_", " ")
    return f"{'an' if state[0] == 'o' else 'a'} {state} session"


def _movement(step: Step, cell: Transition) -> str:
    """The move that a step asks of the state machine, where it is an update."""
    if step.operation is not Operation.UPDATE:
        return ""
    if cell.requested is None:
        return " without a state"
    return f" to {cell.requested.value.replace('_', ' ')}"


def _reached(cell: Transition) -> SessionState | UnknownType:
    return UNKNOWN if cell.reaches is None else cell.reaches


def _open(step: Step, remarks: tuple[Remark, ...], cell: Transition | None) -> Expectation:
    """The contract is silent; the first remark that says so names the situation."""
    first = next((r for r in remarks if r.ruling is Ruling.SILENT), remarks[0])
    return Expectation(
        verdict=Verdict.UNSPECIFIED,
        rules=(first.rule,),
        situation=f"{_name(step)}: {first.about}",
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
        situation=f"{_name(step)} of {_place(session)}{_movement(step, cell)}",
        reaches=UNKNOWN,
        statuses=_statuses(named, rules),
        state_rule=cell.rule,
        refused_by_state=True,
        others=_refused_for(step, refusals),
    )


def _refused(
    step: Step, cell: Transition, refusals: tuple[Remark, ...], rules: Catalogue
) -> Expectation:
    """Refused for its body. The session's place is left out: one bug is one situation."""
    named = tuple(dict.fromkeys(remark.rule for remark in refusals))
    if isinstance(step, Raw):
        situation = f"raw request: {family(step)}"
    else:
        situation = f"{_name(step)}: {refusals[0].about}"
    return Expectation(
        verdict=Verdict.MUST_REJECT,
        rules=named,
        situation=situation,
        reaches=UNKNOWN,
        statuses=_statuses(named, rules),
        state_rule=cell.rule,
        others=_refused_for(step, refusals[1:]),
    )


def _refused_for(step: Step, refusals: tuple[Remark, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((remark.rule, f"{_name(step)}: {remark.about}") for remark in refusals)


def _statuses(named: tuple[str, ...], rules: Catalogue) -> frozenset[int]:
    return frozenset(status for rule in named for status in rules[rule].statuses)


def _accepted(
    step: Step, session: SessionModel, cell: Transition, environment: Environment
) -> Expectation:
    special = tuple(promises(sent_session(step), environment)) if isinstance(step, Update) else ()
    aimed = tuple(_aimed_at(step, catalogue(environment.contract)))
    plain = (cell.rule, f"{_name(step)} of {_place(session)}{_movement(step, cell)}")
    others = (*((rule, f"{_name(step)}: {about}") for rule, about in special), plain)
    return Expectation(
        verdict=Verdict.MUST_ACCEPT,
        rules=tuple(dict.fromkeys((*(rule for rule, _ in special), *aimed, cell.rule))),
        situation=others[0][1],
        reaches=_reached(cell),
        state_rule=cell.rule,
        others=others,
    )


def _aimed_at(step: Step, rules: Catalogue) -> Iterator[str]:
    """The rules that the step's author aimed at and that demand acceptance.

    They only decide under which name a refusal is reported, never whether it is.
    """
    for rule in step.aims:
        if rule in rules and Demand.ACCEPT in rules[rule].demands:
            yield rule
