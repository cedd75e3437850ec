"""Sends the requests of executions, at the rate that the user and the target allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from ..contract import Raw, Step
from ..wire import Delivery, NoResponse, Request, Response
from ..wire.bounds import excess
from ..wire.codes import NO_CODES, OwnCodes
from ..wire.encoding import unmarked
from .pace.circuit_breaker import CircuitBreaker
from .pace.rate_limiter import MAX_BACK_OFF_SEC, RateLimiter
from .pace.slow_down import SlowDown
from .transport import Transport
from .transport.protocols import mixed_up_of

_DEFAULT_BACK_OFF_SEC = 1.0
"""For a 429 without a Retry-After header."""
_TOO_MANY_REQUESTS = 429
_MAY_ASK_FOR_A_PAUSE = frozenset((413, _TOO_MANY_REQUESTS, 503))
"""The statuses with which Retry-After means a pause of all requests (RFC 9110, 10.2.3)."""
_MAX_REPEATS = 2
"""How often one request is sent again that a rate limit refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCare:
    """What keeps a run from harming its target, besides the rate; None: that is not done."""

    breaker: CircuitBreaker | None = None
    slow_down: SlowDown | None = None


_NO_CARE = TargetCare()


class Sender:
    """Sends requests to one target. Threads may share one.

    Args:
        transport: has the connections.
        rate_limiter: waited for before each request.
        stopped: returns, before each request, whether the run was stopped.
        care: what the outcomes are shown to.
        on_pause: called with the seconds of each pause that the target asks for.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        rate_limiter: RateLimiter,
        stopped: Callable[[], bool],
        care: TargetCare = _NO_CARE,
        on_pause: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._on_pause = on_pause
        self._breaker = care.breaker
        self._slow_down = care.slow_down
        self._transport = transport
        self._mixed_up = mixed_up_of(transport)
        self._rate_limiter = rate_limiter
        self._stopped = stopped

    def until(self, deadline: float) -> Sender:
        """A sender at the same rate that sends nothing from ``deadline`` (`monotonic`) on."""
        return Sender(
            self._transport,
            rate_limiter=self._rate_limiter,
            stopped=lambda: self._stopped() or monotonic() >= deadline,
            care=TargetCare(breaker=self._breaker, slow_down=self._slow_down),
        )

    def may_send(self, requests: int = 1) -> bool:
        """Waits until ``requests`` more may go out at once.

        Returns:
            False: none may, since the run was stopped or the target is lost.
        """
        breaker = self._breaker
        while not self._stopped():
            if breaker is not None and not breaker.passes():
                return False
            if not self._rate_limiter.wait(requests):
                return False
            if breaker is None or not breaker.is_open:
                return True
        return False

    @property
    def outages(self) -> int:
        """How often the target went away so far."""
        return self._breaker.outages if self._breaker is not None else 0

    def mixed_up(self, wait_sec: float = 0.0) -> int:
        """See `Ordered.mixed_up`."""
        return self._mixed_up(wait_sec)

    @property
    def is_target_lost(self) -> bool:
        """Whether the target stayed away for too long: nothing is sent any more."""
        return self._breaker is not None and self._breaker.is_lost

    @property
    def is_held_back(self) -> bool:
        """Whether the target is away now."""
        return self._breaker is not None and self._breaker.is_open

    def pause(self, seconds: float) -> None:
        """Waits for ``seconds`` in this thread, unless the run is stopped meanwhile."""
        self._rate_limiter.rest(seconds)

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
        outcome = self._sent(request, mark, own_codes)
        for _ in range(_MAX_REPEATS):
            if not _is_rate_limited(outcome) or not self.may_send():
                break
            outcome = self._sent(request, mark, own_codes)
        return outcome

    def _sent(self, request: Request, mark: str, own_codes: OwnCodes) -> Response | NoResponse:
        """What became of an ordinary request that was sent once."""
        outcome = self._transport.send(request)
        self._note(outcome)
        if self._slow_down is not None:
            self._slow_down.note(outcome)
        return self._received(outcome, mark, own_codes)

    def _note(self, outcome: Response | NoResponse) -> None:
        if self._breaker is not None:
            self._breaker.note(outcome)

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
            for one in sent:
                self._note(one)
            outcomes = [self._received(one, mark, own_codes) for one in sent]
        elif isinstance(steps[0], Raw):
            # Whatever the raw request was, the next one on the same connection must be served.
            sent = self._transport.sequence(requests)
            # What answers to an odd request says nothing of the target; the read behind it does.
            self._note(sent[-1])
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
        wanted = min(_wanted_pause_sec(outcome), MAX_BACK_OFF_SEC)
        if wanted:
            self._on_pause(wanted)
            self._rate_limiter.back_off(wanted)
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


def _wanted_pause_sec(response: Response) -> float:
    """The pause that a response asks for, in seconds; 0: none.

    With a redirect, Retry-After is the time before the redirected request (RFC 9110, 10.2.3), which
    is never sent.
    """
    asks = response.status in _MAY_ASK_FOR_A_PAUSE
    default = _DEFAULT_BACK_OFF_SEC if response.status == _TOO_MANY_REQUESTS else 0.0
    return (response.retry_after_sec or default) if asks else 0.0


def _is_rate_limited(outcome: Response | NoResponse) -> bool:
    return isinstance(outcome, Response) and outcome.status == _TOO_MANY_REQUESTS
