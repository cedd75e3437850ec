"""Gathers the simplest occurrence of each signature that one scenario alone can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..contract import Scenario
from ..record.events import Minimised, ScenarioRun
from ..record.scenario_parts import Discrepancy, Exchange
from .cause_parts import Key, parts_of
from .contradictions import Contradiction
from .deduplication import Deduplicator, SignatureProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A scenario that showed a signature."""

    id: str
    """Of the scenario."""
    scenario: Scenario
    discrepancy: Discrepancy
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictionOccurrence:
    """A scenario that showed the second outcome of a situation."""

    discrepancy: Discrepancy
    scenario: Scenario
    former_outcome: str


class SimplestOccurrences:
    """Keeps one occurrence of each signature, and the contradictions.

    Of the signatures it leaves out what only the whole run shows (broken invariants,
    contradictions, late reads): no single scenario shows that.

    Args:
        deduplicator: knows the alternatives of the signatures.
    """

    def __init__(self, deduplicator: Deduplicator) -> None:
        self._deduplicator = deduplicator
        self._simplest: dict[str, Occurrence] = {}
        self._contradictions: dict[str, ContradictionOccurrence] = {}

    def add(self, event: ScenarioRun) -> None:
        """Takes one event in."""
        if event.is_late_read or event.scenario is None:
            return
        for found in event.discrepancies:
            known = self._simplest.get(found.signature)
            than = (known.discrepancy.step + 1, known.id) if known else (0, "")
            if is_simpler(found, event, than=than):
                self._simplest[found.signature] = Occurrence(
                    id=event.id,
                    scenario=event.scenario,
                    discrepancy=found,
                    exchanges=event.exchanges,
                )

    def add_contradictions(
        self, event: ScenarioRun, contradictions: Iterable[Contradiction]
    ) -> None:
        """Takes in what one event contradicts; of each signature the first counts."""
        for one in contradictions:
            if event.scenario is not None:
                self._contradictions.setdefault(
                    one.discrepancy.signature,
                    ContradictionOccurrence(
                        discrepancy=one.discrepancy,
                        scenario=event.scenario,
                        former_outcome=one.former_outcome,
                    ),
                )

    @property
    def contradictions(self) -> tuple[ContradictionOccurrence, ...]:
        """The contradictions whose scenario is known, the simplest first."""
        return tuple(
            sorted(
                self._contradictions.values(),
                key=lambda one: (len(one.scenario.steps), one.discrepancy.signature),
            )
        )

    def __contains__(self, signature: str) -> bool:
        """Whether a scenario that shows ``signature`` is known."""
        return signature in self._simplest

    def __bool__(self) -> bool:
        return bool(self._simplest)

    def __iter__(self) -> Iterator[Occurrence]:
        return iter(tuple(self._simplest.values()))

    def canonical_first(self) -> list[Occurrence]:
        """All occurrences; those of symptoms of another bug come last, as far as the occurrences
        show what is a symptom."""
        profiles = {
            signature: profile_of(one.discrepancy, one.scenario)
            for signature, one in self._simplest.items()
        }
        canonical = self._deduplicator.canonical(profiles)
        return sorted(
            self._simplest.values(),
            key=lambda one: canonical[one.discrepancy.signature] != one.discrepancy.signature,
        )


def is_simpler(found: Discrepancy, event: ScenarioRun, *, than: tuple[int, str]) -> bool:
    """Whether an occurrence is a better example than one of (operations, scenario ID).

    The better one has fewer operations, then the earlier ID: so the example does not depend on
    which worker was faster. An occurrence without its scenario never replaces another.
    """
    return event.scenario is not None and (not than[0] or (found.step + 1, event.id) < than)


def causes_in(minimised: Minimised | None) -> frozenset[Key]:
    """The parts that make a discrepancy, as far as its search found them."""
    return frozenset(parts_of(minimised.causes)) if minimised is not None else frozenset()


def profile_of(
    found: Discrepancy,
    scenario: Scenario,
    *,
    minimised: Minimised | None = None,
    is_flaky: bool = False,
) -> SignatureProfile:
    """What deduplication needs of a signature that ``scenario`` shows."""
    steps = scenario.steps
    return SignatureProfile(
        rule=found.rule,
        check=found.check,
        situation=found.situation,
        body=getattr(steps[min(found.step, len(steps) - 1)], "body", None),
        causes=causes_in(minimised),
        is_flaky=is_flaky,
    )
