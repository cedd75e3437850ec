"""When each request of a scenario went out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import time

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut, Fetch, Operation, Scenario, Update
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.exchange_log import ExchangeLog
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.record import ScenarioRun, without_times
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.wire import NoResponse, Request, Response
from cartfuzz.wire.trace import span_id

from ..in_process import KEY, InProcessTransport

STEPS = tuple(
    Update(body={"customerSession": {"profileId": f"shopper-{number}"}}) for number in range(3)
)
PLAIN = Scenario(title="plain", sessions=(MARK,), steps=(*STEPS, Fetch()))


def executed(
    scenario: Scenario,
    *,
    request_times: bool = True,
    transport: type[InProcessTransport] = InProcessTransport,
) -> ScenarioRun:
    engine = Engine(
        transport(assembled(EXAMPLE_ENVIRONMENT, (), (), KEY)),
        environment=EXAMPLE_ENVIRONMENT,
        levels={},
        rate_limiter=RateLimiter(None, pause=lambda _: None),
        request_times=request_times,
    )
    return engine.execute(scenario, phase="edges", scenario_id="edges/0/4", mark=MARK)


@pytest.mark.parametrize(
    "scenario",
    [
        PLAIN,
        msgspec.structs.replace(PLAIN, burst=(0, 3)),
        msgspec.structs.replace(
            PLAIN, steps=(msgspec.structs.replace(STEPS[0], cut=Cut.ANSWER), *STEPS[1:], Fetch())
        ),
    ],
    ids=["plain", "burst", "cut"],
)
def test_each_request_has_its_time(scenario: Scenario) -> None:
    """With the name that it carried, its step, operation and status, in order of time."""
    run = executed(scenario)
    times = run.request_times
    assert len({span_id(one.name) for one in times}) == len(times)
    assert [one.status for one in times] == list(run.statuses)
    first = {one.step: one for one in reversed(times)}
    assert [first[step].name for step in range(4)] == [
        f"00000000/edges/0/4#{number}" for number in range(1, 5)
    ]
    assert first[0].operation is Operation.UPDATE
    assert first[3].operation is Operation.GET
    assert first[0].started_at <= first[3].started_at <= run.finished_at + 0.001


def test_the_requests_of_a_burst_begin_while_it_goes_on() -> None:
    """At once, however long each takes: before the first of them is answered."""
    asked: list[float] = []

    class Asking(InProcessTransport):
        def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
            asked.append(time())
            outcomes = super().burst(requests)
            return [replace(one, elapsed_sec=0.5 * at) for at, one in enumerate(outcomes)]

    before = time()
    run = executed(msgspec.structs.replace(PLAIN, burst=(0, 3)), transport=Asking)
    began = {one.started_at for one in run.request_times if one.step < 3}
    assert all(before <= one <= asked[0] for one in began)


def test_reads_that_are_added_have_names_of_their_own() -> None:
    """Else one trace had two spans with one ID: here a read is stale, and two more are sent."""

    class Lagging(InProcessTransport):
        reads = 0

        def send(self, request: Request) -> Response:
            response = super().send(request)
            if request.method != "GET":
                return response
            Lagging.reads += 1
            return self.old if Lagging.reads in (2, 3) else self.keep(response)

        def keep(self, response: Response) -> Response:
            self.old = response
            return response

    scenario = Scenario(title="lag", sessions=(MARK,), steps=(STEPS[0], Fetch(), STEPS[1], Fetch()))
    run = executed(scenario, transport=Lagging)
    assert [one.name.partition("#")[2] for one in run.request_times] == [
        *("1", "2", "3", "4", "4/read", "4/read2"),
    ]
    assert [found.check for found in run.discrepancies] == ["stale_read"]


def test_times_are_taken_where_they_are_asked_for() -> None:
    """A run that nobody follows in time has none, and a record never has."""
    assert executed(PLAIN, request_times=False).request_times == ()
    log = ExchangeLog()
    log.note_time(
        0, Operation.GET, Request(method="GET", target="/"), Response(status=200, body=b"")
    )
    assert not log.times
    followed = executed(PLAIN)
    kept = without_times(followed)
    assert isinstance(kept, ScenarioRun)
    assert kept.request_times == ()
    assert kept.statuses == followed.statuses
    assert without_times(kept) is kept
