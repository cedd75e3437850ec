"""What a step did to the redemptions of its session, as far as its answer shows."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from enum import Enum, auto
from typing import Any

import msgspec
from msgspec.structs import replace

from ...contract import MARK, Fetch, Raw, Reopen, ReturnItems, SessionState, Step, Update
from ..effects import Effects
from ..judged_response import JudgedResponse
from ..model import (
    UNKNOWN,
    Expectation,
    SessionModel,
    Verdict,
    is_empty,
    requested_state,
    sent_session,
)
from .declared_codes import Kind
from .declared_limits import DeclaredLimits, Held, HeldCode
from .effects import (
    NO_DECISIONS,
    DecidedCode,
    Decision,
    Decisions,
    decisions_of,
    shown_counters,
)
from .least_total import least_total

_CONFLICT, _TIMEOUT = 409, 408


class MoveKind(Enum):
    """What a step did."""

    __hash__ = object.__hash__  # kinds are in sets, and the hash of enumerations is slow

    CLOSE = auto()
    """It moved the session into closed."""
    CONFLICT = auto()
    """It would have, was answered 409, and nothing but a used-up limit explains that."""
    REFUSED_CLOSE = auto()
    """It would have, and was refused."""
    CLOSE_AGAIN = auto()
    """The session was closed already."""
    DRY_CLOSE = auto()
    OPEN_UPDATE = auto()
    """The session is open afterwards."""
    CANCEL = auto()
    """It cancelled a closed or partially returned session."""
    CANCEL_OPEN = auto()
    CANCEL_AGAIN = auto()
    REOPEN = auto()
    RETURN = auto()
    READ_FREE = auto()
    """A read showed that the session holds no redemption."""
    SHOWN = auto()
    """The answer shows counters of coupons."""
    UNSURE = auto()
    """What became of the session's redemptions is open."""


CHANGES_NOTHING = frozenset(
    (
        MoveKind.REFUSED_CLOSE,
        MoveKind.CLOSE_AGAIN,
        MoveKind.DRY_CLOSE,
        MoveKind.OPEN_UPDATE,
        MoveKind.CANCEL_OPEN,
        MoveKind.CANCEL_AGAIN,
    )
)
"""What neither redeems nor gives back."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What one step did to the redemptions of its session."""

    kind: MoveKind
    session: int
    codes: tuple[DecidedCode, ...] = ()
    all_codes: bool = False
    """Any code of the scenario may be concerned: what the session holds is not known."""
    values: tuple[int, ...] = ()
    """Of `SHOWN`: the counter of each of `codes`."""
    behind: tuple[int, ...] = (0,)
    """Of `SHOWN`: by how much the values may be behind, since the answer's own step may be counted
    or not yet."""


def move_of(
    judged: JudgedResponse,
    after: SessionModel,
    limits: DeclaredLimits,
    *,
    is_alone: bool,
    is_misled: bool,
) -> Move | None:
    """What a response shows; None: nothing that counts.

    Args:
        judged: the step and its response.
        after: what is known of the session afterwards.
        limits: the declared ones.
        is_alone: whether no other request can have been worked on at the same time.
        is_misled: whether the response shows that the session is not as the model has it.
    """
    step = judged.step
    if is_misled and not judged.dry:
        return _unsure(step, judged.before, after, limits, decisions_of(judged.effects, limits))
    if isinstance(step, Fetch):
        return after_read(step.session, after) if judged.status in (200, 404) else None
    if (
        judged.status >= 500
        or judged.status == _TIMEOUT
        or (judged.accepted and isinstance(step, Raw))
    ):
        if judged.dry:
            return None
        return _unsure(step, judged.before, after, limits)
    if isinstance(step, Raw) or (judged.accepted and _repeats(judged.expectation)):
        return None
    if not judged.accepted:
        return _refused(judged, limits, is_alone=is_alone)
    if judged.dry:
        return _dry(step, judged.before, limits)
    return _accepted(step, judged.before, after, limits, judged.effects)


_BEHIND = {
    MoveKind.CLOSE: (0, 1),
    MoveKind.CANCEL: (0, -1),
    MoveKind.REOPEN: (0, -1),
    MoveKind.RETURN: (0, -1),
}


