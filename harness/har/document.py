"""Reads a HAR 1.2 file: each request, its time, and the status of its response.

Nothing else is decoded, so no value of this project holds headers, cookies or response bodies.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from ...contract import ConfigurationError

MAX_FILE_BYTES = 256 * 2**20
"""The largest file that is read, in bytes."""
_BOM = b"\xef\xbb\xbf"


class _PostData(msgspec.Struct, frozen=True):
    text: str = ""
    encoding: str = ""
    """``base64`` or empty. HAR has it for responses only, but some recorders write it here."""


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    method: str
    url: str
    post_data: _PostData | None = None


class _Response(msgspec.Struct, frozen=True):
    status: int = 0


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    request: _Request
    response: _Response = _Response()
    started_date_time: str = ""


class _Log(msgspec.Struct, frozen=True):
    entries: list[msgspec.Raw]


class _Har(msgspec.Struct, frozen=True):
    log: _Log


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request of the file.

    Attributes:
        location: where it is in the file: ``log.entries[12]``.
        method: in capital letters.
        url: as recorded.
        body: the bytes that were sent; None: the recorded body cannot be decoded.
        status: of the response; 0 or less: no response was recorded.
    """

    location: str
    method: str
    url: str
    body: bytes | None
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableEntry:
    """An entry of the file that is not a valid HAR exchange.

    Attributes:
        location: where it is in the file: ``log.entries[12]``.
        reason: what is wrong with it.
    """

    location: str
    reason: str


def read_har(path: Path) -> list[RecordedRequest | UnreadableEntry]:
    """The requests of a file in the order in which they were sent, then its unreadable entries.

    If any request has no time, the order is that of the file.

    Raises:
        ConfigurationError: the file cannot be read, is too large or is not a HAR file; the text
            names the place in it.
    """
    entries = _entries(path)
    timed: list[tuple[datetime | None, RecordedRequest]] = []
    unreadable: list[UnreadableEntry] = []
    for index, raw in enumerate(entries):
        location = f"log.entries[{index}]"
        try:
            entry = msgspec.json.decode(raw, type=_Entry)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            unreadable.append(UnreadableEntry(location=location, reason=str(error)))
            continue
        recorded = RecordedRequest(
            location=location,
            method=entry.request.method.upper(),
            url=entry.request.url,
            body=_body(entry.request.post_data),
            status=entry.response.status,
        )
        timed.append((_time(entry.started_date_time), recorded))
    return [*_sorted(timed), *unreadable]


def _sorted(timed: list[tuple[datetime | None, RecordedRequest]]) -> Iterator[RecordedRequest]:
    times = [time for time, _ in timed if time is not None]
    if len(times) < len(timed):
        yield from (recorded for _, recorded in timed)
        return
    order = sorted(range(len(timed)), key=times.__getitem__)
    yield from (timed[index][1] for index in order)


def _entries(path: Path) -> list[msgspec.Raw]:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ConfigurationError(
                str(path),
                expected=f"a HAR file of at most {MAX_FILE_BYTES:,} bytes; export fewer exchanges",
                found=f"{size:,} bytes",
            )
        text = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigurationError(str(path), expected="a readable HAR file", found=reason) from None
    try:
        return msgspec.json.decode(text.removeprefix(_BOM), type=_Har).log.entries
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            str(path), expected="a HAR 1.2 file: JSON with log.entries", found=str(error)
        ) from None


def _body(data: _PostData | None) -> bytes | None:
    if data is None:
        return b""
    try:
        if data.encoding == "base64":
            return base64.b64decode(data.text, validate=True)
        return data.text.encode("utf-8")
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
