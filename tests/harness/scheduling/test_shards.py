"""The shards of a campaign: their order, and that each can be made again."""

from __future__ import annotations

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Scenario
from cartfuzz.harness.plan import CorpusScenarios, Plan
from cartfuzz.harness.scheduling import shards as shards_module
from cartfuzz.harness.scheduling.phase_schedule import EQUAL_WORK
from cartfuzz.harness.scheduling.shards import NumberedScenario, Shards
from cartfuzz.record import Phase

SWEPT = (Phase.EDGES, Phase.WIRE)
PLAN = Plan(url="http://127.0.0.1", environment=EXAMPLE_ENVIRONMENT, seed=1, phases=SWEPT)


def swept(plan: Plan) -> list[list[NumberedScenario]]:
    """The shards of a plan that has sweeps only."""
    shards = Shards(plan)
    found: list[list[NumberedScenario]] = []
    while (members := shards.scenarios_of(len(found))) is not None:
        found.append(list(members))
    return found


def test_a_sweep_is_spread_evenly_over_the_others() -> None:
    """At any time about the same part of each has been sent; none of it twice, none left out."""
    phases = [shard[0].phase for shard in swept(PLAN)]
    whole = {phase: phases.count(phase) for phase in SWEPT}
    assert phases[0] is Phase.EDGES
    for end in range(len(phases)):
        for phase in SWEPT:
            sent, due = phases[:end].count(phase), whole[phase] * end / len(phases)
            assert abs(sent - due) <= 1.5
    ids = [member.id for shard in swept(PLAN) for member in shard]
    assert len(ids) == len(set(ids)) > 500


def test_the_members_of_a_sweep_keep_their_order() -> None:
    """What comes first when each phase is run alone comes first of its phase here too."""
    mixed = [member for shard in swept(PLAN) for member in shard]
    for phase in SWEPT:
        alone = swept(msgspec.structs.replace(PLAN, phases=(phase,)))
        assert [member.id for shard in alone for member in shard] == [
            member.id for member in mixed if member.phase is phase
        ]


def test_what_is_known_comes_before_the_tour() -> None:
    """A corpus is tried before anything else."""
    known = Scenario(title="known", sessions=(MARK,), steps=(Fetch(),))
    plan = msgspec.structs.replace(
        PLAN, phases=(Phase.CORPUS, *SWEPT), known=CorpusScenarios(failures=(known,))
    )
    first, second, *_ = swept(plan)
    assert [member.scenario for member in first] == [known]
    assert second[0].scenario.title == "tour of every endpoint"


def test_a_shard_can_be_had_again_after_the_sweeps() -> None:
    """A worker that dies leaves its shard to one that may be far ahead."""
    shards = Shards(msgspec.structs.replace(PLAN, phases=tuple(Phase)))
    before = [list(shards.scenarios_of(number) or ()) for number in (0, 5)]
    assert all(member.phase.is_endless for member in shards.scenarios_of(200) or ())
    assert [list(shards.scenarios_of(number) or ()) for number in (0, 5)] == before


def test_each_phase_has_its_makers() -> None:
    """A sweep has scenarios, an endless phase a strategy and a share: none may be forgotten."""
    endless = {phase for phase in Phase if phase.is_endless}
    assert set(shards_module._STRATEGIES) == set(EQUAL_WORK) == endless
    assert set(shards_module._SWEEP_SCENARIOS) >= {phase for phase in Phase if phase.is_sweep}
