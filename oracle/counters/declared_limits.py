"""What limits the redemption of a code by a session: the declared limits and budgets, as counters.

Limits of what only this execution uses are counted exactly, but for what was redeemed before.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, NamedTuple

import msgspec

from ...contract import (
    MARK,
    Budget,
    BudgetCount,
    BudgetScope,
    CodeCase,
    Coupon,
    Environment,
    Exclusive,
    Redeemable,
    Referral,
    Step,
    Update,
)
from ..model import sent_session
from ..model.codes import folded
from ..of_environment import OfEnvironment
from .counter import NO_LIMIT, Counter
from .declared_codes import Kind, Named, declared_codes

_LONGEST_KNOWN = 1_000
"""Together, the texts of a session of which it is kept what limits its codes."""
_MOST_KNOWN = 200
"""Of such sessions."""
MICRO = 1_000_000
"""Parts of one unit of currency: sums of discounts are counted in whole numbers."""


class Scope(StrEnum):
    """What a counter counts the redemptions of."""

    __hash__ = str.__hash__  # scopes are parts of keys, and the hash of enumerations is slow

    COUPON = "coupon"
    REFERRAL = "referral"
    COUPON_OF_PROFILE = "coupon of a profile"
    CAMPAIGN = "campaign"
    PROFILE = "profile"
    IDENTIFIER = "identifier"


class CounterKey(NamedTuple):
    """The identity of a counter."""

    scope: Scope
    name: str
    """The code, or the campaign."""
    owner: str = ""
    """The profile or the identifier; empty: all of them."""
    budget: int = -1
    """Index of the budget in the environment; -1: the limit of a code."""


class AppliedLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that applies to the redemption of a code by a session."""

    key: CounterKey
    limit: int
    """`NO_LIMIT`: none, so that only a shown value can contradict the counter."""
    alone: bool
    """As `Counter.alone`."""
    is_new: bool = False
    """Nothing was redeemed before the execution."""
    perhaps: bool = False
    """Whether a redemption counts here is open (BUDG-U2)."""
    in_currency: bool = False
    """Discounts are counted, in parts of `MICRO`."""

    def start(self) -> Counter:
        """The counter before the scenario."""
        most = 0 if self.is_new else self.limit
        return Counter.starting(self.limit, most_before=most, alone=self.alone)


class HeldCode(msgspec.Struct, frozen=True, kw_only=True):
    """A declared code that a session holds, and what limits its redemption."""

    kind: Kind
    code: str
    """One text for all spellings of the code."""
    identity: str
    """As `DeclaredLimits.identity` has it."""
    occurrences: int
    """How often the session holds it; 0: only an effect names it."""
    limits: tuple[AppliedLimit, ...]
    is_sure: bool
    """The text in the session surely names the declared code."""
    is_exclusive: bool
    """Only this execution redeems the code."""
    open_reason: bool
    """Something besides `limits` may lawfully reject the code."""
    campaign_id: int | None = None
    """Of the campaign's effects; None: not declared."""
    discount: float | None = None
    """What the code discounts whatever the total is, 0 if that is a rate; None: not declared."""


class _Found(NamedTuple):
    """A declared code in a session."""

    kind: Kind
    code: str
    declared: Redeemable
    occurrences: int
    sure: bool


