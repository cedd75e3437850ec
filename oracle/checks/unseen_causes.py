"""Lists the faults that no response could show yet, and that would explain what one shows now."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Fetch, SessionState, Update
from ...record import CheckName
from ..attribution.blame import Blame, Cause, cause_of
from ..attribution.side_effects import isolation, side_effect
from ..judged_response import Finding, JudgedResponse, PastStep
from ..model import sent_session
from .fields import KEPT_CART
from .returned_units import UNIT_PROBLEMS, units_finding
from .state import state_finding


def unseen_findings(response: JudgedResponse) -> Iterator[Finding]:
    """What each step since the session was last shown may have done wrong: it may have left the
    session in another state than it should, or changed what it should not.

    The findings have no texts for people: they only name what would be reported if it were seen.
    """
    own_write = response.accepted and not isinstance(response.step, Fetch)
    for past in response.unseen_steps[:-1] if own_write else response.unseen_steps:
        cause = cause_of(past, response)
        if cause.must_change_nothing:
            yield side_effect(cause)
            continue
        if cause.kind is Cause.OTHER:
            yield from isolation(response)
        yield from _moved(cause)


def late_side_effect(past: PastStep) -> Finding:
    """The finding if ``past``, which should have changed nothing, did change something."""
    return side_effect(Blame(kind=Cause.REFUSED, past=past))


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
