"""How a target may count wrongly: each way explains other answers, and breaks a rule of its own."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from .declared_codes import Kind
from .declared_limits import Scope
from .moves import MoveKind


class Mechanism(Enum):
    """A way of counting wrongly, in the order in which they are tried.

    Steps that few scenarios take come first: where two ways explain the same answers, other
    scenarios show the commoner one alone.
    """

    DRY_CLOSE_COUNTS = auto()
    REFUSED_CLOSE_COUNTS = auto()
    CLOSE_AGAIN_COUNTS = auto()
    TWICE_IN_LIST_COUNTS_TWICE = auto()
    CANCEL_OF_RETURNED_KEEPS = auto()
    RETURN_COUNTS = auto()
    CANCEL_AGAIN_GIVES = auto()
    CANCEL_OPEN_GIVES = auto()
    CANCEL_OF_REJECTED_GIVES = auto()
    RETURN_AND_CANCEL_GIVE = auto()
    CLOSE_AFTER_REOPEN_IS_FREE = auto()
    REOPEN_KEEPS = auto()
    REOPEN_GIVES_TWICE = auto()
    CANCEL_KEEPS = auto()
    CANCEL_GIVES_TWICE = auto()
    REJECTED_COUNTS = auto()
    OPEN_UPDATE_HOLDS = auto()
    """The first update with the code redeems it for the session, and the close no more."""
    OPEN_UPDATE_COUNTS = auto()
    """Each update with the code counts, and the close too."""


class _Broken(NamedTuple):
    """What a way of counting breaks."""

    rules: tuple[str, str, str]
    """Of a coupon, of a referral and of a budget; the last may be empty: that of the code."""
    triggers: frozenset[MoveKind]
    """Without a step of one of these kinds it counts as it should."""
    situation: str


_CANCEL = ("COUP-04", "REF-03", "BUDG-04")
_REOPEN = ("COUP-08", "REF-04", "BUDG-04")
_HIDDEN = ("COUP-07", "REF-02", "")


def _broken(rules: tuple[str, str, str], situation: str, *triggers: MoveKind) -> _Broken:
    return _Broken(rules, frozenset(triggers), situation)


_BROKEN = {
    Mechanism.CANCEL_KEEPS: _broken(_CANCEL, "after a cancelled close", MoveKind.CANCEL),
    Mechanism.CANCEL_OF_RETURNED_KEEPS: _broken(
        _CANCEL, "after a cancelled close of which a part was returned", MoveKind.RETURN
    ),
    Mechanism.REOPEN_KEEPS: _broken(_REOPEN, "after a reopened close", MoveKind.REOPEN),
    Mechanism.DRY_CLOSE_COUNTS: _broken(_HIDDEN, "after a dry close", MoveKind.DRY_CLOSE),
    Mechanism.REFUSED_CLOSE_COUNTS: _broken(
        _HIDDEN, "after a refused close", MoveKind.REFUSED_CLOSE, MoveKind.CONFLICT
    ),
    Mechanism.CLOSE_AGAIN_COUNTS: _broken(
        _HIDDEN, "after a close of a closed session", MoveKind.CLOSE_AGAIN
    ),
    Mechanism.TWICE_IN_LIST_COUNTS_TWICE: _broken(
        _HIDDEN, "after a code sent twice", MoveKind.CLOSE
    ),
    Mechanism.OPEN_UPDATE_HOLDS: _broken(
        _HIDDEN, "after an update that does not close", MoveKind.OPEN_UPDATE
    ),
    Mechanism.OPEN_UPDATE_COUNTS: _broken(
        _HIDDEN, "after an update that does not close", MoveKind.OPEN_UPDATE
    ),
    Mechanism.RETURN_COUNTS: _broken(_HIDDEN, "after a return", MoveKind.RETURN),
    Mechanism.REJECTED_COUNTS: _broken(_HIDDEN, "after a rejected code", MoveKind.CLOSE),
    Mechanism.CANCEL_GIVES_TWICE: _broken(_CANCEL, "after a cancelled close", MoveKind.CANCEL),
    Mechanism.REOPEN_GIVES_TWICE: _broken(_REOPEN, "after a reopened close", MoveKind.REOPEN),
    Mechanism.CANCEL_AGAIN_GIVES: _broken(
        ("COUP-11", "REF-03", "BUDG-04"), "after a second cancel", MoveKind.CANCEL_AGAIN
    ),
    Mechanism.CANCEL_OPEN_GIVES: _broken(
        ("COUP-05", "REF-03", "BUDG-04"), "after a cancel of an open session", MoveKind.CANCEL_OPEN
    ),
    Mechanism.CANCEL_OF_REJECTED_GIVES: _broken(
        _CANCEL, "after a cancelled close that rejected the code", MoveKind.CANCEL
    ),
    Mechanism.RETURN_AND_CANCEL_GIVE: _broken(
        _CANCEL, "after a return and a cancelled close", MoveKind.RETURN
    ),
    Mechanism.CLOSE_AFTER_REOPEN_IS_FREE: _broken(
        _REOPEN, "after a close that follows a reopening", MoveKind.REOPEN
    ),
}


_GIVING = frozenset(
    (
        Mechanism.CANCEL_AGAIN_GIVES,
        Mechanism.CANCEL_OPEN_GIVES,
        Mechanism.CANCEL_OF_REJECTED_GIVES,
        Mechanism.RETURN_AND_CANCEL_GIVE,
        Mechanism.CLOSE_AFTER_REOPEN_IS_FREE,
        Mechanism.REOPEN_GIVES_TWICE,
        Mechanism.CANCEL_GIVES_TWICE,
    )
)


def counts_too_little(mechanism: Mechanism) -> bool:
    """Whether it explains a redemption beyond a limit; else it explains a rejection below one."""
    return mechanism in _GIVING


def broken_rule(mechanism: Mechanism, scope: Scope, kind: Kind) -> str:
    """The rule that a way of counting breaks.

    Args:
        mechanism: the way.
        scope: of the counter that is counted so.
        kind: of the code whose redemption shows it.
    """
    coupon, referral, budget = _BROKEN[mechanism].rules
    if budget and scope not in (Scope.COUPON, Scope.REFERRAL):
        return budget
    return coupon if kind is Kind.COUPON else referral


def situation_of_mechanism(mechanism: Mechanism) -> str:
    """After what a wrong count shows."""
    return _BROKEN[mechanism].situation


def is_triggered(mechanism: Mechanism, kinds: Collection[MoveKind]) -> bool:
    """Whether steps of these kinds may be counted wrongly."""
    return not _BROKEN[mechanism].triggers.isdisjoint(kinds)


@lru_cache(maxsize=1_000)
def rules_put_to_test(kinds: frozenset[MoveKind], scope: Scope, kind: Kind) -> frozenset[str]:
    """The rules that a later redemption puts to the test, given the steps before."""
    return frozenset(
        broken_rule(mechanism, scope, kind)
        for mechanism in Mechanism
        if is_triggered(mechanism, kinds)
    )
