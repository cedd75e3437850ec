"""One bug, one entry: all sightings of one signature, and what became of its smallest scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..contract import Operation, Scenario
from ..record.events import Discrepancy, Exchange, Kind, Minimised, ScenarioRun
from .deduplication import Deduplicator, SignatureProfile


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """How often the smallest scenario showed the bug when it was executed afresh."""

    shown: int
    of: int


class Minimisation(msgspec.Struct, frozen=True, kw_only=True):
    """What the search for the smallest scenario cost."""

    complete: bool
    """False: a bound was hit, so a smaller one may exist."""
    requests: int
    """Of search and confirmation together."""
    operations_before: int
    """Operations of the scenario that it started from, up to and with the one that showed it."""


class Symptom(msgspec.Struct, frozen=True, kw_only=True):
    """Another sight of the same bug."""

    signature: str
    rule: str
    title: str
    count: int


class Bug(msgspec.Struct, frozen=True, kw_only=True):
    """One bug: all discrepancies with one signature."""

    signature: str
    kind: Kind
    """`Kind.FLAKY` where the smallest scenario did not show it every time."""
    rule: str
    title: str
    count: int
    """How often it was seen."""
    first_request: int
    """The request of the run, counted from 1, that first showed it."""
    operations: list[dict[str, Any]]
    """The smallest scenario that showed it; without minimisation the shortest that was seen, up to
    and with the request that did."""
    check: str
    operation: Operation
    situation: str
    outcome: str
    expected: str
    found: str
    scenario: str = msgspec.field(name="scenario_id")
    """ID of the scenario in which it was seen; ``scenario_id`` in JSON."""
    confirmation: Confirmation | None = None
    """None: the smallest scenario was not looked for."""
    minimisation: Minimisation | None = None
    also: tuple[Symptom, ...] = ()
    """What else the run saw of it."""

    @property
    def signatures(self) -> frozenset[str]:
        """Its own and those of what else was seen of it."""
        return frozenset((self.signature, *(symptom.signature for symptom in self.also)))


def simpler(found: Discrepancy, event: ScenarioRun, *, than: tuple[int, str]) -> bool:
    """Whether a sighting makes a better example than one of (operations, scenario ID).

    Fewer operations, then the earlier ID: so the example does not depend on which worker was
    faster. A sighting whose scenario the record does not hold is no example where there is another.
    """
    return event.scenario is not None and (not than[0] or (found.step + 1, event.id) < than)


def entry_of(found: Discrepancy, event: ScenarioRun, *, count: int, first_request: int) -> Bug:
    """The entry for a sighting."""
    last = found.step
    return Bug(
        signature=found.signature,
        kind=found.kind,
        rule=found.rule,
        title=found.title,
        count=count,
        first_request=first_request,
        operations=_operations(event.scenario, event.exchanges, last),
        check=found.check,
        operation=found.operation,
        situation=found.situation,
        outcome=found.outcome,
        expected=found.expected,
        found=found.found,
        scenario=event.id,
    )


def minimised_entry(entry: Bug, minimised: Minimised) -> Bug:
    """``entry`` with its smallest scenario in the place of the shortest sighting."""
    scenario, shown = minimised.scenario, minimised.confirmed
    last = len(scenario.steps) - 1
    return msgspec.structs.replace(
        entry,
        kind=entry.kind if minimised.solid else Kind.FLAKY,
        operations=_operations(scenario, minimised.exchanges, last),
        expected=minimised.discrepancy.expected,
        found=minimised.discrepancy.found,
        title=minimised.discrepancy.title,
        confirmation=Confirmation(shown=shown, of=minimised.confirmations),
        minimisation=Minimisation(
            complete=minimised.complete,
            requests=minimised.requests,
            operations_before=minimised.operations_before,
        ),
    )


def grouped(entries: Iterable[Bug], causes: Deduplicator) -> list[Bug]:
    """``entries`` by bug: those that are other sights of one stand in its ``also``."""
    by_signature = {entry.signature: entry for entry in entries}
    sights = {
        signature: SignatureProfile(
            rule=entry.rule,
            check=entry.check,
            situation=entry.situation,
            body=entry.operations[-1].get("body") if entry.operations else None,
            flaky=entry.kind is Kind.FLAKY,
        )
        for signature, entry in by_signature.items()
    }
    leaders = causes.leaders(sights)
    also: dict[str, list[Symptom]] = {}
    for signature, leader in leaders.items():
        if leader != signature:
            entry = by_signature[signature]
            symptom = Symptom(
                signature=signature, rule=entry.rule, title=entry.title, count=entry.count
            )
            also.setdefault(leader, []).append(symptom)
    return [
        msgspec.structs.replace(
            by_signature[leader],
            also=tuple(sorted(also.get(leader, ()), key=lambda one: (-one.count, one.signature))),
        )
        for leader in by_signature
        if leaders[leader] == leader
    ]


def _operations(
    scenario: Scenario | None, exchanges: Iterable[Exchange], last: int
) -> list[dict[str, Any]]:
    if scenario is None:
        return []
    statuses: dict[int, int | None] = {}
    for exchange in exchanges:
        statuses.setdefault(exchange.step, exchange.status)
    return [
        _operation(scenario, number, statuses.get(number))
        for number in range(min(last + 1, len(scenario.steps)))
    ]


def _operation(scenario: Scenario, number: int, status: int | None) -> dict[str, Any]:
    step = scenario.steps[number]
    written: Mapping[str, Any] = msgspec.to_builtins(step)
    hidden = ("type", "session", "aims", "operation")
    rest = {name: value for name, value in written.items() if name not in hidden}
    return {
        "operation": step.operation.value,
        "session": scenario.sessions[step.session],
        **rest,
        "status": status,
    }
