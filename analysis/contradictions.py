"""Drift: a situation that the target answered in two ways within one run.

Where the contract is silent any behaviour is lawful, but it must be the same every time. A fold
over the observations of a run, in any order; it stands in this room so that a record alone is
enough to redo it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..contract import Operation
from ..record.check_names import CheckName
from ..record.discrepancies import discrepancy
from ..record.events import Discrepancy, Kind, Observation, ScenarioRun
from ..record.outcome import Outcome
from ..record.situation import Situation

CHECK = CheckName.CONTRADICTION
_CONTRADICTION = Outcome.other("drift")
MOST_SITUATIONS = 20_000
"""Situations beyond these are not followed: a run's memory must not grow with its length."""


@dataclass(slots=True)
class _Outcomes:
    """The outcomes of one situation, each with the ID of the scenario that showed it first."""

    rule: str
    operation: Operation
    seen: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A situation of which another outcome was seen before."""

    discrepancy: Discrepancy
    against: str
    """The other outcome."""


class Contradictions:
    """Follows the observations of a run and tells each contradiction once."""

    def __init__(self) -> None:
        self._situations: dict[tuple[str, str], _Outcomes] = {}

    def add(self, event: ScenarioRun) -> Iterator[Discrepancy]:
        """Takes in what one scenario showed.

        Yields:
            A discrepancy of kind `Kind.DRIFT` for each situation of which ``event`` shows another
            outcome than was seen before; its step is the one of ``event`` that was answered so.
        """
        for contradiction in self.contradictions(event):
            yield contradiction.discrepancy

    def contradictions(self, event: ScenarioRun) -> Iterator[Contradiction]:
        """As `add`, with the outcome that is contradicted."""
        for observation in trusted(event):
            found = self._add(observation, event)
            if found is not None:
                yield found

    def knows(self, event: ScenarioRun) -> bool:
        """Whether `add` would learn nothing of ``event``."""
        full = len(self._situations) >= MOST_SITUATIONS
        for observation in trusted(event):
            known = self._situations.get((observation.rule, observation.situation))
            if known is None:
                if not full and observation.operation is not None:
                    return False
            elif observation.outcome not in known.seen:
                return False
        return True

    def _add(self, observation: Observation, event: ScenarioRun) -> Contradiction | None:
        key = (observation.rule, observation.situation)
        known = self._situations.get(key)
        if known is None:
            if len(self._situations) >= MOST_SITUATIONS or observation.operation is None:
                return None
            known = self._situations[key] = _Outcomes(observation.rule, observation.operation)
        outcome = observation.outcome
        if outcome in known.seen:
            return None
        against = next((other for other in known.seen if contradict(other, outcome)), None)
        known.seen[outcome] = event.id
        if against is None:
            return None
        situation = Situation.parse(observation.situation)
        found = discrepancy(
            kind=Kind.DRIFT,
            rule=observation.rule,
            check=CHECK,
            operation=known.operation,
            situation=situation,
            outcome=_CONTRADICTION,
            title=f"the target contradicts itself: {situation.text}",
            expected=f"{against}, as in scenario {known.seen[against]}",
            found=f"{outcome}, in scenario {event.id}",
            step=observation.step,
            field_name=observation.field_name,
        )
        return Contradiction(found, against)


def contradict(one: str, other: str) -> bool:
    """Whether two outcomes cannot both be one behaviour.

    ``"accepted"`` says nothing of the effect, so it goes with ``"accepted, stored"``.
    """
    return Outcome.parse(one).contradicts(Outcome.parse(other))


def trusted(event: ScenarioRun) -> Iterator[Observation]:
    """The comparable observations that a scenario made before its first discrepancy.

    From there on the target is known to err, and what it does next proves nothing.
    """
    first = min((found.step for found in event.discrepancies), default=None)
    for observation in event.observations:
        if observation.comparable and (first is None or observation.step < first):
            yield observation
