"""Codes that no campaign has: rejected by an effect, never accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ....contract import CodeCase, Coupon, Update
from ....record import AnyOf, Claim, Fits, Outcome, Situation, pointer
from ....wire.codes import SMALL_RANGE
from ...effects import Effect, Effects
from ...judged_response import Finding, JudgedResponse, brief
from ...model.codes import class_of_invented, folded, trimmed
from .context import (
    ACCEPTANCES,
    COUPONS,
    KIND_OF_CODE,
    REFERRAL,
    REJECTIONS,
    held_codes,
    is_evaluation,
    sent_codes,
    without_code,
)
from .discounts import gives_declared_discount

_ACCEPTED = Outcome.other("accepted by an effect")
_NOT_REJECTED = Outcome.other("not rejected by an effect")
_NOT_FOUND = Outcome.other("not found")
_RULES = {COUPONS: "EFF-05", REFERRAL: "REF-05"}
_INVENTED = {
    field: Situation.other(f"a {kind} code that no campaign has")
    for field, kind in KIND_OF_CODE.items()
}
_NOT_FOUND_REASON = "CouponNotFound"
_MOST_CAMPAIGNS = 20
"""Of those that accept a code, so many are looked at: an answer may name any number."""
_IN_ANOTHER_CASE = Situation.other("a coupon code in another case than the declared one")


class _Unknown(NamedTuple):
    """A code that the session holds and no campaign has."""

    code: str
    field: str
    rule: str
    situation: Situation


def check_unknown_codes(response: JudgedResponse, effects: Effects) -> Iterable[Finding]:
    """EFF-05, REF-05, COUP-10: a code that no campaign has is rejected, never accepted.

    The rejection is asked for where an update brings the code to a session; an answer later on may
    leave it out.
    """
    unknown_codes = _unknown_codes(response) if effects.is_whole else ()
    return _wrongly_handled(response, effects, unknown_codes) if unknown_codes else ()


def _wrongly_handled(
    response: JudgedResponse, effects: Effects, unknown_codes: tuple[_Unknown, ...]
) -> Iterator[Finding]:
    found: set[tuple[str, Outcome]] = set()
    for unknown in unknown_codes:
        finding = _finding(response, effects, unknown)
        if finding is not None and (finding.rule, finding.outcome) not in found:
            found.add((finding.rule, finding.outcome))
            yield finding


def check_case(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """COUP-10: where case does not matter, a coupon in another case is not unknown."""
    held = _held_in_another_case(response)
    for effect in effects.of(REJECTIONS[COUPONS]):
        if effect.reason == _NOT_FOUND_REASON and folded(effect.code) in held:
            yield Finding(
                rule="COUP-10",
                situation=_IN_ANOTHER_CASE,
                outcome=_NOT_FOUND,
                expected=f"{brief(effect.code)} known: the case of codes does not matter",
                found=f"{effect.kind}: {effect.reason}",
            )
            return


def tested_rules(response: JudgedResponse, _effects: Effects) -> Iterable[str]:
    """The rules of this module that the answer could have broken."""
    if not isinstance(response.step, Update):
        return ()
    rules = dict.fromkeys(unknown.rule for unknown in _unknown_codes(response))
    if _held_in_another_case(response):
        rules["COUP-10"] = None
    return rules


def _unknown_codes(response: JudgedResponse) -> tuple[_Unknown, ...]:
    return response.once(_codes_without_campaign)


def _codes_without_campaign(response: JudgedResponse) -> tuple[_Unknown, ...]:
    cases_differ = response.environment.code_case is CodeCase.SENSITIVE
    found: list[_Unknown] = []
    for field, rule in _RULES.items():
        for code in held_codes(response, field) or ():
            # A code with the mark of the execution is never a declared one.
            if class_of_invented(code):
                found.append(_Unknown(code, field, rule, _INVENTED[field]))
            elif cases_differ and field == COUPONS and _is_declared_in_another_case(response, code):
                found.append(_Unknown(code, field, "COUP-10", _IN_ANOTHER_CASE))
    return tuple(found)


def _finding(response: JudgedResponse, effects: Effects, unknown: _Unknown) -> Finding | None:
    accepting, rejecting = ACCEPTANCES[unknown.field], REJECTIONS[unknown.field]
    if not effects.has(accepting) and any(e.code == unknown.code for e in effects.of(rejecting)):
        return None  # as it should be
    wanted = folded(unknown.code)
    accepted = [e for e in effects.of(accepting) if _is_about(e, wanted)]
    if accepted:
        by_campaign = {effect.campaign_id: effect for effect in reversed(accepted)}
        first = sorted(by_campaign.values(), key=lambda effect: effect.index)[:_MOST_CAMPAIGNS]
        effect = next((e for e in first if _is_known_not_to_have(response, e, unknown)), None)
        if effect is None:
            return None
        return Finding(
            rule=unknown.rule,
            situation=unknown.situation,
            outcome=_ACCEPTED,
            expected=f"{rejecting} of {brief(unknown.code)}, and no {effect.kind}",
            found=f"{effect.kind}: {brief(effect.code)}, of campaign {effect.campaign_id}",
            claim=without_code(effect.kind, effect.code),
        )
    if not is_evaluation(response.step, response):
        return None
    if unknown.code not in sent_codes(response, unknown.field):
        return None
    if any(_is_about(e, wanted) for e in effects.of(rejecting)):
        return None
    return Finding(
        rule=unknown.rule,
        situation=unknown.situation,
        outcome=_NOT_REJECTED,
        expected=f"{rejecting} of {brief(unknown.code)}",
        found=f"effects: {brief([effect.kind.value for effect in effects.known])}",
        claim=_some_effect(),
    )


def _some_effect() -> Claim:
    return AnyOf(claims=(Fits(pointer=pointer("effects"), types=("array",), shortest=1),))


def _is_known_not_to_have(response: JudgedResponse, effect: Effect, unknown: _Unknown) -> bool:
    """Whether the campaign of an acceptance surely does not have the code.

    One that is not declared may have a code that differs from a declared one in case alone.
    """
    if unknown.rule != "COUP-10":
        return True
    return any(
        _is_of_campaign(response, effect, coupon)
        for coupon in _in_other_cases(response, unknown.code)
    )


def _is_of_campaign(response: JudgedResponse, effect: Effect, coupon: Coupon) -> bool:
    """Whether the campaign of an acceptance is that of a declared coupon, in another case."""
    if coupon.campaign_id is not None:
        return coupon.campaign_id == effect.campaign_id
    if coupon.matches(trimmed(effect.code)):
        return True  # it names the declared spelling, which the session does not hold
    if coupon.size >= SMALL_RANGE:
        return True  # no other campaign has the same numbers by chance
    earlier = response.earlier_effects
    before = earlier.of(effect.kind) if earlier is not None else ()
    return any(
        one.campaign_id == effect.campaign_id and coupon.matches(trimmed(one.code))
        for one in before
    ) or gives_declared_discount(response, coupon, effect.campaign_id)


def _is_about(effect: Effect, wanted: str) -> bool:
    """Whether an effect names the code that folds to ``wanted``, as it was sent or as an
    application may keep it."""
    return folded(effect.code) == wanted


def _is_declared_in_another_case(response: JudgedResponse, code: str) -> bool:
    """Whether case alone keeps a code from being a declared coupon.

    Not where the session holds the declared spelling as well.
    """
    environment = response.environment
    if environment.coupon(code) is not None or environment.coupon(trimmed(code)) is not None:
        return False  # blanks aside: whether these count is open
    wanted = folded(code)
    held = held_codes(response, COUPONS) or ()
    if any(one != code and folded(one) == wanted for one in held):
        return False
    return any(_in_other_cases(response, code))


def _in_other_cases(response: JudgedResponse, code: str) -> Iterator[Coupon]:
    """The declared coupons that a code would be if case did not matter."""
    wanted = trimmed(code).lower()
    declared = response.environment.declared_coupons
    return (coupon for coupon in declared if coupon.folded().matches(wanted))


def _held_in_another_case(response: JudgedResponse) -> frozenset[str]:
    """The codes, folded, that are declared coupons though none is spelled like them."""
    environment = response.environment
    if environment.code_case not in (CodeCase.UPPER, CodeCase.LOWER):
        return frozenset()
    return frozenset(
        folded(code)
        for code in held_codes(response, COUPONS) or ()
        if code == trimmed(code)
        and (coupon := environment.coupon(code)) is not None
        and not coupon.matches(code)
    )
