"""What the effects of an answer decide about codes, as far as counting needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Any

import msgspec

from ..effects import DISCOUNTS, EffectKind, Effects
from ..model.codes import folded
from .declared_codes import Kind
from .declared_limits import MICRO, DeclaredLimits, HeldCode

_DECIDING: Mapping[EffectKind, tuple[Kind, bool]] = {
    EffectKind.ACCEPT_COUPON: (Kind.COUPON, True),
    EffectKind.ACCEPT_REFERRAL: (Kind.REFERRAL, True),
    EffectKind.REJECT_COUPON: (Kind.COUPON, False),
    EffectKind.REJECT_REFERRAL: (Kind.REFERRAL, False),
}
"""By the kinds of effects that decide about a code: its kind, and whether they accept it."""
_INAPPLICABLE = "EffectCouldNotBeApplied"
_CENT = MICRO // 100


class Decision(Enum):
    """What was decided about a code."""

    ACCEPTED = auto()
    REJECTED = auto()
    OPEN = auto()


class DecidedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that a session holds, and what the answer decided about it."""

    held: HeldCode
    decision: Decision
    discount: int = 0
    """At least, in parts of `MICRO`."""
    is_named: bool = False
    """An effect may be about the code."""
    is_disputed: bool = False
    """A campaign accepts the code, and another one rejects it, which may be its own."""
    is_inapplicable: bool = False
    """It is rejected because an effect could not be applied, which may be its discount."""
    is_left_open: bool = False
    """The answer lists its effects, and has none about the code, which its own step has brought
    in: it is no effect that an answer before may have listed."""


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """One effect that accepts or rejects a code."""

    accepts: bool
    campaign_id: int
    is_sure: bool
    """Its text surely names the code."""
    reason: str = ""
    """Of a rejection."""


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer decides about codes."""

    listed: bool = False
    """The answer lists its effects, all of them well-formed."""
    accepted: Mapping[Kind, frozenset[str]] = {}
    """By kind, the accepted codes, as the effects name them."""
    about: Mapping[tuple[Kind, str], tuple[_Said, ...]] = {}
    """By declared code, in the form of `DeclaredLimits.identity`."""
    unclear: frozenset[tuple[Kind, str]] = frozenset()
    """Folded, the codes of effects that name no declared one: a code in another case."""
    accepts_undeclared: bool = False
    """Whether an effect accepts a code that is not declared."""
    discounts: Mapping[int, int] = {}
    """By campaign: its discounts, at least, in parts of `MICRO`; none where no budget counts
    them."""

    def decided(self, held: HeldCode) -> DecidedCode:
        """What is decided about a code."""
        every = self.about.get((held.kind, held.identity), ())
        if not self.discounts and len(every) < 2:
            return self._decided_alone(held, every)
        # A text with blanks around it may name another code.
        sure = tuple(one for one in every if one.is_sure) or every
        # A code may stand in several campaigns, and its limits are those of one.
        own = tuple(one for one in sure if one.campaign_id == held.campaign_id)
        verdicts = {one.accepts for one in sure}
        if len(verdicts) > 1:
            verdicts = {one.accepts for one in own}
        decision = Decision.OPEN
        if len(verdicts) == 1:
            decision = Decision.ACCEPTED if True in verdicts else Decision.REJECTED
        return DecidedCode(
            held=held,
            decision=decision,
            discount=self._discount(held, (one.campaign_id for one in sure if one.accepts)),
            is_named=bool(every) or (held.kind, folded(held.code)) in self.unclear,
            is_inapplicable=decision is Decision.REJECTED
            and any(one.reason == _INAPPLICABLE for one in sure),
            is_disputed=decision is not Decision.ACCEPTED and any(one.accepts for one in sure),
        )

    def _decided_alone(self, held: HeldCode, every: tuple[_Said, ...]) -> DecidedCode:
        """What is decided where one effect is about the code, or none: nearly always."""
        if not every:
            is_named = bool(self.unclear) and (held.kind, folded(held.code)) in self.unclear
            return DecidedCode(held=held, decision=Decision.OPEN, is_named=is_named)
        (one,) = every
        if one.accepts:
            return DecidedCode(held=held, decision=Decision.ACCEPTED, is_named=True)
        return DecidedCode(
            held=held,
            decision=Decision.REJECTED,
            is_named=True,
            is_inapplicable=one.reason == _INAPPLICABLE,
        )

    def _discount(self, held: HeldCode, campaigns: Iterable[int]) -> int:
        """What the campaign of a code discounts, if one of ``campaigns`` is it."""
        if held.campaign_id is not None:
            campaigns = (held.campaign_id,)
        return min((self.discounts.get(campaign, 0) for campaign in campaigns), default=0)


NO_DECISIONS = Decisions()
_NOTHING_DECIDED = Decisions(listed=True)


def decisions_of(effects: Effects, limits: DeclaredLimits) -> Decisions:
    """What the effects of an answer decide; worked out once for each list of them."""
    return (_known_decisions if effects.text else _decisions)(effects, limits)


def _decisions(effects: Effects, limits: DeclaredLimits) -> Decisions:
    if not effects.has(*_DECIDING) and not limits.has_budgets_in_currency:
        return _NOTHING_DECIDED if effects.is_whole else NO_DECISIONS
    accepted: dict[Kind, set[str]] = {}
    about: dict[tuple[Kind, str], list[_Said]] = {}
    unclear: set[tuple[Kind, str]] = set()
    accepts_undeclared = False
    for effect in effects.of(*_DECIDING):
        kind, accepts = _DECIDING[effect.kind]
        if accepts:
            accepted.setdefault(kind, set()).add(effect.code)
        named = limits.identity(kind, effect.code)
        if named is None:
            unclear.add((kind, folded(effect.code)))
            accepts_undeclared |= accepts
            continue
        identity, is_sure = named
        said = _Said(
            accepts=accepts,
            campaign_id=effect.campaign_id,
            is_sure=is_sure,
            reason=effect.reason,
        )
        about.setdefault((kind, identity), []).append(said)
    return Decisions(
        listed=effects.is_whole,
        accepted={kind: frozenset(texts) for kind, texts in accepted.items()},
        about={code: tuple(every) for code, every in about.items()},
        unclear=frozenset(unclear),
        accepts_undeclared=accepts_undeclared,
        discounts=_discounts(effects) if limits.has_budgets_in_currency else {},
    )


_known_decisions = lru_cache(maxsize=1_000)(_decisions)


def _discounts(effects: Effects) -> Mapping[int, int]:
    """By campaign: its discounts, at least, in parts of `MICRO`."""
    sums: dict[int, int] = {}
    for effect in effects.of(*DISCOUNTS):
        # A cent less, since values may be rounded.
        least = _in_parts(effect.value) - _CENT
        sums[effect.campaign_id] = sums.get(effect.campaign_id, 0) + least
    return {campaign: max(0, least) for campaign, least in sums.items()}


def _in_parts(value: int | float) -> int:
    """``value`` in parts of `MICRO`, however large it is."""
    over, under = value.as_integer_ratio()
    parts = abs(over) * MICRO // under
    return parts if over >= 0 else -parts


def shown_counters(answer: object) -> Iterable[tuple[str, int, int | None]]:
    """The coupons that an answer shows: code, ``usageCounter`` and ``usageLimit`` (None: none)."""
    coupons = answer.get("coupons") if isinstance(answer, dict) else None
    # Most answers show none.
    return _shown_counters(coupons) if coupons and isinstance(coupons, list) else ()


def _shown_counters(coupons: list[Any]) -> Iterator[tuple[str, int, int | None]]:
    for coupon in coupons:
        if not isinstance(coupon, dict):
            continue
        code, used, limit = (coupon.get(k) for k in ("value", "usageCounter", "usageLimit"))
        if isinstance(code, str) and type(used) is int:
            yield code, used, limit if type(limit) is int else None
