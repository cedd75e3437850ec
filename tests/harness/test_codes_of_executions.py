"""Executions and codes: numbers of their own, placeholders in events, one user at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    NOTHING_EXCLUSIVE,
    Coupon,
    Environment,
    Exclusive,
    RuleLevel,
    Scenario,
    Update,
)
from cartfuzz.harness import engine as engine_module
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.leases import removing_leases
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import RecordPolicy
from cartfuzz.oracle.nondeterministic import Oracle
from cartfuzz.wire import Request, Response, mark_of, new_run_id

from .test_engine import FunctionTransport

SHOP = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT, coupons=(*EXAMPLE_ENVIRONMENT.coupons, Coupon(code="ONCE", limit=1))
)


@pytest.fixture
def run_id() -> Iterator[str]:
    """Of a run whose leases are removed again."""
    name = new_run_id()
    with removing_leases(name):
        yield name


def closing(*codes: str, steps: int = 1) -> Scenario:
    """A scenario that closes a session with ``codes``, several times."""
    body = {"customerSession": {"couponCodes": list(codes), "state": "closed"}}
    return Scenario(title="codes", sessions=(MARK,), steps=(Update(body=body),) * steps)


def echo(request: Request) -> Response:
    """Refuses, and shows the body of the request in the message."""
    return Response(status=400, body=b'{"message":"no","echo":' + (request.body or b"0") + b"}")


def engine_on(transport: FunctionTransport, environment: Environment = SHOP) -> Engine:
    """An engine that keeps every scenario whole."""
    return Engine(
        transport,
        environment=environment,
        levels={},
        rate_limiter=RateLimiter(None),
        keep=RecordPolicy.ALL,
    )


def test_a_target_sees_numbers_and_a_record_placeholders(run_id: str) -> None:
    """Each execution has codes of its own, and its event is the same."""
    transport = FunctionTransport(echo)
    scenario = closing("SALE-{n}", "SALE-{n+1}")
    answers = set()
    for index in range(3):
        run = engine_on(transport).execute(
            scenario, phase="edges", scenario_id="edges/0/0", mark=mark_of(run_id, index)
        )
        assert run.scenario == scenario
        answers |= {exchange.answer for exchange in run.exchanges}
    (answer,) = answers
    assert '["SALE-{n}","SALE-{n+1}"]' in answer
    assert len({request.body for request in transport.sent}) == 3
    assert not any(b"{n" in (request.body or b"") for request in transport.sent)


def test_a_conversation_may_use_placeholders_in_any_step(run_id: str) -> None:
    """A step that is added later has the same number as the one before, in answers as well."""
    transport = FunctionTransport(echo)
    execution = engine_on(transport).open(
        Scenario(title="", sessions=(MARK,), steps=()),
        phase="client",
        scenario_id="client/0/0",
        mark=mark_of(run_id, 1),
    )
    for codes in ((), ("SALE-{n}",), ("SALE-{n}", "TEA-{n}")):
        result = execution.step(closing(*codes).steps[0])
        assert isinstance(result.outcome, Response)
        for code in codes:
            assert code.encode() in result.outcome.body
    bodies = [(request.body or b"").decode() for request in transport.sent]
    assert bodies[1].split('"')[5] == bodies[2].split('"')[5]
    assert "{n}" not in "".join(bodies)


def test_the_oracle_hears_what_an_execution_has_to_itself(
    run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole scenario its numbers and leases, a conversation nothing."""
    heard: list[Exclusive] = []

    class Listening(Oracle):
        def __init__(
            self,
            scenario: Scenario,
            environment: Environment,
            levels: Mapping[str, RuleLevel],
            *,
            exclusive: Exclusive,
        ) -> None:
            super().__init__(scenario, environment, levels, exclusive=exclusive)
            heard.append(exclusive)

    monkeypatch.setattr(engine_module, "Oracle", Listening)
    engine = engine_on(FunctionTransport(echo))
    which: dict[str, Any] = {"phase": "edges", "scenario_id": "edges/0/0"}
    engine.execute(closing("SALE-{n}", "ONCE"), **which, mark=mark_of(run_id, 1))
    engine.open(closing("SALE-{n}", "ONCE"), **which, mark=mark_of(run_id, 2))
    assert heard == [Exclusive(codes=frozenset({"SALE-{n}", "ONCE"})), NOTHING_EXCLUSIVE]


def test_executions_with_one_shared_code_take_turns(run_id: str) -> None:
    """No request of one comes between two of another, hand-written steps included."""
    senders: list[str] = []

    def reply(request: Request) -> Response:
        senders.append(threading.current_thread().name)
        return echo(request)

    transport = FunctionTransport(reply)

    def execute(index: int) -> None:
        engine_on(transport).execute(
            closing("ONCE", steps=20),
            phase="edges",
            scenario_id="edges/0/0",
            mark=mark_of(run_id, index),
        )

    def converse() -> None:
        execution = engine_on(transport).open(
            Scenario(title="", sessions=(MARK,), steps=()),
            phase="client",
            scenario_id="client/0/0",
            mark=mark_of(run_id, 9),
        )
        for step in closing("ONCE", steps=20).steps:
            execution.step(step)

    threads = [
        threading.Thread(target=execute, args=(index,), name=f"whole {index}") for index in (1, 2)
    ]
    threads.append(threading.Thread(target=converse, name="by hand"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = [sender for sender in senders if sender != "by hand"]
    assert whole in (["whole 1"] * 20 + ["whole 2"] * 20, ["whole 2"] * 20 + ["whole 1"] * 20)
    for name in ("whole 1", "whole 2"):
        first = senders.index(name)
        assert senders[first : first + 20] == [name] * 20
