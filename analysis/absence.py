"""Decides what it means that a run does not show a discrepancy which another run shows.

It proves something only if the run sent the very scenario that shows it, or met the very situation,
and the target was right. Everything else is "not seen", with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..contract import Level
from ..record.check_names import CheckName
from ..record.digests import situation_digest
from ..record.events import StopReason
from ..record.phase import Phase, phase_of
from ..record.scenario_parts import Kind
from ..record.situation import Situation
from .bugs import Bug
from .judged_right import RightLookup
from .summary import Summary

_NAMED_BY_REQUEST = frozenset((CheckName.STATUS, CheckName.SERVER_ERROR))
"""The checks whose situations `cartfuzz.oracle` notes when they are right."""
_BY_TIMING = frozenset((Phase.RACE, Phase.LOST))
_PAIR = 2
_TWICE = 2


@dataclass(frozen=True, slots=True)
class Absence:
    """What it means that a run does not show a discrepancy."""

    is_proof: bool
    """Whether the run would have shown it."""
    reason: str
    """Why; for people."""


class AbsenceJudge:
    """Judges what one run does not show and another one does.

    Args:
        shows: the run that shows discrepancies.
        lacks: the run that does not show some of them.
    """

    def __init__(self, shows: Summary, lacks: Summary) -> None:
        self._shows, self._lacks = shows, lacks
        self._right_there = RightLookup(shows.judged_right) if shows.judged_right else None
        self._right_here = RightLookup(lacks.judged_right) if lacks.judged_right else None

    def absence_of(self, bug: Bug) -> Absence:
        """What it means that the one run lacks ``bug``, which the other one shows."""
        reason = self._not_comparable(bug)
        if reason:
            return Absence(False, reason)
        if self._sent_again(bug):
            return Absence(True, "the same scenario was sent and was right")
        if self._met_again(bug):
            return Absence(True, "the same situation was met and was right")
        return Absence(False, self._why_not_seen(bug))

    def _not_comparable(self, bug: Bug) -> str:
        """Why nothing that the run sent can decide; empty: it may."""
        lacks, shows = self._lacks, self._shows
        if lacks.contract is not shows.contract:
            return f"judged by another contract version, {lacks.contract.value}"
        if lacks.withheld:
            return "no update was accepted there, so that no rule was blamed"
        level = lacks.rules.get(bug.rule)
        if level is not None and level.level is Level.OBSERVE:
            seen = sum(one.count for one in lacks.muted if one.signature in bug.signatures)
            return f"{bug.rule} is only observed there" + (f"; seen {seen} times" if seen else "")
        if lacks.cartfuzz != shows.cartfuzz:
            return f"judged by another version of Cartfuzz, {lacks.cartfuzz}"
        if self._right_here is None:
            return "the version of Cartfuzz that made its record did not note what was right"
        if bug.kind is Kind.FLAKY:
            return "it does not show every time"
        return ""

    def _sent_again(self, bug: Bug) -> bool:
        """Whether the scenarios that show it were sent there, and were right."""
        right = self._right_here
        if right is None or self._lacks.environment != self._shows.environment:
            return False
        sent = [right.sent_after(one.digest, one.answers) for one in bug.shown_by]
        return len(sent) == _PAIR and all(sent) if _takes_two(bug) else any(sent)

    def _met_again(self, bug: Bug) -> bool:
        """Whether its situation was met there and was right, though it never was where it shows.

        A situation that was right there as well is wider than the bug, so meeting it says nothing.
        """
        here, there = self._right_here, self._right_there
        if here is None or there is None or not there.is_complete:
            return False
        if bug.check not in _NAMED_BY_REQUEST or phase_of(bug.scenario) in _BY_TIMING:
            return False
        digest = situation_digest(
            rule=bug.rule,
            check=bug.check,
            operation=bug.operation,
            situation=Situation.parse(bug.situation),
        )
        return bug.count >= _TWICE and here.met(digest) and not there.met(digest)

    def _why_not_seen(self, bug: Bug) -> str:
        lacks, right = self._lacks, self._right_here
        phase = phase_of(bug.scenario)
        if phase is not None and not _sent(lacks, phase):
            return f"nothing of the phase {phase.value} was sent"
        if not bug.shown_by:
            if phase in _BY_TIMING:
                return "timing decides whether its scenario shows it"
            if bug.check in (CheckName.RUN_INVARIANTS, CheckName.LATE_READ):
                return "no single scenario shows it"
            return "no scenario of it can be looked up"
        if right is not None and any(right.sent(one.digest) for one in bug.shown_by):
            if lacks.environment != self._shows.environment:
                return "its scenario was sent in another environment"
            if _takes_two(bug):
                return "only one of its two scenarios was sent and answered as before"
            return "its scenario was sent, but was answered otherwise before the step that shows it"
        return f"its scenario was not sent, or not judged: {_why_less(lacks, self._shows)}"


def _takes_two(bug: Bug) -> bool:
    return bug.check == CheckName.CONTRADICTION


def _sent(summary: Summary, phase: Phase) -> bool:
    return phase in summary.phases and summary.phases[phase].scenarios > 0


def _why_less(lacks: Summary, shows: Summary) -> str:
    """The likeliest reason why a run did not send a scenario."""
    if lacks.reason is None:
        return "the run was killed"
    if lacks.reason is not StopReason.COMPLETED:
        return f"the run ended early, {lacks.reason.value}"
    if lacks.requests < shows.requests:
        return f"fewer requests, {lacks.requests} instead of {shows.requests}"
    if lacks.environment != shows.environment:
        return "another environment"
    return "another seed" if lacks.seed != shows.seed else "other scenarios"
