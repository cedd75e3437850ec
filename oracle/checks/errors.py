"""Checks refusals: their format, and what they must not reveal.

ERR-03 is about what only the inside of a server knows. The text of an error may speak of fields,
pages and rules in any words, so a finding needs more than a word or a slash:

============  ==================================================  =============================
leak          what counts                                         what does not
============  ==================================================  =============================
stack trace   a frame: a file with a line, ``goroutine 1 [``      "at line 3, column 5"
file path     a program, library, configuration, log or key       a link; a page such as
              file below a root of a server's file system; a      ``/app/errors.html``
              path on a drive of Windows
SQL           a statement with its table and a clause, a column   SELECT, FROM, UPDATE and SET
              list or a value; a driver's mark, ``SQLSTATE``      as words of a sentence
secret        the API key of the run                              a wrong key that was sent
============  ==================================================  =============================

What the request itself held may be quoted.
"""

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
_WITH_MESSAGE = 400
"""The status whose body must have a message."""
_SHOWS_SESSION = Outcome.other("shows a session")
_MAX_SEARCHED = 16 * 1024
"""Bytes of an error in which leaks are looked for. The work of each pattern is bounded at each of
them by the numbers in its braces: a target may have written the text for just that pattern."""
_GAP = rb"(?:\s|\\[nrt]){1,20}"
"""White space, which JSON may escape."""
_NAME = rb"[\w.\\\"`\[\]]{1,100}"
"""A name in SQL, perhaps in the quotes of a dialect, which JSON escapes."""
_CLAUSE = (
    rb"(?:WHERE" + _GAP + _NAME + rb"\s{0,20}(?:[=<>!]|IN\b|IS\b|LIKE\b|BETWEEN\b)"
    rb"|(?:INNER |LEFT |RIGHT |CROSS )?JOIN|ORDER BY|GROUP BY|LIMIT \d|FOR UPDATE)"
)
_COLUMN = rb"[\w.\\\"`\[\]()*]{1,100}(?:" + _GAP + rb"AS" + _GAP + rb"\w{1,100})?"
_COLUMNS = (
    rb"(?:[\w.\\\"`\[\]]{0,100}\*|" + _COLUMN + rb"(?:\s{0,20},\s{0,20}" + _COLUMN + rb"){1,20}"
    rb"|\w{1,100}\([\w.*]{0,100}\)|\w{1,100}[._]\w{1,100}"
    rb"|[\\\"`\[]{1,4}\w{1,100}[\\\"`\]]{1,4})"
)
"""What no sentence has after SELECT: a star, a list, a function, a name that is no word."""
_WORD = rb"\w{1,100}"
_TABLE = rb"(?:\w{1,100}_\w{1,100}|\w{1,100}(?=[\"';)\\]|$))"
_STATEMENTS = (
    rb"SELECT" + _GAP + rb"(?:DISTINCT )?" + _COLUMNS + _GAP + rb"FROM" + _GAP + _NAME,
    # One plain word, which may be a sentence: then the table has a name that is no word, the
    # statement ends with it, or a clause comes after it.
    rb"SELECT" + _GAP + _WORD + _GAP + rb"FROM" + _GAP + _TABLE,
    rb"SELECT" + _GAP + _WORD + _GAP + rb"FROM" + _GAP + _NAME + _GAP + _CLAUSE,
    rb"INSERT INTO" + _GAP + _NAME + rb"\s{0,20}(?:\([^()]{1,300}\)\s{0,20})?(?:VALUES|SELECT)\b",
    rb"UPDATE" + _GAP + _NAME + _GAP + rb"SET" + _GAP + _NAME + rb"\s{0,20}=",
    rb"DELETE FROM"
    + _GAP
    + rb"(?:\w{1,100}_\w{1,100}|\w{1,100};|"
    + _NAME
    + _GAP
    + _CLAUSE
    + rb")",
)
_ROOTS = rb"(?:usr|home|opt|var|srv|app|etc|go|root)"
_PROGRAM_FILES = (
    rb"(?:py[co]?|rb|go|java|class|jar|kts?|scala|php|cs|rs|cc?|cpp|so|[cm]?[jt]sx?:\d+"
    rb"|sql|sqlite3?|db|ini|cfg|conf|env|toml|properties|log|sock|pem|key|crt|sh)"
)
_LEAKS = (
    ("a stack trace", re.compile(rb"Traceback \(most recent call last\)")),
    ("a stack trace", re.compile(rb"\bFile \"[^\"]{1,500}\", line \d+")),
    ("a stack trace", re.compile(rb"\bgoroutine \d+ \[")),
    ("a stack trace", re.compile(rb"\bat [\w.$<>]{1,300}\([\w.]{1,300}:\d{1,9}\)")),
    ("a stack trace", re.compile(rb"\bat [^\n\"]{1,200}\.(?:js|ts):\d{1,9}:\d{1,9}")),
    (
        "a file path",
        # A slash within a link follows its host or another part of its path.
        re.compile(
            rb"(?:(?<=file://)|(?<![\w.:/%-]))/"
            + _ROOTS
            + rb"/[\w./@-]{1,300}\."
            + _PROGRAM_FILES
            + rb"(?![\w-])"
        ),
    ),
    ("a file path", re.compile(rb"\b[A-Z]:\\\\?(?:[\w .-]{1,100}\\\\?){1,40}\.\w+")),
    ("SQL", re.compile(rb"\b(?:SQLSTATE|pq: |ORA-\d{5}|psycopg2|sqlite3\.|PG::)")),
    *(("SQL", re.compile(rb"\b" + statement)) for statement in _STATEMENTS),
)


def check_error_format(response: JudgedResponse) -> Iterator[Finding]:
    """ERR-01: a refusal is JSON in the error format, which demands a message of a 400 only."""
    if not response.refused or response.status in INCONCLUSIVE_STATUSES or _before_api(response):
        return
    with_message = response.status == _WITH_MESSAGE
    if response.json is NOT_JSON:
        problem = "no JSON" if response.body else "an empty body"
    else:
        entity = Entity.ERROR_RESPONSE if with_message else Entity.ERROR_WITH_STATUS
        problem = first_schema_error(response.environment, entity, response.json)
    if problem:
        yield Finding(
            rule="ERR-01",
            situation=REFUSAL,
            outcome=Outcome.other(problem),
            operation=VIEW,
            expected=f"an error: an object{' with a message' if with_message else ''}",
            found=response.body[:300].decode("utf-8", "replace"),
            claim=TypeIs(pointer="/message", type="string")
            if with_message
            else TypeIs(pointer="", type="object"),
        )


def check_leak(response: JudgedResponse) -> Iterator[Finding]:
    """ERR-03: an error reveals nothing of the inside. It may quote the request."""
    if response.status < 400:
        return
    if response.received.shows_key:
        yield _leak("the API key", "the API key", "")
    sent = _sent_text(response)
    shown = response.body[:_MAX_SEARCHED]
    for what, pattern in _LEAKS:
        for match in pattern.finditer(shown):
            if match.group() not in sent:
                yield _leak(
                    what, match.group().decode("utf-8", "replace"), pattern.pattern.decode()
                )
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


def _leak(what: str, found: str, pattern: str) -> Finding:
    return Finding(
        rule="ERR-03",
        situation=_ERROR,
        outcome=Outcome.other(f"it tells {what}"),
        operation=VIEW,
        expected="an error that shows nothing of the inside",
        found=found,
        claim=Without(pattern=pattern),
    )
