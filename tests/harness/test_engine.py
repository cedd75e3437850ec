"""The engine with a function in place of the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Cut,
    Environment,
    Fetch,
    Operation,
    Raw,
    Scenario,
    Update,
)
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.exchange_log import (
    MAX_BODY_BYTES,
    MAX_COMPARED_SHARDS,
    MAX_SCENARIO_BYTES,
    MIN_BODY_BYTES,
    MIXED_UP,
)
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import SAMPLE, RecordPolicy
from cartfuzz.record import ScenarioRun, bucket_of, latency_key, scenario_digest
from cartfuzz.wire import Delivery, NoResponse, Request, Response

from ..oracle.histories import DATA, ITEM, answer, ok, read, refusal, update

REAL = "cf-abcdefgh-0000000001"
Reply = Callable[[Request], Response | NoResponse]


class FunctionTransport:
    """Answers with a function and remembers what was sent."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response | NoResponse:
        self.sent.append(request)
        return self._reply(request)

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        if cut.whole:
            self.send(request)
        return NoResponse(
            fate=Delivery.UNKNOWN if cut.whole else Delivery.NOT_SENT, reason=cut.value
        )

    def close(self) -> None:
        """Nothing to close."""


def engine_on(
    transport: FunctionTransport,
    *,
    keep: RecordPolicy = RecordPolicy.FAILURES,
    rate_limiter: RateLimiter | None = None,
    stopped: Callable[[], bool] = lambda: False,
    environment: Environment = EXAMPLE_ENVIRONMENT,
) -> Engine:
    """An engine that sends through ``transport``."""
    return Engine(
        transport,
        environment=environment,
        levels={},
        rate_limiter=rate_limiter or RateLimiter(None),
        keep=keep,
        stopped=stopped,
    )


def execute(
    scenario: Scenario,
    reply: Reply,
    *,
    keep: RecordPolicy = RecordPolicy.FAILURES,
    rate_limiter: RateLimiter | None = None,
    scenario_id: str = "edges/0/0",
) -> tuple[ScenarioRun, list[Request]]:
    transport = FunctionTransport(reply)
    engine = engine_on(transport, keep=keep, rate_limiter=rate_limiter)
    run = engine.execute(scenario, phase="edges", scenario_id=scenario_id, mark=REAL)
    return run, transport.sent


def remarked(given: Response) -> Response:
    """``given`` as a real target sends it: with the mark of the execution."""
    body = given.body.replace(MARK.encode(), REAL.encode())
    return Response(status=given.status, body=body, elapsed_sec=0.001)


SCENARIO = Scenario(title="create", sessions=(MARK,), steps=(update(DATA), Fetch()))


def healthy(request: Request) -> Response:
    return remarked(read(DATA) if request.method == "GET" else ok(DATA))


def test_a_clean_scenario_leaves_a_short_event() -> None:
    """Nothing found: statuses and coverage, no bodies."""
    run, sent = execute(SCENARIO, healthy)
    assert run.discrepancies == ()
    assert run.statuses == (200, 200)
    assert run.scenario is None
    assert run.exchanges == ()
    assert run.reached["endpoint update"] == 1
    assert run.reached["endpoint get"] == 1
    assert run.boundaries == {"cart items 1": 1}
    assert all(REAL in request.target and MARK not in request.target for request in sent)


def test_an_event_says_what_was_sent_and_what_was_right() -> None:
    """The digest of the scenario, the classes of its answers, and the situations judged right."""
    run, _ = execute(SCENARIO, healthy)
    assert (run.digest, run.answers) == (scenario_digest(SCENARIO), "aa")
    assert run.judged_right
    refused, _ = execute(SCENARIO, lambda _request: remarked(refusal(400)))
    assert (refused.digest, refused.answers) == (run.digest, "rr")


def test_an_event_has_transitions_and_times() -> None:
    """Each request once: what it asked of which state, and the bucket of its time."""
    run, _ = execute(SCENARIO, healthy)
    assert run.transitions == {
        "none update none accept accepted": 1,
        "open get none accept accepted": 1,
    }
    bucket = bucket_of(healthy(Request(method="GET", target="/")).elapsed_sec * 1000)
    assert run.latency == {latency_key(name, bucket): 1 for name in ("update", "get")}
    assert run.finished_at > 0


