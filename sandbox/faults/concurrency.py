"""Races: between reading and storing a session the event loop serves somebody else."""

from __future__ import annotations

import asyncio
from typing import Any

from ..calls import Call, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_TURNS = 5
"""How often other requests get their turn: about as long as a query takes."""


async def _query() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class LosesUpdates(Service):
    """Updates read, change and write a session without a lock: the last one wins whole."""

    async def pause(self) -> None:
        await _query()


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class ClosesTwice(Service):
    """Two parallel updates both find the session open and both redeem its coupons."""

    async def update(self, call: Call, session_id: str) -> Reply:
        data = self.parse_session(self.parse_body(call))
        stored = self.load(session_id)
        if stored is not None and stored.state == "open" and data.get("state") == "closed":
            await _query()
            if self.load(session_id) is not stored and not call.dry:
                self.save(session_id, stored)
        return await super().update(call, session_id)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-03", "PAR-01", operations=2)
class CreatesTwice(Service):
    """Two parallel creations both find no session and make one each."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if self.load(session_id) is not None or call.dry:
            return await super().update(call, session_id)
        body = self.parse_body(call)
        result = self.apply_update(None, session_id, self.parse_session(body))
        await _query()
        self.settle_coupons(None, result)
        self.save(session_id, result)
        return self.success_reply(self.state_content(result, body))


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class TearsUpdates(Service):
    """An update writes field by field; readers and other writers see halves."""

    async def update(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        if stored is None or stored.state != "open" or call.dry:
            return await super().update(call, session_id)
        data = self.parse_session(self.parse_body(call))
        self.target_state(stored, data)
        for name, value in data.items():
            if name not in ("state", "cartItems"):
                stored.data[name] = self.merged_value(name, stored.data.get(name), value)
                await _query()
        return await super().update(call, session_id)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", "RET-02", operations=3)
class ReturnsTwice(Service):
    """Two parallel returns both find the units there, and both give them back."""

    async def return_items(self, call: Call, session_id: str) -> Reply:
        lines = self.parse_return_lines(self.parse_body(call))
        stored = self.load(session_id)
        self.apply_return(stored, lines)
        await _query()
        now = self.load(session_id)
        if stored is not None and now is not None and not call.dry and now is not stored:
            self.save(session_id, self._as_before(now, stored))
        return await super().return_items(call, session_id)

    def _as_before(self, now: Session, stored: Session) -> Session:
        stale = now.copy()
        stale.returned_units = list(stored.returned_units)
        return stale


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-02", operations=3)
class MixesUpRequests(Service):
    """The body of a request waits in a field of the handler while another one comes in."""

    async def update(self, call: Call, session_id: str) -> Reply:
        self._current: Any = call
        await _query()
        return await super().update(self._current, session_id)
