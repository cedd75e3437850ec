"""What a target's campaigns do where the contract is silent: reasons of rejections, returns.

Within a run they are compared with nothing: they depend on what the tester has configured, and on
what other sessions have used up. Two runs are compared where neither decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ...contract import (
    MARK,
    BudgetScope,
    Coupon,
    Environment,
    Operation,
    Redeemable,
    ReturnItems,
    SessionState,
    Update,
)
from ...record import Form, Observation, Situation
from ..checks import new_effects
from ..effects import EffectKind, Effects
from ..judged_response import JudgedResponse
from ..model import UNKNOWN, situation_of
from ..model.applied import Applied, held_code
from ..model.codes import class_of_invented
from ..of_environment import OfEnvironment

_LONGEST_REASON = 60
_ACCEPTED = EffectKind.ACCEPT_COUPON
_DECISIONS = (
    EffectKind.ACCEPT_COUPON,
    EffectKind.REJECT_COUPON,
    EffectKind.ACCEPT_REFERRAL,
    EffectKind.REJECT_REFERRAL,
)
"""The kinds of effects that decide about a code."""
_COUNTED = {BudgetScope.PROFILE: "profileId", BudgetScope.IDENTIFIER: "identifiers"}
"""What budgets count by, and the field that names it."""
_GIVEN_BACK, _KEPT = "coupon given back", "coupon kept"


def campaign_choices(number: int, response: JudgedResponse) -> Iterator[Observation]:
    """What the effects in the answer to step ``number`` show of these choices."""
    effects = new_effects(response)
    if effects is None:
        return
    kinds = effects.kinds
    if EffectKind.REJECT_COUPON in kinds or EffectKind.REJECT_REFERRAL in kinds:
        reasons = _REJECTIONS(response.environment).of(effects, response)
        for situation, outcome, steady in reasons:
            yield _observed(number, response, "EFF-U1", situation, outcome, steady=steady)
    lists_coupons = EffectKind.ACCEPT_COUPON in kinds or EffectKind.REJECT_COUPON in kinds
    if lists_coupons and isinstance(response.step, Update):
        for situation, outcome, fresh in _uncounted(response, effects):
            # What the first request of a scenario redeems, nobody can have redeemed before.
            steady = fresh and number == 0
            yield _observed(number, response, "BUDG-U1", situation, outcome, steady=steady)
    if isinstance(response.step, ReturnItems):
        for situation, outcome in _returned_part(response, response.step, effects):
            yield _observed(number, response, "COUP-U1", situation, outcome, steady=True)


class _Rejections:
    """What the rejections in one environment show, worked out once for each list of effects."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._known = lru_cache(maxsize=1_000)(self._reasons)

    def of(self, effects: Effects, response: JudgedResponse) -> tuple[tuple[str, str, bool], ...]:
        """Situation and outcome of each rejection, and whether it can have one reason only."""
        work = self._known if effects.text else self._reasons
        return work(effects, response.step.operation, response.dry)

    def _reasons(
        self, effects: Effects, operation: Operation, dry: bool
    ) -> tuple[tuple[str, str, bool], ...]:
        is_alone = sum(len(effects.by_kind.get(kind, ())) for kind in _DECISIONS) == 1
        found: dict[tuple[str, str, bool], None] = {}
        for effect in effects.of(EffectKind.REJECT_COUPON, EffectKind.REJECT_REFERRAL):
            if effect.reason.isalnum() and len(effect.reason) <= _LONGEST_REASON:
                situation, steady = self._situation(operation, dry, effect.kind, effect.code)
                found[situation, effect.reason, steady and is_alone] = None
        return tuple(found)

    def _situation(
        self, operation: Operation, dry: bool, kind: EffectKind, code: str
    ) -> tuple[str, bool]:
        of, steady = self._code_class(kind, code)
        subject = f"{kind} of {of}"
        situation = Situation(form=Form.CONTENT, operation=operation, dry=dry, subject=subject)
        return situation.key, steady

    def _code_class(self, kind: EffectKind, code: str) -> tuple[str, bool]:
        """The class of a code, which is alike in every run, and whether one thing alone rejects
        it."""
        environment = self._environment
        if class_of_invented(code):
            return "an invented code", True
        is_coupon = kind is EffectKind.REJECT_COUPON
        declared = (environment.coupon if is_coupon else environment.referral)(code)
        if declared is None:
            return "another code", False
        return f"the declared code {declared.code}", _has_one_limit(declared, environment)


