"""Makes the header lines of requests, and takes the API key out of responses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..contract import API_KEY, Credentials
from .messages import Request
from .secrets import TargetSecrets
from .trace import DEFAULT_TRACE, TraceHeaders

REDACTED = b"[API key]"
MIN_KEY_LENGTH = 8
"""Characters. A shorter key, such as ``k`` or ``open``, is also part of texts and numbers that have
nothing to do with it."""
_WRONG_KEY = "cartfuzz-deliberately-wrong-key"
_AFTER_SCHEME = rb"(?:(?<=ApiKey-v1 )|(?<=Basic ))"
_NOT_LONGER = rb"(?![\w-])"


class RequestHeaders:
    """Makes the header lines of requests to one target; the only place that knows its key.

    Args:
        secrets: of the target.
        trace: which lines name a request.
    """

    def __init__(self, secrets: TargetSecrets, trace: TraceHeaders = DEFAULT_TRACE) -> None:
        self._trace = trace
        api_key = secrets.api_key
        self._key = api_key.encode()
        self._is_short = len(api_key) < MIN_KEY_LENGTH
        spelled = b"".join(map(_spellings, api_key))
        if self._is_short:
            spelled = _AFTER_SCHEME + spelled + _NOT_LONGER
        self._pattern = re.compile(spelled)
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
        key = self._key.decode()
        own = [(name, value.replace(API_KEY, key)) for name, value in request.headers]
        return [*(line for line in usual if line[0].lower() not in named), *own]

    def head(self, request: Request, *, host_line: str, base_path: str) -> bytes:
        """The bytes that are sent before the body of ``request``."""
        first = f"{request.method} {base_path}{request.target} HTTP/1.1\r\n"
        named = self.of(request, host_line)
        lines = "".join(f"{name}: {value}\r\n" for name, value in named)
        return f"{first}{lines}\r\n".encode("utf-8", "surrogatepass")

    def redacted(self, body: bytes) -> tuple[bytes, bool]:
        """``body`` without the key, and whether it held the key: as it is, or in JSON's escapes.

        A key of less than `MIN_KEY_LENGTH` characters is only taken out where it follows the scheme
        of an Authorization line: everywhere else the same characters may be the target's own.
        """
        if not self._key:
            return body, False
        if self._is_short or b"\\" in body:
            body, found = self._pattern.subn(REDACTED, body)
            return body, found > 0
        # Without a backslash there are no escapes, and a search for the plain key is much faster.
        return body.replace(self._key, REDACTED), self._key in body

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


def _spellings(char: str) -> bytes:
    """A pattern of all ways to write ``char`` in a JSON string."""
    units = char.encode("utf-16-be")
    pairs = (units[at : at + 2].hex().encode() for at in range(0, len(units), 2))
    escape = b"".join(b"\\\\u(?i:" + pair + b")" for pair in pairs)
    plain = re.escape(char.encode())
    short = b"|\\\\" + plain if char in '"\\/' else b""
    # The plain character comes last: a plain backslash would match the first byte of an escape.
    return b"(?:" + escape + short + b"|" + plain + b")"
