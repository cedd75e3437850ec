"""Collects the bugs of a run: each signature with its symptoms and its smallest scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from ..contract import RETIRED_RULES, Operation, Scenario, present_rule
from ..contract.own_operations import operation_name
from ..record.check_names import CheckName
from ..record.events import Minimised, ScenarioRun
from ..record.retired import present_signature
from ..record.scenario_parts import Discrepancy, Exchange, Kind
from .deduplication import Deduplicator, SignatureProfile
from .naming import cause_text, named_title, target_points_at
from .occurrences import causes_in, is_simpler
from .shown_by import ShownBy, shown_by

MAX_SHOWN_BY = 8
_PAIR = 2


class ReproductionRate(msgspec.Struct, frozen=True, kw_only=True):
    """How often the smallest scenario, executed afresh, showed the bug."""

    shown: int
    of: int


class Minimisation(msgspec.Struct, frozen=True, kw_only=True):
    """What the search for the smallest scenario cost."""

    complete: bool
    """False: the search hit a bound, so a smaller scenario may exist."""
    requests: int
    """Of search and confirmation together."""
    operations_before: int
    """Operations of the scenario that it started from, up to and with the one that showed it."""


def _bring_up_to_date(found: Symptom | Bug) -> None:
    if found.rule in RETIRED_RULES:
        force_setattr(found, "rule", present_rule(found.rule))
        force_setattr(found, "signature", present_signature(found.signature))


class Symptom(msgspec.Struct, frozen=True, kw_only=True):
    """Another signature that the same bug has."""

    signature: str
    rule: str
    title: str
    count: int

    def __post_init__(self) -> None:
        """Names the rule of today where a summary names a retired one."""
        _bring_up_to_date(self)


class Bug(msgspec.Struct, frozen=True, kw_only=True):
    """One bug: all discrepancies with one signature."""

    signature: str
    kind: Kind
    """`Kind.FLAKY` where the smallest scenario did not show it every time."""
    rule: str
    title: str
    count: int
    """In how many discrepancies it occurred."""
    first_request: int
    """The request of the run, counted from 1, that first showed it."""
    operations: list[dict[str, Any]]
    """The smallest scenario that showed it, up to and with the request that did; without
    minimisation the shortest of the run."""
    check: str
    operation: Operation
    situation: str
    outcome: str
    expected: str
    found: str
    scenario: str = msgspec.field(name="scenario_id")
    """ID of the scenario that showed it; ``scenario_id`` in JSON."""
    confirmation: ReproductionRate | None = None
    """None: nobody looked for the smallest scenario."""
    minimisation: Minimisation | None = None
    shown_by: tuple[ShownBy, ...] = ()
    """Some of the scenarios that showed it, of a contradiction the two that show it together; empty
    where none can be looked up in another run."""
    cause: str = ""
    """What in the smallest scenario makes it, such as ``attributes.PickupTime``; empty: unknown."""
    points_at: str = ""
    """Where the target's own error points, with its words; it is text of the target."""
    unconfirmed: bool = False
    """Whether triage had no time for it: nobody executed it again, so chance may have made it."""
    symptoms: tuple[Symptom, ...] = msgspec.field(default=(), name="also")
    """Its other signatures, the most frequent first; ``also`` in JSON."""

    def __post_init__(self) -> None:
        """Names the rule of today where a summary names a retired one."""
        _bring_up_to_date(self)

    @property
    def signatures(self) -> frozenset[str]:
        """Its own signature and those of its symptoms."""
        return frozenset((self.signature, *(symptom.signature for symptom in self.symptoms)))


