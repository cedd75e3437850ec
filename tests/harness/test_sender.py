"""Rate limits of the target: the pause that it asks for, and the request that is sent again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Raw, Update
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.sender import Sender
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.encoding import request_of

WRITE = Update(body={"customerSession": {}})
REQUEST = request_of(WRITE, MARK, MARK)
OK = Response(status=200, body=b"{}")
LIMITED = Response(status=429, body=b"", retry_after_sec=3.0)
LOST = NoResponse(fate=Delivery.UNKNOWN, reason="reset")


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        """Waits."""
        self.now += seconds


class Scripted:
    """A transport with given outcomes, one after the other; keeps when requests went out."""

    def __init__(self, outcomes: Sequence[Response | NoResponse], clock: Clock) -> None:
        self._outcomes = list(outcomes)
        self._clock = clock
        self.times: list[float] = []
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response | NoResponse:
        """The next outcome."""
        self.times.append(self._clock())
        self.requests.append(request)
        return self._outcomes.pop(0)

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """The next outcomes."""
        return [self.send(request) for request in requests]

    sequence = burst

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """Sends nothing."""
        return NoResponse(fate=Delivery.NOT_SENT, reason=f"{request.method} {cut.value}")

    def close(self) -> None:
        """Nothing is open."""


def sender_of(outcomes: Sequence[Response | NoResponse]) -> tuple[Sender, Scripted]:
    clock = Clock()
    transport = Scripted(outcomes, clock)
    limiter = RateLimiter(None, clock=clock, pause=clock.pause)
    return Sender(transport, rate_limiter=limiter, stopped=bool), transport


@pytest.mark.parametrize(
    ("outcomes", "received", "times"),
    [
        ([OK], OK, [0]),
        ([LIMITED, OK], OK, [0, 3]),
        ([LIMITED, LIMITED, OK], OK, [0, 3, 6]),
        ([LIMITED, LIMITED, LIMITED, OK], LIMITED, [0, 3, 6]),
        ([Response(status=429, body=b""), OK], OK, [0, 1]),
        ([LOST, OK], LOST, [0]),
        ([Response(status=503, body=b""), OK], Response(status=503, body=b""), [0]),
    ],
)
def test_what_a_rate_limit_refused_is_sent_again(
    outcomes: list[Response | NoResponse], received: Response | NoResponse, times: list[float]
) -> None:
    """After the pause that the target names, twice at most; nothing else is ever repeated."""
    sender, transport = sender_of(outcomes)
    assert sender.send_group([WRITE], [REQUEST], MARK, burst=False) == [received]
    assert transport.times == times
    assert transport.requests == [REQUEST] * len(times)


def test_bursts_and_raw_requests_are_sent_once() -> None:
    """There the moment and the connection are what is tested."""
    sender, transport = sender_of([LIMITED, OK, LIMITED, OK])
    pair = [REQUEST, REQUEST]
    assert sender.send_group([WRITE, WRITE], pair, MARK, burst=True) == [LIMITED, OK]
    raw = Raw(endpoint=WRITE.operation, body=b"", oddity="odd")
    assert sender.send_group([raw, Fetch()], pair, MARK, burst=False) == [LIMITED, OK]
    assert len(transport.times) == 4


def test_a_stopped_run_repeats_nothing() -> None:
    """The 429 is then the outcome."""
    clock = Clock()
    transport = Scripted([LIMITED, OK], clock)
    limiter = RateLimiter(None, clock=clock, pause=clock.pause)
    sender = Sender(transport, rate_limiter=limiter, stopped=lambda: True)
    assert sender.send(REQUEST, MARK) == LIMITED


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (
            Response(status=200, body=b"x" * 9, truncated=True),
            "status 200 and more bytes than",
        ),
        (Response(status=400, body=b"[" * 500), "status 400 and more than 100 levels"),
        (Response(status=200, body=b"[" + b"9" * 2_000 + b"]"), "a number of more than 1000 dig"),
    ],
)
def test_a_response_beyond_the_bounds_is_none(response: Response, reason: str) -> None:
    """It is not judged: what was sent may have been applied, and nothing of it is decoded."""
    for burst in (True, False):
        sender, _ = sender_of([response])
        (outcome,) = sender.send_group([WRITE], [REQUEST], MARK, burst=burst)
        assert isinstance(outcome, NoResponse)
        assert outcome.fate is Delivery.UNKNOWN
        assert reason in outcome.reason
