"""DRY-02: a dry update and the real one that follows it must be answered alike.

A wrong response to a dry update is held back until the next step. If the same update for real is
answered just as wrongly, only the real one is reported, with the rule that both break. Where they
differ, or no real one follows, the dry run itself is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..contract import Update
from ..record import CheckName, Form, Outcome, SessionKind, Situation, StatusIn
from .judged_response import Finding, JudgedResponse
from .model import Topic

_ACCEPTED_DRY = Outcome.other("accepted dry, refused for real")
_REFUSED_DRY = Outcome.other("refused dry, accepted for real")
_OTHER_SESSION = {
    SessionKind.NONEXISTENT: SessionKind.OPEN,
    SessionKind.OPEN: SessionKind.NONEXISTENT,
}
"""The states in which most updates are answered alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryResponse:
    """The response to a dry update, until the next step on its session."""

    number: int
    """Index of the dry step in the scenario."""
    step: Update
    accepted: bool
    status: int
    finding: Finding | None
    """What is wrong with its status."""
    stored_state_decides: bool = False
    """The real update may be answered otherwise, for the state of the session (DRY-U2)."""

    def alone(self) -> Finding | None:
        """What to report if the same update for real does not follow."""
        if self.finding is None:
            return None
        first = Finding(
            rule="DRY-02",
            situation=self.finding.situation,
            outcome=self.finding.outcome,
            expected=self.finding.expected,
            found=self.finding.found,
            claim=self.finding.claim,
            operation=self.step,
            check=CheckName.DRY_RUN,
            family=self.finding.family,
        )
        return replace(first, alternatives=(*self.finding.alternatives, *_elsewhere(first)))

    def compared_with(self, real: JudgedResponse, finding: Finding | None) -> Finding | None:
        """What to report of the dry update, given the next step on the session.

        Args:
            real: the response to that step.
            finding: what is wrong with its status, if anything.
        """
        is_same_update = (
            isinstance(real.step, Update)
            and not real.step.dry
            and real.step.credentials is self.step.credentials
            and real.step.body == self.step.body
        )
        if not is_same_update:
            return self.alone()
        if self.accepted == real.accepted or finding is not None:
            return None
        if self.finding is not None:
            return self.alone()
        if self.stored_state_decides:
            return None
        if any(remark.topic is Topic.CAMPAIGNS_FOR_REAL for remark in real.expectation.remarks):
            return None  # only dry runs may have campaign IDs
        return Finding(
            rule="DRY-02",
            situation=Situation(form=Form.DRY_RUN_PAIR, subject=real.expectation.situation.key),
            outcome=_ACCEPTED_DRY if self.accepted else _REFUSED_DRY,
            expected=f"the dry run answered as the real one: {real.status}",
            found=str(self.status),
            claim=StatusIn(statuses=tuple(range(400, 500)) if self.accepted else (200,)),
            operation=self.step,
            check=CheckName.DRY_RUN,
        )


def _elsewhere(first: Finding) -> Iterator[Finding]:
    """The same of a session in another state, where the state makes no difference."""
    session = first.situation.session
    if session in _OTHER_SESSION:
        yield replace(first, situation=first.situation.with_session(_OTHER_SESSION[session]))
