"""``report.har``: the exchanges of a run as an HTTP archive, version 1.2, for HTTP tools.

The library harfile writes it, entry by entry, so that memory does not grow with the record.
"""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, TextIO
from urllib.parse import parse_qsl, quote, urlsplit

import harfile

from ..analysis import RunReproducers
from ..contract import MARK, Fetch, Redeemable, Scenario
from ..record import Exchange, RunStarted, ScenarioRun, read_events
from ..record.whole_file import replaced
from ..wire import (
    NO_CODES,
    NOT_JSON,
    OwnCodes,
    Request,
    RequestHeaders,
    decode_json,
    own_codes,
)
from ..wire.encoding import body_with_placeholders, request_of
from ..wire.known_secrets import line_without_secrets
from ..wire.marks import Use, mark_of
from ..wire.secrets import TargetSecrets
from ..wire.trace import added_read, execution_name, request_name
from .plain import plain

MAX_BYTES = 200 * 2**20
"""Of the file: what comes later in the record is left out. Readers of HAR load a file whole."""
REDACTED = "[redacted]"
"""Takes the place of the API key."""
_COMMENT = (
    "Smallest scenarios first, then what the record keeps in full, as far as it fits "
    f"{MAX_BYTES // 2**20} MiB. The record holds how long each exchange took, but not when it "
    "began: the times here are the start of the run plus the time of all before it. It holds no "
    "headers of answers, and of a long answer its first 64 KiB, or 4 KiB where those of one "
    "scenario are many. The marks of smallest scenarios, and the numbers of their codes, are made "
    "up; all others are those that were sent. The API key is redacted."
)
_HEADERS = RequestHeaders(TargetSecrets(REDACTED))
_MAX_ELAPSED_MS = 86_400_000.0
_IN_A_URL = "%/:?@!$&'()*+,;=~-._"
_NO_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_REPLACED = "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A scenario with its exchanges, and the mark in the place of the placeholder."""

    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    mark: str
    codes: OwnCodes
    comment: str
    name: str = ""
    """What the names of its requests begin with; empty: they had none."""

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        exchanges: tuple[Exchange, ...],
        mark: str,
        *,
        patterns: Iterable[Redeemable],
        comment: str,
        name: str = "",
    ) -> _Sent:
        """The execution with ``mark``, which has codes of its own of ``patterns``."""
        try:
            codes = own_codes(patterns, map(body_with_placeholders, scenario.steps), mark)
        except (KeyError, IndexError, ValueError):
            codes = NO_CODES  # no mark of this version
        return cls(
            scenario=scenario,
            exchanges=exchanges,
            mark=mark,
            codes=codes,
            comment=comment,
            name=name,
        )


@dataclass(slots=True)
class _PostData(harfile.PostData):
    """The body of a request; HAR has an encoding for answers only, so here it is a custom field."""

    encoding: str | None = None

    def asdict(self) -> dict[str, Any]:
        data = harfile.PostData.asdict(self)
        return data if self.encoding is None else data | {"_encoding": self.encoding}


def write_har(found: RunReproducers, record: Path, path: Path) -> None:
    """Writes the exchanges of a run: those of smallest scenarios, and what else its record keeps.

    Args:
        found: the smallest scenarios of the run.
        record: the events of the run.
        path: of the file.

    Raises:
        OSError: a file cannot be read or written; the error names its path.
        BadRecordError: a line of the record is not an event.
    """
    clock = _Clock(found.started.started)
    with replaced(path) as whole:
        file = io.StringIO()  # of one scenario, so that a secret is whole where it is searched
        with _archive(file, found.started) as archive:
            for sent in _sent(found, record):
                for entry in _entries(sent, found.started.target, clock):
                    archive.add_entry(**entry)
                _hand_over(file, whole)
                if whole.tell() > MAX_BYTES:
                    break
        _hand_over(file, whole)


def _hand_over(written: io.StringIO, file: BinaryIO) -> None:
    """Moves what was ``written`` to ``file``, without the secrets of this process."""
    file.write(line_without_secrets(written.getvalue().encode("ascii")))
    written.seek(0)
    written.truncate()


def _archive(file: TextIO, started: RunStarted) -> harfile.HarFile:
    creator = harfile.Creator(name="Cartfuzz", version=_utf8(started.cartfuzz))
    return harfile.HarFile.open(file, creator=creator, comment=_COMMENT)


def _sent(found: RunReproducers, record: Path) -> Iterator[_Sent]:
    environment = found.started.environment
    declared = (*environment.declared_coupons, *environment.referrals)
    patterns = tuple(one for one in declared if one.is_pattern)

    def name_of(scenario_id: str) -> str:
        has_name = found.started.trace_header and scenario_id
        return execution_name(found.started.run, scenario_id) if has_name else ""

    for number, one in enumerate(found.scenarios.values()):
        if one.solid is not None:
            yield _Sent.of(
                one.scenario,
                one.exchanges,
                # The record does not keep the marks of triage.
                mark_of(found.started.run[:8].rjust(8, "0"), number, use=Use.TRIAGE),
                patterns=patterns,
                comment=f"smallest scenario of {one.signature}",
                name=name_of(one.shown_by),
            )
    for event in read_events(record):
        if isinstance(event, ScenarioRun) and event.scenario is not None:
            yield _Sent.of(
                event.scenario,
                event.exchanges,
                event.mark,
                patterns=patterns,
                comment=f"scenario {event.id}",
                name=name_of(event.id),
            )


