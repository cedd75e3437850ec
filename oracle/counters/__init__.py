"""Counts redemptions of coupons, referrals and budgets over the sessions of a scenario.

A `Counters` value is a part of what the oracle knows in one possible state. `count_answer` judges
an answer by it and returns the next one. `declared_limits` knows what limits a redemption, `moves`
what a step did, `counting` what that does to the counters, `mechanisms` how targets count wrongly.
"""

from __future__ import annotations

from .counters import NO_COUNTERS, STOPPED, Counters
from .declared_limits import DeclaredLimits, Scope, declared_limits
from .moves import Move, MoveKind, after_read, may_redeem_undeclared, move_unanswered
from .shared_limits import OVER_LIMIT, CountedAnswer, count_answer, situation_of_burst, used_up

__all__ = [
    "NO_COUNTERS",
    "OVER_LIMIT",
    "STOPPED",
    "CountedAnswer",
    "Counters",
    "DeclaredLimits",
    "Move",
    "MoveKind",
    "Scope",
    "after_read",
    "count_answer",
    "declared_limits",
    "may_redeem_undeclared",
    "move_unanswered",
    "situation_of_burst",
    "used_up",
]