def shown_by(judged: JudgedResponse, move: Move | None, limits: DeclaredLimits) -> Move | None:
    """The counters that an accepted real answer shows; None: none that is followed.

    Args:
        judged: the step and its response.
        move: what else the response shows.
        limits: the declared ones.
    """
    if not judged.accepted or judged.dry or _repeats(judged.expectation):
        return None
    if move is not None and move.kind is MoveKind.UNSURE:
        return None
    shown = {code: used for code, used, _ in shown_counters(judged.json)}
    if not shown:
        return None
    held = limits.held({"couponCodes": list(shown)}, {})
    texts = {
        named[1]: used for code, used in shown.items() if (named := limits.named(Kind.COUPON, code))
    }
    codes = tuple(one for one in held.codes if one.is_exclusive)
    if not codes:
        return None
    return Move(
        kind=MoveKind.SHOWN,
        session=judged.step.session,
        codes=tuple(
            DecidedCode(held=replace(one, limits=one.limits[:1]), decision=Decision.OPEN)
            for one in codes
        ),
        values=tuple(texts[one.code] for one in codes),
        behind=_behind(move),
    )


def _behind(move: Move | None) -> tuple[int, ...]:
    """By how much a shown value may be behind: a close that redeems nothing changes no counter."""
    if move is None or (
        move.kind is MoveKind.CLOSE
        and all(code.decision is Decision.REJECTED for code in move.codes)
    ):
        return (0,)
    return _BEHIND.get(move.kind, (0,))


def redeems_undeclared(judged: JudgedResponse, after: SessionModel, limits: DeclaredLimits) -> bool:
    """Whether the session may redeem an undeclared code by the step, and a budget may count it.

    Args:
        judged: the step and its response.
        after: what is known of the session afterwards.
        limits: the declared ones.
    """
    if not limits.has_budgets or judged.dry or not isinstance(judged.step, Update):
        return False
    if judged.accepted and judged.effects.is_whole:
        return decisions_of(judged.effects, limits).accepts_undeclared
    is_open = judged.accepted or judged.status >= 500 or judged.status == _TIMEOUT
    return is_open and may_redeem_undeclared(judged.step, judged.before, after, limits)


def may_redeem_undeclared(
    step: Step, before: SessionModel, after: SessionModel, limits: DeclaredLimits
) -> bool:
    """Whether the session may redeem an undeclared code by a step that may have been applied."""
    sent = sent_session(step) if isinstance(step, Update) else {}
    every = (before.fields, after.fields, {**before.fields, **sent})
    if not limits.has_budgets:
        return False
    return before.lost or any(
        held is None or not held.all_declared
        for held in (_held(fields, limits, NO_DECISIONS) for fields in every)
    )


def move_unanswered(
    step: Step,
    expectation: Expectation,
    before: SessionModel,
    after: SessionModel,
    limits: DeclaredLimits,
) -> Move | None:
    """What a step did that was applied though no response says so."""
    if isinstance(step, Fetch) or _repeats(expectation):
        return None
    if isinstance(step, Update | ReturnItems) and step.dry:
        return None
    if isinstance(step, Raw):
        return _unsure(step, before, after, limits)
    return _accepted(step, before, after, limits, None)


def _repeats(expectation: Expectation) -> bool:
    return expectation.repeats_write or expectation.repeats_return


def _accepted(
    step: Step,
    before: SessionModel,
    after: SessionModel,
    limits: DeclaredLimits,
    effects: Effects | None,
) -> Move | None:
    session = step.session
    if isinstance(step, ReturnItems):
        return Move(kind=MoveKind.RETURN, session=session)
    are_known = not (before.lost or after.lost or before.state is UNKNOWN or after.state is UNKNOWN)
    kind = _kind(step, before, after) if are_known else MoveKind.UNSURE
    if kind is None:
        return None
    fields = _with_sent(after.fields, step)
    if kind is MoveKind.OPEN_UPDATE and _holds_no_code(fields):
        return None  # most updates
    decisions = NO_DECISIONS if effects is None else decisions_of(effects, limits)
    if kind is MoveKind.UNSURE:
        return _unsure(step, before, after, limits, decisions)
    held = _held(fields, limits, decisions if kind is MoveKind.CLOSE else NO_DECISIONS)
    if held is None:
        if kind in (MoveKind.CANCEL, MoveKind.REOPEN, MoveKind.CANCEL_OPEN, MoveKind.CANCEL_AGAIN):
            return Move(kind=kind, session=session)
        return Move(kind=MoveKind.UNSURE, session=session, all_codes=True)
    if not held.codes and kind in (MoveKind.OPEN_UPDATE, MoveKind.CLOSE, MoveKind.CLOSE_AGAIN):
        return None
    codes = _decided(held.codes, decisions)
    if kind is MoveKind.CLOSE and decisions.listed:
        known = _held(before.fields, limits, NO_DECISIONS)
        former = None if known is None else {(one.kind, one.code) for one in known.codes}
        codes = tuple(_left_open(one, former) for one in codes)
    if kind is MoveKind.CLOSE and any(one.is_inapplicable for one in codes):
        # Several codes share one total.
        is_only = held.all_declared and len(codes) == 1
        total = least_total(after) if is_only else 0
        codes = tuple(_excused(one, total) for one in codes)
    return Move(kind=kind, session=session, codes=codes)


