"""Holds what faults of coupons, referrals and budgets share.

These are functions, not base classes: faults that are on at once would share the base, and the
hooks of the first would hide those of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..promotions import Outcome
from ..sessions import Effect, Session, Use


def is_coupon(use: Use) -> bool:
    """Whether a use is that of a coupon over all sessions (COUP-02)."""
    return use.counter[0] == "Coupon"


def is_referral(use: Use) -> bool:
    """Whether a use is that of a referral over all sessions (REF-01)."""
    return use.counter[0] == "Referral"


def is_any(use: Use) -> bool:  # noqa: ARG001 - it selects as the others do
    """Whether a use is one."""
    return True


def of_coupons(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Those of ``uses`` that count coupons, without referrals, profiles and budgets."""
    return tuple(use for use in uses if is_coupon(use))


def keep(result: Session, outcome: Outcome, kept: Callable[[Use], bool]) -> None:
    """Goes on counting some of what a session redeemed, though its answer rolls it back.

    Args:
        result: the session after a cancel or a reopen.
        outcome: what the campaigns make of that request.
        kept: which uses are not given back.
    """
    if not outcome.redeemed:
        result.redeemed = tuple(use for use in result.redeemed if not kept(use))


def without(outcome: Outcome, kind: str) -> Outcome:
    """``outcome`` without its effects of the ``effectType`` ``kind``."""
    others = tuple(effect for effect in outcome.effects if effect["effectType"] != kind)
    return replace(outcome, effects=others)


def doubled(effects: tuple[Effect, ...], kind: str) -> tuple[Effect, ...]:
    """``effects``, and those of the ``effectType`` ``kind`` once more."""
    return (*effects, *(effect for effect in effects if effect["effectType"] == kind))


def counted_apart(uses: Iterable[Use], by: Callable[[Use], bool], holder: str) -> tuple[Use, ...]:
    """``uses``, those that ``by`` selects counted for ``holder`` apart from others."""
    return tuple(replace(use, counter=(*use.counter, holder)) if by(use) else use for use in uses)


def one_more(use: Use) -> Use:
    """``use`` with a limit that is one higher, where it has a limit."""
    return replace(use, limit=use.limit + 1) if use.limit else use
