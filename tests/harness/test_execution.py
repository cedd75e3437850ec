"""One execution, step by step: what is sent, what is judged, and when it is reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Raw, Scenario, Step, Update
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.execution import Execution
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.wire import Delivery, NoResponse, Request, Response

from ..oracle.histories import DATA, ok, read, refusal, update
from .test_engine import REAL, SCENARIO, FunctionTransport, healthy

Reply = Callable[[Request], Response | NoResponse]
DRY = Update(body=update(DATA).body, dry=True)
EMPTY = Scenario(title="empty", sessions=(MARK,), steps=())


def opened(
    reply: Reply, scenario: Scenario = EMPTY, *, stopped: Callable[[], bool] = lambda: False
) -> tuple[Execution, FunctionTransport]:
    """An execution of ``scenario`` against a target that answers with ``reply``."""
    transport = FunctionTransport(reply)
    engine = Engine(
        transport,
        environment=EXAMPLE_ENVIRONMENT,
        levels={},
        rate_limiter=RateLimiter(None),
        stopped=stopped,
    )
    return engine.open(scenario, phase="client", scenario_id="client/0/0", mark=REAL), transport


def test_steps_are_added_as_they_are_sent() -> None:
    """Step by step makes the same requests and the same event as a whole scenario does."""
    whole, first = opened(healthy, SCENARIO)
    whole.send_all()
    steps, second = opened(healthy, Scenario(title="create", sessions=(MARK,), steps=()))
    for step in SCENARIO.steps:
        assert steps.step(step).discrepancies == []
    assert steps.scenario == SCENARIO
    assert first.sent == second.sent
    one, other = whole.finish(), steps.finish()
    assert (one.statuses, one.reached, one.boundaries) == (
        other.statuses,
        other.reached,
        other.boundaries,
    )
    assert one.ids == other.ids == (7,)
    assert one.transitions == other.transitions
    assert one.latency == other.latency != {}


def test_a_step_returns_what_its_response_breaks() -> None:
    """The outcome without the mark, and the discrepancies of this step only."""
    wrong = {**DATA, "identifiers": []}
    execution, _ = opened(lambda r: read(wrong) if r.method == "GET" else ok(wrong))
    result = execution.step(update(DATA))
    assert [found.rule for found in result.discrepancies] == ["IDENT-07"]
    assert isinstance(result.outcome, Response)
    assert execution.step(Fetch()).discrepancies == []
    assert [found.step for found in execution.finish().discrepancies] == [0]


def test_what_is_held_back_is_reported_once() -> None:
    """`settle` reports a wrong dry answer; steps may follow, and `finish` repeats nothing."""
    execution, _ = opened(lambda _: refusal())
    assert execution.step(DRY).discrepancies == []
    (found,) = execution.settle()
    assert (found.rule, found.step) == ("DRY-02", 0)
    assert execution.settle() == []
    execution.step(DRY)
    event = execution.finish()
    assert [(one.rule, one.step) for one in event.discrepancies] == [("DRY-02", 0), ("DRY-02", 1)]


def test_a_stopped_execution_adds_no_step() -> None:
    """What was not sent is not part of the scenario that the record shows."""
    execution, transport = opened(healthy, stopped=lambda: True)
    result = execution.step(Fetch())
    assert isinstance(result.outcome, NoResponse)
    assert result.outcome.fate is Delivery.NOT_SENT
    assert (execution.scenario.steps, transport.sent) == ((), [])
    assert execution.read_sessions() == []


def test_a_raw_step_and_its_read_share_a_connection() -> None:
    """Whatever the raw request was, the next one on its connection must be served."""
    groups: list[int] = []

    class Sequences(FunctionTransport):
        def sequence(self, requests: object) -> list[Response | NoResponse]:
            assert isinstance(requests, list)
            groups.append(len(requests))
            return super().sequence(requests)

    raw, other = Raw(oddity="odd"), Fetch(session=1)
    scenario = Scenario(
        title="raw", sessions=(MARK, f"b{MARK}"), steps=(raw, Fetch(), raw, other, raw)
    )
    transport = Sequences(lambda _: refusal())
    engine = Engine(
        transport, environment=EXAMPLE_ENVIRONMENT, levels={}, rate_limiter=RateLimiter(None)
    )
    engine.execute(scenario, phase="wire", scenario_id="wire/0/0", mark=REAL)
    assert groups == [2, 1, 1]


@pytest.mark.parametrize("step", [update(DATA), Fetch()])
def test_time_is_counted_while_something_is_sent(step: Step) -> None:
    """Not the time between two steps, which is the test's own."""
    execution, _ = opened(healthy)
    assert execution.log.elapsed_sec == 0
    execution.step(step)
    spent = execution.log.elapsed_sec
    assert spent > 0
    execution.settle()
    assert execution.finish().elapsed_ms == round(spent * 1000, 3)


def test_an_engine_with_fresh_novelty_keeps_the_same_again() -> None:
    """It has seen nothing, at the same target; the first engine keeps what it has seen."""
    data = {**DATA, "attributes": {"channel": "web", "giftWrapped": True}}
    part = update({"attributes": {"channel": "web"}})
    scenario = Scenario(title="merge", sessions=(MARK,), steps=(update(data), part))
    transport = FunctionTransport(lambda _: ok(data))
    engine = Engine(
        transport, environment=EXAMPLE_ENVIRONMENT, levels={}, rate_limiter=RateLimiter(None)
    )

    def whole(one: Engine) -> bool:
        run = one.execute(scenario, phase="edges", scenario_id="edges/0/0", mark=MARK)
        return run.scenario is not None

    assert [whole(engine), whole(engine)] == [True, False]
    assert whole(engine.with_fresh_novelty())
    assert not whole(engine)
