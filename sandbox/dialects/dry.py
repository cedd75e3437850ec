"""Defines dialects of dry runs: what they look at, and what their answers show."""

from __future__ import annotations

from typing import Any

from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from .dialect import CURRENT_VERSION, Area, dialect

_STATE = "/customerSession/state"


@dialect(Area.DRY, "DRY-U1", decides=("dry updates",))
class DryAnswersShowThePayload(Service):
    """A dry answer shows the fields of the request and no others."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if not call.dry:
            return await super().update(call, session_id)
        body = self.parse_body(call)
        data = self.parse_session(body)
        self.check_now(call)
        stored = self.load(session_id)
        result = self.apply_update(stored, session_id, data)
        result.data = {name: value for name, value in data.items() if name != "state"}
        result.returned_units = [0] * len(result.data.get("cartItems", ()))
        self.preview_promotions(stored, result)
        return self.success_reply(self.state_content(result, body))


@dialect(
    Area.DRY,
    "DRY-02",
    source="only the payload of a dry request counts",
    versions=CURRENT_VERSION,
    decides=("dry updates",),
)
class DryUpdatesIgnoreTheState(Service):
    """A dry update of a frozen session is answered as that of an open one."""

    async def update(self, call: Call, session_id: str) -> Reply:
        try:
            return await super().update(call, session_id)
        except Refusal as refusal:
            stored = self.load(session_id)
            if not call.dry or stored is None or refusal.pointer != _STATE:
                raise
        body = self.parse_body(call)
        opened = stored.copy()
        opened.state = "open"
        result = self.apply_update(opened, session_id, self.parse_session(body))
        return self.dry_update_reply(session_id, opened, result, body)


@dialect(Area.DRY, "DRY-U1")
class DryAnswersCountNothing(Service):
    """A dry answer shows updateCount and updated as they are stored."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None:
            result.updated, result.update_count = stored.updated, stored.update_count
        return super().dry_update_reply(session_id, stored, result, body)


@dialect(Area.DRY, "DRY-U1", source="a dry update makes no session, so it gives out no id")
class DryAnswersHaveNoId(Service):
    """A dry answer for a session that does not exist shows the id 0 and the first time of Go."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is None:
            result.internal_id = 0
            result.created = result.updated = "0001-01-01T00:00:00.000000Z"
        return super().dry_update_reply(session_id, stored, result, body)


@dialect(Area.DRY, "DRY-03")
class DryReturnsHaveNoEvent(Service):
    """A dry return's answer numbers its event 0, since nothing has happened."""

    def dry_return_reply(
        self,
        session_id: str,  # noqa: ARG002 - the decision has it
        result: Session,
        lines: list[dict[str, Any]],
        body: Any,
    ) -> Reply:
        content = self.state_content(result, body)
        event = {"id": 0, "eventId": 0}
        content["return"] = {**self.return_content(result, lines), **event}
        return self.success_reply(content)
