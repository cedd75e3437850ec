"""A campaign as numbered shards: whose comes when, and that each can be had again."""

from __future__ import annotations

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Scenario
from cartfuzz.harness.plan import CorpusScenarios, Phase, Plan
from cartfuzz.harness.scheduling.shards import NumberedScenario, Shards

SWEPT = (Phase.EDGES, Phase.WIRE)
PLAN = Plan(url="http://127.0.0.1", environment=EXAMPLE_ENVIRONMENT, seed=1, phases=SWEPT)


def swept(plan: Plan) -> list[list[NumberedScenario]]:
    """The shards of a plan whose phases all end."""
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
    assert {member.phase for member in shards.scenarios_of(200) or ()} <= {
        Phase.EXPLORE,
        Phase.RACE,
        Phase.LOST,
    }
    assert [list(shards.scenarios_of(number) or ()) for number in (0, 5)] == before