_REJECTIONS = OfEnvironment(_Rejections)


def _has_one_limit(declared: Redeemable, environment: Environment) -> bool:
    """Whether nothing but the limit of each code is declared that rejects it."""
    budgets = {budget.campaign for budget in environment.budgets}
    per_profile = isinstance(declared, Coupon) and declared.per_profile
    return declared.limit > 0 and not per_profile and declared.campaign not in budgets


def _uncounted(response: JudgedResponse, effects: Effects) -> Iterator[tuple[str, str, bool]]:
    """Whether a close redeems a coupon whose limit counts what the session does not name.

    Also whether only this execution redeems the code, for buyers of its own.
    """
    environment, after = response.environment, response.after
    if response.dry or after.state is not SessionState.CLOSED or not effects.is_whole:
        return
    if response.before.state not in (None, SessionState.OPEN):
        return
    for code in effects.of(EffectKind.ACCEPT_COUPON, EffectKind.REJECT_COUPON):
        coupon = environment.coupon(code.code)
        if coupon is None:
            continue
        scopes = {
            budget.per for budget in environment.budgets if budget.campaign == coupon.campaign
        }
        if coupon.per_profile:
            scopes.add(BudgetScope.PROFILE)
        unnamed = {
            scope for scope, field in _COUNTED.items() if after.fields.get(field) in (None, "", [])
        }
        own = unnamed | {
            scope for scope, field in _COUNTED.items() if _is_own(after.fields.get(field))
        }
        fresh = environment.sole_user and coupon.is_pattern and scopes <= own
        for scope in _COUNTED:
            if scope in scopes & unnamed:
                situation = situation_of(
                    response.step, response.before, subject=f"a coupon counted by {scope.value}"
                )
                outcome = "redeemed" if code.kind is _ACCEPTED else "rejected"
                yield situation.key, outcome, fresh


def _is_own(holders: object) -> bool:
    """Whether a profile, or all identifiers, exist in this execution only."""
    named = holders if isinstance(holders, list) else [holders]
    return all(isinstance(one, str) and MARK in one for one in named)


def _returned_part(
    response: JudgedResponse, step: ReturnItems, effects: Effects
) -> Iterator[tuple[str, str]]:
    """Whether the return of a part gives a redeemed coupon back."""
    applied = response.before.applied
    if step.dry:
        return
    if not isinstance(applied, Applied) or not applied.coupons or not effects.is_whole:
        return
    items, after = response.after.items, response.after
    if items is UNKNOWN or after.returned is UNKNOWN:
        return
    is_all = all(after.remaining(position) == 0 for position in range(len(items)))
    subject = f"{'all' if is_all else 'a part'} of a cart with a redeemed coupon"
    codes = [effect.code for effect in effects.of(EffectKind.ROLLBACK_COUPON)]
    given_back = any(held_code(code, applied.coupons) is not None for code in codes)
    situation = situation_of(response.step, response.before, subject=subject)
    yield situation.key, _GIVEN_BACK if given_back else _KEPT


def _observed(
    number: int,
    response: JudgedResponse,
    rule: str,
    situation: str,
    outcome: str,
    *,
    steady: bool,
) -> Observation:
    """An observation; ``steady``: nothing that other sessions did can have caused it."""
    return Observation(
        rule=rule,
        situation=situation,
        outcome=outcome,
        operation=response.step.operation,
        between_runs=steady,
        step=number,
    )
