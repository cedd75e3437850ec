"""Seeds contradictions: two behaviours where the contract is silent, each of them lawful."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault


@fault(FaultClass.DRIFT, Difficulty.MEDIUM, "MERGE-U2", operations=4)
class NullClearsOldSessions(Service):
    """A null clears a field of a session with three updates or more; otherwise it is ignored."""

    _is_old_session = False

    async def update(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        self._is_old_session = stored is not None and stored.update_count > 2
        return await super().update(call, session_id)

    def parse_session(self, body: Any) -> dict[str, Any]:
        data = super().parse_session(body)
        if not self._is_old_session:
            return data
        empty = {"profileId": "", "referralCode": "", "attributes": {}, "additionalCosts": {}}
        for name, value in body["customerSession"].items():
            if value is None and name in self.known_fields() and name != "state":
                data[name] = empty.get(name, [])
        return data


@fault(FaultClass.DRIFT, Difficulty.MEDIUM, "MERGE-U3", operations=2)
class RefusesUnknownPropertiesOfFullCarts(Service):
    """Unknown properties are refused if the stored session has items, otherwise ignored."""

    async def update(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        body = self.parse_body(call)
        session = body.get("customerSession") if isinstance(body, dict) else None
        if stored is not None and stored.data.get("cartItems") and isinstance(session, dict):
            unknown = session.keys() - set(self.known_fields())
            if unknown:
                raise Refusal(400, f"{len(unknown)} unknown properties", "/customerSession")
        return await super().update(call, session_id)


@fault(FaultClass.DRIFT, Difficulty.MEDIUM, "MERGE-U4")
class RefusesDuplicatesSideBySide(Service):
    """A duplicate in a list is refused if it directly follows its original, otherwise accepted."""

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        if any(one == other for one, other in itertools.pairwise(value)):
            raise Refusal(400, f"{name} has a duplicate among {len(value)} members", pointer)


@fault(FaultClass.DRIFT, Difficulty.HARD, "STATE-U1", operations=2)
class TakesLateUpdatesOfShortLives(Service):
    """An update without a state on a closed session is ignored if it had few updates before."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        is_late = stored is not None and stored.state == "closed" and "state" not in data
        if is_late and stored is not None and stored.update_count < 3:
            return stored.state
        return super().target_state(stored, data)


@fault(FaultClass.DRIFT, Difficulty.HARD, "DRY-U1", operations=2)
class DryAnswersForgetFullCarts(Service):
    """A dry answer shows the stored identifiers, but not if the session has items."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        has_items = stored is not None and stored.data.get("cartItems")
        if has_items and "identifiers" not in body["customerSession"]:
            result.data.pop("identifiers", None)
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRIFT, Difficulty.HARD, "MERGE-U1", operations=3)
class ReplacesAttributesOfFullCarts(Service):
    """Attributes are merged, but replaced if the session has items."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if "attributes" in data and session.data.get("cartItems"):
            session.data.pop("attributes", None)
        super().merge(session, data)
