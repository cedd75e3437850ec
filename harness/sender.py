"""Sends the requests of executions, at the rate that the user and the target allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..contract import Raw, Step
from ..wire import NoResponse, Request, Response
from ..wire.encoding import unmarked
from .rate_limiter import RateLimiter
from .transport import Transport

MAX_BACK_OFF_SEC = 30.0
"""A target that asks for a longer pause gets this one: a run must go on."""
_DEFAULT_BACK_OFF_SEC = 1.0
"""For a 429 without a Retry-After header."""


class Sender:
    """Sends requests to one target. Threads may share one.

    Args:
        transport: has the connections.
        rate_limiter: waited for before each request.
        stopped: returns, before each request, whether the run was stopped.
    """

    def __init__(
        self, transport: Transport, *, rate_limiter: RateLimiter, stopped: Callable[[], bool]
    ) -> None:
        self._transport = transport
        self._rate_limiter = rate_limiter
        self._stopped = stopped

    def may_send(self, requests: int = 1) -> bool:
        """Waits until ``requests`` more may go out; False: none may, the run was stopped."""
        return not self._stopped() and all(self._rate_limiter.wait() for _ in range(requests))

    def send(self, request: Request, mark: str) -> Response | NoResponse:
        """Sends an ordinary request.

        Returns:
            What became of it, with the placeholder where the response holds ``mark``.
        """
        return self._received(self._transport.send(request), mark)

    def send_group(
        self, steps: Sequence[Step], requests: Sequence[Request], mark: str, *, burst: bool
    ) -> list[Response | NoResponse]:
        """Sends the requests of steps that go out together: see `Execution`.

        Args:
            steps: what is sent; more than one only in a burst, or after a raw step.
            requests: one a step.
            mark: as of `send`.
            burst: whether the requests are released at once.

        Returns:
            One outcome a request, in their order.
        """
        cut = steps[0].cut
        outcomes: Sequence[Response | NoResponse]
        if burst:
            outcomes = self._transport.burst(requests)
        elif isinstance(steps[0], Raw):
            # Whatever the raw request was, the next one on the same connection must be served.
            outcomes = self._transport.sequence(requests)
        elif cut is not None:
            outcomes = [self._transport.cut(requests[0], cut)]
        else:
            outcomes = [self._transport.send(requests[0])]
        return [self._received(outcome, mark) for outcome in outcomes]

    def _received(self, outcome: Response | NoResponse, mark: str) -> Response | NoResponse:
        """``outcome`` without the mark, once a wish of the target to slow down is granted."""
        if isinstance(outcome, NoResponse):
            return outcome
        if outcome.status == 429 or outcome.retry_after_sec:
            wanted = outcome.retry_after_sec or _DEFAULT_BACK_OFF_SEC
            self._rate_limiter.back_off(min(wanted, MAX_BACK_OFF_SEC))
        return unmarked(outcome, mark)
