"""A small target in memory, with flaws to switch on."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from cartfuzz.contract import Cut
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.sender import Sender
from cartfuzz.harness.side_by_side import Ending
from cartfuzz.wire import Delivery, NoResponse, Request, Response

DEAD = NoResponse(fate=Delivery.NOT_SENT, reason="connection refused")
SILENT = NoResponse(fate=Delivery.UNKNOWN, reason="closed without an answer")


class MemoryTarget:
    """Stores what updates hold, and shows it: a transport and its target in one.

    Attributes:
        first_id: the number of the first session.
        seconds: of the first time; each answer shows a later one.
        overrides: members that each shown session has.
        stale_reads: so many reads of a session show it as it was before the last update.
        dies_after: requests that are answered.
        is_odd: looks at each request with its number, and may answer in the place of the target.
    """

    def __init__(self, *, first_id: int = 1, seconds: int = 0) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self._former: dict[str, tuple[int, dict[str, Any] | None]] = {}
        self._ids = itertools.count(first_id)
        self._clock = itertools.count(seconds)
        self.requests = 0
        self.overrides: dict[str, Any] = {}
        self.stale_reads = 0
        self.dies_after: int | None = None

    def odd_answer(self, request: Request) -> Response | NoResponse | None:  # noqa: ARG002
        """What is answered in the place of the right answer; None: the right one."""
        return None

    def send(self, request: Request) -> Response | NoResponse:
        self.requests += 1
        if self.dies_after is not None and self.requests > self.dies_after:
            return DEAD
        odd = self.odd_answer(request)
        if odd is not None:
            return odd
        path = request.target.partition("?")[0]
        name = path.removeprefix("/v2/customer_sessions/")
        if request.method == "GET":
            return self._read(name)
        return self._write(name, request)

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        raise AssertionError(f"no cut is compared: {request} {cut}")

    def close(self) -> None:
        """Nothing to close."""

    def _read(self, name: str) -> Response:
        left, former = self._former.get(name, (0, None))
        if left:
            self._former[name] = (left - 1, former)
            return self._shown(former)
        return self._shown(self.sessions.get(name))

    def _write(self, name: str, request: Request) -> Response:
        try:
            body = json.loads(request.body or b"")
            sent = body["customerSession"]
            stored = {"id": next(self._ids), "created": self._time(), "state": "open"}
            session = {**self.sessions.get(name, stored), **sent, "updated": self._time()}
        except (ValueError, KeyError, TypeError):
            return answer(400, {"message": "invalid"})
        self._former[name] = (self.stale_reads, self.sessions.get(name))
        if "dry=true" not in request.target:
            self.sessions[name] = session
        return self._shown(session)

    def _shown(self, session: dict[str, Any] | None) -> Response:
        if session is None:
            return answer(404, {"message": "not found"})
        return answer(200, {"customerSession": {**session, **self.overrides}, "effects": []})

    def _time(self) -> str:
        second = next(self._clock)
        return (
            f"2026-01-01T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.123456Z"
        )


def answer(status: int, body: Any) -> Response:
    """An answer with a JSON body."""
    return Response(status=status, body=json.dumps(body).encode(), content_type="application/json")


def sender_to(target: MemoryTarget, ending: Ending) -> Sender:
    """Sends without waiting."""
    limiter = RateLimiter(None, clock=lambda: 0.0, pause=lambda _seconds: None)
    return Sender(target, rate_limiter=limiter, stopped=ending.is_due)