def _left_open(code: DecidedCode, former: Container[tuple[Kind, str]] | None) -> DecidedCode:
    """``code``, marked where an answer should have decided about it."""
    is_new = former is not None and (code.held.kind, code.held.code) not in former
    if code.is_named or not is_new or not code.held.is_sure:
        return code
    return replace(code, is_left_open=True)


def _excused(code: DecidedCode, total: float) -> DecidedCode:
    """``code``, with a reason besides limits where its discount may not fit into the total.

    What happens to a discount of a total of 0 or less, and to an amount above it, is open.
    """
    discount = code.held.discount
    if not code.is_inapplicable or (discount is not None and 0 < total >= discount):
        return code
    return replace(code, held=replace(code.held, open_reason=True))


def _kind(step: Step, before: SessionModel, after: SessionModel) -> MoveKind | None:
    closed, cancelled = SessionState.CLOSED, SessionState.CANCELLED
    if isinstance(step, Reopen):
        return MoveKind.REOPEN if after.state is SessionState.OPEN else MoveKind.UNSURE
    if after.state is SessionState.OPEN:
        is_usual = before.state in (None, SessionState.OPEN)
        return MoveKind.OPEN_UPDATE if is_usual else MoveKind.UNSURE
    if after.state is closed:
        if before.state is closed:
            asked = isinstance(step, Update) and requested_state(step) is closed
            return MoveKind.CLOSE_AGAIN if asked else None
        return MoveKind.CLOSE if before.state in (None, SessionState.OPEN) else MoveKind.UNSURE
    if after.state is cancelled:
        if before.state in (None, SessionState.OPEN):
            return MoveKind.CANCEL_OPEN
        return MoveKind.CANCEL_AGAIN if before.state is cancelled else MoveKind.CANCEL
    return None if before.state is after.state else MoveKind.UNSURE


def _refused(judged: JudgedResponse, limits: DeclaredLimits, *, is_alone: bool) -> Move | None:
    step, before = judged.step, judged.before
    again = _asks_again(step, before)
    if again is not None:
        # Whether it is refused is open; that it neither redeems nor gives back, is not.
        known = _held(before.fields, limits, NO_DECISIONS)
        codes = () if known is None else _decided(known.codes, NO_DECISIONS)
        return Move(kind=again, session=step.session, codes=codes)
    if not _would_close(step, before) or not isinstance(step, Update) or step.dry:
        return None
    fields = {**before.fields, **sent_session(step)}
    held = _held(fields, limits, NO_DECISIONS)
    if held is None or not held.codes:
        return None
    explained_by_limits_only = (
        judged.status == _CONFLICT
        and is_alone
        and _is_alone_with(before.fields.get("profileId"))
        and _is_alone_with(fields.get("profileId"))
        and judged.expectation.verdict is Verdict.MUST_ACCEPT
        and held.all_declared
        and all(one.is_exclusive and not one.open_reason for one in held.codes)
    )
    return Move(
        kind=MoveKind.CONFLICT if explained_by_limits_only else MoveKind.REFUSED_CLOSE,
        session=step.session,
        codes=_decided(held.codes, NO_DECISIONS),
    )


def _is_alone_with(profile: object) -> bool:
    """Whether nobody else sends requests for a profile: they too are worked on one by one."""
    return is_empty(profile) or (isinstance(profile, str) and MARK in profile)