def test_raw_requests_and_lost_responses_have_no_time() -> None:
    """The first may be slow on purpose, of the second only our patience would be counted."""
    raw = Raw(endpoint=Operation.GET, oddity="something", method="BREW")
    lost = NoResponse(fate=Delivery.NOT_SENT, reason="connection refused")
    scenario = Scenario(title="raw", sessions=(MARK,), steps=(raw, update(DATA)))
    run, _ = execute(scenario, lambda r: refusal(405) if r.method == "BREW" else lost)
    assert len(run.statuses) == 2
    assert run.latency == {}


@pytest.mark.parametrize(
    ("scenario", "scenario_id"),
    [
        (SCENARIO, f"explore/{MAX_COMPARED_SHARDS}/0"),
        (SCENARIO, "minimise/0/0"),
        (Scenario(title="", sessions=(MARK,), steps=SCENARIO.steps, burst=(0, 2)), "race/1/0"),
        (
            Scenario(
                title="",
                sessions=(MARK,),
                steps=(msgspec.structs.replace(update(DATA), cut=Cut.SENT), Fetch()),
            ),
            "lost/1/0",
        ),
    ],
)
def test_some_scenarios_cannot_be_looked_up(scenario: Scenario, scenario_id: str) -> None:
    """Those that timing decides, those late in a long phase, and those of no phase."""
    run, _ = execute(scenario, healthy, scenario_id=scenario_id)
    assert (run.digest, run.answers) == ("", "")


def test_a_scenario_that_was_stopped_cannot_be_looked_up() -> None:
    """Not every step was sent."""
    transport = FunctionTransport(healthy)
    engine = engine_on(transport, stopped=lambda: bool(transport.sent))
    run = engine.execute(SCENARIO, phase="edges", scenario_id="edges/0/0", mark=REAL)
    assert len(transport.sent) == 1
    assert run.digest == ""


def test_what_was_right_is_reported_once_a_worker() -> None:
    """The record stays small; the fold over all events is the same."""
    transport = FunctionTransport(healthy)
    engine = engine_on(transport)
    first, second = (
        engine.execute(SCENARIO, phase="edges", scenario_id="edges/0/0", mark=REAL)
        for _ in range(2)
    )
    assert first.judged_right
    assert second.judged_right == ()


def test_keep_all_keeps_clean_scenarios_whole() -> None:
    """With RecordPolicy.ALL the event carries the scenario and its exchanges, free of the mark."""
    run, _ = execute(SCENARIO, healthy, keep=RecordPolicy.ALL)
    assert run.scenario == SCENARIO
    assert [exchange.status for exchange in run.exchanges] == [200, 200]
    assert all(REAL not in exchange.answer for exchange in run.exchanges)


def test_a_sample_of_clean_scenarios_is_kept_whole() -> None:
    """With RecordPolicy.SAMPLED it follows from the ID alone whether a clean scenario is kept."""
    kept = {}
    for place in range(2 * SAMPLE):
        run, _ = execute(
            SCENARIO, healthy, keep=RecordPolicy.SAMPLED, scenario_id=f"explore/0/{place}"
        )
        kept[run.id] = run.scenario is not None
    assert kept == {name: crc32(name.encode()) % SAMPLE == 0 for name in kept}
    assert set(kept.values()) == {True, False}


def test_one_bug_does_not_echo() -> None:
    """After a wrong state the engine reads the session, believes it, and goes on."""
    lost = {**DATA, "identifiers": []}
    scenario = Scenario(
        title="create, read, read",
        sessions=(MARK,),
        steps=(update(DATA), Fetch(), Fetch(), update({"couponCodes": []})),
    )

    def reply(request: Request) -> Response:
        if request.method == "GET":
            return remarked(read(lost))
        if b"identifiers" in (request.body or b""):
            return remarked(ok(DATA))
        return remarked(ok({**lost, "couponCodes": []}))

    run, sent = execute(scenario, reply)
    assert [found.rule for found in run.discrepancies] == ["RESP-03"]
    assert len(sent) == len(scenario.steps) + 1
    assert run.scenario == scenario


