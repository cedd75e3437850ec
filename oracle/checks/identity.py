"""What names a session and its age: integrationId, id, created, updated, updateCount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...contract import ContractVersion
from ...record import (
    SESSION_SHOWN,
    SESSIONS_HAVE_ONE_ID,
    TWO_SESSIONS,
    Differs,
    Holds,
    Outcome,
    OutcomeKind,
    Situation,
    Unchanged,
)
from ..attribution.blame import Blame, Cause, blame, other_causes
from ..attribution.side_effects import altered_id, isolation, trace, untouched
from ..judged_response import VIEW, Finding, JudgedResponse, brief
from ..model.remarks.strings import has_surrogate


def check_integration_id(judged: JudgedResponse) -> Iterator[Finding]:
    """IDENT-02: the session ID comes back unaltered, in real and in dry answers."""
    shown = judged.shown
    if shown is None or has_surrogate(judged.session_id):
        return
    found = shown.get("integrationId")
    if found == judged.session_id:
        return
    expected, shows = f"integrationId: {brief(judged.session_id)}", f"integrationId: {brief(found)}"
    merged = isinstance(found, str) and found in judged.others
    yield replace(
        isolation(judged)[0] if merged else altered_id(),
        expected=expected,
        found=shows,
        claim=Holds(pointer="/customerSession/integrationId", value=judged.session_id),
        alternatives=(altered_id(),) if merged else (),
    )


def check_identity(judged: JudgedResponse) -> Iterator[Finding]:
    """RESP-07: id, created and applicationId stay, updated never goes back, ids are unique."""
    shown = judged.shown
    if shown is None or judged.dry:
        return
    identity = judged.before.identity
    if identity is not None:
        for key, known in (
            ("id", identity.id),
            ("created", identity.created),
            ("applicationId", identity.application_id),
        ):
            if shown.get(key) != known:
                yield _changed(key, known, shown.get(key))
    else:
        yield from _twins(judged, shown)
    before, now = _time(judged.before.latest_updated), _time(shown.get("updated"))
    if before is not None and now is not None and now < before:
        yield Finding(
            rule="RESP-07",
            situation=SESSION_SHOWN,
            outcome=Outcome.other("updated goes back"),
            operation=VIEW,
            expected=f"updated: {judged.before.latest_updated} or later",
            found=f"updated: {brief(shown.get('updated'))}",
            claim=Unchanged(pointer="/customerSession/updated", may_grow=True),
        )


def check_untouched_time(judged: JudgedResponse) -> Iterator[Finding]:
    """DRY-01, DRY-03: a dry run leaves ``updated`` alone."""
    shown = judged.shown
    known = judged.before.updated
    if shown is None or judged.dry or known is None or judged.before is not judged.after:
        return
    cause = blame(judged)
    if cause.kind is Cause.DRY and _time(shown.get("updated")) != _time(known):
        left = trace(
            cause, expected=f"updated: {known}", found=f"updated: {brief(shown.get('updated'))}"
        )
        claim = Unchanged(pointer="/customerSession/updated")
        yield replace(
            left, claim=claim, alternatives=(untouched(Outcome.field_differs("updated")),)
        )


def check_update_count(judged: JudgedResponse) -> Iterator[Finding]:
    """RESP-08: updateCount grows by one with each accepted update, and by nothing else."""
    shown = judged.shown
    known = judged.after.update_count
    if shown is None or judged.dry or known is None:
        return
    if judged.environment.contract is ContractVersion.CURRENT:
        found = shown.get("updateCount")
        if found != known:
            cause = blame(judged)
            first, *others = (
                replace(
                    _miscounted(of),
                    expected=f"updateCount: {known}",
                    found=f"updateCount: {brief(found)}",
                )
                for of in (cause, *other_causes(judged, cause))
            )
            claim = Holds(pointer="/customerSession/updateCount", value=known)
            yield replace(first, claim=claim, alternatives=(*first.alternatives, *others))


def _miscounted(cause: Blame) -> Finding:
    if cause.kind in (Cause.DRY, Cause.REFUSED):
        return trace(cause)
    return Finding(
        rule="RESP-08",
        situation=cause.situation,
        outcome=Outcome.field_differs("updateCount"),
        operation=cause.step,
    )


def check_first_session(judged: JudgedResponse) -> Iterator[Finding]:
    """IDENT-08: a session with the empty profile ID is always a first session."""
    shown = judged.shown
    if shown is None or judged.dry or judged.after.fields.get("profileId") != "":
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


def _twins(judged: JudgedResponse, shown: Mapping[str, Any]) -> Iterator[Finding]:
    """A session that is shown for the first time with the id of another."""
    for other in judged.others.values():
        identity = other.identity
        if identity is None or identity.id != shown.get("id"):
            continue
        expected, found = f"an id other than {identity.id}", f"id: {brief(shown.get('id'))}"
        if identity.created == shown.get("created"):
            first, *others = isolation(judged)
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


def _time(text: object) -> datetime | None:
    """An RFC 3339 time with an offset; None for anything else, which the schema check reports."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
