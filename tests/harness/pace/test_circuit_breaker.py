"""A target that goes away: all wait, one probes, and the run goes on or gives up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Raw, Update
from cartfuzz.harness.pace.circuit_breaker import CircuitBreaker, open_circuit
from cartfuzz.harness.pace.pace_state import Field, PaceState, local_pace
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.pace.slow_down import SlowDown
from cartfuzz.harness.pace.target_loss import TargetLoss
from cartfuzz.harness.pace.target_probe import probe_with
from cartfuzz.harness.sender import Sender, TargetCare
from cartfuzz.record import ScenarioRun
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.encoding import request_of

from .fake_time import FakeTime

OK = Response(status=200, body=b"{}")
GONE = NoResponse(fate=Delivery.NOT_SENT, reason="connection refused", unreachable=True)
RESET = NoResponse(fate=Delivery.UNKNOWN, reason="reset")
BUSY = Response(status=503, body=b"")


@dataclass
class Outage:
    """A target that answers probes from a time on."""

    back_at: float = 0.0
    time: FakeTime = field(default_factory=FakeTime)
    state: PaceState = field(default_factory=local_pace)
    probes: list[float] = field(default_factory=list)
    stopped_at: float = 1e9

    def probe(self) -> bool:
        """Whether it is back."""
        self.probes.append(self.time.now)
        return self.time.now >= self.back_at

    def breaker(self) -> CircuitBreaker:
        """One of those that share the state."""
        return CircuitBreaker(
            self.state,
            self.probe,
            give_up_sec=60,
            stopped=lambda: self.time.now >= self.stopped_at,
            clock=self.time,
            pause=self.time.pause,
        )


@pytest.mark.parametrize(
    ("outcomes", "opens"),
    [
        ([GONE], True),
        ([RESET] * 4, False),
        ([RESET] * 5, True),
        ([BUSY, RESET] * 3, True),
        ([RESET] * 4 + [OK] + [RESET] * 4, False),
        ([Response(status=500, body=b"")] * 9, False),
        ([Response(status=429, body=b"")] * 9, False),
    ],
)
def test_when_sending_pauses(outcomes: list[Response | NoResponse], opens: bool) -> None:
    """At once where nothing listens, else after five in a row; any usable answer counts anew."""
    outage = Outage()
    breakers = [outage.breaker(), outage.breaker()]
    for index, outcome in enumerate(outcomes):
        breakers[index % 2].note(outcome)
    assert breakers[0].is_open == opens
    assert breakers[1].outages == opens


@pytest.mark.parametrize("away", [0.5, 5.0, 20.0])
def test_a_target_that_comes_back(away: float) -> None:
    """The run goes on; probes come after growing waits, and a second waiter sends none."""
    outage = Outage(back_at=100.0 + away)
    breaker = outage.breaker()
    breaker.note(GONE)
    assert breaker.passes()
    assert not breaker.is_open
    assert outage.probes[0] == 100.0
    assert away <= outage.time.now - 100 <= away + 5.1
    assert len(outage.probes) <= 10
    sent = len(outage.probes)
    assert outage.breaker().passes()
    assert len(outage.probes) == sent
    assert outage.state[Field.AWAY_SEC] == pytest.approx(outage.time.now - 100)


def test_a_target_that_stays_away_is_lost() -> None:
    """After the time that the user gives it, for all that share the state, and for good."""
    outage = Outage(back_at=1e9)
    breaker = outage.breaker()
    breaker.note(GONE)
    assert not breaker.passes()
    assert 60 <= outage.time.now - 100 <= 66
    other = outage.breaker()
    assert other.is_lost
    assert not other.passes()


def test_a_stopped_run_waits_for_no_target() -> None:
    """It ends at the next look; what its end cut off is no outage."""
    outage = Outage(back_at=1e9, stopped_at=103.0)
    breaker = outage.breaker()
    breaker.note(GONE)
    assert not breaker.passes()
    assert outage.time.now < 104
    late = Outage(stopped_at=0.0)
    late.breaker().note(GONE)
    assert not late.breaker().is_open


def test_one_prober_at_a_time() -> None:
    """While its probe is under way nobody else sends one; if it never returns, another does."""
    outage = Outage(back_at=0.0)
    state = outage.state
    with state.locked():
        open_circuit(state, 100.0)
    state[Field.PROBE_AT] = 120.0  # taken by a process that was killed
    assert outage.breaker().passes()
    assert outage.probes == [pytest.approx(120.0, abs=0.1)]


class Scripted:
    """A transport with given outcomes; the last one is for ever."""

    def __init__(self, *outcomes: Response | NoResponse) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response | NoResponse:
        """The next outcome."""
        self.sent.append(request)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """The next outcomes."""
        return [self.send(request) for request in requests]

    sequence = burst

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """Sends nothing."""
        return NoResponse(fate=Delivery.NOT_SENT, reason=f"{request.method} {cut.value}")

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("outcome", "answers"),
    [
        (Response(status=404, body=b'{"message":"not found"}'), True),
        (Response(status=500, body=b""), True),
        (Response(status=404, body=b"<html>no backend</html>"), False),
        (BUSY, False),
        (Response(status=401, body=b'{"message":"no"}'), False),
        (GONE, False),
    ],
)
def test_what_counts_as_back(outcome: Response | NoResponse, answers: bool) -> None:
    """An answer as the check before a run accepts it; not a gateway's own page."""
    transport = Scripted(outcome)
    assert probe_with(transport)() == answers
    assert transport.sent[0].method == "GET"


