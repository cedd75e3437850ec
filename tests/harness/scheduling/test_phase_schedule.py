"""Which endless phase fills a shard, and how a run divides its time among them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import DiscoveryEstimate
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.executors import Workers, processes
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scheduling.adaptive import MIN_SCENARIOS, MIN_TIME_SHARE, AdaptiveShares
from cartfuzz.harness.scheduling.phase_schedule import EQUAL_WORK, Shares, phase_at
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.harness.worker import Message, WorkerDone
from cartfuzz.record import Phase, ScenarioRun
from cartfuzz.sandbox import start
from cartfuzz.wire.secrets import TargetSecrets

from ...record.events import scenario_run

ENDLESS = tuple(phase for phase in Phase if phase.is_endless)
weights = st.floats(0.01, 1.0)
shares = st.tuples(weights, weights, weights).map(lambda w: dict(zip(ENDLESS, w, strict=True)))


@given(shares, st.integers(0, 10_000), st.integers(1, 400))
def test_each_phase_gets_its_share_of_any_row_of_shards(given: Shares, first: int, n: int) -> None:
    """Any row of drawn shards, wherever it begins, has its share of each phase, but for a few."""
    had = Counter(phase_at(index, given) for index in range(first, first + n))
    for phase, share in given.items():
        assert abs(had[phase] - n * share / sum(given.values())) < 6


def test_what_a_drawn_shard_sends_depends_on_seed_index_and_phase_alone() -> None:
    """Other shares make other phases, never other scenarios under the same ID."""
    plan = Plan(url="http://127.0.0.1", environment=EXAMPLE_ENVIRONMENT, phases=ENDLESS, seed=3)
    sent: dict[str, object] = {}
    for weighted in ({**EQUAL_WORK, Phase.LOST: 5.0}, {**EQUAL_WORK, Phase.RACE: 5.0}, EQUAL_WORK):
        shards = Shards(plan)
        for shard in range(8):
            for numbered in shards.scenarios_of(shard, weighted) or ():
                assert sent.setdefault(numbered.id, numbered.scenario) == numbered.scenario
    assert {name.split("/")[0] for name in sent} == {"race", "lost", "explore"}


def shown(phase: Phase, count: int, *, new: int, elapsed_ms: float) -> Iterator[ScenarioRun]:
    """``count`` scenarios of a phase, of which the last ``new`` show what none has shown."""
    for number in range(count):
        fresh = number >= count - new
        yield scenario_run(
            number,
            phase=phase.value,
            elapsed_ms=elapsed_ms,
            reached={f"{phase} {number}": 1} if fresh else {"known": 1},
        )


def adaptive_shares() -> tuple[AdaptiveShares, DiscoveryEstimate]:
    """Shares of all endless phases, and the estimate that they follow."""
    discovery = DiscoveryEstimate()
    return AdaptiveShares(ENDLESS, discovery), discovery


def time_shares(given: Shares, costs: dict[Phase, float]) -> dict[Phase, float]:
    """Of the time, given what a scenario of each phase costs."""
    spent = {phase: given[phase] * cost for phase, cost in costs.items()}
    return {phase: value / sum(spent.values()) for phase, value in spent.items()}


def test_time_goes_where_something_is_learnt() -> None:
    """A phase that still shows new things gets most of the time, whatever its scenarios cost; the
    others get their floor."""
    costs = {Phase.RACE: 5.0, Phase.LOST: 10.0, Phase.EXPLORE: 80.0}
    adaptive, discovery = adaptive_shares()
    for phase, cost in costs.items():
        new = 20 if phase is Phase.LOST else 0
        for event in shown(phase, MIN_SCENARIOS, new=new, elapsed_ms=cost):
            discovery.add(event)
            adaptive.add(event)
    spent = time_shares(adaptive.shares(), costs)
    assert spent[Phase.LOST] > 0.5
    assert all(share >= MIN_TIME_SHARE - 1e-9 for share in spent.values())


def test_nothing_changes_before_enough_is_known() -> None:
    """Until each phase had its scenarios the shares are those that every run begins with."""
    adaptive, discovery = adaptive_shares()
    for event in shown(Phase.LOST, 10 * MIN_SCENARIOS, new=10, elapsed_ms=1.0):
        discovery.add(event)
        adaptive.add(event)
    assert adaptive.shares() == EQUAL_WORK


class Scripted:
    """Workers that send what they are given, and remember how they were steered."""

    def __init__(self, messages: list[Message]) -> None:
        self._messages = messages
        self.steered: list[Shares] = []

    @property
    def share_pace(self) -> bool:
        return False

    def receive(self, timeout_sec: float) -> Message | None:  # noqa: ARG002 - the protocol's
        return self._messages.pop(0) if self._messages else None

    def steer(self, shares: Shares) -> None:
        self.steered.append(shares)

    def halt(self) -> None:
        self._messages.clear()


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_run_steers_its_workers_only_if_it_is_to(*, adaptive: bool) -> None:
    """With an adaptive plan the workers get better shares; else they get none."""
    events = [
        event
        for phase in ENDLESS
        for event in shown(phase, 2 * MIN_SCENARIOS, new=30 * (phase is Phase.RACE), elapsed_ms=5.0)
    ]
    workers = Scripted([*events, WorkerDone()])

    @contextmanager
    def executor(_plan: Plan, _secrets: TargetSecrets, _run: str) -> Iterator[Workers]:
        yield workers

    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        plan = Plan(url=sandbox.url, environment=EXAMPLE_ENVIRONMENT, adaptive=adaptive)
        stop = threading.Event()
        list(run_campaign(plan, sandbox.api_key, stop=stop, executor=executor))
    if adaptive:
        last = workers.steered[-1]
        assert last[Phase.RACE] / sum(last.values()) > 0.5
    else:
        assert not workers.steered


def test_processes_hear_how_they_are_steered() -> None:
    """Workers in other processes follow the last shares of the parent: here one phase has all."""
    only = {Phase.RACE: 1e-9, Phase.LOST: 1.0, Phase.EXPLORE: 1e-9}
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        plan = Plan(
            url=sandbox.url,
            environment=EXAMPLE_ENVIRONMENT,
            phases=ENDLESS,
            workers=2,
            scenarios=400,
        )
        with processes(plan, TargetSecrets(sandbox.api_key), "abcdefgh") as workers:
            workers.steer(only)
            phases = received(workers, plan.workers)
    assert phases == {"lost": phases.total()}


def received(workers: Workers, count: int) -> Counter[str]:
    """The phases of all scenarios that ``count`` workers send."""
    phases: Counter[str] = Counter()
    while count:
        message = workers.receive(30.0)
        if isinstance(message, ScenarioRun):
            phases[message.phase] += 1
        else:
            assert isinstance(message, WorkerDone), message
            count -= 1
    return phases
