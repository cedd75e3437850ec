"""What is done with a signature after the phases: minimised, confirmed, kept within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pytest

from cartfuzz.analysis import RunState, SimplestOccurrences
from cartfuzz.analysis.flakiness import BURST_TRIES
from cartfuzz.contract import MARK, Fetch, Scenario, Update
from cartfuzz.harness.plan import TriageBudget
from cartfuzz.harness.triage.confirmation import confirm
from cartfuzz.harness.triage.minimise import BoundHitError
from cartfuzz.harness.triage.triage import triage_discrepancies
from cartfuzz.record import Discrepancy, Exchange, Minimised, ScenarioRun, TriageFinished

from ...record.events import discrepancy, scenario_run

BUG = discrepancy("CART-02")
OTHER = discrepancy("MERGE-01")
WIDE = Scenario(
    title="wide",
    sessions=(f"a {MARK}",),
    steps=(
        Fetch(),
        Update(body={"customerSession": {"profileId": "ann", "cartItems": []}}),
        Fetch(),
    ),
)


@dataclass
class Target:
    """Executes by a rule: which discrepancies a scenario shows, and how often."""

    wrong: Callable[[Scenario, int], Discrepancy | None]
    executed: list[Scenario] = field(default_factory=list)

    def __call__(self, scenario: Scenario) -> ScenarioRun:
        self.executed.append(scenario)
        found = self.wrong(scenario, len(self.executed))
        return scenario_run(
            len(self.executed),
            statuses=(200,) * len(scenario.steps),
            discrepancies=() if found is None else (found,),
            scenario=scenario if found is not None else None,
            exchanges=(Exchange(step=0, method="PUT", target=str(len(self.executed))),),
        )


def _has_cart(scenario: Scenario) -> int | None:
    for number, step in enumerate(scenario.steps):
        if isinstance(step, Update) and "cartItems" in step.body["customerSession"]:
            return number
    return None


def always(scenario: Scenario, _number: int) -> Discrepancy | None:
    step = _has_cart(scenario)
    return None if step is None else msgspec.structs.replace(BUG, step=step, found=f"at {step}")


def sightings(*found: Discrepancy) -> SimplestOccurrences:
    return RunState.of([scenario_run(0, scenario=WIDE, discrepancies=found)]).occurrences


def triaged(
    occurrences: SimplestOccurrences, target: Target, budget: TriageBudget
) -> list[Minimised]:
    """The smallest scenarios alone."""
    events = triage_discrepancies(occurrences, target, budget)
    return [event for event in events if isinstance(event, Minimised)]


def test_a_solid_discrepancy() -> None:
    """One event: the smallest scenario, confirmed five times, what it cost, the exchanges."""
    target = Target(always)
    (event,) = triaged(sightings(BUG), target, TriageBudget())
    assert event.signature == BUG.signature
    assert event.scenario.steps == (Update(body={"customerSession": {"cartItems": []}}),)
    assert (event.confirmed, event.confirmations, event.solid) == (5, 5, True)
    assert event.discrepancy.found == "at 0"
    assert event.operations_before == 2
    assert event.trials == len(target.executed)
    assert event.requests == sum(len(s.steps) for s in target.executed)
    confirmed = int(event.exchanges[0].target)
    assert event.exchanges_without == ()
    assert target.executed[confirmed - 5 : confirmed] == [event.scenario] * 5


def test_sometimes_is_flaky() -> None:
    """Both exchanges are kept."""
    target = Target(lambda s, number: always(s, number) if number % 2 else None)
    (event,) = triaged(sightings(BUG), target, TriageBudget())
    assert 0 < event.confirmed < 5
    assert not event.solid
    assert event.exchanges != event.exchanges_without != ()


def test_never_again_is_flaky_too() -> None:
    """The scenario, the discrepancy and the exchanges of the sighting are what is left."""
    (event,) = triaged(sightings(BUG), Target(lambda _s, _n: None), TriageBudget())
    assert (event.confirmed, event.scenario, event.discrepancy) == (0, WIDE, BUG)
    assert event.exchanges == scenario_run(0).exchanges
    assert event.exchanges_without != ()


def test_shown_while_it_was_minimised_and_never_again() -> None:
    """Scenario, discrepancy and exchanges belong together: those of the sighting."""
    target = Target(lambda s, number: always(s, number) if number < 4 else None)
    (event,) = triaged(sightings(BUG), target, TriageBudget())
    assert any(len(scenario.steps) < len(WIDE.steps) for scenario in target.executed[:3])
    assert (event.confirmed, event.scenario, event.discrepancy) == (0, WIDE, BUG)
    assert event.exchanges == scenario_run(0).exchanges


def test_another_signature_proves_nothing() -> None:
    """A scenario that shows another bug is no smaller scenario of this one."""
    (event,) = triaged(sightings(BUG), Target(lambda _s, _n: OTHER), TriageBudget())
    assert event.confirmed == 0


def test_each_signature_once_from_its_simplest_sighting() -> None:
    """Fewer operations win, then the earlier ID; late reads do not count."""
    seen = RunState()
    late = msgspec.structs.replace(BUG, step=2)
    seen.add(scenario_run(3, scenario=WIDE, discrepancies=(late, OTHER)))
    seen.add(scenario_run(2, scenario=WIDE, discrepancies=(BUG, BUG)))
    seen.add(scenario_run(1, scenario=WIDE, discrepancies=(late,)))
    seen.add(scenario_run(9, is_late_read=True, discrepancies=(discrepancy("RESP-03"),)))
    assert [(one.discrepancy.rule, one.id) for one in seen.occurrences] == [
        ("CART-02", "edges/0/2"),
        ("MERGE-01", "edges/0/3"),
    ]


@pytest.mark.parametrize("requests", [1, 3, 8, 30])
def test_the_bound_of_all_is_kept(requests: int) -> None:
    """Searches stop at the bound; what is left out has no event, and the last event names it."""
    target = Target(always)
    every = list(
        triage_discrepancies(sightings(BUG, OTHER), target, TriageBudget(requests=requests))
    )
    events = [event for event in every if isinstance(event, Minimised)]
    left = [name for one in every if isinstance(one, TriageFinished) for name in one.not_reached]
    assert len(events) + len(left) == 2
    spent = sum(event.requests for event in every)
    confirming = 5 * len(WIDE.steps)
    assert spent <= requests + confirming
    assert len(events) == (0 if requests <= 3 else 1 if requests < 30 else len(events))


def test_a_stopped_run_yields_no_half_results() -> None:
    """Once the run is stopped, what was being confirmed has no event."""

    def stopped(scenario: Scenario, number: int) -> Discrepancy | None:
        if number > 4:
            raise BoundHitError
        return always(scenario, number)

    (event,) = triage_discrepancies(sightings(BUG, OTHER), Target(stopped), TriageBudget())
    assert event == TriageFinished(
        not_reached=(BUG.signature, OTHER.signature), elapsed_ms=event.elapsed_ms
    )


def test_a_burst_may_take_a_few_tries() -> None:
    """It shows by chance: each confirmation ends with the first execution that shows it."""
    burst = msgspec.structs.replace(WIDE, burst=(0, 2))
    target = Target(lambda s, number: always(s, number) if number % 3 == 0 else None)
    confirmed = confirm(target, burst, BUG.signature, times=4)
    assert (confirmed.shown, confirmed.times, confirmed.executions) == (4, 4, 12)
    silent = confirm(Target(lambda _s, _n: None), burst, BUG.signature, times=2)
    assert (silent.shown, silent.executions) == (0, 2 * BURST_TRIES)
