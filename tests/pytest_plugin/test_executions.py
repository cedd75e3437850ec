"""Scenarios shared by workers: each is sent once, even if a worker dies; and what is a symptom."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cartfuzz.analysis.tested_rules import RACE_RULES
from cartfuzz.contract import Operation
from cartfuzz.harness.errors import TargetLostError
from cartfuzz.pytest_plugin.executions import Executions
from cartfuzz.pytest_plugin.options import PluginSettings
from cartfuzz.pytest_plugin.selection import Selection
from cartfuzz.pytest_plugin.shared_records import read_recorded
from cartfuzz.pytest_plugin.symptoms import symptoms_in
from cartfuzz.pytest_plugin.target import OpenTarget, Target, open_target, plan_for, read_target
from cartfuzz.record import Discrepancy, Kind, Phase, ScenarioRun
from cartfuzz.strategies import edge_scenarios, lost_answer_scenarios, malformed_scenarios

SETTINGS = PluginSettings(sandbox=True, seed=3, explore=20, timeout_sec=60.0, give_up_sec=1.0)
PLAN = plan_for(SETTINGS)
STATES = Selection(phases=frozenset(), rules=frozenset({"STATE-08", "CART-07"}))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenTarget]:
    opened = open_target(PLAN, SETTINGS, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def target(tmp_path: Path, opened: OpenTarget) -> Iterator[Target]:
    with read_target(PLAN, SETTINGS, tmp_path, 1) as target:
        yield target


def runs(shared: Path) -> list[ScenarioRun]:
    return [event for event in read_recorded(shared) if isinstance(event, ScenarioRun)]


def test_the_key_of_the_sandbox_is_for_its_owner_only(tmp_path: Path, opened: OpenTarget) -> None:
    """The file that hands it to the workers can be read by nobody else."""
    assert (tmp_path / "target.json").stat().st_mode & 0o077 == 0
    assert not opened.problem


def test_workers_send_each_scenario_once_and_agree(tmp_path: Path, target: Target) -> None:
    """All get the same events, and no two executions share a mark."""
    workers = [Executions(target, tmp_path) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        seen = list(pool.map(lambda worker: worker.complete(STATES), workers))
    assert seen[0] == seen[1] == seen[2]
    sent = [run for run in runs(tmp_path) if not run.is_late_read]
    wanted = [s for s in edge_scenarios(target.environment) if not STATES.rules.isdisjoint(s.aims)]
    assert [run.title for run in sent] == [scenario.title for scenario in wanted]
    assert len({run.mark for run in sent}) == len(sent)


def test_a_shard_that_a_dead_worker_began_is_sent_again_under_other_marks(
    tmp_path: Path, target: Target
) -> None:
    """What the dead worker created cannot disturb the second attempt."""
    Executions(target, tmp_path).complete(STATES)
    before = {run.mark for run in runs(tmp_path)}
    for record in tmp_path.glob("*.ndjson"):
        record.rename(record.with_suffix(".part"))  # as it is left when a worker dies
    Executions(target, tmp_path).complete(STATES)
    again = {run.mark for run in runs(tmp_path)}
    assert len(again) == len(before)
    assert not again & before


def test_a_target_that_is_lost_is_lost_for_all_workers(
    tmp_path: Path, opened: OpenTarget, target: Target
) -> None:
    """A worker that comes later sends nothing."""
    opened.close()
    with pytest.raises(TargetLostError, match="gives no usable responses any more"):
        Executions(target, tmp_path).complete(STATES)
    (lost,) = tmp_path.glob("*.part")
    size = lost.stat().st_size
    with pytest.raises(TargetLostError):
        Executions(target, tmp_path).complete(STATES)
    assert lost.stat().st_size == size


def test_what_the_last_run_showed_is_sent_too(tmp_path: Path, target: Target) -> None:
    """Scenarios are selected by ID, in sweeps and in drawn phases."""
    selection = Selection(phases=frozenset(), ids=frozenset({"explore/0/3", "edges/1/2"}))
    Executions(target, tmp_path).complete(selection)
    sent = [run.id for run in runs(tmp_path) if not run.is_late_read]
    assert sent == ["edges/1/2", "explore/0/3"]


def test_a_rule_selects_the_raw_requests_that_aim_at_it(tmp_path: Path, target: Target) -> None:
    """Else a test of one rule alone is green on a bug that only odd credentials show."""
    selection = Selection(phases=frozenset(), rules=frozenset({"AUTH-01"}))
    Executions(target, tmp_path).complete(selection)
    sent = sum(run.phase == Phase.WIRE.value for run in runs(tmp_path))
    titles = [scenario.title for scenario in malformed_scenarios(target.environment)]
    assert sent == sum(title.startswith("credentials: ") for title in titles) > 0


def test_drawn_phases_are_sent_whole(tmp_path: Path, target: Target) -> None:
    """With what comes before the drawn ones: every kind of write, cut at every place."""
    Executions(target, tmp_path).complete(Selection(phases=frozenset({Phase.LOST})))
    swept = len(lost_answer_scenarios(target.environment))
    assert swept
    assert len([run for run in runs(tmp_path) if not run.is_late_read]) == swept + 20


def test_no_sweep_aims_at_a_race_rule(target: Target) -> None:
    """Otherwise its test would not need the phase race."""
    sweeps = (*edge_scenarios(target.environment), *malformed_scenarios(target.environment))
    aimed = {rule for scenario in sweeps for rule in scenario.aims}
    assert not RACE_RULES & aimed


def found(rule: str, step: int) -> Discrepancy:
    return Discrepancy(
        signature=f"{rule}-0123456789",
        kind=Kind.VIOLATION,
        rule=rule,
        check="status",
        operation=Operation.UPDATE,
        situation="",
        outcome="",
        title="",
        expected="",
        found="",
        step=step,
    )


def run_with(*discrepancies: Discrepancy) -> ScenarioRun:
    return ScenarioRun(
        id="edges/0/0",
        phase="edges",
        mark="",
        title="",
        statuses=(),
        elapsed_ms=0,
        discrepancies=discrepancies,
    )


def test_what_only_follows_is_a_symptom() -> None:
    """It names the rule that was broken before."""
    symptoms = symptoms_in([run_with(found("A-01", 1), found("B-01", 2))])
    assert symptoms == {"B-01-0123456789": {"A-01"}}


def test_what_comes_first_somewhere_is_no_symptom() -> None:
    """One scenario that shows it without a cause is enough."""
    led = run_with(found("A-01", 1), found("B-01", 2))
    assert not symptoms_in([led, run_with(found("B-01", 5))])


def test_what_one_response_shows_is_no_symptom() -> None:
    """Neither of two discrepancies of one response follows from the other."""
    assert not symptoms_in([run_with(found("A-01", 1), found("B-01", 1))])
