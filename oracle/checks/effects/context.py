"""What the checks of effects have in common: which answers they look at, which codes count."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial

from ....contract import ContractVersion, Fetch, Raw, SessionState, Step, Update
from ....record import Without
from ...effects import EffectKind, Effects
from ...judged_response import JudgedResponse
from ...model import UNKNOWN, Verdict, sent_session
from ...model.applied import held_code
from ...model.codes import trimmed

COUPONS, REFERRAL = "couponCodes", "referralCode"
ACCEPTANCES = {COUPONS: EffectKind.ACCEPT_COUPON, REFERRAL: EffectKind.ACCEPT_REFERRAL}
REJECTIONS = {COUPONS: EffectKind.REJECT_COUPON, REFERRAL: EffectKind.REJECT_REFERRAL}
KIND_OF_CODE = {COUPONS: "coupon", REFERRAL: "referral"}
ROLLBACKS = (
    EffectKind.ROLLBACK_COUPON,
    EffectKind.ROLLBACK_REFERRAL,
    EffectKind.ROLLBACK_DISCOUNT,
)
_LONGEST_CODE = 200


def lists_effects(response: JudgedResponse) -> bool:
    """Whether the contract gives the answer a list of effects, and there is one."""
    return response.once(_lists_effects)


def _lists_effects(response: JudgedResponse) -> bool:
    if response.status != 200 or isinstance(response.step, Raw):
        return False
    if isinstance(response.step, Fetch) and _is_old(response):
        return False
    return response.effects.listed


def new_effects(response: JudgedResponse) -> Effects | None:
    """The effects of an answer that are about the session as the step leaves it.

    Returns:
        None where there are none, or where they may be those of an earlier answer (RET-06,
        IDEM-01) or of a session that is not known.
    """
    return response.once(_new_effects)


def _new_effects(response: JudgedResponse) -> Effects | None:
    expectation = response.expectation
    if not lists_effects(response) or response.before.lost or response.after.lost:
        return None
    if expectation.repeats_return or expectation.repeats_write or expectation.effect_is_open:
        return None
    if expectation.verdict is Verdict.MUST_REJECT or response.before.state is UNKNOWN:
        return None
    return response.effects


def is_evaluation(step: Step, response: JudgedResponse) -> bool:
    """Whether a step is a real update of a session that takes data, and not its cancellation."""
    return (
        isinstance(step, Update)
        and not step.dry
        and response.before.state in (None, SessionState.OPEN)
        and response.after.state in (SessionState.OPEN, SessionState.CLOSED)
    )


def held_codes(response: JudgedResponse, field: str) -> tuple[str, ...] | None:
    """The codes of ``field`` that an effect of the answer may be about; None: not known.

    They are those of the session after the step, and those that the step brought and the session
    does not keep (IDENT-U4). A dry update, and one of a session that takes no
    data any more, may be evaluated with its own codes or with those that are stored. Whether a
    cancellation stores its codes is open, and whether effects of before are listed after it.
    """
    return response.once(_HELD[field])


def _held_codes(response: JudgedResponse, field: str) -> tuple[str, ...] | None:
    step = response.step
    cancelled = SessionState.CANCELLED
    if cancelled in (response.after.state, response.expectation.reaches):
        return None
    if not isinstance(step, Update):
        return _codes(_after(response, field))
    takes_data = response.before.state in (None, SessionState.OPEN)
    if takes_data and not step.dry:
        stored = _codes(_after(response, field))
    else:
        stored = _codes(response.before.fields.get(field))
    sent = _codes(sent_session(step).get(field))
    if stored is None or sent is None:
        return None
    if not sent or sent == stored:
        return stored
    return (*stored, *(code for code in sent if code not in stored))


_HELD: Mapping[str, Callable[[JudgedResponse], tuple[str, ...] | None]] = {
    field: partial(_held_codes, field=field) for field in (COUPONS, REFERRAL)
}


def is_held(code: str, held: Collection[str]) -> bool:
    """Whether an effect may name one of the codes ``held`` by ``code``."""
    if code in held:
        return True
    if not trimmed(code):
        return any(not trimmed(one) for one in held)
    return held_code(code, held) is not None


def sent_codes(response: JudgedResponse, field: str) -> tuple[str, ...]:
    """The codes that an update brings, where the session did not hold them before for sure."""
    step = response.step
    if not isinstance(step, Update):
        return ()
    sent = sent_session(step).get(field)
    if not sent:
        return ()
    before = _codes(response.before.fields.get(field))
    if before is None:
        return ()
    return tuple(code for code in _codes(sent) or () if held_code(code, before) is None)


def without_effect(kind: EffectKind) -> Without:
    """The claim that an answer has no effect of a kind."""
    return Without(pattern=_named(kind))


def without_code(kind: EffectKind, code: str, *, times: int = 1) -> Without | None:
    """The claim that an answer has no ``times`` effects of a kind about a code.

    Returns:
        None for a code that is longer than any of an application: a record keeps its claims.
    """
    if len(code) > _LONGEST_CODE:
        return None
    name = _named(kind)
    value = rf'"value"\s*:\s*"{re.escape(json.dumps(code, ensure_ascii=False)[1:-1])}"'
    props = rf'"props"\s{{0,9}}:\s{{0,9}}\{{[^{{}}]{{0,9999}}{value}'
    pattern = (
        rf"(?:{name}[^{{}}]{{0,9999}}{props}|{props}[^{{}}]{{0,9999}}\}}[^{{}}]{{0,9999}}{name})"
    )
    return Without(pattern=pattern if times == 1 else f"(?s){'.*'.join([pattern] * times)}")


def _named(kind: EffectKind) -> str:
    return rf'"effectType"\s*:\s*"{kind.value}"'


def _is_old(response: JudgedResponse) -> bool:
    return response.environment.contract is ContractVersion.V2_5_1


def _after(response: JudgedResponse, field: str) -> object:
    """A field after the step, as the answer shows it where nothing else is known."""
    value = response.after.fields.get(field)
    if value is UNKNOWN and response.shown is not None:
        return response.shown.get(field)
    return value


def _codes(value: object) -> tuple[str, ...] | None:
    """A field of codes as a tuple; None: not known, or of another type."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return None
    for code in value:
        if not isinstance(code, str):
            return None
    return tuple(value)
