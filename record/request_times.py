"""When each request of a scenario went out, and how long its response took."""

from __future__ import annotations

import msgspec

from ..contract import Operation


class RequestTime(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request in time. Requests of a burst overlap."""

    name: str
    """What names the request in the logs of its target: ``RUN/PHASE/SHARD/INDEX#REQUEST``."""
    operation: Operation
    method: str
    step: int
    """Index of the step of the scenario that it belongs to."""
    started_at: float
    """In seconds since 1970, UTC."""
    elapsed_ms: float
    """Of a request that was sent again because of a 429, the last time it was sent."""
    status: int | None = None
    """None: no response came."""
