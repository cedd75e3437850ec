"""What a target does with codes that no campaign knows, and with the case of those that exist."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, CodeCase, Environment, UnknownCodes
from ...oracle.effects import EffectKind, read_effects
from ...oracle.model.codes import folded
from ...wire import session_view
from .lines import Sign, Suggestion, SurveyLine
from .prober import Prober, body_of, refused, words

_UNKNOWN = f"unknown-{MARK}"
_KEPT, _REFUSED = "accepted", "refused"
_FIELDS: dict[str, tuple[str, object]] = {
    "coupon codes": ("couponCodes", [_UNKNOWN]),
    "referral codes": ("referralCode", _UNKNOWN),
    "loyalty cards": ("loyaltyCards", [_UNKNOWN]),
}


def unknown_code_line(prober: Prober, environment: Environment) -> SurveyLine:
    """Asks with an invented coupon, referral code and loyalty card (IDENT-U4)."""
    fates = {name: _fate(prober, *asked) for name, asked in _FIELDS.items()}
    text = ", ".join(f"{name} {fate}" for name, fate in fates.items())
    declared = environment.unknown_codes
    fit = _fitting(set(fates.values()), declared)
    if fit is declared:
        advice = (
            "the kinds are not treated alike, so unknown_codes is rightly left out"
            if declared is UnknownCodes.UNSPECIFIED
            else ""
        )
        sign = Sign.NOTE if advice else Sign.OK
        return SurveyLine(sign=sign, topic="unknown codes", text=text, advice=advice)
    is_wrong = declared is UnknownCodes.ACCEPTED
    return SurveyLine(
        sign=Sign.PROBLEM if is_wrong else Sign.CHANGE,
        topic="unknown codes",
        text=f"{text}; the configuration says {declared}",
        advice="a run would blame the target" if is_wrong else "a run tests more with it",
        suggestion=Suggestion(table="environment", key="unknown_codes", value=fit.value),
    )


def _fate(prober: Prober, field: str, value: object) -> str:
    """What becomes of an unknown code."""
    answer = prober.dry({field: value})
    if refused(answer) or (answer is not None and answer.status == 404):
        return _REFUSED
    if answer is None or not answer.accepted:
        return f"answered {words(answer)}"
    view = session_view(body_of(answer))
    held = None if view is None else view.get(field)
    return _KEPT if held == value else "accepted and not kept"


def _fitting(fates: set[str], declared: UnknownCodes) -> UnknownCodes:
    """The value of the configuration that fits; ``declared`` where it does not mislead."""
    if fates == {_KEPT}:
        return UnknownCodes.ACCEPTED
    if fates == {_REFUSED}:
        return UnknownCodes.REFUSED
    is_wrong = declared is UnknownCodes.ACCEPTED
    return UnknownCodes.UNSPECIFIED if is_wrong else declared


def code_case_lines(prober: Prober, environment: Environment) -> Iterator[SurveyLine]:
    """Asks with the first declared coupon that has letters, in the other case."""
    codes = (one.numbered(one.first or 0) for one in environment.coupons)
    code = next((one for one in codes if one.swapcase() != one), None)
    if code is None:
        return
    as_declared, swapped = (_decision(prober, one) for one in (code, code.swapcase()))
    declared = environment.code_case
    if as_declared is not EffectKind.ACCEPT_COUPON or swapped is None:
        yield SurveyLine(
            sign=Sign.NOTE, topic="code case", text=f"the coupon {code} does not show it"
        )
        return
    matters = swapped is EffectKind.REJECT_COUPON
    text = f"{code.swapcase()} is {'rejected' if matters else 'accepted'} like {code}"
    if matters:
        text = f"{code} is accepted, and {code.swapcase()} is rejected: case matters"
    if declared is not CodeCase.UNSPECIFIED and (declared is CodeCase.SENSITIVE) is matters:
        yield SurveyLine(sign=Sign.OK, topic="code case", text=text)
    elif matters:
        yield SurveyLine(
            sign=Sign.CHANGE,
            topic="code case",
            text=text,
            suggestion=Suggestion(
                table="environment", key="code_case", value=CodeCase.SENSITIVE.value
            ),
        )
    else:
        yield SurveyLine(
            sign=Sign.CHANGE if declared is CodeCase.UNSPECIFIED else Sign.PROBLEM,
            topic="code case",
            text=text,
            advice='set code_case to "upper" or "lower", as the application keeps its codes',
        )


def _decision(prober: Prober, code: str) -> EffectKind | None:
    """Whether a coupon is accepted or rejected; None: no effect says it."""
    answer = prober.dry(
        {
            "profileId": f"profile-{MARK}",
            "identifiers": [f"identifier-{MARK}"],
            "cartItems": [{"name": "item", "sku": "item", "quantity": 1, "price": 100}],
            "couponCodes": [code],
        }
    )
    if answer is None or not answer.accepted:
        return None
    effects = read_effects(body_of(answer)).of(EffectKind.ACCEPT_COUPON, EffectKind.REJECT_COUPON)
    return next((one.kind for one in effects if folded(one.code) == folded(code)), None)
