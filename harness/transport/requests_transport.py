"""The transport on the library `requests`, for those who want its connections to their target.

It sends what the transport on sockets sends: the same header lines, once, within the same bounds.
Neither redirects nor cookies nor ``.netrc`` nor proxies of the environment count, since it uses the
adapter of `requests` below its sessions. What no HTTP client can send goes over sockets all the
same: bursts, raw requests, cut ones, and paths that `requests` would write in another way.
"""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import RemoteDisconnected

from requests import PreparedRequest
from requests.exceptions import RequestException
from requests.models import Response as RequestsResponse
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, IncompleteRead
from urllib3.util import SKIP_HEADER

from ...contract import Cut
from ...wire.messages import Delivery, NoResponse, Request, Response
from .answer_order import NOT_ALONE
from .deadline import DEADLINE
from .inflated import TOO_MANY_MEMBERS, Inflated
from .own_connections import OwnConnections
from .peer import Peer
from .requests_adapter import CONNECTING, DeadlineAdapter
from .response_parser import NOT_SWITCHED, SWITCHED, NotHTTPError
from .troubles import CLOSED, NO_HTTP

_PIECE_BYTES = 64 * 1024
_SAME_IN_REQUESTS = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*")
"""Targets that `requests` writes as they are."""
_DOT_SEGMENT = re.compile(r"/\.{1,2}(?:[/?]|$)")


class RequestsTransport:
    """Sends requests to one target; threads may share one.

    Args:
        peer: the target.
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._own = OwnConnections(peer)
        self._local = threading.local()
        self._open: set[DeadlineAdapter] = set()

    def send(self, request: Request) -> Response | NoResponse:
        """Sends ``request`` once, on the connections of this thread; a read again where several
        answers came, so that it is not certain which one is to it."""
        if not _is_plain(request.target):
            return self._own.sequence([request])[0]
        adapter: DeadlineAdapter | None = getattr(self._local, "adapter", None)
        if adapter is None:
            adapter = self._local.adapter = DeadlineAdapter(self._peer.origin, self._peer.keep)
            self._open.add(adapter)
        order = self._peer.order
        with DEADLINE.within(self._peer.timeout_sec) as started:
            if adapter.has_extra_answer(0.0):
                order.note_extra(adapter.answers)
            if not order.is_certain:
                adapter.close()
            outcome = self._exchange(adapter, request, started)
            if adapter.has_several_answers and request.method == "GET":
                adapter.close()
                outcome = self._exchange(adapter, request, started)
        return outcome

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Over sockets, see `OwnConnections.burst`: a library opens a connection by its request, so
        the target would get them one after the other."""
        return self._own.burst(requests)

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Over sockets, see `OwnConnections.sequence`: the first one is no lawful request."""
        return self._own.sequence(requests)

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """Over sockets, see `OwnConnections.cut`."""
        return self._own.cut(request, cut)

    def mixed_up(self, wait_sec: float) -> int:
        """See `Ordered.mixed_up`."""
        adapter: DeadlineAdapter | None = getattr(self._local, "adapter", None)
        if adapter is not None and adapter.has_extra_answer(wait_sec):
            self._peer.order.note_extra(adapter.answers)
        return self._peer.order.mixed_up

    def abort(self) -> None:
        """Ends all requests under way, from another thread; they count as not answered."""
        self._peer.abort()

    def close(self) -> None:
        """Closes the connections of all threads."""
        while self._open:
            self._open.pop().close()
        self._local = threading.local()

    def _exchange(
        self, adapter: DeadlineAdapter, request: Request, started: float
    ) -> Response | NoResponse:
        CONNECTING.clear()
        try:
            answer = adapter.send(
                self._prepared(request),
                stream=True,
                timeout=DEADLINE.remaining(),
            )
            try:
                if answer.status_code == SWITCHED:
                    raise NotHTTPError(NOT_SWITCHED)
                received = self._received(answer)
                if adapter.is_followed and not received.truncated:
                    self._peer.order.note_extra(adapter.answers)
                if adapter.has_several_answers and not received.truncated:
                    raise NotHTTPError(NOT_ALONE)
            finally:
                # A response that was read to its end has given its connection back before.
                answer.close()
        except (OSError, HTTPError, NotHTTPError) as error:
            fate = Delivery.UNKNOWN if CONNECTING.error is None else Delivery.NOT_SENT
            return self._peer.failed(_cause(error), fate, started)
        return self._peer.response(received, started)

    def _prepared(self, request: Request) -> PreparedRequest:
        """``request`` with the header lines of the transport on sockets, and no other."""
        prepared = PreparedRequest()
        prepared.method = request.method
        prepared.url = self._peer.base_url + request.target
        prepared.body = request.body
        prepared.headers = CaseInsensitiveDict(self._peer.lines(request))
        prepared.headers.setdefault("Accept-Encoding", SKIP_HEADER)
        return prepared

    def _received(self, answer: RequestsResponse) -> _Received:
        pieces: list[bytes] = []
        size = 0
        inflated = Inflated.of(answer.headers.get("Content-Encoding", ""))
        while size <= self._peer.max_response_bytes:
            piece = answer.raw.read(_PIECE_BYTES, decode_content=False)
            if not piece:
                break
            if inflated is not None:
                piece = inflated.read(piece, self._peer.max_response_bytes + 1 - size)
                if inflated.is_cut:
                    raise NotHTTPError(TOO_MANY_MEMBERS)
            pieces.append(piece)
            size += len(piece)
        return _Received(
            status=answer.status_code,
            body=b"".join(pieces)[: self._peer.max_response_bytes],
            truncated=size > self._peer.max_response_bytes,
            headers={
                name.lower(): answer.raw.headers.getlist(name)[-1] for name in answer.raw.headers
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """A response as it came in."""

    status: int
    body: bytes
    truncated: bool
    headers: Mapping[str, str]
    """By lower-case name; of lines with the same name the last, as of the other transport."""

    def header(self, name: bytes) -> str:
        """The value of a header line; empty where there is none."""
        return self.headers.get(name.decode("latin-1"), "")


def _is_plain(target: str) -> bool:
    """Whether `requests` writes ``target`` as it is."""
    return _SAME_IN_REQUESTS.fullmatch(target) is not None and not _DOT_SEGMENT.search(target)


def _cause(error: Exception) -> Exception:
    """What `requests` and `urllib3` have wrapped, as the transport on sockets would raise it."""
    if CONNECTING.error is not None:
        return CONNECTING.error
    chain = list(_chain(error))
    for one in chain:
        if isinstance(one, TimeoutError | ssl.SSLError | NotHTTPError):
            return one
    for one in chain:
        if isinstance(one, RemoteDisconnected):
            return NotHTTPError(CLOSED)
        if isinstance(one, IncompleteRead):
            return NotHTTPError("connection closed in the middle of an answer")
        if isinstance(one, OSError) and not isinstance(one, RequestException):
            return one
    return NotHTTPError(NO_HTTP)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """``error`` and all that it wraps, in any of the ways that `urllib3` wraps errors."""
    waiting, seen = [error], {id(error)}
    while waiting:
        one = waiting.pop(0)
        yield one
        inner = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        for other in inner:
            if isinstance(other, BaseException) and id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)
