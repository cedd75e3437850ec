"""What is left of the shards of a run of which some scenarios are done."""

from __future__ import annotations

from itertools import count, islice
from random import Random

import msgspec
import pytest

from cartfuzz.analysis.id_set import ranges
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.plan import DoneScenarios, Plan
from cartfuzz.harness.scheduling.phase_schedule import EQUAL_WORK, Shares
from cartfuzz.harness.scheduling.shards import NumberedScenario, Shards
from cartfuzz.record import Phase, position_of

SHARDS = 9
PLAN = Plan(
    url="http://127.0.0.1",
    environment=EXAMPLE_ENVIRONMENT,
    phases=(Phase.RACE, Phase.LOST),
    seed=3,
)
OTHER_SHARES = {**EQUAL_WORK, Phase.RACE: 5.0}


def sent(plan: Plan, shares: Shares = EQUAL_WORK) -> list[NumberedScenario]:
    """The scenarios of the first shards."""
    shards = Shards(plan)
    found = (shards.scenarios_of(shard, shares) for shard in islice(count(), SHARDS))
    return [one for numbered in found if numbered is not None for one in numbered]


WHOLE = sent(PLAN)


def done(names: set[str]) -> DoneScenarios:
    """What an earlier part executed, as a plan has it."""
    phases = {name.split("/")[0] for name in names}
    return DoneScenarios(
        rows={
            phase: tuple(
                ranges(
                    position
                    for name in names
                    if name.startswith(phase) and (position := position_of(name)) is not None
                )
            )
            for phase in phases
        }
    )


def some(number: int) -> set[str]:
    """The IDs of some scenarios: none, all, or a random part; those of a row of shards, say.

    Hypothesis cannot draw them, since what is tested draws with Hypothesis itself.
    """
    random = Random(number)
    names = [one.id for one in WHOLE]
    first, last = sorted((random.randrange(len(names) + 1), random.randrange(len(names) + 1)))
    return set(random.sample(names, random.randrange(len(names)))) | set(names[first:last])


@pytest.mark.parametrize("executed", [set(), {one.id for one in WHOLE}, *map(some, range(20))])
def test_what_is_left_is_all_that_is_not_done(executed: set[str]) -> None:
    """Whatever was done, the rest is sent, under the same numbers, and nothing twice."""
    left = sent(msgspec.structs.replace(PLAN, done=done(executed)))
    assert left == [one for one in WHOLE if one.id not in executed]


@pytest.mark.parametrize("executed", [*map(some, range(20, 30))])
def test_a_shard_that_was_begun_keeps_its_phase(executed: set[str]) -> None:
    """Other shares fill other shards; one of which a scenario is done goes on as it began."""
    left = sent(msgspec.structs.replace(PLAN, done=done(executed)), OTHER_SHARES)
    begun = {name.rsplit("/", 1)[0] for name in executed}
    expected = [
        one.id for one in WHOLE if one.id not in executed and one.id.rsplit("/", 1)[0] in begun
    ]
    assert [one.id for one in left if one.id.rsplit("/", 1)[0] in begun] == expected
    assert not {one.id for one in left} & executed


def test_a_position_is_that_of_a_scenario_of_a_phase() -> None:
    """Other reads, triage and a user's own tests have none."""
    assert position_of("race/2/3") == 43
    assert position_of("race/2/3/later") is None
    assert position_of("minimise/0/1") is None
    assert position_of("client") is None
