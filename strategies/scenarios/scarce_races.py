"""Bursts about the last redemptions of a scarce code, or about giving one back.

What the counter of a target is afterwards shows in the sessions that are closed after the burst.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ...contract import (
    MARK,
    BudgetScope,
    ContractVersion,
    Coupon,
    Environment,
    Redeemable,
    Reopen,
    ReturnItems,
    Step,
    Update,
)
from ..values.decisions import Decisions
from ..values.samples import CANCELLED, CLOSED, Samples, return_body
from ..values.scarce_codes import (
    MAX_REPEATED_LIMIT,
    ScarceCode,
    fresh_codes,
    redeeming,
    redemption_budgets,
    shown,
)
from .race import MAX_BURST_REQUESTS, Race, RaceKind

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all sessions of a burst share, and how many of them may redeem a code."""

    codes: tuple[ScarceCode, ...]
    """Those that count for it together."""
    fields: Json
    limit: int
    rule: str


def scarce_kinds(environment: Environment) -> tuple[RaceKind, ...]:
    """The kinds of such bursts: none where no code is new in each execution."""
    codes = [code for code in fresh_codes(environment) if code.limit <= MAX_REPEATED_LIMIT]
    if not codes:
        return ()
    kinds: list[Callable[[ScarceCode, Decisions], Race]] = [
        _rivals,
        _close_beside_cancel,
        _cancel_beside_return,
        _one_session,
    ]
    if environment.contract is ContractVersion.CURRENT:
        kinds.append(_reopen_beside_close)
    shared = list(chain.from_iterable(_shared(environment, code) for code in codes))

    def about_limits(_: Samples, decisions: Decisions) -> Race:
        return decisions.pick(kinds)(decisions.pick(codes), decisions)

    def about_last_ones(_: Samples, decisions: Decisions) -> Race:
        if shared and decisions.take(2):
            return _buyers(decisions.pick(shared), decisions)
        return _rivals(decisions.pick(codes), decisions)

    return about_limits, about_last_ones, about_limits


def _aims(code: ScarceCode, *more: str) -> tuple[str, ...]:
    rules = ("COUP-02", "COUP-03") if code.is_coupon else ("REF-01", "REF-02")
    return ("PAR-01", "PAR-02", *rules, *more)


def _send(session: int, fields: Json, aims: tuple[str, ...]) -> Update:
    return Update(session=session, body=shown(fields), aims=aims)


def _opened(code: ScarceCode, sessions: range, aims: tuple[str, ...]) -> list[Step]:
    """Open sessions that hold the code."""
    return [_send(index, code.session(index), aims) for index in sessions]


def _closed(sessions: range, aims: tuple[str, ...]) -> list[Step]:
    """What closes these sessions."""
    return [_send(index, CLOSED, aims) for index in sessions]


def _rivals(code: ScarceCode, decisions: Decisions) -> Race:
    """More sessions are closed than redemptions are left; another one follows."""
    count = 2 + decisions.take(MAX_BURST_REQUESTS - 1)
    left = 1 + decisions.take(min(code.limit, count - 1))
    rivals, earlier = range(count), range(count, count + code.limit - left)
    aims = _aims(code)
    return Race(
        title="closings for the last redemption",
        before=(
            *(redeeming(code, index, *aims) for index in earlier),
            *_opened(code, rivals, aims),
        ),
        burst=tuple(_closed(rivals, aims)),
        after=(redeeming(code, earlier.stop, *aims),),
        sessions=earlier.stop + 1,
    )


def _close_beside_cancel(code: ScarceCode, decisions: Decisions) -> Race:
    """A code is given back while other sessions are closed with it: used up, or all but once.

    Only where one redemption is left can both be worked on at once.
    """
    count = 1 + decisions.take(MAX_BURST_REQUESTS - 2)
    left = decisions.take(2) if code.limit > 1 else 0
    first = code.limit - left
    rivals = range(first, first + count)
    rule = "COUP-04" if code.is_coupon else "REF-03"
    aims = _aims(code, rule)
    cancels = [_send(0, CANCELLED, aims)] * (1 + decisions.one_in(3))
    return Race(
        title="closings beside a cancel",
        before=(
            *(redeeming(code, index, *aims) for index in range(first)),
            *_opened(code, rivals, aims),
        ),
        burst=(*cancels, *_closed(rivals, aims))[:MAX_BURST_REQUESTS],
        after=tuple(redeeming(code, rivals.stop + index, *aims) for index in range(1 + left)),
        sessions=rivals.stop + 1 + left,
    )


