"""Whether an accepted coupon brings the discount that is declared of it, and no other code does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from ....contract import BudgetCount, Coupon, DiscountBase
from ....record import Claim, Near, Outcome, Situation, pointer
from ...effects import DISCOUNTS, Effect, EffectKind, Effects
from ...judged_response import UPDATE, Finding, JudgedResponse, brief
from ...model.codes import trimmed
from ..sums import Sum, exact
from ..totals import DiscountableTotals, discountable_totals
from .amounts import Amounts, is_surely_rate
from .context import ACCEPTANCES, COUPONS, held_codes, is_evaluation

_Number = TypeVar("_Number", float, Decimal)
_MARGIN = 1e-9
_NO_DISCOUNT = Outcome.other("no discount")
_ANOTHER = Outcome.other("another discount")
_NOT_ALL = Outcome.other("not every unit has the discount")
_WITHOUT_CODE = Situation.other("a session without a code of the declared campaign")
_DISCOUNTED = Outcome.other("the campaign gives a discount")


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A declared coupon that an answer accepts."""

    coupon: Coupon
    campaigns: frozenset[int]
    """The campaigns that accept it: one of them has the declared discount."""

    def discounts(self, effects: Effects, kind: EffectKind) -> list[Effect]:
        """The discounts of its campaigns."""
        return [effect for effect in effects.of(kind) if effect.campaign_id in self.campaigns]


