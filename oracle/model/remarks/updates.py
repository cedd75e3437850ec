"""The body of an update: what must be refused in it, what is open, what it puts to the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ....contract import (
    Addition,
    ContractVersion,
    Environment,
    SessionState,
    UnknownCodes,
    Update,
)
from ....contract.fields import DATA_FIELDS
from ..codes import CODE_FIELDS, class_of_invented, identity_of, trimmed
from ..input_classes import kind_of, magnitude, named
from .attributes_and_costs import attribute_remarks, cost_remarks
from .items import cart_remarks, quantity_sum
from .remark import Remark, Topic, refuse, silent
from .strings import text_remarks

_STATES = frozenset(state.value for state in SessionState)
_RESPONSE_CONTENT = frozenset(
    (
        "customerSession",
        "customerProfile",
        "coupons",
        "triggeredCampaigns",
        "referral",
        "loyalty",
        "event",
        "awardedGiveaways",
        "ruleFailureReasons",
        "previousReturns",
    )
)

_LATER_RESPONSE_CONTENT = (
    Addition.CAMPAIGN_ELIGIBILITY,
    Addition.ACHIEVEMENTS,
    Addition.UNLOCKED_REWARDS,
)
_RETURN_RESPONSE_CONTENT = _RESPONSE_CONTENT - {"awardedGiveaways", "ruleFailureReasons"}

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_NEARLY_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?z"
)

_FieldRemarks = Callable[[Any, Environment, Update], Iterator[Remark]]


def update_remarks(step: Update, environment: Environment) -> Iterator[Remark]:
    """Remarks on an update, whatever the state of its session."""
    body = step.body
    if step.now is not None:
        yield from _now_remarks(step, environment)
    if not isinstance(body, dict):
        yield refuse("ERR-04", "body that is no object")
        return
    if "customerSession" not in body:
        yield refuse("ERR-04", "body without customerSession")
        return
    session = body["customerSession"]
    if not isinstance(session, dict):
        yield refuse("ERR-04", "customerSession that is no object")
        return
    yield from response_content_remarks(body, response_content(environment))
    if not body.keys() <= {"customerSession", "responseContent"}:
        extra = named(body.keys() - {"customerSession", "responseContent"})
        yield silent("MERGE-U3", "unknown property of the request", detail=extra)
    for name, value in session.items():
        remarks = _FIELDS.get(name)
        if remarks is None:
            yield _unknown_property(name)
        else:
            yield from remarks(value, environment, step)


def response_content(environment: Environment) -> frozenset[str]:
    """What an update may ask for in ``responseContent``."""
    later = (name.value for name in _LATER_RESPONSE_CONTENT if environment.has(name))
    return _RESPONSE_CONTENT.union(later)


def _unknown_property(name: str) -> Remark:
    """A property that the version or its release does not define: what becomes of it is open."""
    subject = "unknown property of the session"
    field = name if name in DATA_FIELDS else None
    return silent("MERGE-U3", subject, field, topic=Topic.UNKNOWN_PROPERTY, detail=named([name]))


def return_response_content_remarks(body: Mapping[str, Any]) -> Iterator[Remark]:
    """Remarks on ``responseContent`` of a return, which knows fewer names."""
    yield from response_content_remarks(body, _RETURN_RESPONSE_CONTENT)


def response_content_remarks(body: Mapping[str, Any], names: frozenset[str]) -> Iterator[Remark]:
    """Remarks on ``responseContent``: a list out of ``names``; anything else is open."""
    if "responseContent" not in body:
        return
    wanted = body["responseContent"]
    known = isinstance(wanted, list) and all(
        isinstance(name, str) and name in names for name in wanted
    )
    if not known:
        subject = "responseContent that the contract does not know"
        detail = _wanted_class(wanted, names)
        yield silent("MERGE-U3", subject, topic=Topic.RESPONSE_CONTENT, detail=detail)


def _wanted_class(wanted: object, names: frozenset[str]) -> str:
    if isinstance(wanted, list) and all(isinstance(name, str) for name in wanted):
        return named(set(wanted) - names)
    return kind_of(wanted)


def requests_session(body: object) -> bool:
    """Whether a request asks for the session in its answer (RESP-02)."""
    if not isinstance(body, dict):
        return False
    wanted = body.get("responseContent")
    return isinstance(wanted, list) and "customerSession" in wanted


def sent_session(step: Update) -> Mapping[str, Any]:
    """The session fields that an update sends; empty where it sends none."""
    session = step.body.get("customerSession") if isinstance(step.body, dict) else None
    return session if isinstance(session, dict) else {}


def requested_state(step: Update) -> SessionState | None:
    """The state that an update asks for; None where it asks for none, or for no real one."""
    state = sent_session(step).get("state")
    return SessionState(state) if isinstance(state, str) and state in _STATES else None


def _now_remarks(step: Update, environment: Environment) -> Iterator[Remark]:
    if environment.contract is ContractVersion.V2_5_1:
        yield silent("MERGE-U3", "unknown query parameter")
        return
    if not step.dry:
        yield refuse("DRY-04", "now without dry")
        return
    text = step.now or ""
    if not text or _NEARLY_RFC_3339.fullmatch(text):
        # An empty parameter counts as none to many servers; RFC 3339 lets readers be lax.
        subject = "now that is nearly an RFC 3339 time"
        yield silent("DRY-04", subject, detail=named([text]))
        return
    if not _RFC_3339.fullmatch(text):
        yield refuse("DRY-04", "now that is no RFC 3339 time")
        return
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        yield refuse("DRY-04", "now that is no RFC 3339 time")
        return
    # Judged against fixed moments, not the clock, so that a record can be judged anew.
    if moment < datetime(2020, 1, 1, tzinfo=UTC):
        yield refuse("DRY-04", "now in the past")
    elif moment < datetime(2035, 1, 1, tzinfo=UTC):
        yield silent("DRY-04", "now about today", hidden=True)


def _text(name: str) -> _FieldRemarks:
    def remarks(value: Any, _environment: Environment, _step: Update) -> Iterator[Remark]:
        if value is None:
            yield silent("MERGE-U2", f"null {name}", name)
        elif not isinstance(value, str):
            yield refuse("ERR-07", f"{name} of the wrong type")
        else:
            yield from text_remarks(value, name)

    return remarks


def _profile(value: Any, environment: Environment, step: Update) -> Iterator[Remark]:
    yield from _text("profileId")(value, environment, step)
    longest = environment.limits.profile_id
    if longest is not None and isinstance(value, str) and len(value) > longest:
        subject, length = f"profile ID over {longest}", magnitude(len(value))
        yield silent("IDENT-U5", subject, "profileId", detail=length)


def _referral(value: Any, environment: Environment, step: Update) -> Iterator[Remark]:
    yield from _text("referralCode")(value, environment, step)
    if isinstance(value, str):
        longest = environment.limits.referral_code
        if len(value) > longest:
            yield _too_long(value, longest, "IDENT-06", f"referral code over {longest}")
        elif value:
            yield from _code_remarks(value, environment, "referralCode")


def _too_long(code: str, longest: int, rule: str, subject: str) -> Remark:
    """Whether blanks around a code count is open, and so is a code that is too long with them."""
    if len(trimmed(code)) > longest:
        return refuse(rule, subject)
    field = "referralCode" if rule == "IDENT-06" else "couponCodes"
    return silent("IDENT-U4", f"{subject} with the blanks around it", field)


def _store(value: Any, environment: Environment, step: Update) -> Iterator[Remark]:
    longest = environment.limits.store_integration_id
    if longest is None:
        yield _unknown_property("storeIntegrationId")
    elif value is None:
        yield silent("MERGE-U2", "null storeIntegrationId", "storeIntegrationId")
    elif not isinstance(value, str) or not 1 <= len(value) <= longest:
        yield refuse("IDENT-10", f"storeIntegrationId that is not 1 to {longest} characters")
    else:
        subject = "store that may not exist"
        yield silent("IDENT-10", subject, "storeIntegrationId", hidden=True)
        yield from _text("storeIntegrationId")(value, environment, step)


def _state(value: Any, _environment: Environment, _step: Update) -> Iterator[Remark]:
    if value is None:
        yield silent("MERGE-U2", "null state")
    elif not (isinstance(value, str) and value in _STATES):
        yield refuse("STATE-14", "state outside the enumeration")


def _texts(
    name: str, value: Any, *, limit: int | None, rule: str, late_limit: int
) -> Iterator[Remark]:
    """A list of strings with at most ``limit`` members; ``late_limit`` where there is none yet."""
    if value is None:
        yield silent("MERGE-U2", f"null {name}", name)
        return
    if not isinstance(value, list) or not all(isinstance(t, str | None) for t in value):
        yield refuse("ERR-07", f"{name} of the wrong type")
        return
    if None in value:
        # Some readers of JSON take null for the empty string.
        yield silent("ERR-07", f"null in {name}", name)
        return
    if limit is not None and len(set(value)) > limit:  # whether equal ones count twice is open
        yield refuse(rule, f"over {limit} {name}")
    elif limit is None and len(value) > late_limit:
        yield silent("IDENT-U2", f"over {late_limit} {name}", name, detail=str(len(value)))
    if len(set(value)) < len(value):
        yield silent("MERGE-U4", f"the same twice in {name}", name)
    for text in value:
        if not text:
            yield silent("IDENT-U4", f"empty string in {name}", name)
        yield from text_remarks(text, name)


def _identifiers(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    yield from _texts(
        "identifiers",
        value,
        limit=environment.limits.identifiers,
        rule="IDENT-03",
        late_limit=5,
    )


def _cards(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    yield from _texts(
        "loyaltyCards",
        value,
        limit=environment.limits.loyalty_cards,
        rule="IDENT-04",
        late_limit=1,
    )
    if isinstance(value, list):
        for card in value:
            yield from _code_remarks(card, environment, "loyaltyCards", is_alone=len(value) == 1)


def _coupons(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    yield from _texts("couponCodes", value, limit=None, rule="", late_limit=1_000)
    if not isinstance(value, list):
        return
    codes = [code for code in value if isinstance(code, str)]
    if len(set(codes)) == len(codes) > len({identity_of(code, environment) for code in codes}):
        subject = "the same twice but for case or blanks in couponCodes"
        yield silent("MERGE-U4", subject, "couponCodes", hidden=True)
    longest = environment.limits.coupon_code
    for code in value:
        if not isinstance(code, str):
            continue
        if longest is not None and len(code) > longest:
            yield _too_long(code, longest, "IDENT-05", f"coupon code over {longest}")
        elif longest is None and len(code) > 100:
            length = f"{len(code)} characters, {len(code.encode('utf-8', 'replace'))} octets"
            yield silent("IDENT-U2", "coupon code over 100", "couponCodes", detail=length)
        else:
            yield from _code_remarks(code, environment, "couponCodes", is_alone=len(value) == 1)


def _code_remarks(
    code: object, environment: Environment, field: str, *, is_alone: bool = True
) -> Iterator[Remark]:
    """A code that no campaign knows may be refused, unless the environment says otherwise.

    A target that accepts the update may keep the code or drop it. Codes that the run invented are
    unknown to every campaign, so that it must do the same with all that are alike.
    """
    if field in CODE_FIELDS and isinstance(code, str) and code and not trimmed(code):
        yield silent("IDENT-U4", f"blank code in {field}", field)
    known = isinstance(code, str) and _is_declared(code, environment, field)
    if not known and environment.unknown_codes is not UnknownCodes.ACCEPTED:
        invented = class_of_invented(code) if isinstance(code, str) and is_alone else ""
        yield silent(
            "IDENT-U4",
            f"unknown code in {field}",
            field,
            topic=Topic.UNKNOWN_CODE,
            detail=invented,
            hidden=not invented,
        )


def _is_declared(code: str, environment: Environment, field: str) -> bool:
    if field == "couponCodes":
        return environment.coupon(code) is not None
    return field == "referralCode" and environment.referral(code) is not None


def _cart(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    yield from cart_remarks(value, environment)


def _attributes(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    yield from attribute_remarks(value, environment.session_attributes, "session", "attributes")


def _costs(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    yield from cost_remarks(
        value,
        environment.session_costs,
        environment.additional_costs,
        "session",
        "additionalCosts",
    )


def _campaigns(value: Any, environment: Environment, step: Update) -> Iterator[Remark]:
    if environment.contract is ContractVersion.V2_5_1:
        yield _unknown_property("evaluableCampaignIds")
    elif not step.dry:
        subject, detail = "evaluableCampaignIds without dry", kind_of(value)
        yield silent("DRY-02", subject, topic=Topic.CAMPAIGNS_FOR_REAL, detail=detail)
    elif value is None:
        yield silent("MERGE-U2", "null evaluableCampaignIds")
    elif not isinstance(value, list) or not all(map(_may_be_integer, value)):
        yield refuse("ERR-07", "evaluableCampaignIds of the wrong type")
    elif value:
        yield silent("DRY-U3", "campaigns that may not exist", hidden=True)


def _experiments(value: Any, environment: Environment, _step: Update) -> Iterator[Remark]:
    name = "experimentVariantAllocations"
    if not environment.has(Addition.EXPERIMENTS):
        yield _unknown_property(name)
    elif value is None:
        yield silent("MERGE-U2", f"null {name}", name)
    elif not isinstance(value, list) or not all(map(_may_be_allocation, value)):
        yield refuse("ERR-07", f"{name} of the wrong type")
    elif value:
        yield silent("IDENT-U6", "experiments that may not exist", name, hidden=True)


def _may_be_allocation(value: object) -> bool:
    return isinstance(value, dict) and all(
        _may_be_integer(value.get(name)) for name in ("experimentID", "variantID")
    )


def _may_be_integer(value: object) -> bool:
    """Whether readers may take a JSON value for an integer: 1.0 as well, and null for zero."""
    return value is None or type(value) is int or (isinstance(value, float) and value.is_integer())


_FIELDS: Mapping[str, _FieldRemarks] = {
    "profileId": _profile,
    "storeIntegrationId": _store,
    "evaluableCampaignIds": _campaigns,
    "couponCodes": _coupons,
    "referralCode": _referral,
    "loyaltyCards": _cards,
    "state": _state,
    "cartItems": _cart,
    "additionalCosts": _costs,
    "identifiers": _identifiers,
    "attributes": _attributes,
    "experimentVariantAllocations": _experiments,
}


def acceptance_rules(
    session: Mapping[str, Any], environment: Environment
) -> Iterator[tuple[str, str]]:
    """The rules by which a valid update must be accepted, the most telling first.

    Of an update that is not valid, those that hold of its valid fields.

    Yields:
        (rule, what in the request it is about, as a small stable key).
    """
    limits = environment.limits
    items = _list(session, "cartItems")
    total = quantity_sum(items)
    if total > limits.quantity_sum:
        yield "CART-05", f"quantities over {limits.quantity_sum} in all"
    elif environment.quantity_sum_limit is not None and total > limits.quantity_sum // 2:
        yield "CART-03", f"quantities of up to {limits.quantity_sum} in all"
    if len(items) > limits.cart_items // 4:
        yield "CART-01", f"up to {limits.cart_items} cart items"
    referral = session.get("referralCode")
    if isinstance(referral, str) and len(referral) > 50:
        yield "IDENT-06", f"referral code of up to {limits.referral_code}"
    codes = (code for code in _list(session, "couponCodes") if isinstance(code, str))
    if limits.coupon_code and any(len(code) > 50 for code in codes):
        yield "IDENT-05", f"coupon codes of up to {limits.coupon_code}"
    if limits.identifiers and len(_list(session, "identifiers")) == limits.identifiers:
        yield "IDENT-03", f"{limits.identifiers} identifiers"
    if limits.loyalty_cards and len(_list(session, "loyaltyCards")) == limits.loyalty_cards:
        yield "IDENT-04", f"{limits.loyalty_cards} loyalty card"


def _list(session: Mapping[str, Any], name: str) -> list[Any]:
    value = session.get(name)
    return value if isinstance(value, list) else []