class BugCollector:
    """Gathers the discrepancies of a run by signature, each with its simplest example."""

    def __init__(self) -> None:
        self._examples: dict[str, Bug] = {}
        self._counts: Counter[str] = Counter()
        self._shown_by: dict[str, tuple[ShownBy, ...]] = {}

    def add(
        self,
        found: Discrepancy,
        event: ScenarioRun,
        *,
        requests_before: int,
        pair: tuple[ShownBy, ...] = (),
    ) -> None:
        """Takes one discrepancy in.

        Args:
            found: the discrepancy.
            event: the scenario that showed it.
            requests_before: how many requests the run had sent before that scenario.
            pair: of a contradiction, the scenarios that show it together.
        """
        self._note_scenario(found, event, pair)
        self._counts[found.signature] += 1
        known = self._examples.get(found.signature)
        if known is None:
            first = requests_before + _request_of(event, found.step)
            self._examples[found.signature] = _example(found, event, first_request=first)
        elif is_simpler(found, event, than=(len(known.operations), known.scenario)):
            self._examples[found.signature] = _example(
                found, event, first_request=known.first_request
            )

    def add_further(self, signature: str, count: int) -> None:
        """Counts discrepancies of a signature that has an example."""
        self._counts[signature] += count

    def has_as_example(self, event: ScenarioRun) -> bool:
        """Whether ``event`` is the simplest example so far of a signature that it shows."""
        examples = (self._examples.get(found.signature) for found in event.discrepancies)
        return any(one is not None and one.scenario == event.id for one in examples)

    @property
    def signatures(self) -> list[str]:
        """All that were found, the first one first."""
        return list(self._examples)

    @property
    def rules(self) -> dict[str, str]:
        """By signature, the rule that is broken; the first one found first."""
        return {signature: bug.rule for signature, bug in self._examples.items()}

    @property
    def count(self) -> int:
        """How many signatures were found."""
        return len(self._examples)

    def found_after(self, count: int) -> Iterator[Bug]:
        """An example of each signature that was found after the first ``count``."""
        return islice(self._examples.values(), count, None)

    def _note_scenario(
        self, found: Discrepancy, event: ScenarioRun, pair: tuple[ShownBy, ...]
    ) -> None:
        known = self._shown_by.get(found.signature, ())
        if found.kind is Kind.CONTRADICTION:
            self._shown_by[found.signature] = known or (pair if len(pair) == _PAIR else ())
        elif found.check != CheckName.RUN_INVARIANTS and len(known) < MAX_SHOWN_BY:
            shown = shown_by(event, found)
            if shown is not None and shown not in known:
                self._shown_by[found.signature] = (*known, shown)

    def bugs(
        self,
        minimised: Mapping[str, Minimised],
        deduplicator: Deduplicator,
        *,
        not_reached: Set[str] = frozenset(),
    ) -> list[Bug]:
        """The bugs so far, in the order in which the run found them.

        Args:
            minimised: by signature, its smallest scenario.
            deduplicator: decides which signatures are symptoms of another.
            not_reached: signatures that triage had no time for.
        """
        counted = (
            msgspec.structs.replace(
                bug,
                count=self._counts[signature],
                shown_by=self._shown_by.get(signature, ()),
                unconfirmed=signature in not_reached,
            )
            for signature, bug in self._examples.items()
        )
        bugs = [
            _with_smallest(bug, minimised[bug.signature]) if bug.signature in minimised else bug
            for bug in counted
        ]
        return sorted(
            _grouped(bugs, deduplicator, minimised),
            key=lambda bug: (bug.first_request, bug.signature),
        )


def _example(found: Discrepancy, event: ScenarioRun, *, first_request: int) -> Bug:
    return Bug(
        signature=found.signature,
        kind=found.kind,
        rule=found.rule,
        title=found.title,
        count=1,
        first_request=first_request,
        operations=_operations(event.scenario, event.exchanges, found.step),
        check=found.check,
        operation=found.operation,
        situation=found.situation,
        outcome=found.outcome,
        expected=found.expected,
        found=found.found,
        scenario=event.id,
        points_at=target_points_at(_answer_to(found.step, event.exchanges)),
    )


def _answer_to(step: int, exchanges: Iterable[Exchange]) -> Exchange | None:
    return next((exchange for exchange in exchanges if exchange.step == step), None)


