"""When each request of a scenario went out."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut, Fetch, Operation, Scenario, Update
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.record import ScenarioRun, without_times
from cartfuzz.sandbox.assembly import assembled

from ..in_process import KEY, InProcessTransport

STEPS = tuple(
    Update(body={"customerSession": {"profileId": f"shopper-{number}"}}) for number in range(3)
)
PLAIN = Scenario(title="plain", sessions=(MARK,), steps=(*STEPS, Fetch()))


def executed(scenario: Scenario, *, request_times: bool = True) -> ScenarioRun:
    engine = Engine(
        InProcessTransport(assembled(EXAMPLE_ENVIRONMENT, (), (), KEY)),
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
    assert [one.status for one in times] == list(run.statuses)
    first = {one.step: one for one in reversed(times)}
    assert [first[step].name for step in range(4)] == [
        f"00000000/edges/0/4#{number}" for number in range(1, 5)
    ]
    assert first[0].operation is Operation.UPDATE
    assert first[3].operation is Operation.GET
    assert first[0].started_at <= first[3].started_at <= run.finished_at + 0.001


def test_times_are_taken_where_they_are_asked_for() -> None:
    """A run that nobody follows in time has none, and a record never has."""
    assert executed(PLAIN, request_times=False).request_times == ()
    followed = executed(PLAIN)
    kept = without_times(followed)
    assert isinstance(kept, ScenarioRun)
    assert kept.request_times == ()
    assert kept.statuses == followed.statuses
    assert without_times(kept) is kept
