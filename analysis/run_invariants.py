"""Checks what must hold over all scenarios of a run, and what no single session shows.

The fold takes events in any order and from any number of workers, and a record alone is enough to
repeat it. Its memory is bounded whatever the length of the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..contract import Environment, Operation, Redeemable
from ..record.check_names import CheckName
from ..record.claims import AtMost, Claim
from ..record.discrepancies import discrepancy
from ..record.events import Event, RunStarted, ScenarioRun, Tally
from ..record.outcome import SESSIONS_ARE_ONE, SESSIONS_HAVE_ONE_ID, Outcome
from ..record.scenario_parts import Discrepancy
from ..record.signature import signature_of
from ..record.situation import TWO_SESSIONS, Situation
from .contradictions import Behaviour, Contradiction, Contradictions
from .id_set import IdSet

_TWO_SCENARIOS = Situation.other("sessions of two scenarios")
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
    """An internal id that two sessions have (RESP-07), or a coupon or referral that was redeemed
    more often than its limit allows (COUP-02, REF-01)."""
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
        environment: declares how often codes may be redeemed, until a `RunStarted` has one.
    """

    def __init__(self, environment: Environment | None = None) -> None:
        self._contradictions = Contradictions()
        self._ids = IdSet()
        self._coupons = _Redemptions(_COUPONS)
        self._referrals = _Redemptions(_REFERRALS)
        if environment is not None:
            self._declare(environment)

    def behaviours(self) -> list[Behaviour]:
        """As `Contradictions.behaviours`."""
        return self._contradictions.behaviours()

    def add(self, event: Event) -> RunFindings:
        """Takes ``event`` in, and returns what became known by it."""
        if isinstance(event, ScenarioRun):
            return self._add_scenario(event)
        if isinstance(event, RunStarted):
            if event.resumption:
                self._forget()
            self._declare(event.environment)
        elif isinstance(event, Tally):
            # No scenario of a tally broke an invariant: it would have a line of its own.
            for first, last in event.ids:
                self._ids.add_range(first, last)
            self._coupons.counted.update(event.redeemed)
            self._referrals.counted.update(event.referred)
        return NO_FINDINGS

    def _forget(self) -> None:
        """Forgets what holds only as long as the target keeps its state.

        It may have been set up afresh since the run ended, as the embedded sandbox always is: then
        ids and redemptions begin again.
        """
        self._ids = IdSet()
        self._coupons.counted.clear()
        self._referrals.counted.clear()

    def _declare(self, environment: Environment) -> None:
        self._coupons.declare(environment.declared_coupons)
        self._referrals.declare(environment.referrals)

    def _add_scenario(self, event: ScenarioRun) -> RunFindings:
        outcomes = self._contradictions.outcomes
        contradictions = tuple(self._contradictions.add(event))
        broken = (
            *self._repeated_ids(event),
            *self._coupons.exceeded(event, event.redeemed),
            *self._referrals.exceeded(event, event.referred),
        )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _KindOfCode:
    """What differs between coupons and referrals."""

    name: str
    rule: str
    situation: Situation
    in_one_scenario: Situation


_COUPONS = _KindOfCode(
    name="coupon",
    rule="COUP-02",
    situation=Situation.other("closed sessions of the whole run with one coupon"),
    in_one_scenario=Situation.other("close with a coupon that is used up"),
)
_REFERRALS = _KindOfCode(
    name="referral",
    rule="REF-01",
    situation=Situation.other("closed sessions of the whole run with one referral"),
    in_one_scenario=Situation.other("close with a referral that is used up"),
)


class _Redemptions:
    """The redemptions of the whole run, by code, and the declared limits.

    Patterns are left out: their placeholder stands for another code in each execution.
    """

    def __init__(self, kind: _KindOfCode) -> None:
        self._kind = kind
        self._limits: Mapping[str, int] = {}
        self.counted: Counter[str] = Counter()

    def declare(self, codes: Iterable[Redeemable]) -> None:
        self._limits = {one.code: one.limit for one in codes if one.limit and not one.is_pattern}

    def exceeded(self, event: ScenarioRun, redeemed: Mapping[str, int]) -> Iterator[Discrepancy]:
        """Adds what the sessions of one scenario hold; the limits that this exceeds."""
        self.counted.update(redeemed)
        kind = self._kind
        for code in redeemed:
            limit = self._limits.get(code)
            if limit is not None and self.counted[code] > limit:
                yield _discrepancy(
                    event,
                    rule=kind.rule,
                    situation=kind.situation,
                    outcome=_OVER_LIMIT,
                    expected=f"at most {limit} closed sessions with the {kind.name} {code!r}",
                    found=f"{self.counted[code]} with scenario {event.id}",
                    claim=AtMost(
                        limit=limit,
                        coupon="" if kind is _REFERRALS else code,
                        referral=code if kind is _REFERRALS else "",
                        steps=(),
                    ),
                    alternatives=_in_one_scenario(kind),
                )


def _in_one_scenario(kind: _KindOfCode) -> Iterator[str]:
    """The signatures under which the sessions of one scenario show the same bug."""
    for situation in (
        kind.in_one_scenario,
        Situation.other(f"parallel closings of sessions with one {kind.name}"),
    ):
        yield signature_of(
            rule=kind.rule,
            check=CheckName.COUNTERS,
            operation=Operation.UPDATE.value,
            situation=situation.key,
            outcome="redeemed beyond its limit",
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
