"""The sandbox without a socket: its service behind the transport's seam."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from cartfuzz.contract import Credentials, Environment
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.marks import mark_of
from cartfuzz.harness.pace import Pace
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.shards import Shards
from cartfuzz.harness.transport import Answer, Request
from cartfuzz.record import ScenarioRun
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.calls import Call, Reply
from cartfuzz.sandbox.service import Service

KEY = "in-process-key"
_AUTHORIZATION = {
    Credentials.VALID: f"ApiKey-v1 {KEY}",
    Credentials.WRONG: "ApiKey-v1 another-key",
    Credentials.SCHEME: f"Basic {KEY}",
}


def finished(handling: Coroutine[Any, Any, Reply]) -> Reply:
    """Runs a handler to its end; it may give way, but nothing else runs meanwhile."""
    try:
        while True:
            handling.send(None)
    except StopIteration as stop:
        reply: Reply = stop.value
        return reply


class InProcessTransport:
    """Hands requests to a service directly."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def send(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        headers = {name.lower(): value for name, value in request.headers}
        if request.credentials in _AUTHORIZATION:
            headers["authorization"] = _AUTHORIZATION[request.credentials]
        call = Call(
            method=request.method,
            path=path.encode("ascii"),
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers=headers,
            body=request.body or b"",
        )
        reply = finished(self._service.handle(call))
        key = KEY.encode()
        return Answer(
            status=reply.status,
            body=reply.body.replace(key, b"[API key]"),
            elapsed_sec=0.0,
            content_type=reply.content_type,
            shows_key=key in reply.body,
        )

    def close(self) -> None:
        """Nothing to close."""


def campaign(
    environment: Environment,
    *,
    seed: int,
    requests: int,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
) -> Iterator[ScenarioRun]:
    """The scenarios of a default campaign, one after the other, up to a number of requests."""
    service = assembled(environment, faults, dialects, KEY)
    engine = Engine(
        InProcessTransport(service), environment=environment, levels={}, pace=Pace(None)
    )
    shards = Shards(Plan(url="http://in.process", environment=environment, seed=seed))
    sent = shard = 0
    while sent < requests and (members := shards.scenarios_of(shard)) is not None:
        shard += 1
        for member in members:
            run = engine.execute(
                member.scenario,
                phase=member.phase.value,
                number=member.id,
                mark=mark_of("testtest", member.number),
            )
            yield run
            sent += run.requests
            if sent >= requests:
                break
