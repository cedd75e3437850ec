"""The ledger of a run: bounds that no single session shows, followed over all its scenarios.

A fold over events, in any order and from any number of workers; it stands in this room so that a
record alone is enough to redo it. Its memory is bounded whatever the length of the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ..contract import Operation
from ..record.check_names import CheckName
from ..record.claims import AtMost, Claim
from ..record.discrepancies import discrepancy
from ..record.events import Discrepancy, Event, RunStarted, ScenarioRun, Tally
from ..record.outcome import SESSIONS_ARE_ONE, SESSIONS_HAVE_ONE_ID, Outcome
from ..record.signature import signature_of
from ..record.situation import TWO_SESSIONS, Situation
from .contradictions import Contradictions
from .id_set import IdSet

CHECK = CheckName.RUN_INVARIANTS
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
"""What the sessions of one scenario show of the same bug."""


class RunInvariants:
    """Follows a run and tells what only the whole of it shows.

    Args:
        limits: the declared limits of coupons, until a `RunStarted` says otherwise.
    """

    def __init__(self, limits: Mapping[str, int] | None = None) -> None:
        self._drift = Contradictions()
        self._ids = IdSet()
        self._limits: Mapping[str, int] = limits or {}
        self._redeemed: Counter[str] = Counter()

    def add(self, event: Event) -> Iterator[Discrepancy]:
        """Takes ``event`` in.

        Yields:
            What became known by it: contradictions (kind `Kind.DRIFT`), an internal id given to a
            second session (RESP-07), a coupon redeemed beyond its limit (LIMIT-01).
        """
        if isinstance(event, RunStarted):
            self._limits = event.environment.coupon_limits
        elif isinstance(event, ScenarioRun):
            yield from self._drift.add(event)
            yield from self.bounds(event)
        elif isinstance(event, Tally):
            self.add_tally(event)

    def add_tally(self, tally: Tally) -> None:
        """Takes in what many scenarios left behind, none of which was beyond a bound."""
        for first, last in tally.ids:
            self._ids.fill(first, last)
        self._redeemed.update(tally.redeemed)

    def knows(self, event: ScenarioRun) -> bool:
        """Whether ``event`` shows nothing that a later contradiction would need it for."""
        return self._drift.knows(event)

    def bounds(self, event: ScenarioRun) -> Iterator[Discrepancy]:
        """As `add`, without contradictions: for whoever follows these with a `Contradictions`."""
        yield from self._repeated_ids(event)
        yield from self._beyond_limits(event)

    def _repeated_ids(self, event: ScenarioRun) -> Iterator[Discrepancy]:
        for number in event.ids:
            if self._ids.take(number):
                yield _discrepancy(
                    event,
                    rule="RESP-07",
                    situation=_TWO_SCENARIOS,
                    outcome=SESSIONS_HAVE_ONE_ID,
                    expected="an id that no session had before in this run",
                    found=f"id: {number}, in scenario {event.id} and in one before",
                    alternatives=_SAME_ID,
                )

    def _beyond_limits(self, event: ScenarioRun) -> Iterator[Discrepancy]:
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
        check=CHECK,
        operation=Operation.UPDATE,
        situation=situation,
        outcome=outcome,
        expected=expected,
        found=found,
        alternatives=alternatives,
        claim=claim,
        step=len(event.scenario.steps) - 1 if event.scenario is not None else 0,
    )