def _request_of(event: ScenarioRun, step: int) -> int:
    """Which request of its scenario, from 1, a step was: reads in between count too."""
    for position, exchange in enumerate(event.exchanges, start=1):
        if exchange.step == step:
            return position
    return step + 1


def _with_smallest(bug: Bug, minimised: Minimised) -> Bug:
    """``bug`` with its smallest scenario in the place of its example."""
    scenario, shown = minimised.scenario, minimised.confirmed
    last = len(scenario.steps) - 1
    return msgspec.structs.replace(
        bug,
        kind=bug.kind if minimised.solid else Kind.FLAKY,
        operations=_operations(scenario, minimised.exchanges, last),
        expected=minimised.discrepancy.expected,
        found=minimised.discrepancy.found,
        title=minimised.discrepancy.title,
        cause=cause_text(minimised.causes),
        points_at=target_points_at(_answer_to(minimised.discrepancy.step, minimised.exchanges)),
        unconfirmed=False,
        confirmation=ReproductionRate(shown=shown, of=minimised.confirmations),
        minimisation=Minimisation(
            complete=minimised.complete,
            requests=minimised.requests,
            operations_before=minimised.operations_before,
        ),
    )


def _grouped(
    bugs: Iterable[Bug], deduplicator: Deduplicator, minimised: Mapping[str, Minimised]
) -> list[Bug]:
    """``bugs`` without those that are symptoms of another, which has them as its `Bug.symptoms`."""
    by_signature = {bug.signature: bug for bug in bugs}
    profiles = {
        signature: SignatureProfile(
            rule=bug.rule,
            check=bug.check,
            situation=bug.situation,
            body=bug.operations[-1].get("body") if bug.operations else None,
            causes=causes_in(minimised.get(signature)),
            is_flaky=bug.kind is Kind.FLAKY or bug.unconfirmed,
        )
        for signature, bug in by_signature.items()
    }
    canonical = deduplicator.canonical(profiles)
    symptoms: dict[str, list[Symptom]] = {}
    for signature, bug in by_signature.items():
        if canonical[signature] != signature:
            symptom = Symptom(signature=signature, rule=bug.rule, title=bug.title, count=bug.count)
            symptoms.setdefault(canonical[signature], []).append(symptom)
    return [
        msgspec.structs.replace(
            bug,
            title=_title(bug, minimised.get(signature)),
            symptoms=tuple(
                sorted(symptoms.get(signature, ()), key=lambda one: (-one.count, one.signature))
            ),
        )
        for signature, bug in by_signature.items()
        if canonical[signature] == signature
    ]


def operations_until(event: ScenarioRun, step: int) -> list[dict[str, Any]]:
    """The requests of a scenario up to and with a step, as `Bug.operations`; empty where the event
    does not hold the scenario."""
    return _operations(event.scenario, event.exchanges, step)


def _title(bug: Bug, minimised: Minimised | None) -> str:
    """The title of an entry; its symptoms keep theirs, because the cause is the same."""
    return bug.title if minimised is None else named_title(minimised.discrepancy, minimised.causes)


def _operations(
    scenario: Scenario | None, exchanges: Iterable[Exchange], last: int
) -> list[dict[str, Any]]:
    if scenario is None:
        return []
    statuses: dict[int, int | None] = {}
    for exchange in exchanges:
        statuses.setdefault(exchange.step, exchange.status)
    return [
        _operation(scenario, step, statuses.get(step))
        for step in range(min(last + 1, len(scenario.steps)))
    ]


def _operation(scenario: Scenario, index: int, status: int | None) -> dict[str, Any]:
    step = scenario.steps[index]
    members: Mapping[str, Any] = msgspec.to_builtins(step)
    hidden = ("type", "session", "aims", "operation")
    rest = {name: value for name, value in members.items() if name not in hidden}
    first, end = scenario.burst or (0, 0)
    if first <= index < end:
        rest["burst"] = True
    return {
        "operation": operation_name(step),
        "session": scenario.sessions[step.session],
        **rest,
        "status": status,
    }
