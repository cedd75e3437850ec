"""Replaces personal data in the bodies of recorded traffic by pseudonyms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...contract import MARK, Fetch, Reopen, ReturnItems, Step, Update

_PERSONAL = re.compile(r"@|(?:\d[ ./()-]*){7}")
"""Texts that may be somebody's address or number: with an @ sign, or seven digits or more."""
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
    """The pseudonyms of one scenario.

    Equal texts get equal pseudonyms, so that what belongs together stays together. Each holds the
    mark, so that each execution has new ones.

    Args:
        keep_codes: whether coupon and referral codes are kept.
        masked: names of attributes whose texts are all replaced.
    """

    def __init__(self, *, keep_codes: bool, masked: frozenset[str]) -> None:
        self._keep_codes = keep_codes
        self._masked = masked
        self._pseudonyms: dict[tuple[str, str], str] = {}

    def step(self, step: Step, session_index: int) -> Step:
        """``step`` on another session of a scenario, with pseudonyms for personal data."""
        if isinstance(step, Fetch):
            return Fetch(session=session_index)
        if not isinstance(step, Update | ReturnItems | Reopen):
            raise TypeError(f"expected a step that HAR files have, found {type(step).__name__}")
        key = self._name("key", step.idempotency_key)
        if isinstance(step, Reopen):
            return Reopen(session=session_index, idempotency_key=key)
        if isinstance(step, Update):
            return Update(
                session=session_index,
                body=self._update(step.body),
                dry=step.dry,
                now=step.now,
                idempotency_key=key,
            )
        return ReturnItems(
            session=session_index,
            body={name: value for name, value in step.body.items() if name in _RETURN},
            dry=step.dry,
            idempotency_key=key,
            run_rule_engine=step.run_rule_engine,
        )

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
            return self._without_personal_texts(value, masked=False)
        return {
            name: self._without_personal_texts(one, masked=name in self._masked)
            for name, one in value.items()
        }

    def _without_personal_texts(self, value: Any, *, masked: bool) -> Any:
        if isinstance(value, str):
            return self._name("text", value) if masked or _PERSONAL.search(value) else value
        if isinstance(value, list):
            return [self._without_personal_texts(one, masked=masked) for one in value]
        if isinstance(value, dict):
            return {
                name: self._without_personal_texts(one, masked=masked)
                for name, one in value.items()
            }
        return value

    def _names(self, kind: str, value: Any) -> Any:
        return [self._name(kind, one) for one in value] if isinstance(value, list) else value

    def _name(self, kind: str, value: Any) -> Any:
        # The empty text means that there is none, and only texts can be personal.
        if not isinstance(value, str) or not value:
            return value
        pseudonym = self._pseudonyms.get((kind, value))
        if pseudonym is None:
            index = sum(1 for other, _ in self._pseudonyms if other == kind)
            pseudonym = self._pseudonyms[kind, value] = f"{kind}{index}-{MARK}"
        return pseudonym
