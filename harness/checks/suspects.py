"""What may have gone wrong before, unseen, and would explain what an answer shows now."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Fetch, SessionState
from .blame import Blame, Cause, cause_of
from .fields import state_finding
from .judged import Finding, Judged
from .traces import one_session, trace


def suspects(judged: Judged) -> Iterator[Finding]:
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
            yield one_session()
        yield from _moved(cause)


def _moved(cause: Blame) -> Iterator[Finding]:
    for state in SessionState:
        yield state_finding(cause, state.value)
