"""What the checks of plugins get: nothing that is not the session as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Scenario
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.oracle.own_checks import Answer, Check, PluginCheck, Verdict
from cartfuzz.wire import Request, Response

from ...oracle.histories import ok, read, refusal, update
from ..test_engine import REAL, FunctionTransport
from .acme import rule

OLD, NEW = {"profileId": "ann"}, {"profileId": "bob"}


def answers(reply: Callable[[Request], Response], scenario: Scenario) -> list[Answer]:
    """What a check gets of ``scenario`` on a target that answers with ``reply``."""
    got: list[Answer] = []

    def keep(answer: Answer) -> Verdict:
        got.append(answer)
        return None

    engine = Engine(
        FunctionTransport(reply),
        environment=EXAMPLE_ENVIRONMENT,
        levels={},
        rate_limiter=RateLimiter(None, pause=lambda _seconds: None),
        own_checks=(PluginCheck(plugin="test", check=Check(rule=rule("TEST-01"), judge=keep)),),
    )
    engine.execute(scenario, phase="edges", scenario_id="edges/0/0", mark=REAL)
    return got


def burst(reply: Callable[[Request], Response]) -> list[Answer]:
    """A session is made and read; then come two writes at once."""
    steps = (update(OLD), Fetch(), update(OLD), update(NEW))
    scenario = Scenario(title="burst", sessions=(MARK,), steps=steps, burst=(2, 4))
    return [one for one in answers(reply, scenario) if one.step in steps[2:]]


def accepting(request: Request) -> Response:
    if request.method == "GET":
        return read(OLD)
    return ok(NEW if b"bob" in (request.body or b"") else OLD)


def test_within_a_burst_nothing_was_shown_before() -> None:
    """Any other write of it may have come first."""
    got = burst(accepting)[-2:]
    assert [one.response.status for one in got] == [200, 200]
    assert [one.shown for one in got] == [None, None]


@pytest.mark.parametrize("status", [429, 503])
def test_a_burst_of_which_nothing_can_be_said_is_not_judged(status: int) -> None:
    """As a single answer of which nothing can be said."""
    sent: list[Request] = []

    def reply(request: Request) -> Response:
        sent.append(request)
        return accepting(request) if len(sent) < 4 else refusal(status)

    assert not [one for one in burst(reply) if one.response.status == status]


def test_a_read_of_an_older_state_is_not_judged() -> None:
    """Neither does a check get it as what the session was shown as."""
    reads = [read(OLD), read(NEW), read(NEW)]

    def reply(request: Request) -> Response:
        return reads.pop(0) if request.method == "GET" else accepting(request)

    steps = (update(OLD), update(NEW), Fetch(), Fetch())
    got = answers(reply, Scenario(title="lag", sessions=(MARK,), steps=steps))
    assert [type(one.step).__name__ for one in got] == ["Update", "Update", "Fetch"]
    assert got[-1].shown is not None
    assert got[-1].shown["profileId"] == "bob"