def _cancel_beside_return(code: ScarceCode, decisions: Decisions) -> Race:
    """A session is returned in part and cancelled at once, or cancelled twice: the code comes back
    once."""
    rule = "COUP-04" if code.is_coupon else "REF-03"
    aims = _aims(code, rule)
    line = {"position": 0, "quantity": 1}
    returned = ReturnItems(body=return_body(line), aims=("PAR-01", "RET-01"))
    cancelled = _send(0, CANCELLED, aims)
    bursts: tuple[tuple[Step, ...], ...] = (
        (cancelled, returned),
        (cancelled, cancelled),
        (cancelled, returned, cancelled),
    )
    return Race(
        title="a cancel beside a return",
        before=tuple(redeeming(code, index, *aims) for index in range(code.limit)),
        burst=decisions.pick(bursts),
        after=tuple(redeeming(code, code.limit + index, *aims) for index in range(2)),
        sessions=code.limit + 2,
    )


def _one_session(code: ScarceCode, decisions: Decisions) -> Race:
    """One session is closed several times at once: it redeems the code once."""
    aims = _aims(code, "COUP-07" if code.is_coupon else "REF-02")
    closed = code.session(0, state="closed") if decisions.take(2) else CLOSED
    others = range(1, code.limit + 1)
    return Race(
        title="closings of one session with a code",
        before=tuple(_opened(code, range(1), aims)),
        burst=(_send(0, closed, aims),) * (2 + decisions.take(2)),
        after=tuple(redeeming(code, index, *aims) for index in others),
        sessions=others.stop,
    )


def _reopen_beside_close(code: ScarceCode, decisions: Decisions) -> Race:
    """A code that is used up is given back by reopening while another session is closed."""
    rule = "COUP-08" if code.is_coupon else "REF-04"
    aims = _aims(code, rule)
    first = code.limit
    rivals = range(first, first + 1 + decisions.take(2))
    burst: list[Step] = [Reopen(aims=aims), *_closed(rivals, aims)]
    if decisions.one_in(3):
        burst.append(_send(0, CLOSED, aims))
    return Race(
        title="closings beside a reopening",
        before=(
            *(redeeming(code, index, *aims) for index in range(first)),
            *_opened(code, rivals, aims),
        ),
        burst=tuple(burst),
        after=(_send(0, CLOSED, aims), redeeming(code, rivals.stop, *aims)),
        sessions=rivals.stop + 1,
    )


def _shared(environment: Environment, code: ScarceCode) -> list[_Shared]:
    """What sessions with the code may share so that fewer of them redeem it than its limit says."""
    one = {"profileId": f"one-{MARK}"}
    both = (code, code.second())
    declared: Redeemable = code.declared
    found = []
    if isinstance(declared, Coupon) and declared.per_profile:
        found.append(_Shared((code,), one, declared.per_profile, "BUDG-01"))
    for per, fields, rule in (
        (BudgetScope.PROFILE, one, "BUDG-01"),
        (BudgetScope.IDENTIFIER, {"identifiers": [f"one-{MARK}"]}, "BUDG-02"),
    ):
        budgets = redemption_budgets(environment, declared, per)
        found += [_Shared(both, fields, int(budget.limit), rule) for budget in budgets]
    return [shared for shared in found if shared.limit <= MAX_REPEATED_LIMIT]


def _buyers(shared: _Shared, decisions: Decisions) -> Race:
    """More sessions of one profile, or with one identifier, are closed than may redeem a code."""
    count = 2 + decisions.take(MAX_BURST_REQUESTS - 1)
    left = 1 + decisions.take(min(shared.limit, count - 1))
    rivals, earlier = range(count), range(count, count + shared.limit - left)
    aims = _aims(shared.codes[0], shared.rule)

    def session(index: int, **changes: Any) -> Json:
        # In turns, so that a code is not used up before the limit is.
        code = shared.codes[index % len(shared.codes)]
        return code.session(index, **{**shared.fields, **changes})

    return Race(
        title="closings for the last redemption of one buyer",
        before=(
            *(_send(index, session(index, state="closed"), aims) for index in earlier),
            *(_send(index, session(index), aims) for index in rivals),
        ),
        burst=tuple(_closed(rivals, aims)),
        after=(_send(earlier.stop, session(earlier.stop, state="closed"), aims),),
        sessions=earlier.stop + 1,
    )
