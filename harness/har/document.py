"""Reads a HAR 1.2 file: each request, its time, and whether it was answered.

Nothing else is decoded, so no value of this project holds cookies, response bodies or headers but
the Idempotency-Key. What is not needed may be of any type.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from ...contract import ConfigurationError
from .container import Container, open_container

MAX_BODY_BYTES = 2**18
"""The largest request body that is imported, in bytes."""


class _PostData(msgspec.Struct, frozen=True):
    text: str | None = None
    encoding: str | None = None
    """``base64`` or empty. HAR has it for responses only, but some recorders write it here."""
    custom_encoding: str | None = msgspec.field(name="_encoding", default=None)
    """The same as a custom field, as `cartfuzz.reports.har` writes it."""
    file: str | None = msgspec.field(name="_file", default=None)
    """The name of a file of the same archive that holds the body in the place of ``text``."""


class _Header(msgspec.Struct, frozen=True):
    name: str
    value: str


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    method: str
    url: str
    headers: msgspec.Raw = msgspec.Raw(b"null")
    post_data: msgspec.Raw = msgspec.Raw(b"null")


class _Response(msgspec.Struct, frozen=True):
    status: int | float | str | None = None


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    request: _Request
    response: msgspec.Raw = msgspec.Raw(b"null")
    started_date_time: msgspec.Raw = msgspec.Raw(b"null")


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
        idempotency_key: as recorded; None: there was none.
        is_answered: whether a response was recorded.
    """

    location: str
    method: str
    url: str
    body: bytes | None
    idempotency_key: str | None
    is_answered: bool


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
    container = open_container(path, max_attachment_bytes=MAX_BODY_BYTES)
    timed: list[tuple[datetime | None, RecordedRequest]] = []
    unreadable: list[UnreadableEntry] = []
    for index, raw in enumerate(_entries(path, container)):
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
            body=_body(entry.request.post_data, container.attachment),
            idempotency_key=_idempotency_key(entry.request.headers),
            is_answered=_is_answered(entry.response),
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


def _entries(path: Path, container: Container) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(container.json, type=_Har).log.entries
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            str(path), expected="a HAR 1.2 file: JSON with log.entries", found=str(error)
        ) from None


def _body(raw: msgspec.Raw, attachment: Callable[[str], bytes | None]) -> bytes | None:
    try:
        data = msgspec.json.decode(raw, type=_PostData | None)
        if data is None:
            return b""
        if data.text is None:
            return attachment(data.file) if data.file else b""
        if "base64" in (data.encoding, data.custom_encoding):
            return base64.b64decode(data.text, validate=True)
        return data.text.encode("utf-8")
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError):
        return None


def _idempotency_key(raw: msgspec.Raw) -> str | None:
    """The value of the header in ``raw``, the header lines of a request; the first where several
    have the name."""
    try:
        headers = msgspec.json.decode(raw, type=list[_Header] | None) or []
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    found = (one.value for one in headers if one.name.lower() == "idempotency-key")
    return next(found, None) or None


def _is_answered(raw: msgspec.Raw) -> bool:
    """Whether ``raw``, an entry's response, has a status above 0, be it written as a text."""
    try:
        response = msgspec.json.decode(raw, type=_Response | None)
        return response is not None and int(response.status or 0) > 0
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
        return False


def _time(raw: msgspec.Raw) -> datetime | None:
    try:
        time = datetime.fromisoformat(msgspec.json.decode(raw, type=str))
    except (msgspec.DecodeError, ValueError):
        return None
    return time if time.tzinfo is not None else None
