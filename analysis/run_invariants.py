"""Checks what must hold over all scenarios of a run, and what no single session shows.

The fold takes events in any order and from any number of workers, and a record alone is enough to
repeat it. Its memory is bounded whatever the length of the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..contract import Operation
from ..record.check_names import CheckName
from ..record.claims import AtMost, Claim
from ..record.discrepancies import discrepancy
from ..record.events import Discrepancy, Event, RunStarted, ScenarioRun, Tally
from ..record.outcome import SESSIONS_ARE_ONE, SESSIONS_HAVE_ONE_ID, Outcome
from ..record.signature import signature_of
from ..record.situation import TWO_SESSIONS, Situation
from .contradictions import Behaviour, Contradiction, Contradictions
from .id_set import IdSet

_TWO_SCENARIOS = Situation.other("sessions of two scenarios")
_ONE_COUPON = Situation.other("closed sessions of the whole run with one coupon")
_OVER_LIMIT = Outcome.other("more than its limit allows")
_SAME_ID = tuple(
    signature_of(
        rule=rule,
        check=check,
        operation=Operation.GET.value,
        situation=TWO_SESSIONS.key,
        outcome=outcome.key,
    )
    for rule, check, outcome in (
        ("RESP-07", CheckName.IDENTITY, SESSIONS_HAVE_ONE_ID),
        ("IDENT-01", CheckName.ISOLATION, SESSIONS_ARE_ONE),
    )
)
"""What two sessions of one scenario show of the same bug."""


@dataclass(frozen=True, slots=True)
class RunFindings:
    """What became known by one event, together with all events before."""

    contradictions: tuple[Contradiction, ...] = ()
    broken_invariants: tuple[Discrepancy, ...] = ()
    """An internal id that two sessions have (RESP-07), or a coupon that was redeemed more often
    than its limit allows (LIMIT-01)."""
    learnt_outcome: bool = False
    """Whether a situation had an outcome that the run had not seen: a later contradiction may need
    the scenario that showed it first."""

    @property
    def discrepancies(self) -> tuple[Discrepancy, ...]:
        """All of them."""
        if not self.contradictions:
            return self.broken_invariants
        return (*(one.discrepancy for one in self.contradictions), *self.broken_invariants)


NO_FINDINGS = RunFindings()


class RunInvariants:
    """Follows a run, and returns what only the whole of it shows.

    Args:
        limits: how often each coupon may be redeemed, until a `RunStarted` declares it.
    """

    def __init__(self, limits: Mapping[str, int] | None = None) -> None:
        self._contradictions = Contradictions()
        self._ids = IdSet()
        self._limits: Mapping[str, int] = limits or {}
        self._redeemed: Counter[str] = Counter()

    def behaviours(self) -> list[Behaviour]:
        """As `Contradictions.behaviours`."""
        return self._contradictions.behaviours()

    def add(self, event: Event) -> RunFindings:
        """Takes ``event`` in, and returns what became known by it."""
        if isinstance(event, ScenarioRun):
            return self._add_scenario(event)
        if isinstance(event, RunStarted):
            self._limits = event.environment.coupon_limits
        elif isinstance(event, Tally):
            # No scenario of a tally broke an invariant: it would have a line of its own.
            for first, last in event.ids:
                self._ids.add_range(first, last)
            self._redeemed.update(event.redeemed)
        return NO_FINDINGS

    def _add_scenario(self, event: ScenarioRun) -> RunFindings:
        outcomes = self._contradictions.outcomes
        contradictions = tuple(self._contradictions.add(event))
        broken = (*self._repeated_ids(event), *self._exceeded_limits(event))
        learnt_outcome = self._contradictions.outcomes > outcomes
        if not (contradictions or broken or learnt_outcome):
            return NO_FINDINGS
        return RunFindings(contradictions, broken, learnt_outcome)

    def _repeated_ids(self, event: ScenarioRun) -> Iterator[Discrepancy]:
        for session_id in event.ids:
            if session_id in self._ids:
                yield _discrepancy(
                    event,
                    rule="RESP-07",
                    situation=_TWO_SCENARIOS,
                    outcome=SESSIONS_HAVE_ONE_ID,
                    expected="an id that no session had before in this run",
                    found=f"id: {session_id}, in scenario {event.id} and in one before",
                    alternatives=_SAME_ID,
                )
            self._ids.add(session_id)

    def _exceeded_limits(self, event: ScenarioRun) -> Iterator[Discrepancy]:
        self._redeemed.update(event.redeemed)
        for code in event.redeemed:
            limit = self._limits.get(code)
            if limit is not None and self._redeemed[code] > limit:
                yield _discrepancy(
                    event,
                    rule="LIMIT-01",
                    situation=_ONE_COUPON,
                    outcome=_OVER_LIMIT,
                    expected=f"at most {limit} closed sessions with the coupon {code!r}",
                    found=f"{self._redeemed[code]} with scenario {event.id}",
                    claim=AtMost(limit=limit, coupon=code, steps=()),
                )


def _discrepancy(
    event: ScenarioRun,
    *,
    rule: str,
    situation: Situation,
    outcome: Outcome,
    expected: str,
    found: str,
    alternatives: Iterable[str] = (),
    claim: Claim | None = None,
) -> Discrepancy:
    return discrepancy(
        rule=rule,
        check=CheckName.RUN_INVARIANTS,
        operation=Operation.UPDATE,
        situation=situation,
        outcome=outcome,
        expected=expected,
        found=found,
        alternatives=alternatives,
        claim=claim,
        step=len(event.scenario.steps) - 1 if event.scenario is not None else 0,
    )
