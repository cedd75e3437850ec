"""Seeds races: another request runs between loading and saving a session."""

from __future__ import annotations

import asyncio
from typing import Any

from ..calls import Call, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_TURNS = 5
"""How often the event loop runs other requests while one waits for its query."""


async def wait_for_query() -> None:
    """Lets other requests run, as a server does that waits for its database."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class LosesUpdates(Service):
    """Updates load, change and save a session without a lock: the last overwrites the others."""

    async def pause(self) -> None:
        await wait_for_query()


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class ClosesTwice(Service):
    """Two parallel updates both find the session open and both redeem its coupons."""

    async def update(self, call: Call, session_id: str) -> Reply:
        data = self.parse_session(self.parse_body(call))
        stored = self.load(session_id)
        if stored is not None and stored.state == "open" and data.get("state") == "closed":
            await wait_for_query()
            if self.load(session_id) is not stored and not call.dry:
                self.save(session_id, stored)
        return await super().update(call, session_id)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-03", "PAR-01", operations=2)
class CreatesTwice(Service):
    """Two parallel creations both find no session and create one each."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if self.load(session_id) is not None or call.dry:
            return await super().update(call, session_id)
        body = self.parse_body(call)
        result = self.apply_update(None, session_id, self.parse_session(body))
        await wait_for_query()
        self.settle_promotions(None, result)
        self.save(session_id, result)
        return self.success_reply(self.state_content(result, body))


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class TearsUpdates(Service):
    """An update is stored field by field: a parallel request sees some fields of it."""

    async def update(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        if stored is None or stored.state != "open" or call.dry:
            return await super().update(call, session_id)
        data = self.parse_session(self.parse_body(call))
        self.target_state(stored, data)
        for name, value in data.items():
            if name not in ("state", "cartItems"):
                stored.data[name] = self.merged_value(name, stored.data.get(name), value)
                await wait_for_query()
        return await super().update(call, session_id)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", "RET-02", operations=3)
class ReturnsTwice(Service):
    """Two parallel returns both find the same units remaining and both return them."""

    async def return_items(self, call: Call, session_id: str) -> Reply:
        lines = self.parse_return_lines(self.parse_body(call))
        stored = self.load(session_id)
        self.apply_return(stored, lines)
        await wait_for_query()
        latest = self.load(session_id)
        if stored is not None and latest is not None and not call.dry and latest is not stored:
            self.save(session_id, self._with_returns_of(stored, latest))
        return await super().return_items(call, session_id)

    def _with_returns_of(self, stored: Session, latest: Session) -> Session:
        result = latest.copy()
        result.returned_units = list(stored.returned_units)
        return result


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-02", operations=3)
class MixesUpRequests(Service):
    """Parallel requests share one field of the handler: the last body is used for all."""

    async def update(self, call: Call, session_id: str) -> Reply:
        self._call: Any = call
        await wait_for_query()
        return await super().update(self._call, session_id)
