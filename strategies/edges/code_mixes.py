"""Codes among other codes, carts and sessions: what a limit, a kind or a profile keeps apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Coupon, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples
from ..values.scarce_codes import (
    MAX_REPEATED_LIMIT,
    ScarceCode,
    fresh_codes,
    fresh_patterns,
    has_other_limits,
    own_session,
    shown,
)
from .limits import LimitCase

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Dry cancels, a used up code beside another one, codes of the other kind, one profile; small
    carts; counters that go down."""
    environment = samples.environment
    plain = [
        code
        for code in fresh_codes(environment)
        if code.limit <= MAX_REPEATED_LIMIT and not has_other_limits(environment, code.declared)
    ]
    for code in plain:
        yield _cancelled_dry(code)
    coupons = [code for code in plain if code.is_coupon]
    for code in coupons[:1]:
        if samples.known_coupons:
            yield _behind_another(code, samples.known_coupons[0])
        yield _shown_after_a_cancel(code)
        yield _of_the_other_kind(samples, code)
        yield _in_small_carts(samples, code)
        if code.limit > 1:
            yield _all_given_back(code)
        yield _one_profile(code)
    for declared in fresh_patterns(environment, environment.declared_coupons):
        if isinstance(declared, Coupon) and declared.per_profile == 1 and declared.limit != 1:
            yield _closed_later(declared)
            return


def _cancelled_dry(code: ScarceCode) -> Scenario:
    """A dry cancel gives nothing back."""
    case = LimitCase("in a session that is cancelled dry", code)
    case.redeem_all()
    case.change(0, CANCELLED, "DRY-01", dry=True)
    case.exceed("DRY-01")
    return case.build()


def _behind_another(code: ScarceCode, free: str) -> Scenario:
    """Each code of a session has a limit of its own, in either order."""
    case = LimitCase("that is used up, behind another", code, before=2)
    case.redeem_all()
    case.close(0, *case.rules.rejecting, couponCodes=[free, code.code])
    case.close(1, *case.rules.rejecting, couponCodes=[code.code, free])
    return case.build()


def _in_small_carts(samples: Samples, code: ScarceCode) -> Scenario:
    """What a cart holds is no condition: with a limit that is surely not reached, and with none.

    The open update shows how often the scarce code was redeemed before.
    """
    mug = {"sku": "mug", "name": "Mug", "quantity": 1, "price": 30}
    pot = {"sku": "pot", "name": "Teapot", "quantity": 1, "price": 45.5}
    sessions = [code.session(0, cartItems=[mug])]
    sessions += [
        own_session(index, couponCodes=[free], cartItems=cart, state="closed")
        for free in samples.known_coupons[:1]
        for index, cart in enumerate(([], [mug], [mug, pot]), start=1)
    ]
    names = (f"small{index}-{MARK}" for index in range(len(sessions)))
    builder = ScenarioBuilder("coupons in small carts", *names)
    for index, session in enumerate(sessions):
        builder.update_with_body(shown(session), "COUP-01", session_index=index)
    builder.update_with_body(shown(CLOSED), "COUP-01", "DISC-01")
    return builder.build()


def _all_given_back(code: ScarceCode) -> Scenario:
    """Used up, all given back, redeemed once: the counter shows what counts now.

    A target that gives nothing back rejects the last close, so only one that shows another number
    than it goes by is found by the number.
    """
    case = LimitCase("whose redemptions are all given back", code)
    case.redeem_all()
    for session in range(code.limit):
        case.cancel(session, shows=False)
    case.redeem(case.rules.cancel)
    return case.build()


def _shown_after_a_cancel(code: ScarceCode) -> Scenario:
    """The usage is again what it was before. The answer of a close may show it before or after."""
    case = LimitCase("shown before a close and after its cancel", code, before=1)
    case.change(0, code.session(0), "COUP-06")
    first = case.redeem()
    case.cancel(first, case.rules.cancel, "COUP-06")
    case.change(0, code.session(0), "COUP-06")
    return case.build()


def _of_the_other_kind(samples: Samples, coupon: ScarceCode) -> Scenario:
    """A coupon is no referral code, and a referral code is no coupon."""
    builder = ScenarioBuilder("codes of the other kind")
    fields: Json = {"referralCode": coupon.code}
    for referral in fresh_patterns(samples.environment, samples.environment.referrals)[:1]:
        fields["couponCodes"] = [referral.written()]
    aims = ("REF-05", "EFF-05", *(() if samples.unknown_codes_accepted else ("IDENT-U4",)))
    builder.update_with_body(shown(own_session(0, **fields)), *aims)
    return builder.update_with_body(shown(CLOSED), *aims).build()


def _one_profile(coupon: ScarceCode) -> Scenario:
    """The discount of a profile's closed session is not that of its next one."""
    builder = ScenarioBuilder("two sessions of one profile", f"one-{MARK}", f"two-{MARK}")
    profile = f"one-{MARK}"
    closed = coupon.session(0, state="closed", profileId=profile)
    builder.update_with_body(shown(closed), "DISC-01")
    bare = own_session(1, profileId=profile)
    builder.update_with_body(shown(bare), "DISC-02", "EFF-04", session_index=1)
    return builder.update_with_body(shown(CLOSED), "DISC-02", "EFF-04", session_index=1).build()


def _closed_later(declared: Coupon) -> Scenario:
    """The limit of a profile holds for sessions that were open before, too.

    One of them gets its code by a later update, and another its profile.
    """
    names = (f"one-{MARK}", f"two-{MARK}", f"three-{MARK}")
    builder = ScenarioBuilder("a profile's limit in sessions that are open before", *names)
    code: Json = {"couponCodes": [declared.written()]}
    profile: Json = {"profileId": f"one-{MARK}"}
    begun: tuple[Json, ...] = ({**code, **profile}, profile, code)
    for index, fields in enumerate(begun):
        session = own_session(index, **fields)
        builder.update_with_body(shown(session), "IDENT-07", session_index=index)
    builder.update_with_body(shown(code), "IDENT-07", session_index=1)
    builder.update_with_body(shown(profile), "IDENT-09", session_index=2)
    for index in range(len(names)):
        builder.update_with_body(shown(CLOSED), "BUDG-01", session_index=index)
    return builder.build()
