"""How a session changes when the target accepts a step, and what an answer teaches the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from ...contract import (
    ContractVersion,
    Environment,
    Reopen,
    ReturnItems,
    SessionState,
    Step,
    Update,
)
from ...contract.fields import DATA_FIELDS, LIST_FIELDS, MAP_FIELDS
from .applied import Applied
from .attribute_values import is_default
from .costs import is_free, without_free
from .expectation import Expectation, keyed_write
from .knowledge import UNKNOWN, AtLeast, UnknownType, same_json
from .remarks.returns import returned_by
from .remarks.updates import sent_session
from .session import Identity, KeyedWrite, SessionModel


def after_acceptance(
    step: Step, session: SessionModel, expectation: Expectation, environment: Environment
) -> SessionModel:
    """The session once the target accepted ``step``; the same one for reads and dry runs."""
    after = _after(step, session, expectation, environment)
    if after is session:
        return session
    return replace(after, outdated_keys=_known_keys(after))


def _known_keys(session: SessionModel) -> frozenset[str]:
    return frozenset((*session.accepted_returns, *session.accepted_writes))


def _after(
    step: Step, session: SessionModel, expectation: Expectation, environment: Environment
) -> SessionModel:
    if expectation.repeats_write:
        return session
    if expectation.effect_is_open:
        return session.as_lost()
    if isinstance(step, Update) and not step.dry:
        return _after_update(step, session, expectation, environment)
    if isinstance(step, ReturnItems) and not step.dry:
        return _after_return(step, session, expectation, environment)
    if isinstance(step, Reopen):
        return _after_reopening(session, expectation)
    return session


def _after_reopening(session: SessionModel, expectation: Expectation) -> SessionModel:
    reopened = replace(
        session,
        state=expectation.reaches,
        updated=None,
        update_count=None,
        applied=None,  # the reopening gives it back
        rolled_back=_known(session.applied),
    )
    if session.returned is UNKNOWN or not session.returned:
        return reopened
    # Whether the units that were returned count as returned from now on is open (STATE-U3).
    return replace(reopened, returned=UNKNOWN, returned_before_reopening=session.returned)


def _after_update(
    step: Update, session: SessionModel, expectation: Expectation, environment: Environment
) -> SessionModel:
    state = expectation.reaches
    count = _count_before(session, environment)
    if session.state not in (None, SessionState.OPEN):
        # STATE-13: whatever this update was answered, it cannot have changed the data. Whether a
        # silently ignored update counts is open.
        moved = state != session.state
        return replace(
            session,
            state=state,
            applied=None if state is SessionState.CANCELLED else session.applied,
            rolled_back=session.rolled_back if not moved else _known(session.applied),
            updated=None,
            update_count=count + 1 if moved and count is not None else None,
        )
    sent = sent_session(step)
    cancels = state is SessionState.CANCELLED
    fields = dict(session.fields)
    for name in DATA_FIELDS:
        if name not in sent:
            continue
        value = sent[name]
        if name in expectation.unknown_fields or value is None:
            fields[name] = UNKNOWN
        elif cancels and fields.get(name) != value:
            # No text says whether the update that cancels also stores its data.
            fields[name] = UNKNOWN
        elif name in MAP_FIELDS:
            fields[name] = _merged(value, fields.get(name, {}))
        else:
            fields[name] = value
    changed = replace(
        session,
        state=state,
        fields=fields,
        updated=None,
        update_count=None if count is None else count + 1,
        # What a close applied is in its answer: `learn` takes it from there.
        applied=UNKNOWN if state is SessionState.CLOSED else None,
        rolled_back=None,
    )
    if "cartItems" not in sent:
        return changed
    return replace(
        changed,
        returned=UNKNOWN if fields["cartItems"] is UNKNOWN else {},
        returned_before_reopening=None,
        items_before=() if session.items is UNKNOWN else tuple(session.items),
    )


def _count_before(session: SessionModel, environment: Environment) -> int | None:
    """The updates so far; None: not known, or 2.5.1, which shows no count."""
    if session.state is None and environment.contract is not ContractVersion.V2_5_1:
        return 0
    return session.update_count


def _merged(sent: Mapping[str, Any], before: object) -> object:
    """A map after it was sent: its keys, and perhaps those that were there (MERGE-U1)."""
    if before is UNKNOWN:
        return UNKNOWN
    if isinstance(before, AtLeast):
        before = {**before.optional, **before.entries}
    if not isinstance(before, dict):
        return UNKNOWN
    return AtLeast(entries=sent, optional={k: v for k, v in before.items() if k not in sent})


def _after_return(
    step: ReturnItems, session: SessionModel, expectation: Expectation, environment: Environment
) -> SessionModel:
    if expectation.repeats_return:
        return session
    taken = returned_by(step, session, environment)
    returned: Mapping[int, int] | UnknownType = UNKNOWN
    state = expectation.reaches
    if taken is not UNKNOWN and session.returned is not UNKNOWN:
        returned = {
            position: session.returned.get(position, 0) + taken.get(position, 0)
            for position in session.returned.keys() | taken.keys()
        }
    # What a return rolls back is in its answer as well.
    applied = session.applied if session.applied is None else UNKNOWN
    changed = replace(session, returned=returned, updated=None, update_count=None, applied=applied)
    if returned is UNKNOWN or _all_returned(changed):
        state = UNKNOWN  # RET-U1: partially returned or another state
    return replace(changed, state=state)


def _all_returned(session: SessionModel) -> bool:
    items = session.items
    return items is UNKNOWN or all(
        session.remaining(position) == 0 for position in range(len(items))
    )


def with_idempotency_key(step: ReturnItems, session: SessionModel, answer: object) -> SessionModel:
    """The session once a return was accepted under its Idempotency-Key, if it has one (RET-06).

    Args:
        step: the return.
        session: what the model holds.
        answer: ``return`` of the answer; `UNKNOWN` if the answer never came.
    """
    key = step.idempotency_key
    if step.dry or key is None:
        return session
    known = session.accepted_returns.get(key)
    if known is not None and known[1] is not UNKNOWN:
        return session
    return replace(session, accepted_returns={**session.accepted_returns, key: (step.body, answer)})


def with_write_key(step: Step, session: SessionModel, answer: object) -> SessionModel:
    """The session once an update or a reopen was accepted under its key, if it has one (IDEM-01).

    Args:
        step: what was accepted.
        session: what the model holds.
        answer: the session that the answer showed, None if none; `UNKNOWN` if no answer came.
    """
    keyed = keyed_write(step)
    if keyed is None:
        return session
    key = keyed.idempotency_key or ""
    known = session.accepted_writes.get(key)
    if known is not None and (known.answer is not UNKNOWN or not known.is_repeated_by(keyed)):
        return session
    write = KeyedWrite(
        operation=keyed.operation,
        body=keyed.body,
        now=keyed.now if isinstance(keyed, Update) else None,
        answer=answer,
    )
    return replace(session, accepted_writes={**session.accepted_writes, key: write})


def after_view(
    session: SessionModel, view: Mapping[str, Any], environment: Environment
) -> SessionModel:
    """The session once an answer showed it: what was unknown is learnt, the rest stays.

    Args:
        session: what the model holds.
        view: a ``customerSession`` of an answer to a real request or a read.
        environment: declares the attributes, with their defaults.
    """
    state = session.state
    if state is UNKNOWN:
        state = _shown_state(view)
    fields = {
        name: _learnt(name, value, _believed(name, view), environment)
        for name, value in session.fields.items()
    }
    # A session that was created without a profile may have one of the server's making.
    fields.setdefault("profileId", _believed("profileId", view) or None)
    returned = session.returned
    if returned is UNKNOWN:
        returned = _shown_returns(view)
    seen = replace(
        session, state=state, fields=fields, returned=returned, returned_before_reopening=None
    )
    return _seen(seen, view)


def model_of_view(view: Mapping[str, Any], session: SessionModel) -> SessionModel:
    """The session as an answer shows it, nothing kept of what the model thought of its data."""
    fresh = SessionModel(
        state=_shown_state(view),
        fields={
            name: _believed(name, view)
            for name in DATA_FIELDS
            if name in view or name == "profileId"
        },
        returned=_shown_returns(view),
        accepted_returns=session.accepted_returns,
        applied=_applied(_shown_state(view), session),
        accepted_writes=session.accepted_writes,
        outdated_keys=_known_keys(session),
    )
    return _seen(fresh, view)


def _known(applied: Applied | UnknownType | None) -> Applied | None:
    return None if applied is UNKNOWN else applied


def _applied(
    state: SessionState | UnknownType, session: SessionModel
) -> Applied | UnknownType | None:
    """What a session that an answer shows in ``state`` applied, given what was known of it."""
    if state not in (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED):
        return UNKNOWN if state is UNKNOWN else None
    # A session that was closed and is may have been reopened meanwhile if an answer was lost.
    is_known = session.applied is not None and not session.lost and state is session.state
    return session.applied if is_known else UNKNOWN


def _believed(name: str, view: Mapping[str, Any]) -> object:
    """A field as an answer shows it; `UNKNOWN` where it is of no type that it could have."""
    value = view.get(name)
    if value is None:
        return [] if name == "cartItems" else value
    if name == "additionalCosts" and isinstance(value, dict):
        return without_free(value)
    if name in MAP_FIELDS:
        return value if isinstance(value, dict) else UNKNOWN
    if name not in LIST_FIELDS:
        return value if isinstance(value, str) else UNKNOWN
    right = _RIGHT_MEMBERS.get(name, _is_text)
    return value if isinstance(value, list) and all(map(right, value)) else UNKNOWN


def _is_item(value: object) -> bool:
    return isinstance(value, dict) and type(value.get("quantity")) is int


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


_RIGHT_MEMBERS = {"cartItems": _is_item, "experimentVariantAllocations": _is_object}
"""What the members of a list must be, by field; texts otherwise."""


def _learnt(field: str, known: object, shown: object, environment: Environment) -> object:
    if known is UNKNOWN:
        return shown
    if isinstance(known, AtLeast):
        there = shown if isinstance(shown, dict) else {}
        kept = {
            name: value
            for name, value in known.optional.items()
            if name in there and not _is_unset(field, name, value, there[name], environment)
        }
        return {**kept, **known.entries}
    return known


def _is_unset(
    field: str, name: str, known: object, shown: object, environment: Environment
) -> bool:
    """Whether an entry that may have gone is gone: a target may show a default in its place."""
    if field == "additionalCosts":
        return is_free(shown)
    return is_default(name, shown, environment.session_attributes) and not same_json(known, shown)


def _shown_state(view: Mapping[str, Any]) -> SessionState | UnknownType:
    shown = view.get("state")
    return next((state for state in SessionState if state.value == shown), UNKNOWN)


def _shown_returns(view: Mapping[str, Any]) -> Mapping[int, int] | UnknownType:
    items = view.get("cartItems") or []
    if not isinstance(items, list):
        return UNKNOWN
    returned = {}
    for position, item in enumerate(items):
        quantity = item.get("returnedQuantity") if isinstance(item, dict) else ""
        quantity = 0 if quantity is None else quantity
        if type(quantity) is not int:
            return UNKNOWN
        if quantity:
            returned[position] = quantity
    return returned


def _seen(session: SessionModel, view: Mapping[str, Any]) -> SessionModel:
    """What each answer shows anew: the time and the count of the last update."""
    updated = view.get("updated")
    count = view.get("updateCount")
    return replace(
        with_identity(session, view),
        updated=updated if isinstance(updated, str) else None,
        latest_updated=updated if isinstance(updated, str) else session.latest_updated,
        update_count=count if type(count) is int else None,
    )


def with_identity(session: SessionModel, view: Mapping[str, Any]) -> SessionModel:
    """The session with the identity that ``view`` shows, if it had none yet (RESP-07)."""
    number, created, application = view.get("id"), view.get("created"), view.get("applicationId")
    if (
        session.identity is not None
        or type(number) is not int
        or not isinstance(created, str)
        or type(application) is not int
    ):
        return session
    identity = Identity(id=number, created=created, application_id=application)
    return replace(session, identity=identity)
