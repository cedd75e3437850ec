"""Makes the header lines of requests."""

from __future__ import annotations

from collections.abc import Iterator

from ..contract import API_KEY, Credentials
from .messages import Request
from .secrets import TargetSecrets
from .trace import DEFAULT_TRACE, TraceHeaders

_WRONG_KEY = "cartfuzz-deliberately-wrong-key"


class RequestHeaders:
    """Makes the header lines of requests to one target; the only place that sends its key.

    Args:
        secrets: of the target.
        trace: which lines name a request.
    """

    def __init__(self, secrets: TargetSecrets, trace: TraceHeaders = DEFAULT_TRACE) -> None:
        self._trace = trace
        api_key = secrets.api_key
        self._key = api_key
        self._authorization = {
            Credentials.VALID: f"ApiKey-v1 {api_key}",
            Credentials.WRONG: f"ApiKey-v1 {_WRONG_KEY}",
            Credentials.SCHEME: f"Basic {api_key}",
            Credentials.MISSING: None,
        }

    def of(self, request: Request, host_line: str) -> list[tuple[str, str]]:
        """Names and values of all header lines, those of the request itself last.

        A line of the request replaces the usual one of the same name.

        Args:
            request: whose lines they are.
            host_line: the value of the usual Host line.
        """
        usual = self._usual(request, host_line)
        if not request.headers and not request.omitted_headers:
            return list(usual)
        named = {name.lower() for name, _ in request.headers} | set(request.omitted_headers)
        own = [(name, value.replace(API_KEY, self._key)) for name, value in request.headers]
        return [*(line for line in usual if line[0].lower() not in named), *own]

    def head(self, request: Request, *, host_line: str, base_path: str) -> bytes:
        """The bytes that are sent before the body of ``request``."""
        first = f"{request.method} {base_path}{request.target} HTTP/1.1\r\n"
        named = self.of(request, host_line)
        lines = "".join(f"{name}: {value}\r\n" for name, value in named)
        return f"{first}{lines}\r\n".encode("utf-8", "surrogatepass")

    def _usual(self, request: Request, host_line: str) -> Iterator[tuple[str, str]]:
        yield "Host", host_line
        yield "Accept", "application/json"
        yield "User-Agent", "cartfuzz"
        if request.body is not None:
            yield "Content-Type", "application/json"
            yield "Content-Length", str(len(request.body))
        elif request.method != "GET":
            yield "Content-Length", "0"
        authorization = self._authorization[request.credentials]
        if authorization is not None:
            yield "Authorization", authorization
        yield from self._trace.lines(request)
