"""`cartfuzz run --corpus`: what is known is tried first, what is found is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Scenario, Update
from cartfuzz.harness.plan import CorpusScenarios, Plan
from cartfuzz.harness.scheduling.shards import NumberedScenario, Shards
from cartfuzz.record import Phase, ScenarioRun, decode_value, encode_value, read_events
from cartfuzz.strategies import draw_scenarios, races

Output = pytest.CaptureFixture[str]
FAULT = ("--sandbox-fault", "closes-cancelled-sessions")


def run(folder: Path, *arguments: str) -> int:
    report = ("--report-dir", str(folder / "report"))
    return main(["run", "--sandbox", "--corpus", str(folder / "corpus"), *report, *arguments])


def summary(folder: Path) -> Any:
    return json.loads((folder / "report" / "summary.json").read_text())


def signatures(folder: Path) -> set[str]:
    return {entry["signature"] for entry in summary(folder)["discrepancies"]}


def executed(folder: Path) -> list[ScenarioRun]:
    events = read_events(folder / "report" / "events.ndjson")
    return [event for event in events if isinstance(event, ScenarioRun)]


@pytest.mark.parametrize("more", [(), ("--no-minimise",)])
def test_what_was_found_is_found_at_once(
    tmp_path: Path, capsys: Output, more: tuple[str, ...]
) -> None:
    """With another seed, in the first scenarios; and the clean sandbox shows none of it."""
    assert run(tmp_path, *FAULT, *more, "--seed", "1", "--requests", "3000") == 1
    found = signatures(tmp_path)
    assert f"corpus: {len(found)} new of {len(found)} found" in capsys.readouterr().out
    again = ("--seed", "2", "--scenarios", str(len(found)))
    assert run(tmp_path, *FAULT, *more, *again, "--workers", "2") == 1
    assert signatures(tmp_path) == found
    assert {event.phase for event in executed(tmp_path)} == {"corpus"}
    assert f"corpus: 0 new of {len(found)} found" in capsys.readouterr().out
    assert run(tmp_path, "--phase", "corpus") == 0
    assert signatures(tmp_path) == set()


def test_a_corpus_alone_proves_something(tmp_path: Path) -> None:
    """A phase of its own for a CI: what is known and a tour of the endpoints.

    Where nothing is known nothing is sent, and the run is inconclusive.
    """
    assert run(tmp_path, "--phase", "corpus") == 5
    assert run(tmp_path, *FAULT, "--seed", "1", "--requests", "3000") == 1
    assert run(tmp_path, "--phase", "corpus") == 0
    titles = [event.title for event in executed(tmp_path) if not event.is_late_read]
    assert len(titles) == len(set(titles)) > 1


def test_another_contract_version_sends_nothing_of_it(tmp_path: Path) -> None:
    """What a target of one version showed says nothing about another version."""
    assert run(tmp_path, *FAULT, "--seed", "1", "--requests", "3000") == 1
    assert run(tmp_path, *FAULT, "--contract", "current", "--phase", "corpus") == 5
    assert executed(tmp_path) == []


def test_a_bad_entry_does_not_stop_a_run(tmp_path: Path, capsys: Output) -> None:
    """It is named on standard error, and stays."""
    assert run(tmp_path, *FAULT, "--seed", "1", "--requests", "3000") == 1
    (failure,) = (
        path for path in (tmp_path / "corpus").rglob("*") if b'"scenario"' in _bytes(path)
    )
    torn = failure.with_name("torn")
    torn.write_bytes(failure.read_bytes()[:50])
    capsys.readouterr()
    assert run(tmp_path, *FAULT, "--phase", "corpus") == 1
    said = capsys.readouterr().err
    assert said.startswith(f"cartfuzz: corpus {tmp_path / 'corpus'}: entry ")
    assert "expected a scenario as JSON" in said
    assert said.count("\n") == 1
    assert torn.exists()


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--phase", "corpus"), "--corpus: expected a folder or a URL, since the phase corpus"),
        (("--corpus", "redis://u:geheim@127.0.0.1"), "no user name or password in the URL"),
        (("--corpus", "/dev/null/corpus"), "--corpus: expected a folder that can be read"),
    ],
)
def test_a_wrong_corpus(
    tmp_path: Path, capsys: Output, arguments: tuple[str, ...], expected: str
) -> None:
    """Exit 2 and one line, before anything is sent; no secret in it."""
    assert main(["run", "--sandbox", *arguments, "--report-dir", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert expected in output.err
    assert "geheim" not in output.err


SEED = Scenario(
    title="recorded",
    sessions=(f"s-{MARK}",),
    steps=tuple(Update(body={"customerSession": {"state": state}}) for state in ("open", "closed")),
)


def shards(
    known: CorpusScenarios, *, seed: int = 1, phases: tuple[Phase, ...] = tuple(Phase)
) -> list[NumberedScenario]:
    plan = Plan(url="", environment=EXAMPLE_ENVIRONMENT, seed=seed, phases=phases, known=known)
    made = Shards(decode_value(encode_value(plan), Plan))
    return [one for shard in range(3) for one in made.scenarios_of(shard) or ()]


def test_failures_come_before_seeds_and_these_before_mutants() -> None:
    """A burst comes a few times; then the campaign goes on as it does without a corpus."""
    (burst,) = draw_scenarios(races(EXAMPLE_ENVIRONMENT), seed=3, count=1)
    first, *rest = shards(CorpusScenarios(failures=(burst, SEED), seeds=(SEED,)))
    assert first.id == "corpus/0/0"
    assert [one.scenario for one in rest[:7]] == [burst] * 5 + [SEED, SEED]
    mutants = [one.scenario for one in rest if one.scenario.title == "mutant of recorded"]
    assert len(mutants) == 8
    assert len({repr(one.steps) for one in mutants}) > 4
    edges = [one.scenario for one in rest if one.phase is Phase.EDGES]
    assert edges == [one.scenario for one in shards(CorpusScenarios())][: len(edges)]
    assert len({one.execution_index for one in (first, *rest)}) == len(rest) + 1


def test_the_seed_decides_the_mutants() -> None:
    """The same seed makes the same mutants of the same traffic, another seed others."""
    known = CorpusScenarios(seeds=(SEED,))
    alone = (Phase.CORPUS,)
    assert shards(known, phases=alone) == shards(known, phases=alone)
    assert shards(known, phases=alone) != shards(known, phases=alone, seed=2)


def test_a_plan_travels_with_any_text() -> None:
    """A lone surrogate in what is known reaches a worker."""
    odd = msgspec.structs.replace(SEED, sessions=(f"\ud800{MARK}",))
    assert shards(CorpusScenarios(failures=(odd,)))[0].scenario == odd
