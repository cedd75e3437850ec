"""A test's own requests are executed, judged and recorded as those of the engine are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from cartfuzz.analysis import summarise
from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Cut,
    Environment,
    Raw,
    RuleLevel,
    Scenario,
    Update,
)
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.exchange_log import MAX_BODY_BYTES
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.run_started import run_started
from cartfuzz.pytest_plugin.client import Client, ContractBrokenError
from cartfuzz.pytest_plugin.conversation import NoAnswerError
from cartfuzz.pytest_plugin.target import Target
from cartfuzz.record import RequestedState, ScenarioRun, SourceState, read_events
from cartfuzz.wire import Delivery, NoResponse, Request, Response

from ..harness.test_engine import FunctionTransport
from ..oracle.histories import DATA, ok, read, refusal, update, view
from .runs import outcomes, run_tests

FILE = "client-0.ndjson"
RESET = NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")


def integration_id(request: Request) -> str:
    """The session ID in the path of ``request``, with its real mark."""
    return request.target.partition("?")[0].rpartition("/")[2]


def shop(data: Mapping[str, Any], **changes: Any) -> Callable[[Request], Response]:
    """A target all of whose sessions hold ``data``, and are shown with ``changes``."""

    def reply(request: Request) -> Response:
        shown = {"integrationId": integration_id(request), **changes}
        return read(data, **shown) if request.method == "GET" else ok(data, **shown)

    return reply


@dataclass
class StubTarget:
    """A target of the plugin, with a function in place of the network."""

    reply: Callable[[Request], Response | NoResponse]
    rate_limiter: RateLimiter = field(default_factory=lambda: RateLimiter(None))
    url: str = "http://stub"
    run: str = "abcdefgh"
    environment: Environment = EXAMPLE_ENVIRONMENT
    rule_levels: Mapping[str, RuleLevel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.transport = FunctionTransport(self.reply)
        self.plan = Plan(
            url=self.url, environment=self.environment, rule_levels=self.rule_levels, seed=1
        )

    def engine(self) -> Engine:
        return Engine(
            self.transport,
            environment=self.environment,
            levels=self.rule_levels,
            rate_limiter=self.rate_limiter,
        )


@contextmanager
def client_of(target: StubTarget, folder: Path) -> Iterator[Client]:
    """A client of ``target`` that records in ``folder``, closed at the end of the block."""
    client = Client(cast("Target", target), worker=0, record=folder, known={})
    yield client
    client.close()


def recorded_in(folder: Path) -> list[ScenarioRun]:
    """What the client wrote down."""
    return [event for event in read_events(folder / FILE) if isinstance(event, ScenarioRun)]


DRY_LAST = """
import pytest

def close_dry(client):
    order = client.open()
    order.update(state="open")
    return order, order.update(state="closed", dry=True)

def test_last(cartfuzz_client):
    close_dry(cartfuzz_client)

@pytest.mark.cartfuzz(rule="DRY-02")
def test_of_the_rule(cartfuzz_client):
    close_dry(cartfuzz_client)

@pytest.mark.cartfuzz(rule="CART-01")
def test_of_another_rule(cartfuzz_client):
    close_dry(cartfuzz_client)

@pytest.fixture
def order(cartfuzz_client):
    order, _ = close_dry(cartfuzz_client)
    yield order
    assert order.read().accepted

def test_in_a_fixture(order):
    pass

def test_that_fails(cartfuzz_client):
    close_dry(cartfuzz_client)
    assert False, "its own reason"
