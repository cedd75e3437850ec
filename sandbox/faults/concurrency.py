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
        data = self.session_of(self.body_of(call))
        before = self.load(session_id)
        if before is not None and before.state == "open" and data.get("state") == "closed":
            await _query()
            if self.load(session_id) is not before and not call.dry:
                self.save(session_id, before)
        return await super().update(call, session_id)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-03", "PAR-01", operations=2)
class CreatesTwice(Service):
    """Two parallel creations both find no session and make one each."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if self.load(session_id) is not None or call.dry:
            return await super().update(call, session_id)
        body = self.body_of(call)
        after = self.updated(None, session_id, self.session_of(body))
        await _query()
        self.settle(None, after)
        self.save(session_id, after)
        return self.replied(self.state_content(after, body))


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", operations=4)
class TearsUpdates(Service):
    """An update writes field by field; readers and other writers see halves."""

    async def update(self, call: Call, session_id: str) -> Reply:
        before = self.load(session_id)
        if before is None or before.state != "open" or call.dry:
            return await super().update(call, session_id)
        data = self.session_of(self.body_of(call))
        self.target_state(before, data)
        for name, value in data.items():
            if name not in ("state", "cartItems"):
                before.data[name] = self.merged(name, before.data.get(name), value)
                await _query()
        return await super().update(call, session_id)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", "RET-02", operations=3)
class ReturnsTwice(Service):
    """Two parallel returns both find the units there, and both give them back."""

    async def give_return(self, call: Call, session_id: str) -> Reply:
        lines = self.return_lines(self.body_of(call))
        before = self.load(session_id)
        self.with_returns(before, lines)
        await _query()
        now = self.load(session_id)
        if before is not None and now is not None and not call.dry and now is not before:
            self.save(session_id, self._as_before(now, before))
        return await super().give_return(call, session_id)

    def _as_before(self, now: Session, before: Session) -> Session:
        stale = now.copied()
        stale.returned = list(before.returned)
        return stale


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-02", operations=3)
class MixesUpRequests(Service):
    """The body of a request waits in a field of the handler while another one comes in."""

    async def update(self, call: Call, session_id: str) -> Reply:
        self._current: Any = call
        await _query()
        return await super().update(self._current, session_id)
