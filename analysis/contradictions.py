"""Finds contradictions: one situation that the target answered in two ways within one run.

Where the contract is silent any behaviour is lawful, but it must be the same every time. The fold
takes observations in any order, and a record alone is enough to repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import msgspec

from ..contract import Operation
from ..record.check_names import CheckName
from ..record.discrepancies import discrepancy
from ..record.events import ScenarioRun
from ..record.outcome import Outcome
from ..record.scenario_parts import Discrepancy, Kind, Observation
from ..record.situation import Situation
from .shown_by import ShownBy, answered_before

_SELF_CONTRADICTION = Outcome.other("drift")
MAX_SITUATIONS = 20_000
"""The fold ignores further situations: a run's memory must not grow with its length."""


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What a target did in one situation where the contract is silent."""

    rule: str
    situation: str
    outcome: str
    scenario: str = msgspec.field(name="scenario_id")
    """ID of the scenario that showed it first; ``scenario_id`` in JSON."""
    step: int
    """Index of the step of the scenario that was answered so."""


class _First(NamedTuple):
    """The first scenario that showed an outcome."""

    scenario: str
    step: int
    shown_by: ShownBy | None


@dataclass(slots=True)
class _Outcomes:
    """The outcomes of one situation, each with what showed it first."""

    rule: str
    operation: Operation
    first: dict[str, _First] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A situation that had another outcome before."""

    discrepancy: Discrepancy
    """Of `Kind.CONTRADICTION`; its step is the one that showed the second outcome."""
    former_outcome: str
    shown_by: tuple[ShownBy, ...] = ()
    """Its two scenarios, as far as they can be looked up."""


class Contradictions:
    """Follows the observations of a run, and returns each contradiction once."""

    def __init__(self) -> None:
        self._situations: dict[tuple[str, str], _Outcomes] = {}
        self.outcomes = 0
        """How many outcomes it knows, over all situations."""

    def add(self, event: ScenarioRun) -> list[Contradiction]:
        """Takes in what one scenario showed, and returns what that contradicts."""
        found = (self._add(observation, event) for observation in trusted(event))
        return [contradiction for contradiction in found if contradiction is not None]

    def behaviours(self) -> list[Behaviour]:
        """What the target did in each situation, in order; more than one where it contradicts
        itself."""
        return [
            Behaviour(
                rule=rule,
                situation=situation,
                outcome=outcome,
                scenario=first.scenario,
                step=first.step,
            )
            for (rule, situation), known in sorted(self._situations.items(), key=itemgetter(0))
            for outcome, first in sorted(known.first.items(), key=itemgetter(0))
        ]

    def _add(self, observation: Observation, event: ScenarioRun) -> Contradiction | None:
        key = (observation.rule, observation.situation)
        known = self._situations.get(key)
        if known is None:
            if len(self._situations) >= MAX_SITUATIONS or observation.operation is None:
                return None
            known = self._situations[key] = _Outcomes(observation.rule, observation.operation)
        outcome = observation.outcome
        if outcome in known.first:
            return None
        former = None
        if observation.comparable:
            former = next((one for one in known.first if contradict(one, outcome)), None)
        known.first[outcome] = _First(
            event.id, observation.step, answered_before(event, observation.step)
        )
        self.outcomes += 1
        if former is None:
            return None
        situation = Situation.parse(observation.situation)
        found = discrepancy(
            kind=Kind.CONTRADICTION,
            rule=observation.rule,
            check=CheckName.CONTRADICTION,
            operation=known.operation,
            situation=situation,
            outcome=_SELF_CONTRADICTION,
            title=f"the target contradicts itself: {situation.text}",
            expected=f"{former}, as in scenario {known.first[former].scenario}",
            found=f"{outcome}, in scenario {event.id}",
            step=observation.step,
            field_name=observation.field_name,
        )
        both = (known.first[former].shown_by, known.first[outcome].shown_by)
        return Contradiction(found, former, tuple(one for one in both if one is not None))


def contradict(one: str, other: str) -> bool:
    """Whether two outcomes cannot both be one behaviour.

    ``"accepted"`` does not name the effect, so it agrees with ``"accepted, stored"``.
    """
    return Outcome.parse(one).contradicts(Outcome.parse(other))


def trusted(event: ScenarioRun) -> Iterator[Observation]:
    """The observations that others are compared with, made before the first discrepancy.

    After a discrepancy the session may hold something else than the model expects, so the
    observations prove nothing.
    """
    first = min((found.step for found in event.discrepancies), default=None)
    for observation in event.observations:
        is_compared = observation.comparable or observation.between_runs
        if is_compared and (first is None or observation.step < first):
            yield observation
