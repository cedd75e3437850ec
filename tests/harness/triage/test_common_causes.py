"""One cause is one entry, named by it; and no bug hides behind another."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import Bug, RunState, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import TriageBudget
from cartfuzz.harness.triage.triage import ScenarioRunner, triage_discrepancies
from cartfuzz.sandbox import environment_with
from cartfuzz.sandbox.service import Service

from ...in_process import KEY, InProcessTransport, campaign, engine_of
from ...record.events import started

_BUDGET = TriageBudget(seconds=600.0, confirmations=2)


class RoundsSums(Service):
    """A target that rounds each total to cents."""

    def computed_totals(self, data: Mapping[str, Any]) -> dict[str, int | float]:
        return {name: round(value, 2) for name, value in super().computed_totals(data).items()}


def state_of(environment: Environment, engine: Engine, requests: int) -> RunState:
    """The state after a campaign in process and its triage."""
    state = RunState(keep_evidence=False)
    state.add(started(environment=environment, contract=environment.contract))
    for run in campaign(environment, seed=1, requests=requests, engine=engine):
        state.add(run)
    runner = ScenarioRunner(engine, "testtest")
    for event in triage_discrepancies(state.occurrences, runner, _BUDGET):
        state.add(event)
    return state


def entries_of(environment: Environment, service: Service, requests: int = 900) -> list[Bug]:
    """What a run lists whose configuration is ``environment``, against ``service``."""
    engine = Engine(
        InProcessTransport(service),
        environment=environment,
        levels={},
        rate_limiter=RateLimiter(None),
    )
    return summary_of(state_of(environment, engine, requests)).discrepancies


def declared(**attributes: str) -> Environment:
    """The example environment with session attributes of these types."""
    schemas = {name: {"type": kind} for name, kind in attributes.items()}
    return msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT,
        session_attributes={**EXAMPLE_ENVIRONMENT.session_attributes, **schemas},
    )


def test_an_attribute_that_the_target_does_not_have_is_one_entry() -> None:
    """Whatever rules its refusals break, and the entry names it and quotes the target."""
    entries = entries_of(declared(giftScore="integer"), Service(EXAMPLE_ENVIRONMENT, KEY))
    (entry,) = entries
    assert entry.title == "update with attributes.giftScore: answered 400"
    assert entry.cause == "attributes.giftScore"
    assert entry.points_at.startswith("/customerSession/attributes/giftScore: ")
    assert len({symptom.rule for symptom in entry.symptoms}) >= 3


def test_each_of_two_wrong_attributes_is_named() -> None:
    """Each scenario may hold both: the search leaves out what is known already."""
    wrong = declared(giftScore="integer", nextVisit="integer")
    causes = [one.cause for one in entries_of(wrong, Service(EXAMPLE_ENVIRONMENT, KEY))]
    assert sorted(causes) == ["attributes.giftScore", "attributes.nextVisit"]


def test_rounded_sums_are_one_entry() -> None:
    """A price that makes one sum wrong makes the others wrong in its place."""
    entries = entries_of(EXAMPLE_ENVIRONMENT, RoundsSums(EXAMPLE_ENVIRONMENT, KEY))
    assert [entry.rule[:5] for entry in entries] == ["RESP-"]
    assert {symptom.rule for symptom in entries[0].symptoms} >= {"RESP-06"}


def test_a_larger_number_is_no_other_bug() -> None:
    """A quantity beyond 32 bits fails like any other that does not fit 16."""
    engine = engine_of(EXAMPLE_ENVIRONMENT, ("fails-on-large-quantities",))
    (entry,) = summary_of(state_of(EXAMPLE_ENVIRONMENT, engine, 2_500)).discrepancies
    assert entry.cause == "cartItems.quantity 32768"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The benchmark that runs many of these pairs."""
    path = Path(__file__).parents[3] / "benchmarks" / "pairs_of_faults.py"
    spec = importlib.util.spec_from_file_location("pairs_of_faults", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)  # benchmarks import each other
        spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "faults",
    [
        ("ignores-quantities", "counts-the-first-cost-only"),
        ("leaves-item-costs-out-of-the-total", "ignores-quantities"),
        ("refuses-to-close", "drops-the-weight"),
        ("folds-compatible-characters", "shows-ids-composed"),
        ("takes-any-key", "closes-when-no-state-is-sent", "drops-referrals-beside-coupons"),
    ],
    ids=" and ".join,
)
def test_independent_bugs_are_all_named(benchmark: ModuleType, faults: Sequence[str]) -> None:
    """Each fault that showed has an entry whose scenario shows it with that fault alone."""
    environment = environment_with(faults, EXAMPLE_ENVIRONMENT)
    state = state_of(environment, engine_of(environment, faults), 1_500)
    alone = {name: ScenarioRunner(engine_of(environment, (name,)), "testtest") for name in faults}
    row = benchmark.judged(state, alone)
    assert (row.hidden, row.missing) == ((), ())
    assert sorted(row.named) == sorted(faults)
