"""Requests and pauses between them, on a clock of the test's own."""

from __future__ import annotations

import pytest

from cartfuzz.harness.pace.rate_limiter import RateLimiter


class Clock:
    """Time that passes only while somebody pauses."""

    def __init__(self, until: float = 1_000.0) -> None:
        self.now = 0.0
        self.until = until

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def stopped(self) -> bool:
        return self.now >= self.until

    def limiter(self, rps: float | None) -> RateLimiter:
        return RateLimiter(rps, stopped=self.stopped, clock=self, pause=self.pause)


def test_requests_are_spaced_evenly() -> None:
    """At a rate, each request waits until its time comes; none comes early."""
    clock = Clock()
    limiter = clock.limiter(2)
    for _ in range(5):
        limiter.wait()
    assert clock.now == pytest.approx(2.0)


@pytest.mark.parametrize("rps", [None, 10])
def test_a_wish_to_slow_down_holds_everybody_back_once(rps: float | None) -> None:
    """The next request waits, with a rate and without; the same wish five times is one wish."""
    clock = Clock()
    limiter = clock.limiter(rps)
    for _ in range(5):
        limiter.back_off(30)
    assert clock.now == 0
    limiter.wait()
    assert clock.now == pytest.approx(30)
    limiter.wait()
    assert clock.now == pytest.approx(30 + (1 / rps if rps else 0))


def test_a_stopped_run_waits_no_longer() -> None:
    """A wait ends at the next look, and reports that nothing may be sent."""
    clock = Clock(until=1.0)
    limiter = clock.limiter(None)
    assert limiter.wait()
    limiter.back_off(30)
    assert not limiter.wait()
    assert 1.0 <= clock.now < 2.0
