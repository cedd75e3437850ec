"""What may have gone wrong before, unseen, and would explain what an answer shows now."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Fetch, SessionState, Update
from ...record import CheckName
from ..attribution.blame import Blame, Cause, cause_of
from ..attribution.side_effects import isolation, trace
from ..judged_response import Finding, JudgedResponse, PastStep
from ..model import sent_session
from .fields import KEPT_CART, state_finding
from .returned_units import UNIT_PROBLEMS, units_finding


def suspects(judged: JudgedResponse) -> Iterator[Finding]:
    """What no answer could have shown yet: each step since the session was last shown may have left
    it in another state than it should, or changed what it should not.

    The findings hold no texts for people: they only name what would be reported if it were seen.
    """
    own_write = judged.accepted and not isinstance(judged.step, Fetch)
    for past in judged.since[:-1] if own_write else judged.since:
        cause = cause_of(past, judged)
        if cause.kind in (Cause.REFUSED, Cause.DRY):
            yield trace(cause)
            continue
        if cause.kind is Cause.OTHER:
            yield from isolation(judged)
        yield from _moved(cause)


def late_trace(past: PastStep) -> Finding:
    """What ``past``, which should have left no trace, would be reported for."""
    return trace(Blame(kind=Cause.REFUSED, past=past))


def _moved(cause: Blame) -> Iterator[Finding]:
    for state in SessionState:
        yield state_finding(cause, state.value)
    if cause.kind is Cause.RETURNED:
        yield from (units_finding(cause, problem) for problem in UNIT_PROBLEMS)
    if isinstance(cause.step, Update) and "cartItems" in sent_session(cause.step):
        yield Finding(
            rule="MERGE-03",
            situation=cause.situation,
            outcome=KEPT_CART,
            operation=cause.step,
            check=CheckName.FIELDS,
        )