class DeclaredLimits:
    """The limits that an environment declares.

    Args:
        environment: declares codes and budgets.
        exclusive: what the execution has to itself.
    """

    def __init__(self, environment: Environment, exclusive: Exclusive) -> None:
        self._environment = environment
        self._exclusive = exclusive
        self._held: dict[Hashable, Held] = {}
        """What `held` returned, by all that it depends on."""
        self._codes = declared_codes(environment)
        self.has_budgets_in_currency = any(
            budget.counts is BudgetCount.DISCOUNT for budget in environment.budgets
        )
        """Whether discounts use up one of the limits."""

    @property
    def has_budgets(self) -> bool:
        """Whether campaigns have limits over all their codes."""
        return bool(self._environment.budgets)

    def named(self, kind: Kind, code: str) -> Named | None:
        """The declared code that a text names, or may name; None: no declared code is."""
        return self._codes.named(kind, code)

    def identity(self, kind: Kind, code: str) -> tuple[str, bool] | None:
        """A text that is equal for all texts that may name one declared code.

        Returns:
            It, and whether ``code`` surely names that code; None: it names no declared one.
        """
        named = self.named(kind, code)
        if named is None:
            return None
        _, text, is_sure = named
        return self._identity(text), is_sure

    def _identity(self, text: str) -> str:
        # Coupons may be declared that differ in case alone, where it is not declared to count.
        folds = self._environment.code_case in (CodeCase.UPPER, CodeCase.LOWER)
        return folded(text) if folds else text

    def redeeming_sessions(self, steps: Iterable[Step]) -> frozenset[int]:
        """The sessions whose codes may use up a declared limit at some time.

        Where there are budgets, undeclared codes may, but for those that the run invented.
        """
        if not self._codes.are_any:
            return frozenset()
        sent = [
            (step.session, self.named(kind, text) is not None, text)
            for step in steps
            if isinstance(step, Update)
            for (kind, text), _ in _texts_of(sent_session(step), {})
        ]
        declared = frozenset(session for session, is_declared, _ in sent if is_declared)
        if not declared or not self._environment.budgets:
            return declared
        return declared | {session for session, _, text in sent if text and MARK not in text}

    def held(self, fields: Mapping[str, Any], others: Mapping[Kind, frozenset[str]]) -> Held:
        """The declared codes of a session.

        Args:
            fields: what the session holds.
            others: by kind, codes that the session may not hold and that an effect names.
        """
        get = fields.get
        texts = dict(_texts_of(fields, others))
        if not texts:
            return _NOTHING_HELD if _has_lists(fields) else _SOMETHING_ELSE_HELD
        owners = repr((get("profileId"), get("identifiers")))
        key = (tuple(texts.items()), _has_lists(fields), owners)
        known = self._held.get(key)
        if known is None:
            known = self._held_of(texts, fields)
            if len(owners) + sum(len(text) for _, text in texts) <= _LONGEST_KNOWN:
                if len(self._held) >= _MOST_KNOWN:
                    self._held = {}
                self._held[key] = known
        return known

    def _held_of(self, texts: Mapping[tuple[Kind, str], int], fields: Mapping[str, Any]) -> Held:
        codes: dict[tuple[Kind, str], tuple[Redeemable, int, bool]] = {}
        all_declared = True
        for (kind, text), count in texts.items():
            named = self.named(kind, text)
            if named is None:
                all_declared = False
                continue
            declared, code, sure = named
            _, former, former_sure = codes.get((kind, code), (declared, 0, True))
            codes[kind, code] = (declared, former + count, former_sure and sure)
        return Held(
            codes=tuple(
                self._held_code(_Found(kind, code, *details), fields)
                for (kind, code), details in codes.items()
            ),
            all_declared=all_declared and _has_lists(fields),
        )

    def _held_code(self, found: _Found, fields: Mapping[str, Any]) -> HeldCode:
        kind, code, declared, occurrences, sure = found
        is_exclusive = code in self._exclusive.codes
        limits = [
            AppliedLimit(
                key=CounterKey(Scope(kind.value), code),
                limit=declared.limit or NO_LIMIT,
                alone=is_exclusive,
            )
        ]
        profile = fields.get("profileId")
        open_reason = not sure
        if isinstance(declared, Coupon) and declared.per_profile:
            if isinstance(profile, str) and profile:
                limits.append(
                    _owned(CounterKey(Scope.COUPON_OF_PROFILE, code, profile), declared.per_profile)
                )
            else:
                open_reason = True
        if isinstance(declared, Referral):
            # An advocate may not refer itself, and a campaign may want to know who is referred.
            # Without a known one, only a profile of the execution's own is no advocate.
            is_known = isinstance(profile, str) and bool(profile)
            is_own = MARK in str(profile) or bool(declared.advocate)
            open_reason |= not (is_known and is_own) or profile == declared.advocate
        for index, budget in enumerate(self._environment.budgets):
            if budget.campaign == declared.campaign:
                budgeted = tuple(self._budgeted(index, budget, fields))
                limits.extend(budgeted)
                open_reason |= not budgeted or budget.counts is BudgetCount.DISCOUNT
        return HeldCode(
            kind=kind,
            code=code,
            identity=self._identity(code),
            occurrences=occurrences,
            limits=tuple(limits),
            is_sure=sure,
            is_exclusive=is_exclusive,
            open_reason=open_reason,
            campaign_id=declared.campaign_id if isinstance(declared, Coupon) else None,
            discount=_fixed_discount(declared),
        )

    def _budgeted(
        self, index: int, budget: Budget, fields: Mapping[str, Any]
    ) -> Iterator[AppliedLimit]:
        in_currency = budget.counts is BudgetCount.DISCOUNT
        limit = int(budget.limit * MICRO) if in_currency else int(budget.limit)
        if budget.per is BudgetScope.CAMPAIGN:
            yield AppliedLimit(
                key=CounterKey(Scope.CAMPAIGN, budget.campaign, "", index),
                limit=limit,
                alone=budget.campaign in self._exclusive.campaigns,
                in_currency=in_currency,
            )
            return
        by_profile = budget.per is BudgetScope.PROFILE
        found = fields.get("profileId" if by_profile else "identifiers")
        owners = found if isinstance(found, list) else [found]
        texts = [one for one in owners if isinstance(one, str) and one]
        for owner in dict.fromkeys(texts):
            scope = Scope.PROFILE if by_profile else Scope.IDENTIFIER
            yield _owned(
                CounterKey(scope, budget.campaign, owner, index),
                limit,
                perhaps=len(texts) > 1,
                in_currency=in_currency,
            )


