"""The actions of a drawn scenario: each adds steps to a draft and keeps its trackers up to date.

An action takes the draft, the index of a session and the decisions left in some bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ...contract import (
    MARK,
    Addition,
    Credentials,
    Environment,
    Fetch,
    Operation,
    Reopen,
    ReturnItems,
    Ruling,
    SessionState,
    Step,
    Update,
)
from ..values.decisions import Decisions
from ..values.samples import return_body, update_body
from ..values.value_pool import ScenarioValues
from .edits import cleared_session, first_session, partial_session
from .session_tracker import SessionTracker

Json = dict[str, Any]

_BAD_CREDENTIALS = (Credentials.MISSING, Credentials.WRONG, Credentials.SCHEME)
_EDIT_AIMS = ("STATE-12", "MERGE-01", "MERGE-03")


@dataclass(slots=True)
class ScenarioDraft:
    """A scenario under construction, with what the next action depends on."""

    environment: Environment
    values: ScenarioValues
    trackers: list[SessionTracker]
    """One for each session."""
    profiles: list[str]
    """The profile that each session starts with."""
    steps: list[Step] = field(default_factory=list)
    key_count: int = 0
    """Idempotency keys used so far."""
    keyed_writes: dict[int, Update | Reopen] = field(default_factory=dict)
    """The last update or reopen with an idempotency key, by session index."""

    def update(
        self, session_index: int, session: Json, decisions: Decisions, *aims: str, real: bool = True
    ) -> None:
        """Adds a valid update of a session.

        One in 16 is sent dry before. ``real`` false: it is sent dry only.
        """
        body = update_body(session, show=not decisions.one_in(8))
        if self.values.has_scarce_codes and "responseContent" in body:
            body["responseContent"] = ["customerSession", "coupons"]
        dry_aims = ("DRY-01", "DRY-02", *aims)
        if not real:
            self.steps.append(Update(session=session_index, body=body, dry=True, aims=dry_aims))
            return
        if decisions.one_in(16):
            self.steps.append(Update(session=session_index, body=body, dry=True, aims=dry_aims))
            if not decisions.take(2):
                self.fetch(session_index)
        key = self.write_key(decisions)
        update = Update(session=session_index, body=body, idempotency_key=key, aims=aims)
        self.steps.append(update)
        self.trackers[session_index].record_update(body)
        if key is not None:
            self.keyed_writes[session_index] = update

    def fetch(self, session_index: int) -> None:
        """Adds a read of a session."""
        tracker = self.trackers[session_index]
        aims = ("ERR-05",) if tracker.state is None else ("RESP-03",)
        self.steps.append(Fetch(session=session_index, aims=aims))

    def return_key(self, decisions: Decisions) -> str | None:
        """A new idempotency key (since 26.07) for one return in three; None: no key."""
        if not self.environment.has(Addition.KEYED_RETURNS) or decisions.take(3) != 1:
            return None
        return self._new_key()

    def write_key(self, decisions: Decisions) -> str | None:
        """A new idempotency key (since 26.15) for one update or reopen in six; None: no key."""
        if not self.environment.has(Addition.KEYED_WRITES) or decisions.take(6) != 1:
            return None
        return self._new_key()

    def _new_key(self) -> str:
        self.key_count += 1
        return f"key{self.key_count}-{MARK}"

    def repeat_keyed_write(self, session_index: int) -> None:
        """Adds the last write of a session with an idempotency key again: it changes nothing."""
        write = self.keyed_writes[session_index]
        self.steps.append(msgspec.structs.replace(write, aims=("IDEM-01",)))


Action = Callable[[ScenarioDraft, int, Decisions], None]


def edit(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Creates a session, or changes some fields of an open one."""
    tracker = draft.trackers[session_index]
    if tracker.state is None:
        session = first_session(draft.values, decisions, draft.profiles[session_index])
        if decisions.take(2):
            session["state"] = "open"
        draft.update(session_index, session, decisions, "STATE-01", "IDENT-01", "IDENT-09")
    else:
        session = partial_session(tracker, draft.values, decisions)
        if decisions.take(2):
            session["state"] = "open"
        draft.update(session_index, session, decisions, *_EDIT_AIMS)


