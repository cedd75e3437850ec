"""Reads that lag are waited for, and a target that loses writes is not waited for for ever."""

from __future__ import annotations

from collections.abc import Sequence

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Scenario
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.replica_lag import ReplicaLag
from cartfuzz.record import ScenarioRun
from cartfuzz.wire import Delivery, NoResponse, Request, Response

from ..oracle.histories import DATA, ok, read, update
from .test_engine import REAL, FunctionTransport

BEFORE, AFTER = DATA, {**DATA, "profileId": "bob"}
OLD, NEW = read(BEFORE), read(AFTER)
GONE = NoResponse(fate=Delivery.NOT_SENT, reason="refused")
STEPS = (update(BEFORE), update({"profileId": "bob"}), Fetch(), Fetch())


def run(reads: Sequence[Response | NoResponse], engines: int = 1) -> list[ScenarioRun]:
    """The events of executions whose reads are answered in turn; the last one for good."""
    answers = [*reads]

    def reply(request: Request) -> Response | NoResponse:
        if request.method == "GET":
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return ok(AFTER if b"bob" in (request.body or b"") else BEFORE)

    engine = Engine(
        FunctionTransport(reply),
        environment=EXAMPLE_ENVIRONMENT,
        levels={},
        rate_limiter=RateLimiter(None, pause=lambda _seconds: None),
    )
    scenario = Scenario(title="lag", sessions=(MARK,), steps=STEPS)
    return [
        engine.execute(scenario, phase="edges", scenario_id="edges/0/0", mark=REAL)
        for _ in range(engines)
    ]


def test_a_read_that_lags_is_reported_as_such() -> None:
    """One discrepancy, and what comes later is judged by the present state."""
    (event,) = run([OLD, OLD, OLD, NEW])
    assert [found.check for found in event.discrepancies] == ["stale_read"]
    assert event.statuses == (200,) * 7


def test_a_write_that_is_lost_is_reported_by_its_rule() -> None:
    """No wait shows the present state; the model then believes what it was shown."""
    (event,) = run([OLD])
    (found,) = event.discrepancies
    assert (found.rule, found.check) == ("RESP-03", "fields")


def test_waits_in_vain_come_to_an_end() -> None:
    """A worker waits twice for nothing; after that one more read decides."""
    events = run([OLD], engines=4)
    assert [len(event.statuses) for event in events] == [9, 9, 5, 5]


def test_a_worthwhile_wait_makes_it_patient() -> None:
    """A target that was seen to lag is waited for again."""
    lag = ReplicaLag()
    for _ in range(2):
        lag.note(stale=False)
    assert (len(list(lag.pauses())), lag.is_known) == (1, False)
    lag.note(stale=True)
    assert (len(list(lag.pauses())), lag.is_known) == (5, True)


def test_without_another_answer_nothing_is_claimed() -> None:
    """Where no further read is answered it is open whether the first one was stale."""
    (event,) = run([OLD, GONE])
    assert event.discrepancies == ()
    assert event.inconclusive[0] == "get: shows an older state, and no further read was answered"
