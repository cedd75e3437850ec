"""Sends the requests of executions, at the rate that the user and the target allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from ..contract import Raw, Step
from ..wire import Delivery, NoResponse, Request, Response
from ..wire.bounds import excess
from ..wire.codes import NO_CODES, OwnCodes
from ..wire.encoding import unmarked
from .rate_limiter import RateLimiter
from .transport import Transport

MAX_BACK_OFF_SEC = 30.0
"""A target that asks for a longer pause gets this one: a run must go on."""
_DEFAULT_BACK_OFF_SEC = 1.0
"""For a 429 without a Retry-After header."""
_TOO_MANY_REQUESTS = 429
_MAX_REPEATS = 2
"""How often one request is sent again that a rate limit refused."""


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

    def until(self, deadline: float) -> Sender:
        """A sender at the same rate that sends nothing from ``deadline`` (`monotonic`) on."""
        return Sender(
            self._transport,
            rate_limiter=self._rate_limiter,
            stopped=lambda: self._stopped() or monotonic() >= deadline,
        )

    def may_send(self, requests: int = 1) -> bool:
        """Waits until ``requests`` more may go out; False: none may, the run was stopped."""
        return not self._stopped() and all(self._rate_limiter.wait() for _ in range(requests))

    def pause(self, seconds: float) -> None:
        """Holds all requests back for ``seconds``."""
        if seconds:
            self._rate_limiter.back_off(seconds)

    def send(
        self, request: Request, mark: str, own_codes: OwnCodes = NO_CODES
    ) -> Response | NoResponse:
        """Sends an ordinary request, again after the pause that a 429 asks for.

        A request that was answered 429 was not processed, so it is the only one that is ever sent
        again, writes included.

        Returns:
            What became of it, with placeholders where the response holds ``mark`` or one of
            ``own_codes``.
        """
        outcome = self._received(self._transport.send(request), mark, own_codes)
        for _ in range(_MAX_REPEATS):
            if not _is_rate_limited(outcome) or not self.may_send():
                break
            outcome = self._received(self._transport.send(request), mark, own_codes)
        return outcome

    def send_group(
        self,
        steps: Sequence[Step],
        requests: Sequence[Request],
        mark: str,
        own_codes: OwnCodes = NO_CODES,
        *,
        burst: bool,
    ) -> list[Response | NoResponse]:
        """Sends the requests of steps that go out together: see `Execution`.

        Args:
            steps: what is sent; more than one only in a burst, or after a raw step.
            requests: one a step.
            mark: as of `send`.
            own_codes: as of `send`.
            burst: whether the requests are released at once.

        Returns:
            One outcome a request, in their order.
        """
        cut = steps[0].cut
        outcomes: list[Response | NoResponse]
        if burst:
            sent = self._transport.burst(requests)
            outcomes = [self._received(one, mark, own_codes) for one in sent]
        elif isinstance(steps[0], Raw):
            # Whatever the raw request was, the next one on the same connection must be served.
            sent = self._transport.sequence(requests)
            outcomes = [self._received(one, mark, own_codes) for one in sent]
        elif cut is not None:
            outcomes = [self._transport.cut(requests[0], cut)]
        else:
            outcomes = [self.send(requests[0], mark, own_codes)]
        return outcomes

    def _received(
        self, outcome: Response | NoResponse, mark: str, own_codes: OwnCodes
    ) -> Response | NoResponse:
        """``outcome`` with placeholders, once a wish of the target to slow down is granted."""
        if isinstance(outcome, NoResponse):
            return outcome
        if outcome.status == _TOO_MANY_REQUESTS or outcome.retry_after_sec:
            wanted = outcome.retry_after_sec or _DEFAULT_BACK_OFF_SEC
            self._rate_limiter.back_off(min(wanted, MAX_BACK_OFF_SEC))
        beyond = _beyond_bounds(outcome)
        if beyond:
            # What was asked may have been done, and what came in return is not decoded.
            return NoResponse(
                fate=Delivery.UNKNOWN,
                reason=f"an answer with status {outcome.status} and {beyond}",
                elapsed_sec=outcome.elapsed_sec,
            )
        return unmarked(outcome, mark, own_codes)


def _beyond_bounds(response: Response) -> str:
    """Which bound a response exceeds, in a few words; empty: none."""
    if response.truncated:
        return "more bytes than are read"
    return excess(response.body)


def _is_rate_limited(outcome: Response | NoResponse) -> bool:
    return isinstance(outcome, Response) and outcome.status == _TOO_MANY_REQUESTS
