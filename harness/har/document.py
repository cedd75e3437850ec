"""A HAR 1.2 file, as far as it is needed: what was asked, when, and whether it was answered.

Nothing else is decoded, so headers, cookies and answers never get into a value of this project.
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

MOST_BYTES = 256 * 2**20
"""The largest file that is read, in bytes."""
_BOM = b"\xef\xbb\xbf"


class _PostData(msgspec.Struct, frozen=True):
    text: str = ""
    encoding: str = ""
    """``base64``, as some recorders write it for bodies; HAR knows it for answers only."""


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
class Asked:
    """One request of the file.

    Attributes:
        place: where it stands: ``log.entries[12]``.
        method: in capital letters.
        url: as recorded.
        body: the bytes that were sent; None: what stands there cannot be read.
        status: of the answer; 0 or less: there was none.
    """

    place: str
    method: str
    url: str
    body: bytes | None
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An entry of the file that is no exchange; ``reason`` says why."""

    place: str
    reason: str


def read_har(path: Path) -> list[Asked | Unreadable]:
    """The requests of a file, in the order in which they were sent, then what is none.

    Where one request has no time, the order of the file counts.

    Raises:
        ConfigurationError: the file cannot be read or is no HAR; says where in it.
    """
    entries = _entries(path)
    timed: list[tuple[datetime | None, Asked]] = []
    unreadable: list[Unreadable] = []
    for number, raw in enumerate(entries):
        place = f"log.entries[{number}]"
        try:
            entry = msgspec.json.decode(raw, type=_Entry)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            unreadable.append(Unreadable(place=place, reason=str(error)))
            continue
        asked = Asked(
            place=place,
            method=entry.request.method.upper(),
            url=entry.request.url,
            body=_body(entry.request.post_data),
            status=entry.response.status,
        )
        timed.append((_time(entry.started_date_time), asked))
    return [*_sorted(timed), *unreadable]


def _sorted(timed: list[tuple[datetime | None, Asked]]) -> Iterator[Asked]:
    times = [time for time, _ in timed if time is not None]
    if len(times) < len(timed):
        yield from (asked for _, asked in timed)
        return
    order = sorted(range(len(timed)), key=times.__getitem__)
    yield from (timed[place][1] for place in order)


def _entries(path: Path) -> list[msgspec.Raw]:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ConfigurationError(
                str(path),
                expected=f"a HAR file of at most {MOST_BYTES:,} bytes; export fewer exchanges",
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
