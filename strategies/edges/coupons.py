"""Scarce coupons and referral codes: what redeems them, what does not, and what gives them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...contract import MARK, CodeCase, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples, return_body
from ..values.scarce_codes import (
    MAX_REPEATED_LIMIT,
    ScarceCode,
    codes_of,
    has_other_limits,
    own_session,
    shown,
    swept_codes,
)
from .limits import LimitCase

Json = dict[str, Any]

_RIVALS = 4
"""How many sessions are closed at the same moment for the last redemption of a code."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Each way to use a code up, or not to, and to get it back; coupons without a limit."""
    codes = swept_codes(samples.environment)
    for code in codes:
        yield _up_to_the_limit(code)
        yield _at_once(code)
    for code in _examined(samples, codes):
        for case in (*_CASES, *(_CURRENT_CASES if samples.current else ())):
            yield case(code)
        if code.is_coupon:
            yield _returned_in_part(code)
            yield _doubled(code)
        cases_differ = samples.environment.code_case is not CodeCase.UNSPECIFIED
        if cases_differ and code.is_coupon and _swapped(code.code) != code.code:
            yield _in_another_case(code)
    yield from _without_limit(samples)
    yield from _two_at_once(samples)


def _examined(samples: Samples, codes: tuple[ScarceCode, ...]) -> Iterator[ScarceCode]:
    """One coupon and one referral code: with no other condition, if any, and the least limit."""

    def conditions(code: ScarceCode) -> tuple[bool, int]:
        return has_other_limits(samples.environment, code.declared), code.limit

    for is_coupon in (True, False):
        small = [
            code
            for code in codes
            if code.is_coupon is is_coupon and code.limit <= MAX_REPEATED_LIMIT
        ]
        if small:
            yield min(small, key=conditions)


def _up_to_the_limit(code: ScarceCode) -> Scenario:
    """Used up, one given back, used up again."""
    case = LimitCase("up to its limit and above", code, after=2)
    case.redeem_all()
    case.exceed()
    case.cancel(0)
    case.redeem(case.rules.cancel)
    case.exceed()
    return case.build()


def _at_once(code: ScarceCode) -> Scenario:
    """Many sessions hold the code before any closes; the last redemption is raced for."""
    count = code.limit - 1 + _RIVALS
    names = tuple(f"rival{index}-{MARK}" for index in range(count))
    kind, limit = ("coupon", "COUP-02") if code.is_coupon else ("referral", "REF-01")
    builder = ScenarioBuilder(f"{kind} in many sessions at once", *names)
    for index in range(count):
        builder.update(code.session(index), limit, session_index=index)
    for index in range(count):
        builder.update_with_body(shown(CLOSED), limit, session_index=index)
    builder.together(_RIVALS)
    return builder.build()


def _cancelled_twice(code: ScarceCode) -> Scenario:
    case = LimitCase("cancelled twice", code, after=1)
    case.redeem_all()
    case.cancel(0)
    case.change(0, CANCELLED, case.rules.cancel_twice, "STATE-U2")
    case.redeem(case.rules.cancel)
    case.exceed(case.rules.cancel_twice)
    return case.build()


def _cancelled_open(code: ScarceCode) -> Scenario:
    case = LimitCase("in a session that is cancelled open", code, before=1)
    case.change(0, code.session(0), case.rules.nothing)
    case.cancel(0, case.rules.cancel_open)
    case.redeem_all()
    case.exceed(case.rules.cancel_open)
    return case.build()


def _not_redeemed(code: ScarceCode) -> Scenario:
    """Dry closes, refused closes and open updates, before the limit is reached."""
    case = LimitCase("that only looks redeemed", code, before=2)
    nothing, session = case.rules.nothing, code.session(0)
    case.change(0, {**session, "state": "closed"}, "DRY-01", nothing, dry=True)
    invalid = [{"sku": "mug", "name": "Mug", "quantity": -1, "price": 10}]
    case.change(0, {**session, "cartItems": invalid, "state": "closed"}, nothing, "ERR-06")
    for _ in range(code.limit + 1):
        case.change(0, session, nothing)
    case.change(0, CLOSED, "DRY-01", nothing, dry=True)
    case.change(1, code.session(1), nothing)
    case.change(1, code.no_fields, nothing)
    case.change(1, CLOSED, nothing)
    case.redeem_all(nothing)
    case.exceed()
    return case.build()


def _closed_twice(code: ScarceCode) -> Scenario:
    """A session that is closed already redeems nothing again, whatever the answer."""
    case = LimitCase("in a session that is closed twice", code)
    case.redeem()
    case.change(0, CLOSED, case.rules.nothing, "STATE-U2")
    case.redeem_all(case.rules.nothing, but=1)
    case.exceed()
    return case.build()


