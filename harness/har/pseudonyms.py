"""Bodies of real traffic without what points at a person or belongs to one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...contract import MARK, Fetch, Reopen, ReturnItems, Step, Update

_PERSONAL = re.compile(r"@|(?:\d[ ./()-]*){7}")
"""Texts that may be an address or a number of somebody: an @ sign, or seven digits and more."""
_LISTS = {"identifiers": "identifier", "loyaltyCards": "card"}
_TEXTS = {"profileId": "profile"}
_CODE_LISTS = {"couponCodes": "coupon"}
_CODE_TEXTS = {"referralCode": "referral"}
_UPDATE = frozenset(("customerSession", "responseContent"))
_SESSION = frozenset(
    (
        *_LISTS,
        *_TEXTS,
        *_CODE_LISTS,
        *_CODE_TEXTS,
        "state",
        "cartItems",
        "attributes",
        "additionalCosts",
        "storeIntegrationId",
    )
)
_RETURN = frozenset(("return", "responseContent"))


class Pseudonyms:
    """Gives each text of a scenario a name of its own that holds the mark: the same text, the same
    name; so what belonged together still does, and each execution has fresh ones.

    Args:
        keep_codes: coupon and referral codes stay as they are.
        masked: names of attributes whose texts are all replaced.
    """

    def __init__(self, *, keep_codes: bool, masked: frozenset[str]) -> None:
        self._keep_codes = keep_codes
        self._masked = masked
        self._given: dict[tuple[str, str], str] = {}

    def step(self, step: Step, place: int) -> Step:
        """``step`` on session ``place``, without anything personal."""
        if isinstance(step, Update):
            body = self._update(step.body)
            return Update(session=place, body=body, dry=step.dry, now=step.now)
        if isinstance(step, ReturnItems):
            body = {name: value for name, value in step.body.items() if name in _RETURN}
            return ReturnItems(session=place, body=body, dry=step.dry)
        if isinstance(step, Reopen):
            return Reopen(session=place)
        return Fetch(session=place)

    def _update(self, body: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in body.items() if name in _UPDATE}
        session = kept.get("customerSession")
        if isinstance(session, dict):
            kept["customerSession"] = {
                name: self._field(name, value)
                for name, value in session.items()
                if name in _SESSION
            }
        return kept

    def _field(self, name: str, value: Any) -> Any:
        if name in _TEXTS:
            return self._name(_TEXTS[name], value)
        if name in _LISTS:
            return self._names(_LISTS[name], value)
        if name in _CODE_TEXTS:
            return value if self._keep_codes else self._name(_CODE_TEXTS[name], value)
        if name in _CODE_LISTS:
            return value if self._keep_codes else self._names(_CODE_LISTS[name], value)
        if name == "attributes":
            return self._attributes(value)
        if name == "cartItems" and isinstance(value, list):
            return [self._item(item) for item in value]
        return value

    def _item(self, item: Any) -> Any:
        if isinstance(item, dict) and "attributes" in item:
            return item | {"attributes": self._attributes(item["attributes"])}
        return item

    def _attributes(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return self._unpersonal(value, masked=False)
        return {
            name: self._unpersonal(one, masked=name in self._masked) for name, one in value.items()
        }

    def _unpersonal(self, value: Any, *, masked: bool) -> Any:
        if isinstance(value, str):
            return self._name("text", value) if masked or _PERSONAL.search(value) else value
        if isinstance(value, list):
            return [self._unpersonal(one, masked=masked) for one in value]
        if isinstance(value, dict):
            return {name: self._unpersonal(one, masked=masked) for name, one in value.items()}
        return value

    def _names(self, kind: str, value: Any) -> Any:
        return [self._name(kind, one) for one in value] if isinstance(value, list) else value

    def _name(self, kind: str, value: Any) -> Any:
        """The empty text stays: it means *none*. What is no text names nobody."""
        if not isinstance(value, str) or not value:
            return value
        known = self._given.get((kind, value))
        if known is None:
            number = sum(1 for other, _ in self._given if other == kind)
            known = self._given[kind, value] = f"{kind}{number}-{MARK}"
        return known