class _LimitsOfEnvironment:
    """The limits in one environment, by what an execution has to itself: most have the same."""

    def __init__(self, environment: Environment) -> None:
        self.given = lru_cache(maxsize=16)(partial(DeclaredLimits, environment))


_LIMITS = OfEnvironment(_LimitsOfEnvironment)


def declared_limits(environment: Environment, exclusive: Exclusive) -> DeclaredLimits:
    """The limits that an environment declares; the arguments as of `DeclaredLimits`."""
    return _LIMITS(environment).given(exclusive)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The declared codes that a session holds."""

    codes: tuple[HeldCode, ...]
    all_declared: bool
    """Nothing else that a campaign may limit is in the session, as far as fields show."""


_NOTHING_HELD = Held(codes=(), all_declared=True)
_SOMETHING_ELSE_HELD = Held(codes=(), all_declared=False)


def _fixed_discount(declared: Redeemable) -> float | None:
    """What a code discounts whatever the total is; None: that is not declared."""
    if not isinstance(declared, Coupon):
        return None
    is_rate = declared.discount is not None or declared.item_discount is not None
    return 0.0 if is_rate else declared.amount


def _owned(
    key: CounterKey, limit: int, *, perhaps: bool = False, in_currency: bool = False
) -> AppliedLimit:
    is_new = MARK in key.owner
    return AppliedLimit(
        key=key,
        limit=limit,
        alone=is_new,
        is_new=is_new,
        perhaps=perhaps,
        in_currency=in_currency,
    )


def _texts_of(
    fields: Mapping[str, Any], others: Mapping[Kind, frozenset[str]]
) -> Iterator[tuple[tuple[Kind, str], int]]:
    coupons, texts = fields.get("couponCodes"), []
    if coupons and isinstance(coupons, list):
        texts = [one for one in coupons if isinstance(one, str)]
        for text in dict.fromkeys(texts):
            yield (Kind.COUPON, text), texts.count(text)
    referral = fields.get("referralCode")
    if isinstance(referral, str) and referral:
        yield (Kind.REFERRAL, referral), 1
    for kind in Kind if others else ():
        for code in sorted(others.get(kind, ())):
            if code not in texts and (kind is Kind.COUPON or code != referral):
                yield (kind, code), 0


def _has_lists(fields: Mapping[str, Any]) -> bool:
    """Whether codes are known, and no field is set that an undeclared campaign may limit."""
    coupons, referral = fields.get("couponCodes"), fields.get("referralCode")
    return (
        (coupons is None or isinstance(coupons, list))
        and (referral is None or isinstance(referral, str))
        and not fields.get("loyaltyCards")
    )
