"""What comes of a corpus is judged like anything else: the clean sandbox shows nothing."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import CorpusScenarios, Plan
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.record import Phase
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.strategies import draw_scenarios, scenarios
from cartfuzz.wire.marks import mark_of

from ...in_process import KEY, InProcessTransport


@pytest.mark.parametrize("version", ContractVersion)
def test_seeds_and_mutants_raise_no_alarm(version: ContractVersion) -> None:
    """Valid seeds and their mutants show no discrepancy on a correct target."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
    seeds = draw_scenarios(scenarios(environment, max_steps=12), seed=5, count=40)
    plan = Plan(
        url="",
        environment=environment,
        phases=(Phase.CORPUS,),
        known=CorpusScenarios(seeds=tuple(seeds)),
    )
    transport = InProcessTransport(assembled(environment, (), (), KEY))
    engine = Engine(transport, environment=environment, levels={}, rate_limiter=RateLimiter(None))
    shards, sent, shard = Shards(plan), 0, 0
    while (members := shards.scenarios_of(shard)) is not None:
        shard += 1
        for one in members:
            mark = mark_of("testtest", one.execution_index)
            run = engine.execute(one.scenario, phase="corpus", scenario_id=one.id, mark=mark)
            assert run.discrepancies == (), one.scenario
            sent += 1
    assert sent == 40 * 9 + 1