class _Clock:
    """When an exchange began, as if each came after the one before."""

    def __init__(self, started: str) -> None:
        try:
            self._now = datetime.fromisoformat(started).astimezone(UTC)
        except (ValueError, OverflowError):
            self._now = datetime.fromtimestamp(0, UTC)

    def next(self, milliseconds: float) -> datetime:
        """The time now, before what takes ``milliseconds``."""
        now = self._now
        # At the end of time it stays there.
        with suppress(OverflowError):
            self._now += timedelta(milliseconds=milliseconds)
        return now


def _entries(sent: _Sent, base: str, clock: _Clock) -> Iterator[dict[str, Any]]:
    earlier: Counter[int] = Counter()
    for exchange in sent.exchanges:
        request = _request(sent, exchange, earlier[exchange.step])
        earlier[exchange.step] += 1
        elapsed = min(max(0.0, exchange.elapsed_ms), _MAX_ELAPSED_MS)
        yield {
            "startedDateTime": clock.next(elapsed),
            "time": elapsed,
            "request": _har_request(request, exchange, sent.mark, base),
            "response": _har_response(exchange, sent),
            "timings": harfile.Timings(send=0, wait=elapsed, receive=0),
            "comment": plain(f"{sent.comment}, request {exchange.step + 1}"),
        }


def _request(sent: _Sent, exchange: Exchange, earlier: int) -> Request | None:
    """What was sent, after ``earlier`` exchanges of its step; None: the record does not say, but
    for method and target."""
    steps = sent.scenario.steps
    if not 0 <= exchange.step < len(steps):
        return None
    step, number = steps[exchange.step], str(exchange.step + 1)
    # Of one step, exchanges after the first are reads that the run added.
    if earlier:
        step, number = Fetch(session=step.session), added_read(exchange.step, earlier)
    session_id = sent.scenario.sessions[step.session]
    trace = request_name(sent.name, number) if sent.name else ""
    return request_of(step, session_id, sent.mark, sent.codes, trace=trace)


def _har_request(
    request: Request | None, exchange: Exchange, mark: str, base: str
) -> harfile.Request:
    target = exchange.target.replace(MARK, mark)
    # A target without a slash, such as an asterisk, would change the host of the URL.
    url = f"{base.rstrip('/')}/{_escaped(target.removeprefix('/'))}"
    body = request.body if request is not None else None
    headers = _HEADERS.of(request, urlsplit(base).netloc) if request is not None else ()
    return harfile.Request(
        method=_utf8(exchange.method),
        url=url,
        httpVersion="HTTP/1.1",
        headers=[harfile.Record(name=_utf8(name), value=_utf8(value)) for name, value in headers],
        queryString=[
            harfile.Record(name=_utf8(name), value=_utf8(value))
            for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        ],
        postData=None if body is None else _post_data(body, headers),
        bodySize=len(body or b""),
        comment=None if url.endswith(target) else f"sent as {plain(target)}",
    )


def _post_data(body: bytes, headers: Iterable[tuple[str, str]]) -> _PostData:
    types = (value for name, value in headers if name.lower() == "content-type")
    mime = _utf8(next(types, "application/octet-stream"))
    try:
        return _PostData(mimeType=mime, text=body.decode("utf-8"))
    except UnicodeDecodeError:
        text = base64.b64encode(body).decode("ascii")
        return _PostData(mimeType=mime, text=text, encoding="base64")


def _har_response(exchange: Exchange, sent: _Sent) -> harfile.Response:
    if exchange.status is None:
        # HAR has no word for a missing answer; readers take the status 0 for one.
        return harfile.Response(
            status=0, statusText="", httpVersion="", comment=plain(exchange.failure) or None
        )
    encoded = sent.codes.put_into(_utf8(exchange.answer.replace(MARK, sent.mark)).encode("utf-8"))
    text = encoded.decode("utf-8")
    is_json = decode_json(encoded) is not NOT_JSON
    return harfile.Response(
        status=exchange.status,
        statusText=_phrase(exchange.status),
        httpVersion="HTTP/1.1",
        content=harfile.Content(
            size=len(encoded),
            mimeType="application/json" if is_json else "text/plain; charset=utf-8",
            text=text,
            comment="bytes that are no UTF-8 are replaced" if _REPLACED in text else None,
        ),
        bodySize=len(encoded),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _escaped(target: str) -> str:
    """``target`` as part of a valid URL: a request may have been sent to one that is not."""
    return quote(_NO_ESCAPE.sub("%25", target), safe=_IN_A_URL, errors="replace")


def _utf8(text: str) -> str:
    """``text`` with escapes for lone surrogates, which many readers of JSON refuse."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
