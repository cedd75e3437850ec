"""Reads the effects of an answer (EFF-01, EFF-02)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeGuard

import msgspec

from ...wire.encoding import decode_json
from .effect import NO_EFFECTS, Effect, EffectKind, EffectProblem, Effects

_MOST_EFFECTS = 50_000
"""More effects are not read: a cart has 10,000 units at most."""
_MOST = 10**15
"""No text bounds a number. A larger one is left alone, so that no sum leaves the reach of doubles:
a double tells no cents apart from here on."""
_NOT_LISTED = Effects(listed=False, is_whole=False)
_MOST_KEPT = 1_000
"""Of lists: sessions with the same codes and carts are answered with the same effects."""
_LONGEST_KEPT = 20
"""Effects of a list that is kept."""
_MOST_OCTETS_KEPT = 4_000
"""Of a list that is kept, as JSON: with all that is kept, about 10 MB of a process."""


class _Type(NamedTuple):
    """A type that a member must have."""

    names: tuple[str, ...]
    """JSON types as `cartfuzz.record.Fits` names them."""
    expected: str
    is_whole: bool = False


_TEXT = _Type(("string",), "a text")
_NUMBER = _Type(("number",), "a number")
_WHOLE = _Type(("number",), "a whole number", is_whole=True)
_OBJECT = _Type(("object",), "an object")

_MEMBERS = {
    "campaignId": _WHOLE,
    "rulesetId": _WHOLE,
    "ruleIndex": _WHOLE,
    "ruleName": _TEXT,
    "effectType": _TEXT,
}
_CODE = {"value": _TEXT}
_REJECTION = {"value": _TEXT, "rejectionReason": _TEXT}
_DISCOUNT = {"name": _TEXT, "value": _NUMBER}
_PROPERTIES: Mapping[EffectKind, Mapping[str, _Type]] = {
    EffectKind.ACCEPT_COUPON: _CODE,
    EffectKind.REJECT_COUPON: _REJECTION,
    EffectKind.ROLLBACK_COUPON: _CODE,
    EffectKind.ACCEPT_REFERRAL: _CODE,
    EffectKind.REJECT_REFERRAL: _REJECTION,
    EffectKind.ROLLBACK_REFERRAL: _CODE,
    EffectKind.SET_DISCOUNT: _DISCOUNT,
    EffectKind.SET_DISCOUNT_PER_ITEM: {**_DISCOUNT, "position": _NUMBER},
    EffectKind.SET_DISCOUNT_PER_COST: _DISCOUNT,
    EffectKind.ROLLBACK_DISCOUNT: _DISCOUNT,
    EffectKind.ADD_POINTS: {"name": _TEXT, "value": _NUMBER, "transactionUUID": _TEXT},
    EffectKind.ROLLBACK_ADDED_POINTS: {"value": _NUMBER, "transactionUUID": _TEXT},
}
"""The properties that a kind must have. Points have more (program, ledger, recipient), which
connectors and cards leave out at times."""
_KINDS = {kind.value: kind for kind in EffectKind}
_ABOUT_CODES = frozenset(kind for kind, wanted in _PROPERTIES.items() if wanted["value"] is _TEXT)
_REJECTIONS = frozenset((EffectKind.REJECT_COUPON, EffectKind.REJECT_REFERRAL))
_POSITIONS = {
    EffectKind.SET_DISCOUNT_PER_ITEM: ("position", "subPosition"),
    EffectKind.ROLLBACK_DISCOUNT: ("cartItemPosition", "cartItemSubPosition"),
    EffectKind.ADD_POINTS: ("cartItemPosition", "cartItemSubPosition"),
    EffectKind.ROLLBACK_ADDED_POINTS: ("cartItemPosition", "cartItemSubPosition"),
}
_LONG_LOOK = frozenset(_POSITIONS)


def read_effects(answer: object) -> Effects:
    """The effects of an answer.

    Args:
        answer: the decoded body, whatever it is.
    """
    listed = answer.get("effects") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return _NOT_LISTED
    if not listed:
        return NO_EFFECTS
    text = _text_of(listed)
    known = None if text is None else _known_effects(text)
    return _effects_of(listed) if known is None else known


def _text_of(listed: list[Any]) -> bytes | None:
    """A list as JSON that is another for each other list; None: such lists are not kept."""
    if len(listed) > _LONGEST_KEPT:
        return None
    try:
        text = _encode(listed)
    except (ValueError, RecursionError):  # half a surrogate pair; nested too deeply
        return None
    # A number beyond doubles is written as null as well.
    return text if len(text) <= _MOST_OCTETS_KEPT and b"null" not in text else None


_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=_MOST_KEPT)
def _known_effects(text: bytes) -> Effects | None:
    """The effects of a list, from its JSON: one value for all answers that have it.

    Returns:
        None where it is nested too deeply to be decoded from here.
    """
    listed = decode_json(text)
    return _effects_of(listed, text) if isinstance(listed, list) else None


def _effects_of(listed: Sequence[Any], text: bytes = b"") -> Effects:
    if len(listed) > _MOST_EFFECTS:
        return _NOT_LISTED
    known: list[Effect] = []
    problems: list[EffectProblem] = []
    has_enormous = False
    for index, effect in enumerate(listed):
        if not isinstance(effect, dict):
            return _NOT_LISTED  # the schema of the answer is broken (RESP-01)
        usual = _usual_effect(index, effect)
        if usual is not None:
            known.append(usual)
        elif wrong := tuple(_problems(index, effect)):
            problems.extend(wrong)
        elif (kind := _KINDS.get(effect["effectType"])) is None:
            continue
        elif _is_enormous(effect["campaignId"]) or _is_enormous(effect["props"]["value"]):
            has_enormous = True
        else:
            known.append(_effect(index, kind, effect))
    by_kind = _by_kind(known)
    return Effects(
        known=tuple(known),
        by_kind=by_kind,
        problems=tuple(problems),
        kinds=frozenset(by_kind),
        is_whole=not problems and not has_enormous,
        text=text,
    )


def _by_kind(known: Iterable[Effect]) -> Mapping[EffectKind, list[Effect]]:
    found: dict[EffectKind, list[Effect]] = {}
    for effect in known:
        found.setdefault(effect.kind, []).append(effect)
    return found


def _usual_effect(index: int, effect: Mapping[str, Any]) -> Effect | None:
    """A short look for the usual: an effect of a known kind of which all is right.

    Returns:
        None where a closer look is needed, as for numbers in another spelling.
    """
    get = effect.get
    campaign, named, props = get("campaignId"), get("effectType"), get("props")
    if (
        type(campaign) is not int
        or not -_MOST <= campaign <= _MOST
        or type(get("rulesetId")) is not int
        or type(get("ruleIndex")) is not int
        or type(get("ruleName")) is not str
        or type(named) is not str
        or type(props) is not dict
    ):
        return None
    kind, prop = _KINDS.get(named), props.get
    if kind is None:
        return None
    value, name, reason = prop("value"), prop("name"), prop("rejectionReason")
    name = name if type(name) is str else ""
    reason = reason if type(reason) is str else None
    transaction = prop("transactionUUID")
    transaction = transaction if type(transaction) is str else ""
    if kind in _ABOUT_CODES:
        if type(value) is not str or (reason is None and kind in _REJECTIONS):
            return None
        return Effect(
            kind=kind,
            index=index,
            campaign_id=campaign,
            code=value,
            name=name,
            reason=reason or "",
            transaction=transaction,
        )
    # What is infinite, or no number, is above the most or fails both comparisons.
    if (type(value) is not int and type(value) is not float) or not -_MOST <= value <= _MOST:
        return None
    if kind not in _LONG_LOOK and type(prop("name")) is str:
        return Effect(
            kind=kind,
            index=index,
            campaign_id=campaign,
            name=name,
            value=value,
            reason=reason or "",
            transaction=transaction,
        )
    if next(_wrong(props, _PROPERTIES[kind].items()), None) is not None:
        return None
    return _effect(index, kind, effect)


def _problems(index: int, effect: Mapping[str, Any]) -> Iterator[EffectProblem]:
    named = effect.get("effectType")
    kind = _KINDS.get(named) if isinstance(named, str) else None

    def problem(rule: str, member: str, wanted: _Type, found: object) -> EffectProblem:
        return EffectProblem(
            rule=rule,
            kind=kind,
            index=index,
            member=member,
            types=wanted.names,
            expected=wanted.expected,
            found="missing" if found is ... else _type_of(found),
            is_missing=found is ...,
        )

    for name, wanted in _wrong(effect, _MEMBERS.items()):
        yield problem("EFF-01", name, wanted, effect.get(name, ...))
    props = effect.get("props", ...)
    if kind is not None and isinstance(props, dict):
        for name, wanted in _wrong(props, _PROPERTIES[kind].items()):
            yield problem("EFF-02", f"props.{name}", wanted, props.get(name, ...))
    elif kind is not None and props is None:
        yield problem("EFF-02", "props", _OBJECT, props)
    elif not isinstance(props, dict) and props is not None:
        yield problem("EFF-01", "props", _OBJECT, props)


def _wrong(
    members: Mapping[str, Any], wanted: Iterable[tuple[str, _Type]]
) -> Iterator[tuple[str, _Type]]:
    """The members that do not have their type."""
    for name, type_ in wanted:
        value = members.get(name)
        if type_ is _TEXT:
            if not isinstance(value, str):
                yield name, type_
        elif not _is_number(value) or (type_.is_whole and value != int(value)):
            yield name, type_


def _is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number that can be reckoned with; JSON has no infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or value - value == 0


def _is_enormous(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) > _MOST


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return (
        "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"
    )


def _effect(index: int, kind: EffectKind, effect: Mapping[str, Any]) -> Effect:
    props = effect["props"]
    position = sub_position = None
    if kind in _POSITIONS:
        position, sub_position = (_index(props.get(name)) for name in _POSITIONS[kind])
    about_code = kind in _ABOUT_CODES
    return Effect(
        kind=kind,
        index=index,
        campaign_id=int(effect["campaignId"]),
        code=props["value"] if about_code else "",
        name=_text(props.get("name")),
        value=0 if about_code else props["value"],
        position=position,
        sub_position=sub_position,
        reason=_text(props.get("rejectionReason")),
        transaction=_text(props.get("transactionUUID")),
    )


def _index(value: object) -> int | None:
    """A position; SDKs of some languages write whole numbers as ``3.0``.

    Returns:
        -1, which is no position, for other numbers.
    """
    if not _is_number(value):
        return None
    return int(value) if abs(value) <= _MOST and value == int(value) else -1


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
