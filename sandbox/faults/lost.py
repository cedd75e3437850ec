"""Seeds faults that show when the client disconnects before it has its answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ...contract import ContractVersion
from ..calls import Call, Reply, decode
from ..service import Service
from .fault import Difficulty, FaultClass, fault


@fault(FaultClass.LOST, Difficulty.HARD, "RET-02", flattening=True, operations=3)
class ReturnsAgainWhenNobodyListens(Service):
    """A return whose client has disconnected counts as failed and is executed again."""

    async def return_items(self, call: Call, session_id: str) -> Reply:
        reply = await super().return_items(call, session_id)
        if not call.dry and not self.idempotency_key(call) and await call.gone():
            await super().return_items(call, session_id)
        return reply


@fault(FaultClass.LOST, Difficulty.HARD, "RESP-03", operations=2)
class StoresHalfWhenNobodyListens(Service):
    """An update whose client has disconnected stores half of its fields."""

    async def update(self, call: Call, session_id: str) -> Reply:
        data = self.parse_session(self.parse_body(call))
        if call.dry or len(data) < 2 or not await call.gone():
            return await super().update(call, session_id)
        stored_half = {name: data[name] for name in list(data)[: len(data) // 2]}
        body = json.dumps({"customerSession": stored_half}).encode()
        return await super().update(replace(call, body=body), session_id)


@fault(FaultClass.LOST, Difficulty.MEDIUM, "ERR-06", operations=2)
class AppliesBodiesThatBreakOff(Service):
    """A body that ends before its last brace, because the client disconnects, is applied."""

    def parse_body(self, call: Call) -> Any:
        try:
            json.loads(call.body)
        except (ValueError, RecursionError):
            return self._parse_incomplete(call)
        return super().parse_body(call)

    def _parse_incomplete(self, call: Call) -> Any:
        if call.whole:
            return super().parse_body(call)
        try:
            return decode(call.body + b"}")
        except ValueError:
            return super().parse_body(call)


@fault(
    FaultClass.LOST, Difficulty.HARD, "RET-06", versions=(ContractVersion.CURRENT,), operations=3
)
class KeepsKeysOfHeardAnswersOnly(Service):
    """An Idempotency-Key is stored only if its answer was delivered: a retry returns again."""

    async def return_items(self, call: Call, session_id: str) -> Reply:
        reply = await super().return_items(call, session_id)
        key = self.idempotency_key(call)
        session = self.load(session_id)
        if key and session is not None and key in session.return_answers and await call.gone():
            session.return_answers.pop(key, None)
        return reply
