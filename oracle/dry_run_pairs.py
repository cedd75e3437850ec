"""DRY-02: a dry update and the real one that follows it must be answered alike.

A wrong answer to a dry update is held back until the next step: if the same update for real is
answered just as wrongly, the rule that both break is named once, with the real one. Only where
they differ, or no real one follows, the dry run itself is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..contract import Update
from ..record import StatusIn
from .judged_response import Finding, JudgedResponse

_PLACES = ("an unknown session", "an open session")


@dataclass(frozen=True, slots=True, kw_only=True)
class DryAnswer:
    """The answer to a dry update, until the next step on its session."""

    number: int
    """Index of the dry step in the scenario."""
    step: Update
    accepted: bool
    status: int
    finding: Finding | None
    """What is wrong with its status."""

    def alone(self) -> Finding | None:
        """What to report if no real twin follows."""
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
            check="dry_run",
            family=self.finding.family,
        )
        return replace(first, alternatives=(*self.finding.alternatives, *_elsewhere(first)))

    def beside(self, real: JudgedResponse, finding: Finding | None) -> Finding | None:
        """What to report of the dry answer, given the next step on the session.

        Args:
            real: that step, judged.
            finding: what is wrong with its status, if anything.
        """
        twin = (
            isinstance(real.step, Update)
            and not real.step.dry
            and real.step.credentials is self.step.credentials
            and real.step.body == self.step.body
        )
        if not twin:
            return self.alone()
        if self.accepted == real.accepted or finding is not None:
            return None
        if self.finding is not None:
            return self.alone()
        if "evaluableCampaignIds" in real.expectation.situation:
            return None  # only dry runs may carry them
        return Finding(
            rule="DRY-02",
            situation=f"dry run of: {real.expectation.situation}",
            outcome="accepted dry, refused for real"
            if self.accepted
            else "refused dry, accepted for real",
            expected=f"the dry run answered as the real one: {real.answer.status}",
            found=str(self.status),
            claim=StatusIn(statuses=tuple(range(400, 500)) if self.accepted else (200,)),
            operation=self.step,
        )


def _elsewhere(first: Finding) -> Iterator[Finding]:
    """The same of a session in another state: the real updates show what depends on states."""
    for one, other in (_PLACES, _PLACES[::-1]):
        if one in first.situation:
            yield replace(first, situation=first.situation.replace(one, other))
