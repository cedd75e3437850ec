"""The status of an answer against the verdict of the model, and what must never be answered."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Fetch, Raw
from ...record import NoServerError, StatusIn
from ..model import Verdict
from .blame import Cause, blame
from .judged import Finding, Judged

GATEWAY_STATUSES = frozenset((502, 503, 504))
"""Statuses that stand for trouble before the API: no verdict on the request."""

_NOT_OFFERED = frozenset((501, 505))
"""How HTTP itself answers methods, codings and versions that a server does not offer."""

INCONCLUSIVE_STATUSES = frozenset((409, 413, 414, 429, 431)) | GATEWAY_STATUSES
"""Statuses that a request may always meet without breaking a rule: a limit of a campaign or
parallel work (409), sizes beyond what the server reads (413, 414, 431), rate limits (429)."""


def check_status(judged: Judged) -> Iterator[Finding]:
    """The verdict against the status: every rule that demands acceptance or refusal."""
    status = judged.answer.status
    expectation = judged.expectation
    if status >= 500 or expectation.verdict is Verdict.UNSPECIFIED:
        return
    if expectation.verdict is Verdict.MUST_ACCEPT:
        if status != 200:
            missing = _missing(judged)
            yield _vanished(judged) if missing else _finding(judged, "200", frozenset((200,)))
    elif judged.accepted:
        if isinstance(judged.step, Fetch) and expectation.rules[0] == "ERR-05":
            yield _appeared(judged)
        else:
            yield _finding(
                judged,
                f"a refusal with {_listed(expectation.statuses)}",
                expectation.statuses,
            )
    elif status not in expectation.statuses:
        yield _finding(
            judged,
            f"a refusal with {_listed(expectation.statuses)}",
            expectation.statuses,
        )


def check_server_error(judged: Judged) -> Iterator[Finding]:
    """ERR-02: no input is answered with a 5xx (gateways' own statuses aside)."""
    status = judged.answer.status
    if judged.open_status and isinstance(judged.step, Raw) and status in _NOT_OFFERED:
        return
    if status >= 500 and status not in GATEWAY_STATUSES:
        yield Finding(
            rule="ERR-02",
            situation=judged.expectation.situation,
            outcome=str(status),
            expected="no 5xx",
            claim=NoServerError(),
            found=f"{status} {_start(judged)}",
        )


def _finding(judged: Judged, expected: str, statuses: frozenset[int]) -> Finding:
    status = judged.answer.status
    return Finding(
        rule=judged.expectation.rules[0],
        situation=judged.expectation.situation,
        outcome="accepted" if judged.accepted else f"answered {status}",
        expected=expected,
        claim=StatusIn(statuses=tuple(sorted(statuses))),
        found=f"{status} {_start(judged)}".strip(),
    )


def _missing(judged: Judged) -> bool:
    return isinstance(judged.step, Fetch) and judged.answer.status == 404


def _vanished(judged: Judged) -> Finding:
    """A read does not find a session that was accepted: what came between is to blame."""
    cause = blame(judged)
    rules = {Cause.OTHER: "IDENT-01", Cause.REOPENED: "STATE-15", Cause.RETURNED: "RET-01"}
    return Finding(
        rule=rules.get(cause.kind, "RESP-03"),
        situation=cause.situation,
        outcome="session not found afterwards",
        expected="200, the session as accepted",
        claim=StatusIn(statuses=(200,)),
        found=f"{judged.answer.status} {_start(judged)}",
        operation=cause.step,
    )


def _appeared(judged: Judged) -> Finding:
    """A read finds a session that nothing accepted has made."""
    cause = blame(judged)
    if cause.kind is Cause.NOTHING:
        rule = "ERR-05"
    elif cause.kind is Cause.OTHER:
        rule = "IDENT-01"
    else:
        rule = cause.trace_rule
    return Finding(
        rule=rule,
        situation=cause.situation,
        outcome="session exists afterwards",
        expected="no such session: 404 or 400",
        claim=StatusIn(statuses=(400, 404)),
        found=f"{judged.answer.status} {_start(judged)}",
        operation=cause.step,
    )


def _listed(statuses: frozenset[int]) -> str:
    if len(statuses) > 5:
        return "a 4xx"
    return " or ".join(str(status) for status in sorted(statuses))


def _start(judged: Judged) -> str:
    return judged.answer.body[:300].decode("utf-8", "replace")