def _dry(step: Step, before: SessionModel, limits: DeclaredLimits) -> Move | None:
    if not _would_close(step, before) or not isinstance(step, Update):
        return None
    held = _held({**before.fields, **sent_session(step)}, limits, NO_DECISIONS)
    if held is None or not held.codes:
        return None
    return Move(
        kind=MoveKind.DRY_CLOSE,
        session=step.session,
        codes=_decided(held.codes, NO_DECISIONS),
    )


_AGAIN = {
    SessionState.CLOSED: MoveKind.CLOSE_AGAIN,
    SessionState.CANCELLED: MoveKind.CANCEL_AGAIN,
}


def _asks_again(step: Step, before: SessionModel) -> MoveKind | None:
    """The kind of a request for the state that the session is in; None: it is none."""
    if not isinstance(step, Update) or step.dry or before.lost:
        return None
    wanted = requested_state(step)
    if wanted is None or wanted is not before.state:
        return None
    return _AGAIN.get(wanted)


def _would_close(step: Step, before: SessionModel) -> bool:
    return (
        isinstance(step, Update)
        and requested_state(step) is SessionState.CLOSED
        and before.state in (None, SessionState.OPEN)
        and not before.lost
    )


def after_read(session: int, after: SessionModel) -> Move | None:
    """What a read shows of a session that is as ``after`` says; None: nothing that counts."""
    if after.lost or after.state not in (None, SessionState.OPEN, SessionState.CANCELLED):
        return None
    return Move(kind=MoveKind.READ_FREE, session=session)


def _unsure(
    step: Step,
    before: SessionModel,
    after: SessionModel,
    limits: DeclaredLimits,
    decisions: Decisions = NO_DECISIONS,
) -> Move | None:
    """What became of the session is open: it may hold its codes' redemptions now, or none."""
    sent = sent_session(step) if isinstance(step, Update) else {}
    codes: dict[tuple[Kind, str], HeldCode] = {}
    for fields in (before.fields, after.fields, {**before.fields, **sent}):
        held = _held(fields, limits, decisions)
        if held is None:
            return Move(kind=MoveKind.UNSURE, session=step.session, all_codes=True)
        for one in held.codes:
            known = codes.get((one.kind, one.code), one)
            both = tuple(dict.fromkeys((*known.limits, *one.limits)))
            codes[one.kind, one.code] = replace(one, limits=both)
    if not codes and not isinstance(step, Raw):
        return None
    # Of a session that was lost before, it is not known for whom it redeems; nor what is in a raw
    # request.
    return Move(
        kind=MoveKind.UNSURE,
        session=step.session,
        codes=_decided(codes.values(), decisions),
        all_codes=before.lost or isinstance(step, Raw),
    )


def _with_sent(fields: Mapping[str, Any], step: Step) -> Mapping[str, Any]:
    """``fields``, with the codes that ``step`` sent where a target may keep them in several ways.

    It holds no others, and the effects of a closing name those that count.
    """
    unknown = [name for name in _CODES if fields.get(name) is UNKNOWN]
    if not unknown or not isinstance(step, Update):
        return fields
    sent = sent_session(step)
    codes = {name: value for name in unknown if isinstance(value := sent.get(name), list | str)}
    return {**fields, **codes}


_CODES = ("couponCodes", "referralCode")
_DECIDING = ("couponCodes", "referralCode", "profileId", "identifiers")
"""The fields that decide what limits a redemption."""


def _held(fields: Mapping[str, Any], limits: DeclaredLimits, decisions: Decisions) -> Held | None:
    """The declared codes; None: not known, or not for whom they are redeemed."""
    for name in _DECIDING:
        if fields.get(name) is UNKNOWN:
            return None
    return limits.held(fields, decisions.accepted)


def _holds_no_code(fields: Mapping[str, Any]) -> bool:
    """Whether there surely is no code; unknown values are no such case."""
    if fields.get("couponCodes") or fields.get("referralCode"):
        return False
    return not any(fields.get(name) is UNKNOWN for name in _DECIDING)


def _decided(codes: Iterable[HeldCode], decisions: Decisions) -> tuple[DecidedCode, ...]:
    return tuple(map(decisions.decided, codes))