"""


def test_a_wrong_dry_answer_fails_the_test_that_it_ends(pytester: pytest.Pytester) -> None:
    """No real update follows that could explain it (DRY-02), so the end of the function reports."""
    pytester.makepyfile(DRY_LAST)
    result = run_tests(pytester, "--cartfuzz-sandbox-fault", "dry-runs-cannot-close")
    assert outcomes(result) == {
        "test_last": "FAILED",
        "test_of_the_rule": "FAILED",
        "test_of_another_rule": "PASSED",
        "test_in_a_fixture": "FAILED",
        "test_that_fails": "FAILED",
    }
    result.stdout.fnmatch_lines(
        [
            "*DRY-02  A dry update is answered as the real one would be*",
            '*2. update session-cf-* dry {*"state":"closed"*} -> 400',
            "*AssertionError: its own reason",
            "*= cartfuzz =*",
            "cartfuzz: FAILED  1 discrepancy; target: the embedded sandbox at http:*",
        ]
    )


def test_a_wrong_dry_answer_is_known_like_any_other(pytester: pytest.Pytester) -> None:
    """With its signature in the baseline the test is an expected failure."""
    pytester.makepyfile(DRY_LAST)
    red = run_tests(pytester, "--cartfuzz-sandbox-fault", "dry-runs-cannot-close", "-k", "last")
    signature = next(
        word.strip(",") for word in str(red.stdout).split() if word.startswith("DRY-02-")
    )
    Path(pytester.path / "known.toml").write_text(f'"{signature}" = "SHOP-1"\n', "utf-8")
    known = run_tests(
        pytester,
        "--cartfuzz-sandbox-fault",
        "dry-runs-cannot-close",
        "--cartfuzz-baseline",
        "known.toml",
        "-k",
        "last or rule",
    )
    assert set(outcomes(known).values()) == {"XFAIL", "PASSED"}


def test_a_failed_test_leaves_its_dry_answers_in_the_record(tmp_path: Path) -> None:
    """Whatever ended the test, what the oracle held back is recorded, once."""
    with client_of(StubTarget(lambda _: refusal()), tmp_path) as client:
        client.open().update({"profileId": "ann"}, dry=True)
        with pytest.raises(pytest.fail.Exception, match="DRY-02"):
            client.settle()
        client.end()
    (event,) = recorded_in(tmp_path)
    assert [found.rule for found in event.discrepancies] == ["DRY-02"]
    assert event.scenario is not None
    assert [exchange.status for exchange in event.exchanges] == [400]


def test_a_real_twin_still_explains_a_dry_answer(tmp_path: Path) -> None:
    """Where the real update is refused as well, its own rule is broken, and DRY-02 is not."""
    with client_of(StubTarget(lambda _: refusal()), tmp_path) as client:
        order = client.open()
        order.update({"profileId": "ann"}, dry=True)
        with pytest.raises(ContractBrokenError):
            order.update({"profileId": "ann"})
        client.settle()
    (event,) = recorded_in(tmp_path)
    assert "DRY-02" not in [found.rule for found in event.discrepancies]


@pytest.mark.parametrize(
    ("answer", "waited"),
    [
        (Response(status=429, body=b"{}", elapsed_sec=0.0, retry_after_sec=2.0), 2.0),
        (Response(status=429, body=b"{}", elapsed_sec=0.0), 1.0),
        (Response(status=503, body=b"{}", elapsed_sec=0.0, retry_after_sec=3.0), 3.0),
        (Response(status=429, body=b"{}", elapsed_sec=0.0, retry_after_sec=900.0), 30.0),
    ],
)
def test_a_target_that_asks_for_a_pause_gets_it(
    tmp_path: Path, answer: Response, waited: float
) -> None:
    """429 and Retry-After hold back the next request of every conversation, within bounds.

    What was answered 429 is itself sent again, twice.
    """
    waits: list[float] = []
    limiter = RateLimiter(None, clock=lambda: 0.0, pause=waits.append)
    repeats = 2 if answer.status == 429 else 0
    with client_of(StubTarget(lambda _: answer, rate_limiter=limiter), tmp_path) as client:
        client.open().read()
        assert sum(waits) == repeats * waited
        client.open().read()
        assert sum(waits) == (1 + 2 * repeats) * waited


def test_a_stopped_run_sends_nothing(tmp_path: Path) -> None:
    """The test gets an error that says so, and the record no request."""
    limiter = RateLimiter(None, stopped=lambda: True)
    limiter.back_off(30)
    target = StubTarget(shop(DATA), rate_limiter=limiter)
    with (
        client_of(target, tmp_path) as client,
        pytest.raises(NoAnswerError, match="the run was stopped"),
    ):
        client.open().read()
    assert target.transport.sent == []
    assert recorded_in(tmp_path) == []


def test_responses_are_kept_as_the_engine_keeps_them(tmp_path: Path) -> None:
    """As long, and with the same reason where there is none."""
    wrong = shop({**DATA, "identifiers": ["i" * 90_000]})
    replies: list[Callable[[Request], Response | NoResponse]] = [wrong, wrong, lambda _: RESET]

    def reply(request: Request) -> Response | NoResponse:
        return replies.pop(0)(request)

    with client_of(StubTarget(reply), tmp_path) as client:
        order = client.open()
        with pytest.raises(ContractBrokenError):
            order.update(DATA)
        with pytest.raises(NoAnswerError, match="connection reset"):
            order.read()
    (event,) = recorded_in(tmp_path)
    assert [len(exchange.answer) for exchange in event.exchanges] == [MAX_BODY_BYTES] * 2 + [0]
    assert event.exchanges[-1].failure == "connection reset (unknown)"
    assert event.statuses == (200, 200, None)


def test_the_run_sees_the_sessions_of_tests(tmp_path: Path) -> None:
    """Internal ids of tests count for the whole run (RESP-07), as do transitions and times."""
    data = {**DATA, "profileId": ""}  # without a profile a session earns no points
    target = StubTarget(shop({**data, "state": "closed"}))
    with client_of(target, tmp_path) as client:
        for _ in range(2):
            client.open().update(data, state="closed")
    events = recorded_in(tmp_path)
    assert [event.ids for event in events] == [(7,), (7,)]
    started = run_started(target.plan, target.run)
    summary = summarise([started, *events])
    assert [bug.rule for bug in summary.discrepancies] == ["RESP-07"]
    assert [(row.source, row.requested, row.count) for row in summary.transitions] == [
        (SourceState.NONE, RequestedState.CLOSED, 2)
    ]
    answered = sum(one.total for one in summary.latency.operations.values())
    assert answered == summary.requests == 2
    assert sum(one.requests for one in summary.latency.timeline) == 2


def test_the_run_sees_what_the_contract_leaves_open(tmp_path: Path) -> None:
    """Observations of a test's own requests reach the record, where contradictions are found."""
    data = {**DATA, "attributes": {"channel": "web", "giftWrapped": True}}
    with client_of(StubTarget(shop(data)), tmp_path) as client:
        order = client.open()
        order.update(data)
        order.update({"attributes": {"channel": "web"}})
    (event,) = recorded_in(tmp_path)
    assert [seen.rule for seen in event.observations] == ["MERGE-U1"]
    assert event.scenario is not None, "the first to show an outcome is kept whole"


