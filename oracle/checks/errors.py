"""Checks refusals: their format, and what they must not reveal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...contract import Entity, Raw
from ...record import Holds, Outcome, Situation, TypeIs, Without
from ...wire.encoding import NOT_JSON, encode_json
from ..judged_response import REFUSAL, VIEW, Finding, JudgedResponse
from ..model import Topic
from .schema import first_schema_error
from .status import INCONCLUSIVE_STATUSES

_ERROR = Situation.other("error")
_SHOWS_SESSION = Outcome.other("shows a session")
_LEAKS = (
    ("a stack trace", re.compile(rb"Traceback \(most recent call last\)")),
    ("a stack trace", re.compile(rb"\bFile \"[^\"]+\", line \d+")),
    ("a stack trace", re.compile(rb"\bgoroutine \d+ \[")),
    ("a stack trace", re.compile(rb"\bat [\w.$<>]+\([\w.]+(?:\.java|\.kt|\.scala|\.cs)?:\d+\)")),
    ("a stack trace", re.compile(rb"\bat [^\n\"]{1,200}\.(?:js|ts):\d+:\d+")),
    ("a file path", re.compile(rb"(?:/(?:usr|home|opt|var|srv|app|etc|go|root)/)[\w./-]+\.\w+")),
    ("a file path", re.compile(rb"\b[A-Z]:\\\\?(?:[\w .-]+\\\\?)+\.\w+")),
    ("SQL", re.compile(rb"\b(?:SQLSTATE|pq: |ORA-\d{5}|psycopg2|sqlite3\.|PG::)")),
    (
        "SQL",
        re.compile(
            rb"\b(?:SELECT\b.{1,200}\bFROM|INSERT INTO|UPDATE \S+ SET|DELETE FROM)\b", re.DOTALL
        ),
    ),
)


def check_error_format(response: JudgedResponse) -> Iterator[Finding]:
    """ERR-01: a refusal is JSON in the error format."""
    if not response.refused or response.status in INCONCLUSIVE_STATUSES or _before_api(response):
        return
    if response.json is NOT_JSON:
        problem = "no JSON" if response.body else "an empty body"
    else:
        problem = first_schema_error(
            response.environment.contract, Entity.ERROR_RESPONSE, response.json
        )
    if problem:
        yield Finding(
            rule="ERR-01",
            situation=REFUSAL,
            outcome=Outcome.other(problem),
            operation=VIEW,
            expected="an ErrorResponse: an object with a message",
            found=response.body[:300].decode("utf-8", "replace"),
            claim=TypeIs(pointer="/message", type="string"),
        )


def check_leak(response: JudgedResponse) -> Iterator[Finding]:
    """ERR-03: an error reveals nothing of the inside. It may quote the request."""
    if response.status < 400:
        return
    if response.received.shows_key:
        yield _leak("the API key", "the API key", "")
    sent = _sent_text(response)
    for what, pattern in _LEAKS:
        for match in pattern.finditer(response.body):
            if match.group() not in sent:
                yield _leak(what, match.group().decode("utf-8", "replace"), _text(pattern))
                return


def check_data_without_key(response: JudgedResponse) -> Iterator[Finding]:
    """AUTH-01: the response to a request without a valid key shows no session."""
    if response.expectation.rules[0] != "AUTH-01" or response.accepted:
        return
    if isinstance(response.json, dict) and "customerSession" in response.json:
        yield Finding(
            rule="AUTH-01",
            situation=response.expectation.situation,
            outcome=_SHOWS_SESSION,
            expected="an error without data",
            claim=Holds(pointer="/customerSession", value=None),
            found=response.body[:300].decode("utf-8", "replace"),
        )


def _before_api(response: JudgedResponse) -> bool:
    """Whether an HTTP stack may have refused it before the API did, in a format of its own."""
    return response.open_status and (
        isinstance(response.step, Raw) or response.expectation.topic is Topic.SESSION_ID
    )


def _sent_text(response: JudgedResponse) -> bytes:
    body = getattr(response.step, "body", None)
    text = body if isinstance(body, bytes) else encode_json(body)
    return response.session_id.encode("utf-8", "surrogatepass") + text


def _text(pattern: re.Pattern[bytes]) -> str:
    flags = "(?s)" if pattern.flags & re.DOTALL else ""
    return flags + pattern.pattern.decode("ascii")


def _leak(what: str, found: str, pattern: str) -> Finding:
    return Finding(
        rule="ERR-03",
        situation=_ERROR,
        outcome=Outcome.other(f"it tells {what}"),
        operation=VIEW,
        expected="an error that tells nothing of the inside",
        found=found,
        claim=Without(pattern=pattern),
    )
