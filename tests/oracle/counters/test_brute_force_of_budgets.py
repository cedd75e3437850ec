"""Of two codes that share a budget, the oracle accuses no answer that a right target gives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from cartfuzz.contract import (
    MARK,
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    Environment,
    Exclusive,
)

from ..histories import refusal
from .shop import CONFLICT, Event, cancelled, close, effect, environment, rules, said

CODES = ("A", "B")
EXCLUSIVE = Exclusive(codes=frozenset(CODES), campaigns=frozenset(("sale",)))
ANN: dict[str, Any] = {"profileId": f"ann-{MARK}"}
Codes = tuple[str, ...]
HELD: tuple[Codes, ...] = (("A",), ("B",), CODES)
FAILS = "fails"
CANCEL: Codes = ("cancel",)


class Target(NamedTuple):
    """A right target, in what the contract leaves open."""

    start: int = 0
    """What others have used up of the budget."""
    by_code: bool = True
    """Each code of a session counts, or the session does once."""
    refuses: bool = False
    """A close with a code that has no room is answered 409, or rejects this code."""
    all_or_none: bool = False
    """Codes that have no room together are all rejected."""


TARGETS = [
    Target(start, by_code, refuses, all_or_none)
    for start in range(3)
    for by_code in (True, False)
    for refuses, all_or_none in ((True, False), (False, True), (False, False))
]


def answers(target: Target, limit: int, plan: tuple[Codes, ...]) -> list[Event]:
    """The requests of a plan, and what the target answers.

    A step of the plan is the codes of a new session that is closed, after `FAILS` those of a close
    that is answered 500 though it is applied, or `CANCEL`: of the session that was closed first.
    """
    history: list[Event] = []
    held: dict[int, int] = {}
    for session, step in enumerate(plan):
        if step == CANCEL:
            first = min(held, default=None)
            if first is not None:
                del held[first]
                history.append(cancelled(first))
            continue
        fails = step[0] == FAILS
        codes = [code for code in step if code != FAILS]
        room = limit - target.start - sum(held.values())
        accepted = codes[: max(0, room)] if target.by_code else codes if room > 0 else []
        if target.all_or_none and len(accepted) < len(codes):
            accepted = []
        if target.refuses and len(accepted) < len(codes):
            history.append((close(session, *codes, **ANN), CONFLICT))
            continue
        if accepted:
            held[session] = len(accepted) if target.by_code else 1
        effects = [
            effect("acceptCoupon" if code in accepted else "rejectCoupon", code) for code in codes
        ]
        answer = refusal(500) if fails else said(*effects)
        history.append((close(session, *codes, **ANN), answer))
    return history


def plans(length: int) -> Iterator[tuple[Codes, ...]]:
    """All of so many steps, of which the first closes a session."""
    steps = (*HELD, (FAILS, *CODES), CANCEL)
    return (plan for plan in itertools.product(steps, repeat=length) if plan[0] != CANCEL)


def budgeted(per: BudgetScope, **options: Any) -> Environment:
    """Two unlimited coupons of a campaign with a budget."""
    return environment(
        *(Coupon(code=code, campaign="sale") for code in CODES),
        budgets=(Budget(campaign="sale", per=per, **options),),
    )


@pytest.mark.parametrize("per", [BudgetScope.PROFILE, BudgetScope.CAMPAIGN])
@pytest.mark.parametrize("limit", [1, 2])
def test_no_right_target_is_accused(per: BudgetScope, limit: int) -> None:
    """Every history of three steps; nobody has redeemed for a profile of the execution's own."""
    declared = budgeted(per, limit=limit)
    for target, plan in itertools.product(TARGETS, plans(3)):
        most = 0 if per is BudgetScope.PROFILE else limit
        if target.start <= most:
            found = rules(answers(target, limit, plan), declared, EXCLUSIVE)
            assert found == [], (target, plan)


@pytest.mark.parametrize("per", [BudgetScope.PROFILE, BudgetScope.CAMPAIGN])
def test_a_target_without_the_budget_is_accused(per: BudgetScope) -> None:
    """It accepts more sessions than redemptions are allowed, however these count."""
    declared = budgeted(per, limit=1)
    for plan in itertools.product(HELD, repeat=2):
        history = answers(Target(), 9, plan)
        assert len(rules(history, declared, EXCLUSIVE)) == 1, plan


@pytest.mark.parametrize("values", list(itertools.product((2, 5, 8), repeat=3)))
def test_a_budget_of_discounts(values: tuple[int, ...]) -> None:
    """It is accused if and only if the discounts of its campaign exceed it: 10, whatever codes a
    session holds and with how many discounts it is closed."""
    declared = budgeted(BudgetScope.CAMPAIGN, limit=10, counts=BudgetCount.DISCOUNT)
    for held in itertools.product(HELD, repeat=len(values)):
        history: list[Event] = []
        for session, (codes, value) in enumerate(zip(held, values, strict=True)):
            discounts = [
                effect("setDiscount") | {"props": {"name": "sale", "value": part}}
                for part in (value - 1, 1)
            ]
            accepted = [effect("acceptCoupon", code) for code in codes]
            history.append((close(session, *codes, **ANN), said(*accepted, *discounts)))
        is_over = sum(values) > 10
        assert bool(rules(history, declared, EXCLUSIVE)) == is_over, held