class OffByOneTransport(FunctionTransport):
    """Answers each request from the second on with the answer to the one before; the one that is
    left over is noticed by who waits for it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.is_off = False
        self._noticed = 0
        self._before: Response | NoResponse | None = None

    def send(self, request: Request) -> Response | NoResponse:
        own = super().send(request)
        taken = self._before if self.is_off and self._before is not None else own
        self._before = own
        return taken

    def mixed_up(self, wait_sec: float) -> int:
        self._noticed += self.is_off and wait_sec > 0
        return self._noticed


def test_answers_to_other_requests_prove_nothing() -> None:
    """Neither a discrepancy nor a loss of the target's state: the witness, which may get a 404 that
    is to an earlier read, is not read."""
    known: list[str] = []

    def reply(request: Request) -> Response | NoResponse:
        if request.method == "PUT":
            known.append(request.target)
            return remarked(ok(DATA))
        return remarked(read(DATA)) if request.target in known else remarked(refusal(404))

    transport = OffByOneTransport(reply)
    engine = engine_on(transport)
    assert engine.execute(SCENARIO, phase="edges", scenario_id="edges/0/0", mark=REAL).statuses
    transport.is_off = True
    reads = Scenario(title="reads", sessions=(MARK,), steps=(update(DATA), Fetch(), Fetch()))
    other = REAL[:-1] + "2"
    sent = len(transport.sent)
    run = engine.execute(reads, phase="edges", scenario_id="edges/0/1", mark=other)
    assert (run.discrepancies, run.inconclusive) == ((), (MIXED_UP,))
    assert not any(REAL in one.target for one in transport.sent[sent:])
    assert engine.moment.losses == 0


def test_trouble_is_inconclusive() -> None:
    """A target that does not answer is recorded as such, never as a violation."""
    run, _ = execute(
        SCENARIO, lambda _: NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")
    )
    assert run.discrepancies == ()
    assert run.statuses == (None, None)
    assert run.inconclusive == ("update: connection reset", "get: connection reset")


def test_a_429_holds_the_pace_back() -> None:
    """Retry-After is waited for before each next request: two steps, each sent three times."""
    waits: list[float] = []
    limiter = RateLimiter(None, clock=lambda: 0.0, pause=waits.append)
    limited = Response(status=429, body=b"{}", elapsed_sec=0.0, retry_after_sec=2.0)
    execute(SCENARIO, lambda _: limited, rate_limiter=limiter)
    assert sum(waits) == 5 * 2.0


def test_the_pace_spaces_requests_evenly() -> None:
    """At 4 requests a second each waits a quarter second after the one before."""
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    limiter = RateLimiter(4, clock=lambda: now[0], pause=pause)
    times = []
    for _ in range(4):
        limiter.wait()
        times.append(now[0])
    assert times == [0.0, 0.25, 0.5, 0.75]


def test_a_stopped_run_ends_between_requests() -> None:
    """Once the run is stopped no further request goes out."""
    transport = FunctionTransport(healthy)
    engine = engine_on(transport, stopped=lambda: len(transport.sent) >= 1)
    run = engine.execute(SCENARIO, phase="edges", scenario_id="edges/0/0", mark=REAL)
    assert len(transport.sent) == 1
    assert run.statuses == (200,)


def test_a_run_stopped_while_it_waits_sends_nothing() -> None:
    """A target that asked for a pause gets no last requests at its end."""
    limiter = RateLimiter(None, stopped=lambda: True)
    limiter.back_off(30)
    run, sent = execute(SCENARIO, healthy, rate_limiter=limiter)
    assert sent == []
    assert (run.statuses, run.discrepancies, run.inconclusive) == ((), (), ())


def test_a_held_back_dry_run_is_reported_at_the_end() -> None:
    """A wrong dry answer with no real twin is DRY-02."""
    bad = {"cartItems": [{"name": "x", "sku": "", "quantity": 1, "price": 1}]}
    scenario = Scenario(
        title="dry", sessions=(MARK,), steps=(Update(body=update(bad).body, dry=True),)
    )
    run, _ = execute(scenario, lambda _: remarked(answer(200, {"effects": []})))
    assert "DRY-02" in [found.rule for found in run.discrepancies]
    run, _ = execute(scenario, lambda _: refusal())
    assert run.discrepancies == ()


BIG = {**DATA, "cartItems": [{**ITEM, "name": "Cap" * 20}] * 1_000}


def test_long_answers_are_judged_whole_and_kept_in_part() -> None:
    """What is cut for the record is not cut for the oracle."""
    scenario = Scenario(title="big", sessions=(MARK,), steps=(update(BIG), Fetch()))

    def well(request: Request) -> Response:
        return remarked(read(BIG) if request.method == "GET" else ok(BIG))

    run, _ = execute(scenario, well, keep=RecordPolicy.ALL)
    assert run.discrepancies == ()
    assert run.inconclusive == ()
    assert run.reached["CART-10 show"] > 0
    assert {len(one.answer) for one in run.exchanges} == {MAX_BODY_BYTES}


def test_many_long_answers_are_kept_within_bounds() -> None:
    """The first ones as single ones are; once there is no more room, the beginning of each."""
    steps = (update(BIG), *(Fetch(),) * 20)
    scenario = Scenario(title="big", sessions=(MARK,), steps=steps)

    def well(request: Request) -> Response:
        return remarked(read(BIG) if request.method == "GET" else ok(BIG))

    run, _ = execute(scenario, well, keep=RecordPolicy.ALL)
    assert run.discrepancies == ()
    lengths = [len(one.answer) for one in run.exchanges]
    many = MAX_SCENARIO_BYTES // MAX_BODY_BYTES
    assert len(lengths) > many
    assert set(lengths[:many]) == {MAX_BODY_BYTES}
    assert set(lengths[many:]) == {MIN_BODY_BYTES}


def shop_with_a_limit(statuses: dict[str, int]) -> FunctionTransport:
    """A target that accepts every update, and answers cancels as ``statuses`` says by session."""

    def reply(request: Request) -> Response:
        name = request.target.split("/")[3].split("-")[0]
        body = request.body or b""
        if b"cancelled" in body and name in statuses:
            return refusal(statuses[name])
        accepted = {
            "campaignId": 1,
            "rulesetId": 1,
            "ruleIndex": 0,
            "ruleName": "",
            "effectType": "acceptCoupon",
            "props": {"value": "ONCE"},
        }
        effects = [accepted] if b"closed" in body else []
        return answer(200, {"effects": effects, "createdCoupons": [], "createdReferrals": []})

    return FunctionTransport(reply)


@pytest.mark.parametrize(("status", "held"), [(None, 0), (400, 1), (500, 0)])
def test_shared_codes_are_given_back(status: int | None, held: int) -> None:
    """Sessions that hold a redemption are cancelled at the end, and count no more unless refused.

    After a 500 nothing is known, so nothing is counted either.
    """
    environment = msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, coupons=(), budgets=(), coupon_limits={"ONCE": 3}
    )
    transport = shop_with_a_limit({} if status is None else {"held": status})
    closes = {"customerSession": {"couponCodes": ["ONCE"], "state": "closed"}}
    scenario = Scenario(
        title="closings",
        sessions=(f"held-{MARK}", f"open-{MARK}", f"other-{MARK}"),
        steps=(Update(body=closes), Update(session=2, body={"customerSession": {}})),
    )
    engine = engine_on(transport, environment=environment)
    event = engine.execute(scenario, phase="edges", scenario_id="1", mark=REAL)
    cancels = [one.target for one in transport.sent if b"cancelled" in (one.body or b"")]
    assert len(cancels) == 1
    assert "/held-" in cancels[0]
    assert len(event.statuses) == len(transport.sent)
    assert event.redeemed == ({"ONCE": held} if held else {})


def test_an_engine_with_a_deadline_sends_nothing_after_it() -> None:
    """An execution ends with the request that is under way; without the deadline it goes on."""
    transport = FunctionTransport(healthy)
    engine = engine_on(transport)
    run = engine.until(0.0).execute(SCENARIO, phase="edges", scenario_id="edges/0/0", mark=REAL)
    assert (transport.sent, run.statuses) == ([], ())
    run = engine.execute(SCENARIO, phase="edges", scenario_id="edges/0/1", mark=REAL)
    assert run.statuses == (200, 200)