def check_declared_discounts(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """DISC-01: an accepted coupon brings its declared discount; others may come with it.

    Not where the session costs nothing or less than all discounts of the answer, nor where a budget
    may cut them.
    """
    judged = response.once(_judged)
    if judged is None:
        return
    accepted, totals = judged
    for one in accepted:
        finding = _check(one, effects, totals)
        if finding is not None:
            yield finding


def gives_declared_discount(response: JudgedResponse, coupon: Coupon, campaign: int) -> bool:
    """Whether a campaign surely gives the discount that is declared of a coupon."""
    totals = None if _has_no_discount(coupon) else discountable_totals(response)
    if totals is None or not totals.totals or not _are_positive(totals):
        return False
    return _check(_Accepted(coupon, frozenset((campaign,))), response.effects, totals) is None


def check_discounts_without_code(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """DISC-02: a declared campaign gives no discount where it accepts none of its codes.

    It may have referral codes as well.
    """
    if not is_evaluation(response.step, response):
        return
    campaigns = _closed_campaigns(response)
    if not campaigns:
        return
    giving_none = campaigns - {e.campaign_id for e in effects.of(*ACCEPTANCES.values())}
    for effect in effects.of(*DISCOUNTS):
        if effect.campaign_id in giving_none:
            yield Finding(
                rule="DISC-02",
                situation=_WITHOUT_CODE,
                outcome=_DISCOUNTED,
                expected=f"no discount of campaign {effect.campaign_id}",
                found=f"{effect.kind}: {brief(effect.name)}: {effect.value}",
            )
            return


def tested_rules(response: JudgedResponse, _effects: Effects) -> Iterable[str]:
    """The rules of this module that the answer could have broken."""
    amounts = ("DISC-01",) if response.once(_judged) is not None else ()
    if is_evaluation(response.step, response) and _closed_campaigns(response):
        return (*amounts, "DISC-02")
    return amounts


def _judged(response: JudgedResponse) -> tuple[list[_Accepted], DiscountableTotals] | None:
    """The coupons whose discount is judged, and the totals; None: there is nothing to judge."""
    effects = response.effects
    if not effects.is_whole or EffectKind.ACCEPT_COUPON not in effects.kinds:
        return None
    accepted = _accepted(response, effects)
    totals = _totals(response, accepted, effects)
    return None if totals is None else (accepted, totals)


def _accepted(response: JudgedResponse, effects: Effects) -> list[_Accepted]:
    """The declared coupons with a discount that the answer to a real update accepts."""
    if not response.environment.declared_coupons or not is_evaluation(response.step, response):
        return []
    found: dict[str, tuple[Coupon, set[int]]] = {}
    for effect in effects.of(EffectKind.ACCEPT_COUPON):
        code = trimmed(effect.code)
        coupon = response.environment.coupon(code)
        if coupon is None or _has_no_discount(coupon) or _may_be_cut(response, coupon):
            continue
        if coupon.campaign_id in (None, effect.campaign_id):
            found.setdefault(code, (coupon, set()))[1].add(effect.campaign_id)
    return [_Accepted(coupon, frozenset(ids)) for coupon, ids in found.values()]


def _has_no_discount(coupon: Coupon) -> bool:
    return coupon.discount is None and coupon.amount is None and coupon.item_discount is None


def _may_be_cut(response: JudgedResponse, coupon: Coupon) -> bool:
    """Whether a budget of the campaign may leave a part of the discount only."""
    return any(
        budget.counts is BudgetCount.DISCOUNT and budget.campaign == coupon.campaign
        for budget in response.environment.budgets
    )


def _totals(
    response: JudgedResponse, accepted: list[_Accepted], effects: Effects
) -> DiscountableTotals | None:
    """The totals, if all discounts together are surely less than each of them."""
    coupons = [one.coupon for one in accepted]
    totals = discountable_totals(response) if coupons else None
    if totals is None or not totals.totals or not _are_positive(totals):
        return None
    fit = _surely_fit(totals, accepted, effects)
    if fit is not None:
        return totals if fit else None
    smallest = _smallest(totals)
    largest = max(total.value for total in totals.totals)
    declared = sum((_at_most(coupon, largest) for coupon in coupons), Decimal(0))
    together = declared + sum(_of_others(accepted, effects, exact), Decimal(0))
    return totals if together <= smallest else None


def _surely_fit(
    totals: DiscountableTotals, accepted: list[_Accepted], effects: Effects
) -> bool | None:
    """Whether all discounts together are less than each total, as far as doubles alone show it.

    None where the decimals have to decide: the margin is far above what doubles err by.
    """
    sums = [total.in_doubles for total in (*totals.totals, totals.cart_item_total)]
    known = [one for one in sums if one is not None]
    if len(known) < len(sums):
        return None
    largest, scale = max(value for value, _ in known[:-1]), max(scale for _, scale in known)
    try:
        together = math.fsum(
            one.coupon.amount
            if one.coupon.amount is not None
            else (one.coupon.discount or one.coupon.item_discount or 0) * largest
            for one in accepted
        ) + math.fsum(_of_others(accepted, effects, float))
    except OverflowError:  # a discount beyond doubles
        return None
    left = min(value for value, _ in known) - together
    return left > 0 if abs(left) > _MARGIN * (scale + together) else None


def _are_positive(totals: DiscountableTotals) -> bool:
    return all(total.is_positive for total in (*totals.totals, totals.cart_item_total))


def _smallest(totals: DiscountableTotals) -> Decimal:
    return min(total.value for total in (*totals.totals, totals.cart_item_total))


def _at_most(coupon: Coupon, largest: Decimal) -> Decimal:
    if coupon.amount is not None:
        return exact(coupon.amount)
    return exact(coupon.discount or coupon.item_discount or 0) * largest


def _of_others(
    accepted: list[_Accepted], effects: Effects, number: Callable[[float], _Number]
) -> Iterator[_Number]:
    """The discounts that are none of those declared, which may use a total up as well.

    The least of a campaign counts as the declared one, which may have been cut.
    """
    left: dict[tuple[int, EffectKind], list[_Number]] = {}
    for effect in effects.of(*DISCOUNTS):
        left.setdefault((effect.campaign_id, effect.kind), []).append(number(effect.value))
    for one in accepted:
        if len(one.campaigns) > 1:
            continue  # which of them has the declared discount is not known
        campaign = min(one.campaigns)
        if one.coupon.item_discount is not None:
            left.pop((campaign, EffectKind.SET_DISCOUNT_PER_ITEM), None)
        elif listed := left.get((campaign, EffectKind.SET_DISCOUNT)):
            listed.remove(min(listed))
    return (value for listed in left.values() for value in listed if value > 0)


def _check(one: _Accepted, effects: Effects, totals: DiscountableTotals) -> Finding | None:
    if one.coupon.item_discount is not None:
        return _check_items(one, effects, totals, one.coupon.item_discount)
    return _check_session(one, effects, totals)


def _check_session(one: _Accepted, effects: Effects, totals: DiscountableTotals) -> Finding | None:
    """The discount of the session as a whole."""
    coupon = one.coupon
    given = one.discounts(effects, EffectKind.SET_DISCOUNT)
    if coupon.amount is not None:
        if any(effect.value == coupon.amount for effect in given):
            return None
        amounts, what = Amounts([exact(coupon.amount)]), "an amount"
    else:
        is_cart = coupon.base is DiscountBase.CART_ITEMS
        bases: tuple[Sum, ...] = (totals.cart_item_total,) if is_cart else totals.totals
        rate = coupon.discount or 0
        if any(is_surely_rate(effect.value, rate, bases) for effect in given):
            return None
        amounts = Amounts.of_rate(rate, bases)
        what = f"a rate of {coupon.base}"
    if any(amounts.hold(effect.value) for effect in given):
        return None
    if not given and amounts.may_be_nothing:
        return None
    return _finding(what, given, amounts, _ANOTHER if given else _NO_DISCOUNT)


def _check_items(
    one: _Accepted, effects: Effects, totals: DiscountableTotals, rate: float
) -> Finding | None:
    """The discount of each unit, by line or by unit."""
    given = one.discounts(effects, EffectKind.SET_DISCOUNT_PER_ITEM)
    what = "a rate of each unit's price"
    for position, item in enumerate(totals.items):
        if not item["price"] or not item["quantity"]:
            continue
        of_unit, of_line = _of_item(item, rate, parts=item["quantity"]), _of_item(item, rate)
        here = [effect for effect in given if effect.position == position]
        lines = {effect.sub_position for effect in here if of_line.hold(effect.value)}
        if len(lines) == 1:
            continue  # named for single units, it would be given for each of them
        right = [effect for effect in here if of_unit.hold(effect.value)]
        if not here and of_unit.may_be_nothing:
            continue
        if not right:
            return _finding(what, here, of_unit, _ANOTHER if here else _NO_DISCOUNT)
        units = {effect.sub_position for effect in right}
        if None not in units and len(units) < item["quantity"]:
            wrong = [effect for effect in here if effect not in right]
            return _finding(what, wrong, of_unit, _ANOTHER if wrong else _NOT_ALL)
    return None


def _of_item(item: Mapping[str, Any], rate: float, *, parts: int = 1) -> Amounts:
    """A rate of a line's price, or of each of its parts: without its costs, and with them.

    Whether these are of the line or of each unit is open.
    """
    price = Sum.of([(item["price"], item["quantity"])])
    costs = [cost["price"] for cost in (item.get("additionalCosts") or {}).values()]
    of_units, of_line = (Sum.of((cost, count) for cost in costs) for count in (item["quantity"], 1))
    return Amounts.of_rate(rate, [price, price.plus(of_units), price.plus(of_line)], parts=parts)


def _finding(what: str, given: list[Effect], amounts: Amounts, outcome: Outcome) -> Finding:
    kind = given[0].kind.value if given else "a discount"
    claim: Claim | None = None
    if given:
        place = pointer("effects", given[0].index, "props", "value")
        claim = Near(pointer=place, values=amounts.texts, tolerance="0.01")
    return Finding(
        rule="DISC-01",
        situation=Situation.other(f"a coupon with {what}"),
        operation=UPDATE,
        outcome=outcome,
        expected=f"{kind} of {' or '.join(amounts.texts)}",
        found=brief([effect.value for effect in given]),
        claim=claim,
    )


def _closed_campaigns(response: JudgedResponse) -> set[int]:
    """The declared campaigns of which the session holds no code for sure."""
    return response.once(_campaigns_without_code)


def _campaigns_without_code(response: JudgedResponse) -> set[int]:
    coupons = [one for one in response.environment.declared_coupons if one.campaign_id is not None]
    held = held_codes(response, COUPONS) if coupons else None
    if held is None:
        return set()
    present = {coupon.campaign_id for coupon in coupons for code in held if _may_be(coupon, code)}
    return {one.campaign_id for one in coupons if one.campaign_id is not None} - present


def _may_be(coupon: Coupon, code: str) -> bool:
    """Whether an application may take ``code`` for the coupon."""
    plain = trimmed(code)
    return coupon.matches(plain) or coupon.folded().matches(plain.lower())