def test_a_sender_waits_for_the_target() -> None:
    """After a refused connection the next request goes out once the probe was answered."""
    outage = Outage(back_at=110.0)
    transport = Scripted(GONE, OK)
    sender = Sender(
        transport,
        rate_limiter=RateLimiter(None, clock=outage.time, pause=outage.time.pause),
        stopped=lambda: False,
        care=TargetCare(breaker=outage.breaker()),
    )
    request = request_of(Fetch(), MARK, MARK)
    assert sender.may_send()
    assert sender.send(request, MARK) is GONE
    assert sender.is_held_back
    assert sender.may_send()
    assert outage.time.now >= 110
    assert (sender.outages, sender.is_held_back, sender.is_target_lost) == (1, False, False)


def test_odd_requests_prove_nothing() -> None:
    """Neither a cut request nor a raw one without an answer speaks against the target."""
    outage = Outage()
    transport = Scripted(RESET, OK, RESET, OK, RESET, OK, RESET, OK, RESET, OK)
    sender = Sender(
        transport,
        rate_limiter=RateLimiter(None),
        stopped=lambda: False,
        care=TargetCare(breaker=outage.breaker()),
    )
    request = request_of(Fetch(), MARK, MARK)
    raw = Raw(endpoint=Fetch().operation, body=b"", oddity="odd")
    for _ in range(5):
        sender.send_group([raw, Fetch()], [request] * 2, MARK, burst=False)
        sender.send_group([Update(body={}, cut=Cut.HEAD)], [request], MARK, burst=False)
    assert not sender.is_held_back


@pytest.mark.parametrize(
    ("status", "pause"),
    [(200, 0), (201, 0), (400, 0), (500, 0), (302, 0), (413, 7), (429, 7), (503, 7)],
)
def test_which_answers_ask_for_a_pause(status: int, pause: float) -> None:
    """Those of RFC 9110 and 429; with any other status the line means nothing."""
    state, time = local_pace(), FakeTime()
    transport = Scripted(Response(status=status, body=b"", retry_after_sec=7.0), OK)
    limiter = RateLimiter(None, state=state, clock=time, pause=time.pause)
    Sender(transport, rate_limiter=limiter, stopped=lambda: False).send(
        request_of(Fetch(), MARK, MARK), MARK
    )
    assert state[Field.PAUSED_SEC] == pytest.approx(pause)


def test_events_of_an_outage_do_not_count_as_useless() -> None:
    """Whoever sent them has waited for the target already."""
    loss = TargetLoss()
    event = ScenarioRun(
        id="edges/0/0",
        phase="edges",
        mark="m",
        title="t",
        statuses=(None,),
        elapsed_ms=1.0,
        inconclusive=("the target went away meanwhile",),
        target_away=True,
    )
    assert not any(loss.add(event) for _ in range(20))


class Answers:
    """Answers of a target at a speed, shown to a slow-down."""

    def __init__(self, *, rps: float | None = None) -> None:
        self.time = FakeTime()
        self.state = local_pace()
        self.slow_down = SlowDown(self.state, rps=rps, clock=self.time)

    def come(self, count: int, *, seconds: float, status: int = 200) -> None:
        """``count`` answers, ten under way at a time."""
        for _ in range(count):
            self.time.pause(seconds / 10)
            self.slow_down.note(Response(status=status, body=b"", elapsed_sec=seconds))

    @property
    def rate(self) -> float:
        return self.state[Field.SLOW_RPS]


def test_a_target_that_is_well_is_not_slowed_down() -> None:
    """Fast answers may become several times slower; slow ones may stay slow."""
    fast = Answers()
    for seconds in (0.001, 0.02, 0.2, 0.001):
        fast.come(500, seconds=seconds)
        assert not fast.rate
    slow = Answers()
    slow.come(500, seconds=2.0)
    slow.come(100, seconds=2.0, status=404)
    assert not slow.rate


def test_a_target_that_suffers_gets_less_and_then_more_again() -> None:
    """Halved while answers are far slower, never below the least; up again by small steps."""
    target = Answers()
    target.come(500, seconds=0.1)
    target.come(50, seconds=2.0)
    first = target.rate
    assert 0 < first < 5
    target.come(200, seconds=2.0)
    assert 1 <= target.rate < first
    lowest = target.rate
    assert target.state[Field.LOWEST_RPS] == lowest
    rates = []
    while target.rate:
        rates.append(target.rate)
        target.come(50, seconds=0.2)
        target.time.pause(5)
    assert rates == sorted(rates)
    assert len(rates) > 5
    assert target.state[Field.SLOW_SEC] > 0


def test_failures_slow_down_as_well() -> None:
    """Half of the answers from 500 on, or none at all; the rate of the run is where it begins."""
    target = Answers(rps=20.0)
    target.come(100, seconds=0.05)
    target.come(50, seconds=0.05, status=503)
    assert target.rate == pytest.approx(10.0)
    target.come(2000, seconds=0.05, status=503)
    assert target.rate == 1.0
