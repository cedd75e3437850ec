"""The effects of the same update once more, and those that reads show after a rollback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

from ....contract import SessionState, Update
from ....record import Claim, Outcome, Situation
from ...effects import DISCOUNTS, Effect, EffectKind, Effects
from ...judged_response import Finding, JudgedResponse, brief
from ...model.applied import Applied, held_code
from .context import ROLLBACKS, new_effects, without_code, without_effect
from .steady_effects import Counted, changed_effects, has_steady_effects

_SAME_AGAIN = Situation.other("the same update of an open session again")
_OTHERS = Outcome.other("other effects")
_READ = Situation.other("read after a cancellation or a reopening")
_ANY_READ = Situation.other("effects of a read")
_POINTS = frozenset((EffectKind.ADD_POINTS, EffectKind.ROLLBACK_ADDED_POINTS))
_GIVEN = frozenset(DISCOUNTS)
_ALL_ROLLBACKS = (*ROLLBACKS, EffectKind.ROLLBACK_ADDED_POINTS)


def check_same_effects(response: JudgedResponse, effects: Effects) -> Iterable[Finding]:
    """EFF-09: the same update once more, to a session that stays open, brings the same effects.

    Which of them may differ, `changed_effects` knows. An answer without any effect may mean that
    nothing has changed.
    """
    earlier = response.earlier_effects
    if earlier is None or earlier is effects or not _is_compared(response):
        return ()
    more, less = changed_effects(response, earlier)
    if not more and not less:
        return ()
    return (
        Finding(
            rule="EFF-09",
            situation=_SAME_AGAIN,
            outcome=_OTHERS,
            expected="the effects of before, as far as nobody else can change them",
            found=f"more: {_in_words(more)}; less: {_in_words(less)}",
        ),
    )


def check_effects_of_reads(response: JudgedResponse, effects: Effects) -> Iterable[Finding]:
    """EFF-08: a read shows no rollback, and nothing that a cancel or a reopen rolled back."""
    if effects.has(*_ALL_ROLLBACKS):
        rollback = next(effects.of(*_ALL_ROLLBACKS))
        return (_shown(rollback, _ANY_READ, "a rollback is shown"),)
    rolled_back = response.after.rolled_back
    if rolled_back is None:
        return ()
    gone = _RolledBack.of(rolled_back, is_cancelled=response.after.state is SessionState.CANCELLED)
    for effect in effects.known:
        if gone.has(effect):
            return (_shown(effect, _READ, f"{effect.kind} is shown"),)
    return ()


def is_remembered(response: JudgedResponse) -> bool:
    """Whether the next answer to the same update must bring the effects of this one."""
    step = response.step
    return (
        isinstance(step, Update)
        and not step.dry
        and response.after.state is SessionState.OPEN
        and new_effects(response) is not None
        and response.effects.is_whole
    )


def tested_rules_of_reads(response: JudgedResponse, _effects: Effects) -> Iterable[str]:
    """The rules of this module that a read could have broken."""
    return ("EFF-08",) if response.after.rolled_back is not None else ()


def tested_rules(response: JudgedResponse, _effects: Effects) -> Iterable[str]:
    """The rules of this module that the answer to an update could have broken."""
    earlier = response.earlier_effects
    if earlier is None or not _is_compared(response):
        return ()
    return ("EFF-09",) if has_steady_effects(response, earlier) else ()


def _is_compared(response: JudgedResponse) -> bool:
    """Whether its effects are those of the same update once more."""
    is_repeated = response.repeats_update and response.before.state is SessionState.OPEN
    return is_repeated and is_remembered(response)


def _in_words(counted: Counted) -> str:
    texts = [" ".join(str(part) for part in key if part not in (None, "")) for key in counted]
    return brief(sorted(texts))


class _RolledBack(NamedTuple):
    """What was rolled back, to look effects up in."""

    applied: Applied
    discounts: frozenset[tuple[int, str]]
    """Their campaigns and names."""
    transactions: frozenset[str]
    """Of points."""

    @classmethod
    def of(cls, applied: Applied, *, is_cancelled: bool) -> Self:
        discounts = frozenset((one.campaign_id, one.name) for one in applied.discounts)
        points = applied.points if is_cancelled else ()
        return cls(applied, discounts, frozenset(one.transaction for one in points))

    def has(self, effect: Effect) -> bool:
        if effect.kind is EffectKind.ACCEPT_COUPON:
            return held_code(effect.code, self.applied.coupons) is not None
        if effect.kind is EffectKind.ACCEPT_REFERRAL:
            return held_code(effect.code, [self.applied.referral]) is not None
        if effect.kind in _GIVEN:
            return (effect.campaign_id, effect.name) in self.discounts
        return effect.kind is EffectKind.ADD_POINTS and effect.transaction in self.transactions


def _shown(effect: Effect, situation: Situation, outcome: str) -> Finding:
    return Finding(
        rule="EFF-08",
        situation=situation,
        outcome=Outcome.other(outcome),
        expected="effects that are valid still",
        found=f"{effect.kind}: {brief(effect.code or effect.name)}",
        claim=_claim(effect),
    )


def _claim(effect: Effect) -> Claim | None:
    """That there is no such effect; None where a right answer may have one of another campaign."""
    if effect.code:
        return without_code(effect.kind, effect.code)
    return None if effect.kind in _GIVEN | _POINTS else without_effect(effect.kind)
