"""What an answer to an operation of a plugin means for the session."""

from __future__ import annotations

from ..contract import Raw
from ..contract.own_operations import is_safe
from ..wire import NoResponse, Response
from .checks import INCONCLUSIVE_STATUSES
from .judgement import Judgement


def own_judgement(step: Raw, outcome: Response | NoResponse) -> Judgement | None:
    """Whether anything can be said of an answer, and whether the session must be read again.

    A refusal is believed to have changed nothing.

    Returns:
        None: a request that may write has no answer, so it may be applied at any time; the oracle
        follows it as any lost write.
    """
    if isinstance(outcome, NoResponse):
        if not is_safe(step):
            return None
        return Judgement(inconclusive=(f"{step.own}: {outcome.reason}",))
    may_have_written = not is_safe(step) and not 400 <= outcome.status < 500
    inconclusive = outcome.status in INCONCLUSIVE_STATUSES
    return Judgement(
        must_read=may_have_written,
        inconclusive=(f"{step.own}: answered {outcome.status}",) if inconclusive else (),
    )