def test_all_kinds_of_steps_can_be_sent(tmp_path: Path) -> None:
    """Raw requests and cuts take the connections that the engine takes for them."""
    target = StubTarget(shop(DATA))
    with client_of(target, tmp_path) as client:
        order = client.open()
        order.send(update(DATA))
        order.send(Raw(oddity="a second slash", path=f"//v2/customer_sessions/session-{MARK}"))
        with pytest.raises(NoAnswerError, match=Cut.SENT.value):
            order.send(Update(body=update(DATA).body, cut=Cut.SENT))
        assert order.read().session == {**view(DATA), "integrationId": f"session-{MARK}"}


def test_a_scenario_is_executed_as_a_conversation_is(tmp_path: Path) -> None:
    """The two fronts of one runner: equal steps and responses make equal events but for the ID."""
    steps = (update(DATA), update({"couponCodes": []}), update(DATA, dry=True))
    with client_of(StubTarget(lambda _: refusal()), tmp_path) as client:
        with pytest.raises(ContractBrokenError):
            client.check(Scenario(title="s", sessions=(f"session-{MARK}",), steps=steps))
        order = client.open()
        for step in steps[:2]:
            with pytest.raises(ContractBrokenError):
                order.send(step)
        order.send(steps[2])
    one, other = recorded_in(tmp_path)
    assert one.discrepancies == other.discrepancies != ()
    assert (one.statuses, one.reached) == (other.statuses, other.reached)
    assert [exchange.answer for exchange in one.exchanges] == [
        exchange.answer for exchange in other.exchanges
    ]
