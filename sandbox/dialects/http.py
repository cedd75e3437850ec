"""Defines dialects of the HTTP stack: headers, connections, chunks and limits of the rate."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from time import monotonic

from ...contract import Environment
from ..calls import Call, Refusal, Reply
from ..service import Service
from .dialect import Area, dialect

_NAME = re.compile(rb"(?m)^[\w-]+(?=:)")
_NAMES = "RFC 9110, section 5.1: names of headers have no case"
_BLANKS = "RFC 9112, section 5.1: a blank after the colon is optional"
_CONNECTIONS = "RFC 9112, section 9.6"
_CASE = ("case of headers",)
_STATUS_LINE = ("status line",)
_IDLE = ("idle connections",)


@dialect(Area.HTTP, source=_NAMES, decides=_CASE)
class WritesHeadersInTitleCase(Service):
    """Names of headers begin with capitals, as servers in Go write them."""

    def written_head(self, head: bytes) -> bytes:
        return _NAME.sub(lambda name: name[0].title(), super().written_head(head))


@dialect(Area.HTTP, source=_NAMES, decides=_CASE)
class WritesHeadersInCapitals(Service):
    """Names of headers are in capitals."""

    def written_head(self, head: bytes) -> bytes:
        return _NAME.sub(lambda name: name[0].upper(), super().written_head(head))


@dialect(Area.HTTP, source=_BLANKS)
class WritesHeadersWithoutBlanks(Service):
    """No blank follows the colon of a header, and a tab follows its value."""

    def written_head(self, head: bytes) -> bytes:
        line, *headers = super().written_head(head).removesuffix(b"\r\n\r\n").split(b"\r\n")
        tight = (header.replace(b": ", b":", 1) + b"\t" for header in headers)
        return b"\r\n".join((line, *tight)) + b"\r\n\r\n"


@dialect(Area.HTTP, source="RFC 9112, section 4: the reason is optional", decides=_STATUS_LINE)
class WritesNoReason(Service):
    """The status line ends after the status and a blank."""

    def written_head(self, head: bytes) -> bytes:
        line, end, rest = super().written_head(head).partition(b"\r\n")
        return line[:13] + end + rest


@dialect(Area.HTTP, source="RFC 9112, section 4: the reason has no meaning", decides=_STATUS_LINE)
class WritesOtherReasons(Service):
    """The status line ends with other words than the usual ones."""

    def written_head(self, head: bytes) -> bytes:
        line, end, rest = super().written_head(head).partition(b"\r\n")
        return line[:13] + b"Handled by the gateway" + end + rest


@dialect(
    Area.HTTP,
    source="RFC 9110, section 2.5; RFC 9112, section 6.1: without chunks",
    decides=(*_STATUS_LINE, "length of bodies"),
)
class SpeaksHttp10(Service):
    """The version is HTTP/1.0, and each connection ends with its answer."""

    def reply_headers(self, reply: Reply) -> list[tuple[str, str]]:
        return [*super().reply_headers(reply), ("connection", "close")]

    def written_head(self, head: bytes) -> bytes:
        return super().written_head(head).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


@dialect(Area.HTTP, source="RFC 9110, section 15.2; RFC 8297")
class SendsEarlyHints(Service):
    """An interim response comes before the final one: 103."""

    def interim_responses(self) -> bytes:
        hints = b"HTTP/1.1 103 Early Hints\r\nlink: </v2>; rel=preconnect\r\n\r\n"
        return super().interim_responses() + hints


@dialect(Area.HTTP, source="RFC 9110, section 15.2.1")
class SendsContinue(Service):
    """100 Continue comes before each response, also where nobody expects it."""

    def interim_responses(self) -> bytes:
        return b"HTTP/1.1 100 Continue\r\n\r\n" + super().interim_responses()


@dialect(Area.HTTP, source="headers that a client does not know mean nothing")
class AddsGatewayHeaders(Service):
    """Proxies add headers, cookies and policies, some of them twice."""

    def reply_headers(self, reply: Reply) -> list[tuple[str, str]]:
        return [
            ("server", "nginx"),
            ("via", "1.1 varnish, 1.1 proxy"),
            ("set-cookie", "node=a; Path=/; HttpOnly"),
            ("set-cookie", "route=7; Secure"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            *super().reply_headers(reply),
            ("vary", "Accept-Encoding, Origin"),
            ("etag", 'W/"5-0"'),
            ("cache-control", "no-store"),
            ("x-request-id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ]


@dialect(Area.HTTP, source="RFC 9112, section 7.1", decides=("length of bodies",))
class SendsChunks(Service):
    """Bodies have no Content-Length and come in chunks of 7 bytes."""

    def reply_headers(self, reply: Reply) -> list[tuple[str, str]]:
        headers = super().reply_headers(reply)
        return [header for header in headers if header[0] != "content-length"]

    def body_pieces(self, body: bytes) -> list[bytes]:
        return [body[at : at + 7] for at in range(0, len(body), 7)] or [body]


@dialect(Area.HTTP, source="TCP has no messages", decides=("length of bodies",))
class SendsBodiesInPieces(Service):
    """Bodies have a Content-Length and come in two pieces."""

    def body_pieces(self, body: bytes) -> list[bytes]:
        middle = len(body) // 2
        return [body[:middle], body[middle:]]


@dialect(Area.HTTP, source=_CONNECTIONS)
class ClosesConnections(Service):
    """Each connection ends with its answer."""

    def reply_headers(self, reply: Reply) -> list[tuple[str, str]]:
        return [*super().reply_headers(reply), ("connection", "close")]


@dialect(Area.HTTP, source=f"{_CONNECTIONS}; keepalive_requests of nginx")
class ClosesAfterTenAnswers(Service):
    """Every tenth answer ends its connection."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._answers = count(1)

    def reply_headers(self, reply: Reply) -> list[tuple[str, str]]:
        headers = super().reply_headers(reply)
        is_last = next(self._answers) % 10 == 0
        return [*headers, ("connection", "close")] if is_last else headers


