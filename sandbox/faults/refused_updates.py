"""The base of faults that keep something of an update which is refused."""

from __future__ import annotations

from typing import Any

from ..calls import Call, Refusal, Reply, decode
from ..service import Service
from ..sessions import Session


class KeepsRefusedData(Service):
    """A refused update of an open session has already changed it."""

    def keep_refused(self, session: Session, data: dict[str, Any]) -> None:
        """Changes ``session`` by the ``customerSession`` of a refused update."""
        raise NotImplementedError(f"{type(self).__name__} must define keep_refused()")

    async def update(self, call: Call, session_id: str) -> Reply:
        session = self.load(session_id)
        try:
            return await super().update(call, session_id)
        except Refusal:
            if session is None or session.state != "open" or call.dry:
                raise
            sent = decode(call.body) if call.body else {}
            data = sent.get("customerSession") if isinstance(sent, dict) else None
            if isinstance(data, dict):
                self.keep_refused(session, data)
            raise
