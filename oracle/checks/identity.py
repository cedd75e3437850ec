"""What names a session and its age: integrationId, id, created, updated, updateCount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import eq
from typing import Any

from ...contract import ContractVersion, Operation, Update
from ...record import (
    SESSION_SHOWN,
    SESSIONS_HAVE_ONE_ID,
    TWO_SESSIONS,
    Differs,
    Form,
    Holds,
    Outcome,
    OutcomeKind,
    Situation,
    Unchanged,
)
from ..attribution.blame import Blame, blame, other_causes
from ..attribution.side_effects import altered_id, isolation, side_effect, untouched
from ..judged_response import VIEW, Finding, JudgedResponse, brief
from ..model import instant, same_instant
from ..model.remarks.strings import has_surrogate

_NEW_KEY = "an earlier request under another Idempotency-Key"


def check_integration_id(response: JudgedResponse) -> Iterator[Finding]:
    """IDENT-02: the session ID comes back unaltered, in real and in dry answers."""
    shown = response.shown
    if shown is None or has_surrogate(response.session_id):
        return
    found = shown.get("integrationId")
    if found == response.session_id:
        return
    expected, shows = (
        f"integrationId: {brief(response.session_id)}",
        f"integrationId: {brief(found)}",
    )
    merged = isinstance(found, str) and found in response.other_sessions
    if merged and response.expectation.effect_is_open:
        yield _answer_of_another(response, expected, shows)
        return
    yield replace(
        isolation(response)[0] if merged else altered_id(),
        expected=expected,
        found=shows,
        claim=Holds(pointer="/customerSession/integrationId", value=response.session_id),
        alternatives=(altered_id(),) if merged else (),
    )


def _answer_of_another(response: JudgedResponse, expected: str, found: str) -> Finding:
    """A key that two sessions used has brought the answer of the wrong one."""
    return Finding(
        rule="IDENT-02",
        situation=response.expectation.situation,
        outcome=Outcome.other("the answer of another session"),
        expected=expected,
        found=found,
        claim=Holds(pointer="/customerSession/integrationId", value=response.session_id),
    )


def check_identity(response: JudgedResponse) -> Iterator[Finding]:
    """RESP-07: id, created and applicationId stay, updated never goes back, ids are unique."""
    shown = response.shown
    if shown is None or response.dry:
        return
    if response.expectation.effect_is_open and shown.get("integrationId") != response.session_id:
        return  # `check_integration_id` reports it
    identity = response.before.identity
    if identity is not None:
        for key, known in (
            ("id", identity.id),
            ("created", identity.created),
            ("applicationId", identity.application_id),
        ):
            same = same_instant if key == "created" else eq
            if not same(known, shown.get(key)):
                yield _changed(key, known, shown.get(key))
    else:
        yield from _twins(response, shown)
    if _goes_back(response.before.latest_updated, shown.get("updated")):
        yield Finding(
            rule="RESP-07",
            situation=SESSION_SHOWN,
            outcome=Outcome.other("updated goes back"),
            operation=VIEW,
            expected=f"updated: {response.before.latest_updated} or later",
            found=f"updated: {brief(shown.get('updated'))}",
            claim=Unchanged(pointer="/customerSession/updated", may_grow=True),
        )


def _goes_back(before: str | None, now: object) -> bool:
    was, found = instant(before), instant(now)
    return was is not None and found is not None and found < was and not same_instant(before, now)


def check_untouched_time(response: JudgedResponse) -> Iterator[Finding]:
    """DRY-01, DRY-03, ERR-06, AUTH-01, IDEM-01: what changes nothing leaves ``updated`` alone."""
    shown = response.shown
    known = response.before.updated
    if shown is None or response.dry or known is None or response.before is not response.after:
        return
    cause = blame(response)
    if cause.must_change_nothing and not same_instant(known, shown.get("updated")):
        left = side_effect(
            cause, expected=f"updated: {known}", found=f"updated: {brief(shown.get('updated'))}"
        )
        claim = Unchanged(pointer="/customerSession/updated")
        yield replace(
            left, claim=claim, alternatives=(untouched(Outcome.field_differs("updated")),)
        )


def check_update_count(response: JudgedResponse) -> Iterator[Finding]:
    """RESP-08: updateCount grows by one with each accepted update, and by nothing else."""
    shown = response.shown
    known = None if response.after.lost else response.after.update_count
    if shown is None or response.dry or known is None:
        return
    if response.environment.contract is ContractVersion.CURRENT:
        found = shown.get("updateCount")
        if found != known:
            cause = blame(response)
            first, *others = (
                replace(
                    _miscounted(of),
                    expected=f"updateCount: {known}",
                    found=f"updateCount: {brief(found)}",
                )
                for of in (cause, *other_causes(response, cause))
            )
            claim = Holds(pointer="/customerSession/updateCount", value=known)
            yield replace(first, claim=claim, alternatives=(*first.alternatives, *others))


def _miscounted(cause: Blame) -> Finding:
    if cause.must_change_nothing:
        return side_effect(cause)
    if _may_be_taken_for_another(cause):
        return Finding(
            rule="IDEM-02",
            situation=Situation(form=Form.CONTENT, operation=Operation.UPDATE, subject=_NEW_KEY),
            outcome=Outcome.field_differs("updateCount"),
            operation=cause.step,
            alternatives=(_not_counted(cause),),
        )
    return _not_counted(cause)


def _may_be_taken_for_another(cause: Blame) -> bool:
    """Whether an update is one that the session accepted before under another key (IDEM-02)."""
    past = cause.past
    step = past.step if past is not None else None
    if past is None or not isinstance(step, Update) or step.idempotency_key is None:
        return False
    return any(
        known.is_repeated_by(step)
        for key, known in past.before.accepted_writes.items()
        if key != step.idempotency_key
    )


def _not_counted(cause: Blame) -> Finding:
    return Finding(
        rule="RESP-08",
        situation=cause.situation,
        outcome=Outcome.field_differs("updateCount"),
        operation=cause.step,
    )


def check_first_session(response: JudgedResponse) -> Iterator[Finding]:
    """IDENT-08: a session with the empty profile ID is always a first session."""
    shown = response.shown
    if shown is None or response.dry or response.after.fields.get("profileId") != "":
        return
    if shown.get("profileId"):
        return  # it is no anonymous session, which is another matter
    if shown.get("firstSession") is False:  # RESP-01 is against anything else
        yield Finding(
            rule="IDENT-08",
            situation=Situation.other("anonymous session"),
            outcome=Outcome.other("firstSession is not true"),
            operation=VIEW,
            expected="firstSession: true",
            found=f"firstSession: {brief(shown.get('firstSession'))}",
            claim=Holds(pointer="/customerSession/firstSession", value=True),
        )


def _twins(response: JudgedResponse, shown: Mapping[str, Any]) -> Iterator[Finding]:
    """A session that is shown for the first time with the id of another."""
    for other in response.other_sessions.values():
        identity = other.identity
        if identity is None or identity.id != shown.get("id"):
            continue
        expected, found = f"an id other than {identity.id}", f"id: {brief(shown.get('id'))}"
        if same_instant(identity.created, shown.get("created")):
            first, *others = isolation(response)
            finding = replace(first, expected=expected, found=found, alternatives=tuple(others))
        else:
            finding = Finding(
                rule="RESP-07",
                situation=TWO_SESSIONS,
                outcome=SESSIONS_HAVE_ONE_ID,
                operation=VIEW,
                expected=expected,
                found=found,
            )
        yield replace(finding, claim=Differs(pointer="/customerSession/id"))


def _changed(key: str, known: object, found: object) -> Finding:
    return Finding(
        rule="RESP-07",
        situation=SESSION_SHOWN,
        outcome=Outcome(OutcomeKind.FIELD_CHANGES, key),
        operation=VIEW,
        expected=f"{key}: {brief(known)}",
        found=f"{key}: {brief(found)}",
        claim=Unchanged(pointer=f"/customerSession/{key}"),
    )
