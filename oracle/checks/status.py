"""The status of an answer against the verdict of the model, and what must never be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...contract import Fetch, Raw, ReturnItems, Update
from ...record import AnyOf, NoServerError, Present, StatusIn
from ..attribution.blame import Blame, Cause, blame, other_causes
from ..attribution.side_effects import isolation, keyless_trace, trace
from ..judged_response import UPDATE, VIEW, Finding, JudgedResponse, PastStep
from ..model import Expectation, Verdict, asked_of, family, requested_state
from .fields import state_finding
from .schema import error_as_success

GATEWAY_STATUSES = frozenset((502, 503, 504))
"""Statuses that stand for trouble before the API: no verdict on the request."""

_NOT_OFFERED = frozenset((501, 505))
"""How HTTP itself answers methods, codings and versions that a server does not offer."""

INCONCLUSIVE_STATUSES = frozenset((409, 413, 414, 429, 431)) | GATEWAY_STATUSES
"""Statuses that a request may always meet without breaking a rule: a limit of a campaign or
parallel work (409), sizes beyond what the server reads (413, 414, 431), rate limits (429)."""


_RETURNS = ("return of a closed session", "return of a partially returned session")
"""What refuses the one return, refuses the other as well, unless the states are to blame."""
_MOVES = tuple(
    f"update of {place} {movement}"
    for place in ("an unknown session", "an open session")
    for movement in ("without a state", "to open", "to closed", "to cancelled")
)
_KEY_NOT_ASKED_FOR = "answered as with a key"


def check_status(judged: JudgedResponse) -> Iterator[Finding]:
    """The verdict against the status: every rule that demands acceptance or refusal; RESP-01."""
    status = judged.answer.status
    expectation = judged.expectation
    open_raw = judged.open_status and isinstance(judged.step, Raw)
    if error_as_success(judged) and not open_raw:
        yield _error_as_success(judged)
        return
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


def check_server_error(judged: JudgedResponse) -> Iterator[Finding]:
    """ERR-02: no input is answered with a 5xx (gateways' own statuses aside)."""
    status = judged.answer.status
    if judged.open_status and isinstance(judged.step, Raw) and status in _NOT_OFFERED:
        return
    if status >= 500 and status not in GATEWAY_STATUSES:
        raw = judged.step if isinstance(judged.step, Raw) else None
        yield Finding(
            rule="ERR-02",
            situation=f"raw request: {family(raw)}" if raw else judged.expectation.situation,
            operation=VIEW if raw else None,
            outcome=str(status),
            expected="no 5xx",
            claim=NoServerError(),
            found=f"{status} {_start(judged)}",
            alternatives=tuple(_crashes(judged.expectation, str(status))),
        )


def _crashes(expectation: Expectation, outcome: str) -> Iterator[Finding]:
    """The same crash for whatever else there is about the request, without ``dry``, and with any
    other move of the state machine: what crashes a server is in the body, more often than not."""
    situations = (expectation.situation, *(situation for _, situation in expectation.others))
    for text in (*(situation.removeprefix("dry ") for situation in situations), *_MOVES):
        yield Finding(rule="ERR-02", situation=text, outcome=outcome)
    if expectation.situation.startswith("return: "):
        yield Finding(
            rule="ERR-02",
            situation=expectation.situation.replace("return: ", "update: "),
            outcome=outcome,
            operation=UPDATE,
        )


def _finding(judged: JudgedResponse, expected: str, statuses: frozenset[int]) -> Finding:
    status, expectation = judged.answer.status, judged.expectation
    keyless = expectation.rules[0] == "AUTH-01"
    outcome = "accepted" if judged.accepted else f"answered {status}"
    wrong_refusal = judged.refused and expectation.verdict is Verdict.MUST_REJECT and not keyless
    first = Finding(
        rule=expectation.rules[0],
        situation=expectation.situation,
        outcome=_KEY_NOT_ASKED_FOR if keyless and status != 401 else outcome,
        operation=VIEW if isinstance(judged.step, Raw) and not keyless else None,
        family=f"refusals are answered {status}" if wrong_refusal else "",
        expected=expected,
        claim=StatusIn(statuses=tuple(sorted(statuses))),
        found=f"{status} {_start(judged)}".strip(),
    )
    return replace(first, alternatives=tuple(_readings(judged, first)))


def _readings(judged: JudgedResponse, first: Finding) -> Iterator[Finding]:
    """The same outcome of whatever else there is about the request, and without ``dry``.

    Who needs no key at all needs no right one either; who asks for none on updates, asks for none.
    """
    if first.rule == "AUTH-01":
        for key in (first.situation.partition(" with ")[2], "a wrong key", "no key"):
            yield replace(first, situation=f"{judged.step.operation.value} with {key}")
            yield replace(first, situation=f"update with {key}", operation=UPDATE)
        if not judged.accepted:
            yield keyless_trace()
        return
    yield from _moved_anyway(judged)
    for rule, situation in ((first.rule, first.situation), *judged.expectation.others):
        yield replace(first, rule=rule, situation=situation)
        plain = situation.removeprefix("dry ")
        yield replace(first, rule=rule, situation=plain)
        if isinstance(judged.step, ReturnItems):
            yield from (replace(first, rule=rule, situation=text) for text in _RETURNS)


def _moved_anyway(judged: JudgedResponse) -> Iterator[Finding]:
    """Who moves to a state without being asked, moves to it when asked as well."""
    step, before = judged.step, judged.before
    state = requested_state(step) if isinstance(step, Update) else None
    if not judged.expectation.refused_by_state or not judged.accepted or state is None:
        return
    unasked = Update(session=step.session, body={"customerSession": {}})
    past = PastStep(
        session=step.session,
        step=unasked,
        expectation=replace(judged.expectation, situation=asked_of(unasked, before)),
        accepted=True,
        before=before,
    )
    yield state_finding(Blame(kind=Cause.UPDATED, past=past), state.value)


def _error_as_success(judged: JudgedResponse) -> Finding:
    """RESP-01, whatever was asked: who looks at the status takes the refusal for a success."""
    shows = (Present(pointer="/effects"), Present(pointer="/customerSession"))
    return Finding(
        rule="RESP-01",
        situation="refusal",
        outcome="an error under the status 200",
        operation=VIEW,
        check="schema",
        expected="a 4xx, or what the operation answers under 200",
        found=f"{judged.answer.status} {_start(judged)}",
        claim=AnyOf(claims=(StatusIn(statuses=tuple(range(400, 500))), *shows)),
    )


def _missing(judged: JudgedResponse) -> bool:
    return isinstance(judged.step, Fetch) and judged.answer.status == 404


def _vanished(judged: JudgedResponse) -> Finding:
    """A read does not find a session that was accepted: what came between is to blame."""
    cause = blame(judged)
    rules = {Cause.OTHER: "IDENT-01", Cause.REOPENED: "STATE-15", Cause.RETURNED: "RET-01"}
    first, *others = (
        Finding(
            rule=rules.get(of.kind, "RESP-03"),
            situation=of.situation,
            outcome="session not found afterwards",
            expected="200, the session as accepted",
            claim=StatusIn(statuses=(200,)),
            found=f"{judged.answer.status} {_start(judged)}",
            operation=of.step,
        )
        for of in (cause, *other_causes(judged, cause))
    )
    return replace(first, alternatives=(*first.alternatives, *others))


def _appeared(judged: JudgedResponse) -> Finding:
    """A read finds a session that nothing accepted has made."""
    cause = blame(judged)
    first, *others = (
        replace(
            finding,
            expected="no such session: 404 or 400",
            found=f"{judged.answer.status} {_start(judged)}",
        )
        for of in (cause, *other_causes(judged, cause))
        for finding in _made_by(judged, of)
    )
    return replace(
        first, claim=StatusIn(statuses=(400, 404)), alternatives=(*first.alternatives, *others)
    )


def _made_by(judged: JudgedResponse, cause: Blame) -> tuple[Finding, ...]:
    if cause.kind is Cause.OTHER:
        return isolation(judged)
    if cause.kind is not Cause.NOTHING:
        return (trace(cause),)
    found = Finding(
        rule="ERR-05",
        situation=cause.situation,
        outcome="session exists afterwards",
        operation=cause.step,
    )
    return (found,)


def _listed(statuses: frozenset[int]) -> str:
    if len(statuses) > 5:
        return "a 4xx"
    return " or ".join(str(status) for status in sorted(statuses))


def _start(judged: JudgedResponse) -> str:
    return judged.answer.body[:300].decode("utf-8", "replace")
