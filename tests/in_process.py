"""The sandbox without a socket: its service behind the transport's seam."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from cartfuzz.analysis import RunInvariants
from cartfuzz.contract import API_KEY, Credentials, Cut, Environment
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.late_reads import LateReads
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.record import Discrepancy, Phase, ScenarioRun
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.calls import Call, Reply
from cartfuzz.sandbox.service import Service
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.marks import mark_of

KEY = "in-process-key"
_AUTHORIZATION = {
    Credentials.VALID: f"ApiKey-v1 {KEY}",
    Credentials.WRONG: "ApiKey-v1 another-key",
    Credentials.SCHEME: f"Basic {KEY}",
}


def _at_once(_seconds: float) -> None:
    """Nothing is waited for: a service in process has no rate to recover from."""


def finished(handling: Coroutine[Any, Any, Reply]) -> Reply:
    """Runs a handler to its end; it may give way, but nothing else runs meanwhile."""
    try:
        while True:
            handling.send(None)
    except StopIteration as stop:
        reply: Reply = stop.value
        return reply
    except Exception:  # noqa: BLE001 - whatever a fault raises, its HTTP server answers 500
        return Reply(status=500, body=b"Internal Server Error", content_type="text/plain")


class InProcessTransport:
    """Hands requests to a service directly."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def send(self, request: Request) -> Response:
        return self._sent(_call(request))

    def _sent(self, call: Call) -> Response:
        return _answer(finished(self._service.handle(call)))

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Handlers take turns where they give way, in the same order each time."""

        async def together() -> list[Reply]:
            handlings = [self._service.handle(_call(request)) for request in requests]
            return await asyncio.gather(*handlings)

        return [_answer(reply) for reply in asyncio.run(together())]

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """A server hands on what it got, once the head is whole."""
        call = replace(_call(request), gone=_gone)
        if cut.whole:
            self._sent(call)
        elif cut is Cut.BODY and call.body:
            self._sent(replace(call, body=call.body[:-1], whole=False))
        fate = Delivery.UNKNOWN if cut.whole else Delivery.NOT_SENT
        return NoResponse(fate=fate, reason=f"cut {cut.value}")

    def close(self) -> None:
        """Nothing to close."""


async def _gone() -> bool:
    return True


def _call(request: Request) -> Call:
    path, _, query = request.target.partition("?")
    headers = {name.lower(): value.replace(API_KEY, KEY) for name, value in request.headers}
    if request.credentials in _AUTHORIZATION and "authorization" not in request.omitted_headers:
        headers.setdefault("authorization", _AUTHORIZATION[request.credentials])
    return Call(
        method=request.method,
        path=path.encode("utf-8", "surrogatepass"),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=request.body or b"",
    )


def _answer(reply: Reply) -> Response:
    key = KEY.encode()
    return Response(
        status=reply.status,
        body=reply.body.replace(key, b"[API key]"),
        elapsed_sec=0.0,
        content_type=reply.content_type,
        shows_key=key in reply.body,
    )


def engine_of(
    environment: Environment, faults: Sequence[str] = (), dialects: Sequence[str] = ()
) -> Engine:
    """An engine on a service of its own."""
    transport = InProcessTransport(assembled(environment, faults, dialects, KEY))
    return Engine(
        transport,
        environment=environment,
        levels={},
        rate_limiter=RateLimiter(None, pause=_at_once),
    )


def campaign(
    environment: Environment,
    *,
    seed: int,
    requests: int,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
    engine: Engine | None = None,
    phases: Sequence[Phase] = tuple(Phase),
) -> Iterator[ScenarioRun]:
    """The scenarios of a campaign, by default of all phases, one after the other, up to a number of
    requests."""
    engine = engine or engine_of(environment, faults, dialects)
    shards = Shards(
        Plan(url="http://in.process", environment=environment, seed=seed, phases=tuple(phases))
    )
    late_reads = LateReads(engine, environment)
    sent = shard = 0
    while sent < requests and (members := shards.scenarios_of(shard)) is not None:
        shard += 1
        for member in members:
            mark = mark_of("testtest", member.execution_index)
            run = engine.execute(
                member.scenario, phase=member.phase.value, scenario_id=member.id, mark=mark
            )
            yield run
            sent += run.requests
            for again in late_reads.after(member, mark, run):
                yield again
                sent += again.requests
            if sent >= requests:
                break


def found_in(environment: Environment, runs: Iterable[ScenarioRun]) -> Iterator[Discrepancy]:
    """The discrepancies of a campaign: those of each scenario, and those of the whole run."""
    ledger = RunInvariants(environment)
    for run in runs:
        yield from run.discrepancies
        yield from ledger.add(run).discrepancies
