"""A transport that lets only the requests of a restriction out, whoever asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, urlsplit

from ...contract import Cut, Traffic
from ...wire import Delivery, NoResponse, Request, Response
from .protocols import Transport, abort_of, mixed_up_of

_OVERRIDE = "override"
_WORDS = {
    Traffic.ALL: "requests",
    Traffic.DRY: "dry requests and reads",
    Traffic.READS: "reads",
}


class RestrictedTransport:
    """Passes requests of ``traffic`` on; all others count as not sent.

    It is the last thing before the socket, so no strategy, minimiser or clean-up can send anything
    that the user has excluded.

    Args:
        transport: has the connections.
        traffic: what may go out.
        dry: the query parameter that makes a request dry; another engine may name it otherwise.
        cause: what made a request that may not go out, for the reason: ``"as plugins make it"``.
    """

    def __init__(
        self, transport: Transport, traffic: Traffic, *, dry: str = "dry", cause: str = ""
    ) -> None:
        self._transport = transport
        self._traffic = traffic
        self._dry = dry
        self._cause = cause

    def send(self, request: Request) -> Response | NoResponse:
        """As of `Transport.send`."""
        return self._transport.send(request) if self._may_send(request) else self._held_back()

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """As of `Transport.burst`; none is sent where one may not be."""
        return self._all(requests, self._transport.burst)

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """As of `Transport.sequence`; none is sent where one may not be."""
        return self._all(requests, self._transport.sequence)

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """As of `Transport.cut`."""
        return self._transport.cut(request, cut) if self._may_send(request) else self._held_back()

    def abort(self) -> None:
        """As of `Abortable.abort`."""
        abort_of(self._transport)()

    def mixed_up(self, wait_sec: float) -> int:
        """As of `Ordered.mixed_up`."""
        return mixed_up_of(self._transport)(wait_sec)

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    def _all(
        self,
        requests: Sequence[Request],
        send: Callable[[Sequence[Request]], list[Response | NoResponse]],
    ) -> list[Response | NoResponse]:
        if all(map(self._may_send, requests)):
            return send(requests)
        return [self._held_back() for _ in requests]

    def _may_send(self, request: Request) -> bool:
        if self._traffic is Traffic.ALL:
            return True
        if any(_OVERRIDE in name.lower() for name, _ in request.headers):
            return False
        if request.method == "GET":
            return not request.body
        return self._traffic is Traffic.DRY and _is_dry(request, self._dry)

    def _held_back(self) -> NoResponse:
        reason = f"only {_WORDS[self._traffic]} may be sent"
        if self._cause:
            reason = f"{reason}, and {self._cause} the request is none of these"
        return NoResponse(fate=Delivery.NOT_SENT, reason=reason, held_back=True)


def _is_dry(request: Request, name: str) -> bool:
    """Whether a request says once, and only once, that it is dry."""
    query = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
    # A target may look at the case of a parameter's name, or not.
    said = [parameter for parameter in query if parameter[0].lower() == name.lower()]
    return request.method in ("PUT", "POST") and said == [(name, "true")]
