"""Limits for each profile, each identifier and a whole campaign, on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

from ...contract import (
    MARK,
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    Environment,
    Redeemable,
    Scenario,
)
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, Samples
from ..values.scarce_codes import (
    MAX_LIMIT,
    codes_of,
    own_session,
    shown,
)

Json = dict[str, Any]

_MAX_LIMITS = 4
"""Most limits for each profile or identifier that are put to the test."""
_HIGH_PRICE = 1_000_000.0
"""The highest price of the items that use a budget of discounts up."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Each kind of budget: used up, one more, given back, used again; and what is not counted."""
    environment = samples.environment
    tested = [
        limit
        for declared in (*environment.declared_coupons, *environment.referrals)
        for limit in _limits_of(environment, declared)
        if limit.count > 0 and limit.spare > 0
    ]
    for limit in tested[:_MAX_LIMITS]:
        yield _of_one(limit)
        if limit.counts is BudgetCount.REDEMPTIONS:
            yield _not_counted(limit)
    for budget in environment.budgets:
        if budget.per is BudgetScope.CAMPAIGN:
            yield from _of_all(environment, budget)


class _Use(NamedTuple):
    """How a budget is used up."""

    sessions: int
    """0: it is not known."""
    changes: Json
    """What each of the sessions sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """A limit for each profile or identifier."""

    per: BudgetScope
    counts: BudgetCount = BudgetCount.REDEMPTIONS
    use: _Use
    declared: Redeemable
    codes: tuple[str, ...]
    """Those that count for it together."""

    @property
    def count(self) -> int:
        """How many sessions reach it; 0: it is not known."""
        return self.use.sessions

    @property
    def spare(self) -> int:
        """How many more redemptions of the codes than the limit one scenario may ask for."""
        return _room(self.declared, self.codes) - self.count

    @property
    def rule(self) -> str:
        """The rule of the limit."""
        if self.counts is BudgetCount.DISCOUNT:
            return "BUDG-03"
        return "BUDG-01" if self.per is BudgetScope.PROFILE else "BUDG-02"

    @property
    def given_back(self) -> tuple[str, ...]:
        """The rules by which a cancel gives the limit back."""
        return (self.rule,) if self.rule == "BUDG-01" else (self.rule, "BUDG-04")


def _room(declared: Redeemable, codes: tuple[str, ...]) -> int:
    """How often one scenario may redeem the codes, all together."""
    return min(declared.limit * len(codes) or MAX_LIMIT, MAX_LIMIT)


def _limits_of(environment: Environment, declared: Redeemable) -> Iterator[_Limit]:
    codes = codes_of(declared)
    if isinstance(declared, Coupon) and declared.per_profile:
        yield _Limit(
            per=BudgetScope.PROFILE,
            use=_Use(declared.per_profile, {}),
            declared=declared,
            codes=codes[:1],  # each code has a count of its own
        )
    for per in (BudgetScope.PROFILE, BudgetScope.IDENTIFIER):
        for budget in environment.budgets:
            if budget.campaign == declared.campaign and budget.per is per:
                use = _use_of(budget, declared)
                yield _Limit(per=per, counts=budget.counts, use=use, declared=declared, codes=codes)


class _Buyers:
    """Sessions that redeem codes: always the one with the fewest redemptions, so that the limit of
    no code is what rejects."""

    def __init__(
        self, title: str, declared: Redeemable, codes: tuple[str, ...], count: int
    ) -> None:
        names = (f"budget{index}-{MARK}" for index in range(count))
        self.builder = ScenarioBuilder(title, *names)
        self._is_coupon = isinstance(declared, Coupon)
        self._codes_held: list[str] = []
        """The code of each session."""
        self._counts = dict.fromkeys(codes, 0)

    def close(self, *aims: str, **changes: Any) -> int:
        """Closes the next session with a code, which it must get, and returns its index."""
        index = self.exceed(*aims, **changes)
        self._counts[self._codes_held[index]] += 1
        return index

    def exceed(self, *aims: str, **changes: Any) -> int:
        """Closes the next session with a code, which it must not get, and returns its index."""
        index = len(self._codes_held)
        code = min(self._counts, key=self._counts.__getitem__)
        self._codes_held.append(code)
        fields: Json = {"couponCodes": [code]} if self._is_coupon else {"referralCode": code}
        session = own_session(index, **{**fields, "state": "closed", **changes})
        self.builder.update_with_body(shown(session), *aims, session_index=index)
        return index

    def cancel(self, index: int, *aims: str) -> None:
        """Cancels session ``index``."""
        self._counts[self._codes_held[index]] -= 1
        self.builder.update_with_body(shown(CANCELLED), *aims, session_index=index)


def _of_one(limit: _Limit) -> Scenario:
    """One profile, or one identifier under many profiles, and another one beside it.

    Another one only where the codes may be redeemed by it as well.
    """
    plural = "discounts" if limit.counts is BudgetCount.DISCOUNT else "redemptions"
    title = f"the most {plural} of one {limit.per.value}"
    buyers = _Buyers(title, limit.declared, limit.codes, limit.count + 3 + (limit.spare > 1))
    one: Json = {"profileId": f"one-{MARK}", **limit.use.changes}
    if limit.per is BudgetScope.IDENTIFIER:
        one = {"identifiers": [f"one-{MARK}"], **limit.use.changes}
    redeemed = (limit.rule, "COUP-01") if isinstance(limit.declared, Coupon) else (limit.rule,)
    for _ in range(limit.count):
        buyers.close(*redeemed, **one)
    buyers.exceed(limit.rule, "EFF-U1", **one)
    if limit.spare > 1:
        buyers.close(*redeemed, **limit.use.changes)
    buyers.cancel(0, *limit.given_back)
    buyers.close(*limit.given_back, **one)
    buyers.exceed(limit.rule, "EFF-U1", **one)
    return buyers.builder.build()


def _not_counted(limit: _Limit) -> Scenario:
    """Without a profile or an identifier to count for, and with several identifiers."""
    title = f"redemptions without the {limit.per.value} that a limit counts"
    buyers = _Buyers(title, limit.declared, limit.codes, 2)
    if limit.per is BudgetScope.PROFILE:
        buyers.close("BUDG-U1", profileId="")
        buyers.close("BUDG-U1", profileId="")
    else:
        buyers.close("BUDG-U1", identifiers=[])
        buyers.close("BUDG-U2", identifiers=[f"one-{MARK}", f"two-{MARK}"])
    return buyers.builder.build()


def _of_all(environment: Environment, budget: Budget) -> Iterator[Scenario]:
    """A campaign's redemptions, or its discounts, up to the budget and above.

    With the first of its codes that may be redeemed so often.
    """
    candidates = (
        (declared, _use_of(budget, declared))
        for declared in (*environment.declared_coupons, *environment.referrals)
        if declared.campaign == budget.campaign
    )
    usable = (
        (declared, use)
        for declared, use in candidates
        if 0 < use.sessions < _room(declared, codes_of(declared))
    )
    found = next(usable, None)
    if found is None:
        return
    declared, (count, changes) = found
    codes = codes_of(declared)
    title = f"a budget of {budget.counts.value} of a campaign"
    buyers = _Buyers(title, declared, codes, count + 3)
    for _ in range(count):
        buyers.close("BUDG-03", **changes)
    buyers.exceed("BUDG-03", "EFF-U1", **changes)
    buyers.cancel(0, "BUDG-04")
    buyers.close("BUDG-04", **changes)
    buyers.exceed("BUDG-03", "EFF-U1", **changes)
    yield buyers.builder.build()


def _use_of(budget: Budget, declared: Redeemable) -> _Use:
    """How a budget is used up with one of its campaign's codes."""
    if budget.counts is BudgetCount.REDEMPTIONS:
        return _Use(int(budget.limit), {})
    return _discounts(declared, budget.limit)


def _discounts(declared: Redeemable, limit: float) -> _Use:
    """How a budget of discounts is used up, where the discount of the coupon is declared."""
    if not isinstance(declared, Coupon):
        return _Use(0, {})
    rate = declared.discount or declared.item_discount
    price = min(round(limit / rate / 2, 2), _HIGH_PRICE) if rate else 2 * (declared.amount or 0)
    discount = rate * price if rate else declared.amount
    if not discount:
        return _Use(0, {})
    item = {"sku": "dear", "name": "Dear", "quantity": 1, "price": price}
    return _Use(ceil(limit / discount), {"cartItems": [item]})