def close(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Closes a session; a new one is created closed."""
    tracker = draft.trackers[session_index]
    session: Json = {"state": "closed"}
    if tracker.state is None:
        session |= first_session(draft.values, decisions, draft.profiles[session_index])
    elif not tracker.cart or decisions.take(4) == 1:
        session |= partial_session(tracker, draft.values, decisions)
    if draft.values.has_scarce_codes and decisions.take(4):
        session.setdefault("couponCodes", draft.values.coupons(decisions))
    draft.update(
        session_index, session, decisions, tracker.rule(Operation.UPDATE, SessionState.CLOSED)
    )


def cancel(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Cancels a session."""
    rule = draft.trackers[session_index].rule(Operation.UPDATE, SessionState.CANCELLED)
    draft.update(session_index, {"state": "cancelled"}, decisions, rule)


def clear(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Discards the value of one field."""
    session = cleared_session(draft.trackers[session_index], decisions)
    draft.update(session_index, session, decisions, "MERGE-01", "MERGE-02", "MERGE-03")


def repeat(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends the last accepted update again, byte for byte, or the last write with a key."""
    tracker = draft.trackers[session_index]
    if session_index in draft.keyed_writes and decisions.take(2):
        draft.repeat_keyed_write(session_index)
        return
    if tracker.last_body is None or tracker.state is not SessionState.OPEN:
        edit(draft, session_index, decisions)
        return
    draft.steps.append(Update(session=session_index, body=tracker.last_body, aims=("MERGE-04",)))
    tracker.record_update(tracker.last_body)


def try_dry(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends a dry update without a real one after it, then reads: nothing may have changed."""
    tracker = draft.trackers[session_index]
    if tracker.state is None:
        session = first_session(draft.values, decisions, draft.profiles[session_index])
    else:
        session = partial_session(tracker, draft.values, decisions)
    if decisions.one_in(3):
        session["state"] = "closed"
    draft.update(session_index, session, decisions, real=False)
    draft.fetch(session_index)


def send_invalid(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends an update that breaks exactly one rule."""
    tracker, values = draft.trackers[session_index], draft.values
    if decisions.one_in(12):
        body = decisions.pick(values.pool.wrong_bodies)
        draft.steps.append(Update(session=session_index, body=body, aims=("ERR-04", "ERR-06")))
        return
    broken = decisions.pick(decisions.pick(values.pool.invalid_requests))
    session = (
        {}
        if decisions.take(2)
        else {"identifiers": values.identifiers(decisions)}
        if tracker.state is SessionState.OPEN
        else {"profileId": draft.profiles[session_index]}
    )
    body = update_body({**session, **broken.changes})
    dry = decisions.one_in(8)
    aims = (*broken.aims, "ERR-01", "ERR-06")
    draft.steps.append(Update(session=session_index, body=body, dry=dry, aims=aims))
    if values.allows_big_carts and not decisions.take(2):
        send_oversized(draft, session_index, decisions)


def send_oversized(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends a cart that exceeds one limit by one and is valid otherwise."""
    values, limits = draft.values, draft.environment.limits
    if decisions.take(2) and draft.environment.flattens:
        excessive = limits.quantity_sum + 1
        cart, aim = [{**values.items[0], "quantity": excessive}], "CART-04"
    else:
        item = {**values.items[0], "quantity": 1}
        cart, aim = [item] * (limits.cart_items + 1), "CART-02"
    draft.steps.append(
        Update(session=session_index, body=update_body({"cartItems": cart}), aims=(aim,))
    )


def request_forbidden_state(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Requests a state that cannot be reached, half of the time with changed data as well."""
    tracker = draft.trackers[session_index]
    refused = [
        state for state in SessionState if tracker.ruling(Operation.UPDATE, state) is Ruling.REFUSE
    ]
    if not refused:
        edit(draft, session_index, decisions)
        return
    state = decisions.pick(refused)
    session = partial_session(tracker, draft.values, decisions) if decisions.take(2) else {}
    aims = (tracker.rule(Operation.UPDATE, state), "STATE-13", "STATE-17", "ERR-06")
    body = update_body({**session, "state": state.value})
    draft.steps.append(Update(session=session_index, body=body, dry=decisions.one_in(8), aims=aims))


def request_silent_state(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends an update on which the contract is silent; the data must not change (STATE-13)."""
    tracker = draft.trackers[session_index]
    choices: list[SessionState | None] = [
        state
        for state in (None, *SessionState)
        if tracker.ruling(Operation.UPDATE, state) is Ruling.SILENT
    ]
    if not choices:
        edit(draft, session_index, decisions)
        return
    state = decisions.pick(choices)
    session = partial_session(tracker, draft.values, decisions) if decisions.take(2) else {}
    if state is not None:
        session["state"] = state.value
    aims = (tracker.rule(Operation.UPDATE, state), "STATE-13")
    draft.steps.append(Update(session=session_index, body=update_body(session), aims=aims))


def return_some(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Returns some units: mostly a few, rarely all that are left (RET-U1)."""
    tracker = draft.trackers[session_index]
    open_positions = tracker.returnable()
    legal = tracker.ruling(Operation.RETURN) is Ruling.ACCEPT
    if not legal or not open_positions:
        body = return_body({"position": 0, "quantity": 1})
        rule = tracker.rule(Operation.RETURN) if not legal else "RET-03"
        draft.steps.append(ReturnItems(session=session_index, body=body, aims=(rule,)))
        return
    units = _units(draft, tracker, open_positions, decisions)
    body = return_body(
        *({"position": position, "quantity": count} for position, count in units.items()),
        show=not decisions.one_in(8),
    )
    if decisions.one_in(6):
        aims = ("DRY-03", "RET-01")
        draft.steps.append(ReturnItems(session=session_index, body=body, dry=True, aims=aims))
        if not decisions.take(2):
            return
    key = draft.return_key(decisions)
    step = ReturnItems(
        session=session_index, body=body, idempotency_key=key, aims=("RET-01", "RET-02")
    )
    draft.steps.append(step)
    tracker.record_return(units)
    if key is not None and not decisions.take(2):
        repetition = ReturnItems(
            session=session_index, body=body, idempotency_key=key, aims=("RET-06",)
        )
        draft.steps.append(repetition)


def _units(
    draft: ScenarioDraft, tracker: SessionTracker, open_positions: list[int], decisions: Decisions
) -> dict[int, int]:
    """Units to return by position. In three of four cases some units are left afterwards."""
    units = {}
    for _ in range(1 + decisions.take(2)):
        position = decisions.pick(open_positions)
        left = tracker.remaining[position]
        units[position] = 1 + decisions.take(left) if draft.environment.flattens else left
    if units == {
        position: tracker.remaining[position] for position in open_positions
    } and decisions.take(4):
        last = next(reversed(units))
        if draft.environment.flattens and units[last] > 1:
            units[last] -= 1
        elif len(units) > 1:
            del units[last]
    return units


def return_too_much(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends a return that RET-03 refuses: too many units, none, or a missing position."""
    tracker = draft.trackers[session_index]
    size = len(tracker.cart)
    position = decisions.take(size) if size else 0
    left = tracker.remaining[position] if size else 0
    returns: tuple[tuple[Json, ...], ...] = (
        ({"position": position, "quantity": left + 1},),
        ({"position": size, "quantity": 1},),
        ({"position": position, "quantity": 0},),
        ({"position": position, "quantity": -1},),
        ({"position": -1, "quantity": 1},),
        (),
    )
    body = return_body(*decisions.pick(returns))
    legal = tracker.ruling(Operation.RETURN) is Ruling.ACCEPT
    rule = "RET-03" if legal else tracker.rule(Operation.RETURN)
    dry = decisions.one_in(8)
    draft.steps.append(
        ReturnItems(session=session_index, body=body, dry=dry, aims=(rule, "ERR-06"))
    )


def reopen(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Reopens a session (current only), some with an idempotency key, half of these twice.

    Reads the session where the contract is silent.
    """
    tracker = draft.trackers[session_index]
    if not draft.values.samples.current or tracker.ruling(Operation.REOPEN) is Ruling.SILENT:
        draft.fetch(session_index)
        return
    accepts = tracker.ruling(Operation.REOPEN) is Ruling.ACCEPT
    key = draft.write_key(decisions) if accepts else None
    step = Reopen(
        session=session_index, idempotency_key=key, aims=(tracker.rule(Operation.REOPEN),)
    )
    draft.steps.append(step)
    if not accepts:
        return
    tracker.record_reopen()
    if key is not None:
        draft.keyed_writes[session_index] = step
        if decisions.take(2):
            draft.repeat_keyed_write(session_index)


def send_bad_credentials(draft: ScenarioDraft, session_index: int, decisions: Decisions) -> None:
    """Sends any operation without a valid key."""
    credentials = decisions.pick(_BAD_CREDENTIALS)
    aims = ("AUTH-01",)
    body = update_body({"identifiers": [f"trespass-{MARK}"]})
    returned = return_body({"position": 0, "quantity": 1})
    steps: list[Step] = [
        Update(session=session_index, body=body, credentials=credentials, aims=aims),
        Fetch(session=session_index, credentials=credentials, aims=aims),
        ReturnItems(session=session_index, body=returned, credentials=credentials, aims=aims),
    ]
    if draft.values.samples.current:
        steps.append(Reopen(session=session_index, credentials=credentials, aims=aims))
    draft.steps.append(decisions.pick(steps))


def read(draft: ScenarioDraft, session_index: int, _: Decisions) -> None:
    """Reads a session."""
    draft.fetch(session_index)
