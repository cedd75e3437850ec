"""Gives each bug of a run the scenario that reproduces it best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from ..contract import Scenario
from ..record.events import Cause, Event, Minimised, RunStarted
from ..record.scenario_parts import Discrepancy, Exchange, Kind
from .cross_scenario import CrossScenarioFinding
from .naming import named_title
from .occurrences import Occurrence, profile_of
from .run_state import RunState

_UNCONFIRMED = (
    "Not confirmed: there was no time to execute it again, so chance or timing may have made it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproducer:
    """One signature of a record with the scenario that shows it best."""

    discrepancy: Discrepancy
    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    solid: bool | None
    """Whether each confirmation showed it; None: there was none."""
    confirmed: str = ""
    """How often the confirmations showed it, in words."""
    counterpart: Scenario | None = None
    """Of a contradiction: the scenario that got the former answer."""
    causes: tuple[Cause, ...] = ()
    """As `Minimised.causes`."""
    shown_by: str = ""
    """`ScenarioRun.id` of the execution that ``exchanges`` are of; empty: not known."""

    @property
    def signature(self) -> str:
        return self.discrepancy.signature


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReproducers:
    """The scenarios of a run that can be executed again, by signature."""

    started: RunStarted
    scenarios: dict[str, Reproducer]
    """By signature, one for each bug."""
    canonical: dict[str, str] = field(default_factory=dict)
    """By signature of a symptom, the one of ``scenarios`` that it is a symptom of."""
    cross_scenario: tuple[CrossScenarioFinding, ...] = ()
    """What no single scenario shows."""
    is_cut: bool = False
    """Whether the record has no end: the run may have found more than it holds."""


def reproducers_of(state: RunState) -> RunReproducers:
    """The reproducers of a run so far.

    Raises:
        ValueError: there was no `RunStarted`, or the state keeps no evidence.
    """
    if state.started is None:
        raise ValueError(
            "expected a record that begins with RunStarted, found "
            f"{state.counters.requests} requests and no start of a run"
        )
    if state.cross_scenario is None:
        raise ValueError("expected a RunState that keeps evidence, found one that does not")
    reproducers = {
        one.discrepancy.signature: _as_it_occurred(
            one, is_unconfirmed=one.discrepancy.signature in state.not_reached
        )
        for one in state.occurrences
    }
    reproducers |= {signature: _smallest(one) for signature, one in state.minimised.items()}
    unconfirmed = state.not_reached - state.minimised.keys()
    profiles = {
        signature: profile_of(
            one.discrepancy,
            one.scenario,
            minimised=state.minimised.get(signature),
            is_flaky=one.solid is False or signature in unconfirmed,
        )
        for signature, one in reproducers.items()
    }
    canonical = state.deduplicator.canonical(profiles)
    firsts = {
        one.discrepancy.signature: state.deduplicator.first_sign(one.discrepancy.signature)
        for one in state.cross_scenario
    }
    explained = {name: canonical[first] for name, first in firsts.items() if first in canonical}
    cross_scenario = tuple(
        one
        for one in state.cross_scenario
        if one.discrepancy.signature not in canonical and one.discrepancy.signature not in explained
    )
    return RunReproducers(
        started=state.started,
        scenarios={
            **{name: one for name, one in reproducers.items() if canonical[name] == name},
            **{one.discrepancy.signature: _pair(one) for one in cross_scenario if _is_pair(one)},
        },
        canonical={name: other for name, other in (explained | canonical).items() if other != name},
        cross_scenario=cross_scenario,
        is_cut=state.finished is None,
    )


def read_reproducers(events: Iterable[Event]) -> RunReproducers:
    """The reproducers of a record.

    Raises:
        ValueError: there is no `RunStarted` among ``events``.
    """
    return reproducers_of(RunState.of(events))


def _as_it_occurred(occurrence: Occurrence, *, is_unconfirmed: bool) -> Reproducer:
    return Reproducer(
        discrepancy=occurrence.discrepancy,
        scenario=occurrence.scenario,
        exchanges=occurrence.exchanges,
        solid=None,
        confirmed=_UNCONFIRMED if is_unconfirmed else "",
        shown_by=occurrence.id,
    )


def _smallest(minimised: Minimised) -> Reproducer:
    return Reproducer(
        discrepancy=msgspec.structs.replace(
            minimised.discrepancy, title=named_title(minimised.discrepancy, minimised.causes)
        ),
        scenario=minimised.scenario,
        exchanges=minimised.exchanges,
        solid=minimised.solid,
        confirmed=f"Shown {minimised.confirmed} times out of {minimised.confirmations}.",
        causes=minimised.causes,
        shown_by=minimised.shown_by,
    )


def _is_pair(finding: CrossScenarioFinding) -> bool:
    return finding.discrepancy.kind is Kind.CONTRADICTION and len(finding.evidence) == 2


def _pair(finding: CrossScenarioFinding) -> Reproducer:
    former, latter = finding.evidence
    return Reproducer(
        discrepancy=finding.discrepancy,
        scenario=latter.scenario,
        exchanges=latter.exchanges,
        solid=None,
        counterpart=former.scenario,
    )
