"""Names a scenario that showed something, so that another run can tell whether it sent it too."""

from __future__ import annotations

import msgspec

from ..record.check_names import BY_REQUEST
from ..record.events import ScenarioRun
from ..record.scenario_parts import Discrepancy


class ShownBy(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario, and how far it must have been answered in the same way to decide anything.

    A target that lawfully answers an early step otherwise never comes to the step that matters.
    """

    digest: str
    """`cartfuzz.record.scenario_digest`."""
    answers: str
    """One `AnswerClass` a step, up to the last one that must be the same."""


def shown_by(event: ScenarioRun, found: Discrepancy) -> ShownBy | None:
    """The scenario as one that showed ``found``; None: it cannot be looked up.

    A late read has the ID of a scenario, but shows something else.
    """
    return _up_to(event, found.step + (found.check not in BY_REQUEST))


def answered_before(event: ScenarioRun, step: int) -> ShownBy | None:
    """The scenario as one whose answer to a step is what matters; None as in `shown_by`."""
    return _up_to(event, step)


def _up_to(event: ScenarioRun, steps: int) -> ShownBy | None:
    if not event.digest or event.is_late_read:
        return None
    return ShownBy(digest=event.digest, answers=event.answers[:steps])
