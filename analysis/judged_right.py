"""Gathers what a run judged and found right: the proof that something is gone, or is new.

That a run does not show a discrepancy proves nothing by itself: it may not have met what shows it.
"""

from __future__ import annotations

import msgspec

from ..record.events import ScenarioRun, Tally

MAX_JUDGED_RIGHT = 20_000
"""Situations, and as many scenarios: a run's memory must not grow with its length."""


class JudgedRight(msgspec.Struct, frozen=True, kw_only=True):
    """What a run judged and found right, in two lines of a summary; `RightLookup` reads it."""

    situations: str
    """`cartfuzz.record.situation_digest` of each situation that was right at least once, in order,
    with blanks between."""
    scenarios: str
    """Each scenario that was judged whole and showed nothing wrong, in order, with blanks between:
    its `cartfuzz.record.scenario_digest`, a colon, and one `AnswerClass` a step."""
    complete: bool = True
    """False: there were too many situations, so that some are missing."""


class RightLookup:
    """Answers whether a run met a situation or sent a scenario, and was right there.

    Args:
        right: of the run.
    """

    def __init__(self, right: JudgedRight) -> None:
        self._situations = frozenset(right.situations.split())
        self._scenarios = dict(_pair(one) for one in right.scenarios.split())
        self.is_complete = right.complete

    def met(self, situation: str) -> bool:
        """Whether the situation with this digest was right at least once."""
        return situation in self._situations

    def sent(self, digest: str) -> bool:
        """Whether the scenario with this digest was sent and was right."""
        return digest in self._scenarios

    def sent_after(self, digest: str, answers: str) -> bool:
        """Whether it was, and the first of its answers were of these classes."""
        return self.sent(digest) and self._scenarios[digest].startswith(answers)


def _pair(text: str) -> tuple[str, str]:
    digest, _, answers = text.partition(":")
    return digest, answers


class JudgedRightCollector:
    """Follows a run."""

    def __init__(self) -> None:
        self._situations: set[str] = set()
        self._scenarios: dict[str, str] = {}

    def add(self, event: ScenarioRun) -> None:
        """Takes one scenario in."""
        self._add_situations(event.judged_right)
        if is_right(event):
            self._add_scenario(event.digest, event.answers)

    def add_tally(self, tally: Tally) -> None:
        """Takes many scenarios in."""
        self._add_situations(tally.judged_right)
        for digest, answers in tally.right_scenarios.items():
            self._add_scenario(digest, answers)

    def judged_right(self) -> JudgedRight:
        """What it knows so far."""
        return JudgedRight(
            situations=" ".join(sorted(self._situations)),
            scenarios=" ".join(
                f"{digest}:{answers}" for digest, answers in sorted(self._scenarios.items())
            ),
            complete=len(self._situations) < MAX_JUDGED_RIGHT,
        )

    def _add_situations(self, digests: tuple[str, ...]) -> None:
        for digest in digests:
            if len(self._situations) < MAX_JUDGED_RIGHT:
                self._situations.add(digest)

    def _add_scenario(self, digest: str, answers: str) -> None:
        if digest in self._scenarios or len(self._scenarios) < MAX_JUDGED_RIGHT:
            # The same in whatever order the scenarios come.
            self._scenarios[digest] = min(answers, self._scenarios.get(digest, answers))


def is_right(event: ScenarioRun) -> bool:
    """Whether a scenario can be looked up, was judged whole, and showed nothing wrong."""
    wrong = event.discrepancies or any(seen.signature for seen in event.observations)
    return bool(event.digest) and not (wrong or event.inconclusive or event.is_late_read)
