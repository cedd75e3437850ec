"""Codes that a limit makes scarce, and sessions that redeem them.

A code of a pattern is new in each execution. A code that all executions share is redeemed in sweeps
only. What it redeemed, and what it redeemed of a pattern with few numbers, a scenario gives back at
its end, so that a run starves neither itself nor the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...contract import (
    MARK,
    NUMBERS_PER_EXECUTION,
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    Environment,
    Redeemable,
    Update,
)

Json = dict[str, Any]

MAX_LIMIT = 40
"""The greatest limit that one scenario exceeds."""
MAX_REPEATED_LIMIT = 5
"""The greatest limit of a code that is used up in many ways; one above it is so in one way."""
_MAX_SHARED = 3
"""Most codes without a number that sweeps put to the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScarceCode:
    """A code whose redemptions are counted, as a scenario writes it."""

    declared: Redeemable
    code: str
    limit: int
    """How many sessions may redeem it, each with a profile and an identifier of its own."""

    @property
    def is_coupon(self) -> bool:
        """Whether it is a coupon; else it is a referral code."""
        return isinstance(self.declared, Coupon)

    @property
    def fields(self) -> Json:
        """The field of a session that holds the code."""
        return {"couponCodes": [self.code]} if self.is_coupon else {"referralCode": self.code}

    @property
    def no_fields(self) -> Json:
        """The same field without it."""
        return {"couponCodes": []} if self.is_coupon else {"referralCode": ""}

    def session(self, index: int, **changes: Any) -> Json:
        """A session with the code, a cart, and a profile and an identifier of its own.

        Args:
            index: of the session in its scenario.
            changes: put over these fields.
        """
        return {**own_session(index), **self.fields, **changes}

    def second(self) -> ScarceCode:
        """Another code of the same pattern."""
        return replace(self, code=self.declared.written(1))


def own_session(index: int, **changes: Any) -> Json:
    """A session with a cart, and a profile and an identifier that no other index has."""
    return {
        "profileId": f"buyer{index}-{MARK}",
        "identifiers": [f"buyer{index}-{MARK}"],
        "cartItems": [
            {"sku": "mug", "name": "Mug", "quantity": 1, "price": 10},
            {"sku": "pot", "name": "Teapot", "quantity": 2, "price": 19.99},
        ],
        **changes,
    }


def shown(session: Json) -> Json:
    """The body of an update that requests the session and its coupons in the answer."""
    return {"customerSession": session, "responseContent": ["customerSession", "coupons"]}


def is_shared_budget(environment: Environment, declared: Redeemable) -> bool:
    """Whether a code uses up what all executions share, although it may have numbers."""
    return any(
        budget.campaign == declared.campaign and budget.per is BudgetScope.CAMPAIGN
        for budget in environment.budgets
    )


def fresh_patterns(
    environment: Environment, declared: Iterable[Redeemable]
) -> tuple[Redeemable, ...]:
    """Those of ``declared`` whose codes are new in each execution, and disturb no other."""
    return tuple(
        one for one in declared if one.is_pattern and not is_shared_budget(environment, one)
    )


def redeeming(code: ScarceCode, index: int, *aims: str, **changes: Any) -> Update:
    """An update that creates session ``index`` closed, with the code."""
    session = code.session(index, state="closed", **changes)
    return Update(session=index, body=shown(session), aims=aims)


def fresh_codes(environment: Environment) -> tuple[ScarceCode, ...]:
    """The first code of each pattern with a limit that one scenario can exceed.

    Those of campaigns with a budget over all sessions are left out: others would starve them.
    """
    return tuple(
        code for code in _scarce(environment, _declared(environment)) if code.declared.is_pattern
    )


def swept_codes(environment: Environment) -> tuple[ScarceCode, ...]:
    """`fresh_codes`, and the first of the other codes with such a limit."""
    found = tuple(_scarce(environment, _declared(environment)))
    shared = [code for code in found if not code.declared.is_pattern][:_MAX_SHARED]
    return tuple(code for code in found if code.declared.is_pattern or code in shared)


def _declared(environment: Environment) -> Iterator[Redeemable]:
    yield from environment.declared_coupons
    yield from environment.referrals


def _scarce(environment: Environment, declared: Iterable[Redeemable]) -> Iterator[ScarceCode]:
    for one in declared:
        if 0 < one.limit <= MAX_LIMIT and not is_shared_budget(environment, one):
            yield ScarceCode(declared=one, code=one.written(), limit=one.limit)


def has_other_limits(environment: Environment, declared: Redeemable) -> bool:
    """Whether anything but the number of all redemptions limits a code."""
    budgets = any(budget.campaign == declared.campaign for budget in environment.budgets)
    return budgets or (isinstance(declared, Coupon) and declared.per_profile > 0)


def redemption_budgets(
    environment: Environment, declared: Redeemable, per: BudgetScope
) -> Iterator[Budget]:
    """The budgets of redemptions that a code counts for."""
    for budget in environment.budgets:
        if (
            budget.campaign == declared.campaign
            and budget.per is per
            and budget.counts is BudgetCount.REDEMPTIONS
        ):
            yield budget


def codes_of(declared: Redeemable) -> tuple[str, ...]:
    """All codes that a scenario may write for what is declared."""
    count = NUMBERS_PER_EXECUTION if declared.is_pattern else 1
    return tuple(declared.written(index) for index in range(count))
