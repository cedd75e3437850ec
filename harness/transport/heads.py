"""The header lines of requests, and the API key in them."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import API_KEY, Credentials
from .messages import Request

REDACTED = b"[API key]"
_WRONG_KEY = "cartfuzz-deliberately-wrong-key"


class Heads:
    """Makes the header lines of requests to one target; the only place that knows its key."""

    def __init__(self, api_key: str) -> None:
        self._key = api_key.encode()
        self._authorization = {
            Credentials.VALID: f"ApiKey-v1 {api_key}",
            Credentials.WRONG: f"ApiKey-v1 {_WRONG_KEY}",
            Credentials.SCHEME: f"Basic {api_key}",
            Credentials.MISSING: None,
        }

    def of(self, request: Request) -> list[tuple[str, str]]:
        """Names and values of all header lines but Host, those of the request itself last.

        A line of the request takes the place of the usual one of the same name.
        """
        named = {name.lower() for name, _ in request.headers} | set(request.without)
        usual = [line for line in self._usual(request) if line[0].lower() not in named]
        key = self._key.decode()
        own = [(name, value.replace(API_KEY, key)) for name, value in request.headers]
        return [*usual, *own]

    def redacted(self, body: bytes) -> tuple[bytes, bool]:
        """``body`` without the key, and whether the key stood in it."""
        shows_key = bool(self._key) and self._key in body
        return (body.replace(self._key, REDACTED) if shows_key else body), shows_key

    def _usual(self, request: Request) -> Iterator[tuple[str, str]]:
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


def seconds(text: str) -> float | None:
    """The seconds of a Retry-After header; None where it holds a date or nothing."""
    return float(text) if text.isascii() and text.isdigit() else None
