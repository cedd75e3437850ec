"""HTTP/1.1 by hand: a request read off a stream, an answer written to it.

Where the contract is silent, this target chooses: any media type is read as JSON in UTF-8, with or
without a byte order mark; chunked bodies are read; a body may have 8 MB; malformed percent forms
in a path are taken literally; two ``Authorization`` lines are no authorization.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from .payload import RefusalError

LARGEST = 8 << 20


@dataclass(frozen=True)
class Request:
    """One request: the path's segments are decoded, header names are in lower case."""

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, tuple[str, ...]]
    body: bytes
    last: bool

    def single(self, name: str) -> str | None:
        """The value of a query parameter, or None; twice is refused."""
        values = [value for key, value in self.query if key == name]
        if len(values) > 1:
            raise RefusalError(f"{name} is there more than once")
        return values[0] if values else None


class BrokenRequestError(Exception):
    """The bytes are no request that can be answered and followed by another."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, tuple[str, ...]]) -> bytes:
    lengths = set(headers.get("content-length", ()))
    codings = headers.get("transfer-encoding", ())
    if codings:
        if lengths or [coding.strip().lower() for coding in codings] != ["chunked"]:
            raise BrokenRequestError(400, "The transfer coding is not supported")
        return await _chunks(reader)
    if len(lengths) > 1 or not all(one.isascii() and one.isdigit() for one in lengths):
        raise BrokenRequestError(400, "Content-Length is not a number")
    length = next(iter(lengths), "0")
    if len(length) > 9 or int(length) > LARGEST:
        raise BrokenRequestError(413, "The body is too large")
    return await reader.readexactly(int(length))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while True:
        size = (await reader.readline()).split(b";")[0].strip()
        if not size or len(size) > 7 or any(one not in b"0123456789abcdefABCDEF" for one in size):
            raise BrokenRequestError(400, "The chunk has no size")
        if int(size, 16) == 0:
            break
        parts.append(await reader.readexactly(int(size, 16)))
        if await reader.readline() != b"\r\n":
            raise BrokenRequestError(400, "The chunk does not end where it should")
        if sum(map(len, parts)) > LARGEST:
            raise BrokenRequestError(413, "The body is too large")
    while (await reader.readline()).strip():
        pass
    return b"".join(parts)


def _decoded(text: bytes, what: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise BrokenRequestError(400, f"The {what} is not UTF-8") from None


def _target(target: bytes) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    path, _, query = target.partition(b"?")
    if path.startswith((b"http://", b"https://")):
        path = b"/" + path.split(b"/", 3)[-1] if path.count(b"/") > 2 else b"/"
    pairs = (pair.partition(b"=") for pair in query.split(b"&") if pair)
    return (
        tuple(_decoded(segment, "path") for segment in path.split(b"/")[1:]),
        tuple(
            (_decoded(name, "query"), _decoded(value.replace(b"+", b"%20"), "query"))
            for name, _, value in pairs
        ),
    )


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """The next request, or None at the end.

    Raises: BrokenRequestError, asyncio.IncompleteReadError where the request is cut.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        if cut.partial.strip():
            raise
        return None
    except asyncio.LimitOverrunError:
        raise BrokenRequestError(431, "The header is too large") from None
    first, *lines = head.lstrip(b"\r\n")[:-4].split(b"\r\n")
    words = first.split(b" ")
    if len(words) != 3 or words[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise BrokenRequestError(400, "The request line is malformed")
    headers: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise BrokenRequestError(400, "A header line is malformed")
        headers[name.lower()] = (*headers.get(name.lower(), ()), value.strip(" \t"))
    if "100-continue" in headers.get("expect", ()):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _body(reader, headers)
    connection = ",".join(headers.get("connection", ())).lower()
    last = "close" in connection or (words[2] == b"HTTP/1.0" and "keep-alive" not in connection)
    segments, query = _target(words[1])
    return Request(words[0].decode("latin-1"), segments, query, headers, body, last)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is out of range")
    return number


def json_of(body: bytes) -> object:
    """The value that a body holds. Raises: RefusalError."""
    try:
        value: object = json.loads(
            body.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_float=_finite
        )
    except (ValueError, RecursionError):
        raise RefusalError("The body is not JSON") from None
    return value


def answer_bytes(status: int, body: bytes, last: bool, bodiless: bool = False) -> bytes:
    """An answer as it goes out."""
    phrase = HTTPStatus(status).phrase
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        *(["Connection: close"] if last else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if bodiless else body)