def _returned_in_part(code: ScarceCode) -> Scenario:
    """A return of a part, which redeems nothing, and a cancel: the code comes back once.

    Where the limit allows it, one redemption is left for between the two. The counter of the open
    session shows that nothing was redeemed before.
    """
    case = LimitCase("in a session of which a part is returned", code, after=1)
    left = 1 if code.limit > 1 else 0
    case.change(0, code.session(0), "IDENT-07")
    case.redeem_all(but=left)
    case.builder.return_with_body(
        return_body({"position": 0, "quantity": 1}), "RET-01", "COUP-U1", session_index=0
    )
    for _ in range(left):
        case.redeem("COUP-07")
    case.cancel(0, "COUP-04", "STATE-08")
    case.redeem("COUP-04")
    case.exceed()
    return case.build()


def _doubled(code: ScarceCode) -> Scenario:
    """A code that a session holds twice is redeemed once at most.

    The list comes alone, so that a close that is refused does not look like a refusal of the list.
    """
    case = LimitCase("twice in one session", code, before=1, after=1)
    case.change(0, code.session(0), case.rules.nothing)
    case.change(0, {"couponCodes": [code.code, code.code]}, "COUP-07", "MERGE-U4")
    case.change(0, CLOSED, "COUP-07")
    case.redeem_all("COUP-07", but=1)
    case.exceed()
    case.cancel(0)
    case.redeem("COUP-04")
    case.exceed("COUP-07")
    return case.build()


def _reopened(code: ScarceCode) -> Scenario:
    """Reopening gives back; another session takes it, and the first finds it used up."""
    case = LimitCase("given back by reopening", code, after=1)
    case.redeem_all()
    case.exceed()
    case.builder.reopen(case.rules.reopen, "STATE-15", session_index=0)
    case.redeem(case.rules.reopen)
    case.change(0, CLOSED, *case.rules.rejecting)
    return case.build()


def _reopened_and_closed_again(code: ScarceCode) -> Scenario:
    case = LimitCase("redeemed again after reopening", code)
    case.redeem_all()
    case.builder.reopen(case.rules.reopen, "STATE-15", session_index=0)
    case.change(0, CLOSED, *case.rules.redeeming, case.rules.reopen)
    case.exceed(case.rules.reopen)
    return case.build()


_CASES: tuple[Callable[[ScarceCode], Scenario], ...] = (
    _cancelled_twice,
    _cancelled_open,
    _not_redeemed,
    _closed_twice,
)
_CURRENT_CASES: tuple[Callable[[ScarceCode], Scenario], ...] = (
    _reopened,
    _reopened_and_closed_again,
)


def _in_another_case(code: ScarceCode) -> Scenario:
    """The same coupon where case does not matter, an unknown one where it does."""
    case = LimitCase("in another case", code, before=1)
    case.close(0, "COUP-10", couponCodes=[_swapped(code.code)])
    # One less than these where both are the same coupon.
    case.redeem_all("COUP-10")
    case.exceed("COUP-10")
    case.cancel(0, "COUP-10")
    return case.build()


def _swapped(code: str) -> str:
    """The code in the other case; a placeholder stays what it is."""
    before, brace, placeholder = code.partition("{")
    number, end, after = placeholder.partition("}")
    return f"{before.swapcase()}{brace}{number}{end}{after.swapcase()}"


def _without_limit(samples: Samples) -> Iterator[Scenario]:
    """A coupon without a limit is redeemed however often, and given back all the same."""
    for code in samples.known_coupons[:1]:
        names = tuple(f"free{index}-{MARK}" for index in range(3))
        builder = ScenarioBuilder("a coupon is redeemed and given back", *names)
        for index, end in enumerate((CLOSED, CANCELLED, CANCELLED)):
            session = own_session(index, couponCodes=[code])
            builder.update_with_body(shown(session), "IDENT-07", session_index=index)
            if index < 2:
                builder.update_with_body(shown(CLOSED), "COUP-01", session_index=index)
            rule = ("COUP-07", "COUP-04", "COUP-05")[index]
            builder.update_with_body(shown(end), rule, session_index=index)
        yield builder.build()


def _two_at_once(samples: Samples) -> Iterator[Scenario]:
    """Two codes of one campaign in one session: each is redeemed, and each given back."""
    for declared in samples.environment.declared_coupons:
        codes = list(codes_of(declared))
        if len(codes) < 2 or has_other_limits(samples.environment, declared):
            continue
        builder = ScenarioBuilder("two coupons of a campaign", f"one-{MARK}", f"two-{MARK}")
        session = own_session(0, couponCodes=codes)
        builder.update_with_body(shown(session), "IDENT-07", "DISC-01")
        builder.update_with_body(shown(CLOSED), "COUP-01", "DISC-01", "COUP-06")
        builder.update_with_body(shown(CANCELLED), "COUP-04", "DISC-03")
        again = own_session(1, couponCodes=codes[::-1], state="closed")
        builder.update_with_body(shown(again), "COUP-01", "COUP-06", session_index=1)
        yield builder.build()
        return