@dialect(Area.HTTP, source="RFC 9112, section 9.8", decides=_IDLE)
class ClosesIdleConnections(Service):
    """A connection ends when it is idle for 20 ms."""

    def keep_alive_sec(self) -> float:
        return 0.02


@dialect(
    Area.HTTP, source="RFC 9110, section 15.5.9; timeout http-request of HAProxy", decides=_IDLE
)
class Answers408ToIdleConnections(Service):
    """A connection that is idle for 20 ms gets a 408 and ends."""

    def keep_alive_sec(self) -> float:
        return 0.02

    def idle_answer(self) -> bytes:
        return (
            b"HTTP/1.0 408 Request Time-out\r\nCache-Control: no-cache\r\n"
            b"Connection: close\r\nContent-Type: text/html\r\n\r\n"
            b"<html><body><h1>408 Request Time-out</h1></body></html>\n"
        )


@dialect(Area.HTTP, "ERR-01", source="RFC 9110, section 8.3.1")
class NamesTheCharset(Service):
    """The media type of a body has a charset, capitals and a blank."""

    async def handle(self, call: Call) -> Reply:
        reply = await super().handle(call)
        media_type = reply.content_type.title()
        return replace(reply, content_type=f'{media_type} ; charset="UTF-8"')


@dialect(Area.HTTP, "ERR-01", source="a 429 is no verdict on the data")
class LimitsTheRate(Service):
    """Every twentieth request is answered 429."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._calls = count(1)

    async def route(self, call: Call) -> Reply:
        number = next(self._calls)
        if number % 20 == 0:
            raise Refusal(429, f"too many requests: {number}")
        return await super().route(call)


@dialect(Area.HTTP, "ERR-01", source="a 429 is no verdict on the data; RFC 6585", real_time=True)
class AllowsTwentyRequestsASecond(Service):
    """More than 20 requests within a second are answered 429 with Retry-After: 1."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._second = 0
        self._requests = 0

    async def route(self, call: Call) -> Reply:
        second = int(monotonic())
        if second != self._second:
            self._second, self._requests = second, 0
        self._requests += 1
        if self._requests > 20:
            raise Refusal(429, f"more than 20 requests a second: {self._requests}")
        return await super().route(call)

    def refusal_reply(self, refusal: Refusal) -> Reply:
        reply = super().refusal_reply(refusal)
        if refusal.status != 429:
            return reply
        return replace(reply, headers=(*reply.headers, ("retry-after", "1")))
