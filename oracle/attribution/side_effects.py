"""Findings with one form, whichever field shows them: each is one bug."""

from __future__ import annotations

from dataclasses import replace

from ...contract import Operation, Raw
from ...record import (
    SESSION_SHOWN,
    SESSIONS_ARE_ONE,
    TWO_SESSIONS,
    CheckName,
    Form,
    Outcome,
    Situation,
)
from ..judged_response import UPDATE, VIEW, Finding, JudgedResponse
from .blame import Blame

LEAVES_SIDE_EFFECT = Outcome.other("leaves a trace")
_REFUSED_UPDATE = Situation(form=Form.AFTER_REFUSED, operation=Operation.UPDATE)
_UNTOUCHED = Situation.other("get of a session that nobody wrote to")
_USUAL_LENGTH = 50


def side_effect(cause: Blame, *, expected: str = "", found: str = "") -> Finding:
    """A dry or refused request changed something (DRY-01, DRY-03, ERR-06, STATE-17, AUTH-01)."""
    finding = Finding(
        rule=cause.side_effect_rule,
        situation=cause.situation,
        outcome=LEAVES_SIDE_EFFECT,
        expected=expected,
        found=found,
        operation=cause.step,
        check=CheckName.SIDE_EFFECT,
    )
    if finding.rule not in ("STATE-17", "ERR-06"):
        return finding
    # A target that stores before it looks at the request also stores before it looks at the state,
    # and it does so in returns and in updates.
    plainer = replace(finding, rule="ERR-06", situation=_REFUSED_UPDATE, operation=UPDATE)
    odd_key = isinstance(cause.step, Raw) and any(
        name.lower() == "authorization" for name, _ in cause.step.headers
    )
    return replace(
        finding, alternatives=(plainer, keyless_side_effect()) if odd_key else (plainer,)
    )


def keyless_side_effect() -> Finding:
    """An update without a valid key changed something: the target looked at the key too late."""
    return Finding(
        rule="AUTH-01",
        situation=_REFUSED_UPDATE,
        outcome=LEAVES_SIDE_EFFECT,
        operation=UPDATE,
        check=CheckName.SIDE_EFFECT,
    )


def isolation(response: JudgedResponse) -> tuple[Finding, ...]:
    """Two sessions share what each should have for itself (IDENT-01)."""
    one = Finding(
        rule="IDENT-01",
        situation=TWO_SESSIONS,
        outcome=SESSIONS_ARE_ONE,
        operation=VIEW,
        check=CheckName.ISOLATION,
    )
    # A target that alters IDs makes one ID of two similar ones; only odd IDs are altered.
    if any(map(_is_odd, (response.session_id, *response.other_sessions))):
        return one, altered_id()
    return (one,)


def altered_id() -> Finding:
    """A session ID does not come back as it was sent (IDENT-02)."""
    return Finding(
        rule="IDENT-02",
        situation=SESSION_SHOWN,
        outcome=Outcome.field_differs("integrationId"),
        operation=VIEW,
        check=CheckName.INTEGRATION_ID,
    )


def _is_odd(session_id: str) -> bool:
    plain = session_id.isascii() and session_id.replace("-", "").isalnum()
    return not plain or len(session_id) > _USUAL_LENGTH or session_id != session_id.lower()


def untouched(outcome: Outcome, *, expected: str = "", found: str = "") -> Finding:
    """A session changed though nobody wrote to it (RESP-03)."""
    return Finding(
        rule="RESP-03",
        situation=_UNTOUCHED,
        outcome=outcome,
        expected=expected,
        found=found,
        operation=VIEW,
        check=CheckName.LATE_READ,
    )
