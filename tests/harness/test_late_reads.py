"""Sessions read again later: they must be as they were."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Environment, Fetch, Scenario, SessionState
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.late_reads import LateReads
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.scheduling.shards import NumberedScenario
from cartfuzz.oracle.model import UNKNOWN, SessionModel
from cartfuzz.oracle.model.applied import Applied
from cartfuzz.oracle.model.session import Identity
from cartfuzz.oracle.run_facts import facts_of
from cartfuzz.record import Phase, ScenarioRun
from cartfuzz.record.phase import SHARD_SIZE
from cartfuzz.wire import Delivery, NoResponse, Response

from ..oracle.histories import DATA, ok, read, refusal, update
from .test_engine import FunctionTransport

SCENARIO = Scenario(title="made", sessions=(MARK,), steps=(update(DATA),))
ABSENT = Scenario(title="absent", sessions=(MARK,), steps=(Fetch(),))
BUILT_IN = {"attributes": {"clock": 1}}


def numbered(number: int) -> NumberedScenario:
    return NumberedScenario(
        id=f"edges/0/{number}", execution_index=number, phase=Phase.EDGES, scenario=SCENARIO
    )


def readings(
    *answers: Response | NoResponse, scenario: Scenario = SCENARIO
) -> tuple[ScenarioRun | None, int]:
    """The second reading of a session that answers so, one after the other; requests sent.

    The last answer is given to all requests that follow.
    """
    left = list(answers)
    transport = FunctionTransport(lambda _: left.pop(0) if len(left) > 1 else left[0])
    engine = Engine(
        transport,
        environment=EXAMPLE_ENVIRONMENT,
        levels={},
        rate_limiter=RateLimiter(None, pause=lambda _: None),
    )
    run = engine.execute(scenario, phase="edges", scenario_id="edges/0/0", mark=MARK)
    late_reads = LateReads(engine, EXAMPLE_ENVIRONMENT)
    assert list(late_reads.after(numbered(0), MARK, run)) == []
    return next(late_reads.rest(), None), len(transport.sent)


@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        (read({**DATA, "state": "cancelled"}), "state differs"),
        (read(DATA, updated="2026-01-01T00:00:02Z"), "updated differs"),
        (read({**DATA, "identifiers": ["one"]}), "identifiers differs"),
        (refusal(404), "it is gone"),
    ],
)
def test_a_change_is_reported(later: Response, outcome: str) -> None:
    """RESP-03, with the steps that led there and the read that showed it."""
    again, _ = readings(ok(DATA), read(DATA), later)
    assert again is not None
    assert again.is_late_read
    assert sum(again.latency.values()) == again.requests == 2
    assert again.finished_at > 0
    assert again.transitions == {}
    (found,) = again.discrepancies
    assert (found.rule, found.outcome, found.step) == ("RESP-03", outcome, 1)
    assert again.scenario is not None
    assert len(again.scenario.steps) == 2


@pytest.mark.parametrize(
    "later",
    [
        read(DATA),
        read({**DATA, **BUILT_IN}),
        read(DATA, created="2026-01-01T01:00:00.0+01:00", updated="2026-01-01T00:00:01.000+00:00"),
        refusal(429),
        refusal(503),
        NoResponse(fate=Delivery.UNKNOWN, reason="reset"),
    ],
)
def test_no_change_is_no_discrepancy(later: Response | NoResponse) -> None:
    """The same session, its times at another offset, attributes that nobody sent, and answers that
    say nothing."""
    again, _ = readings(ok(DATA), read({**DATA, "attributes": {"clock": 2}}), later)
    assert again is not None
    assert again.discrepancies == ()


def test_what_was_not_there_may_come() -> None:
    """A session that is not there yet is none that changes."""
    again, _ = readings(refusal(404), refusal(404), read(DATA), scenario=ABSENT)
    assert again is not None
    assert again.discrepancies == ()


def test_a_run_that_was_not_quiet_is_left_alone() -> None:
    """A request without a verdict may still change something."""
    again, sent = readings(refusal(503))
    assert (again, sent) == (None, 1)


def test_one_scenario_of_a_shard_is_read_again() -> None:
    """A bounded share of all requests, spread over the first few of each shard."""
    transport = FunctionTransport(
        lambda request: ok(DATA) if request.method == "PUT" else read(DATA)
    )
    engine = Engine(
        transport, environment=EXAMPLE_ENVIRONMENT, levels={}, rate_limiter=RateLimiter(None)
    )
    late_reads = LateReads(engine, EXAMPLE_ENVIRONMENT)
    late = [
        again.id
        for number in range(3 * SHARD_SIZE)
        for again in late_reads.after(
            numbered(number),
            MARK,
            engine.execute(SCENARIO, phase="edges", scenario_id=str(number), mark=MARK),
        )
    ]
    late.extend(again.id for again in late_reads.rest())
    assert late == ["edges/0/0/later", "edges/0/21/later", "edges/0/42/later"]


def test_facts_are_those_that_are_sure() -> None:
    """Closed sessions hold the redemptions of declared coupons that their closes showed."""

    def model(**changes: Any) -> SessionModel:
        fields = {"couponCodes": ["WELCOME", "WELCOME", "OTHER"]}
        closed = {
            "state": SessionState.CLOSED,
            "applied": Applied(coupons=frozenset(fields["couponCodes"])),
        }
        return SessionModel(fields=fields, **{**closed, **changes})

    named = Identity(id=5, created="", application_id=1)
    models = [
        model(identity=named),
        model(state=SessionState.OPEN),
        model(lost=True),
        model(identity=named),
        model(applied=Applied()),
        model(applied=UNKNOWN),
    ]
    limited = Environment(coupon_limits={"WELCOME": 3})
    facts = facts_of(models, limited)
    assert facts.ids == (5,)
    assert facts.redeemed == {"WELCOME": 2}
    assert facts_of([model(state=SessionState.CANCELLED)], limited).redeemed == {}
