"""Run records and summaries of version 0.1.0 are read as that version read them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import (
    Bug,
    Change,
    Latency,
    RunOutcome,
    Summary,
    compare,
    read_reproducers,
    read_summary,
    summarise,
)
from cartfuzz.analysis.discovery import MIN_SAMPLES
from cartfuzz.cli import main
from cartfuzz.harness.baseline_file import read_baseline
from cartfuzz.harness.triage.replay import Verdict, replay
from cartfuzz.harness.triage.triage import ScenarioRunner
from cartfuzz.record import (
    Discrepancy,
    Kind,
    RunFinished,
    RunStarted,
    ScenarioRun,
    encode_line,
    signature_of,
)
from cartfuzz.reports.summary_json import write_summary

from ..in_process import engine_of
from .format_0_1 import (
    EXPECTED,
    FAULTS_OF,
    FOLDER,
    RUNS,
    differences,
    discrepancies_of,
    events_of,
    present,
    summary_file,
    summary_signatures,
)

TAGS = {"RunStarted": "run_started", "ScenarioRun": "scenario", "RunFinished": "run_finished"}


def as_json(path: Path) -> Any:
    """The JSON value in a file, with the rule of today in the place of the retired one."""
    return present(path)


def remade(one: Discrepancy | Bug) -> str:
    """The signature that follows from what ``one`` says."""
    return signature_of(
        rule=one.rule,
        check=one.check,
        operation=one.operation.value,
        situation=one.situation,
        outcome=one.outcome,
    )


@pytest.mark.parametrize("run", RUNS)
def test_every_event_is_read(run: str) -> None:
    """A record holds as many events of each type as before."""
    names = (type(event).__name__ for event in events_of(run))
    counts = Counter(TAGS.get(name, name.lower()) for name in names)
    assert counts == RUNS[run]["events"]


@pytest.mark.parametrize("run", RUNS)
def test_every_event_is_written_as_before(run: str) -> None:
    """An event that is written again holds what its line held, under the same keys.

    A map that is empty may be left out.
    """
    lines = (FOLDER / run / "events.ndjson").read_bytes().splitlines(keepends=True)
    whole = [line for line in lines if line.endswith(b"\n")]
    assert len(whole) == len(events_of(run)) > 0
    for number, (line, event) in enumerate(zip(whole, events_of(run), strict=True), start=1):
        held = {name: value for name, value in json.loads(line).items() if value != {}}
        assert differences(held, json.loads(encode_line(event)), f"line {number}") == []


def test_a_record_that_was_cut_off_is_read_up_to_the_cut() -> None:
    """The last line of `cut` is half an event: it is left out, and the run has no end."""
    text = (FOLDER / "cut" / "events.ndjson").read_bytes()
    assert not text.endswith(b"\n")
    assert len(events_of("cut")) == text.count(b"\n")
    assert not any(isinstance(event, RunFinished) for event in events_of("cut"))
    assert summarise(events_of("cut")).reason is None


@pytest.mark.parametrize("run", RUNS)
def test_the_summary_of_a_record_is_the_stored_one(run: str, tmp_path: Path) -> None:
    """Every field that the stored ``summary.json`` holds has the same value when folded anew.

    The word of an outcome may have changed; the former one is still read. That version also made
    an estimate of a few drawn scenarios.
    """
    summary = summarise(events_of(run))
    write_summary(summary, tmp_path / "summary.json")
    stored = as_json(summary_file(run))
    stored["outcome"] = RunOutcome(stored["outcome"]).value
    read = read_summary(summary_file(run))
    if summary.unseen.drawn_scenarios < MIN_SAMPLES:
        stored["unseen"]["chance_of_new"] = None
        unseen = msgspec.structs.replace(read.unseen, chance_of_new=None)
        read = msgspec.structs.replace(read, unseen=unseen)
    assert differences(stored, as_json(tmp_path / "summary.json")) == []
    assert read == as_it_was(summary)


def as_it_was(summary: Summary) -> Summary:
    """``summary`` without what that version did not keep."""
    discrepancies = [
        msgspec.structs.replace(
            bug,
            operations=[
                {key: value for key, value in operation.items() if key != "burst"}
                for operation in bug.operations
            ],
        )
        for bug in summary.discrepancies
    ]
    return msgspec.structs.replace(
        summary, behaviours=[], discrepancies=discrepancies, discovery_curve=[]
    )


@pytest.mark.parametrize("run", RUNS)
def test_what_older_records_did_not_keep_is_empty(run: str) -> None:
    """Neither record nor summary has transitions or times; the curve follows from the events."""
    for summary in (summarise(events_of(run)), read_summary(summary_file(run))):
        assert summary.transitions == []
        assert summary.latency == Latency()
    assert read_summary(summary_file(run)).discovery_curve == []
    assert summarise(events_of(run)).discovery_curve[-1].requests > 0


@pytest.mark.parametrize("run", RUNS)
def test_a_summary_holds_what_there_is_to_compare(run: str) -> None:
    """The stored summaries are no empty ones: each holds discrepancies, observations and counts."""
    held = as_json(summary_file(run))
    assert held["discrepancies"]
    assert held["observations"]
    assert held["requests"] == sum(phase["requests"] for phase in held["phases"].values()) > 0


def test_all_kinds_of_discrepancies_are_covered() -> None:
    """The summaries hold violations, a contradiction, a flaky one and both run-wide rules."""
    entries = [entry for run in RUNS for entry in as_json(summary_file(run))["discrepancies"]]
    assert {entry["kind"] for entry in entries} == set(Kind)
    assert {"COUP-02", "RESP-07"} <= {entry["rule"] for entry in entries}


@pytest.mark.parametrize("run", RUNS)
def test_a_run_does_not_differ_from_itself(run: str) -> None:
    """The stored summary and the record folded anew: no change.

    The warnings: what these records do not hold, and that a run was killed.
    """
    comparison = compare(read_summary(summary_file(run)), summarise(events_of(run)), names=("", ""))
    assert comparison.is_empty
    assert {one.change for one in comparison.changes} <= {Change.STILL_THERE}
    signatures = {entry["signature"] for entry in as_json(summary_file(run))["discrepancies"]}
    assert {one.signature for one in comparison.changes} == signatures
    kept = [text for text in comparison.warnings if "does not hold what was right" not in text]
    killed = ["the older run was killed", "the newer run was killed"] if run == "cut" else []
    assert kept == killed


def test_the_command_line_compares_stored_runs(tmp_path: Path) -> None:
    """``cartfuzz diff`` of the two runs whose comparison is stored lists the same discrepancies.

    What was "not exercised" is "not seen" now: these records do not hold what was right.
    """
    made = tmp_path / "diff.json"
    old, new = FOLDER / "failures", FOLDER / "flaky"
    assert main(["diff", str(old), str(new), "--json", str(made)]) == 0
    before, after = as_json(FOLDER / "diff.json"), as_json(made)
    renamed = {"not exercised": "not seen"}
    assert [
        (renamed.get(one["change"], one["change"]), one["signature"], one["title"])
        for one in before["changes"]
    ] == [(one["change"], one["signature"], one["title"]) for one in after["changes"]]


@pytest.mark.parametrize("run", RUNS)
def test_stored_scenarios_are_read_for_replay(run: str) -> None:
    """The signatures that can be sent again, their scenarios, symptoms and run-wide findings."""
    expected = RUNS[run]
    read = read_reproducers(events_of(run))
    found = {
        signature: {
            "steps": len(one.scenario.steps),
            "solid": one.solid,
            **({} if one.counterpart is None else {"other_steps": len(one.counterpart.steps)}),
        }
        for signature, one in read.scenarios.items()
    }
    assert found == expected["stored"]
    assert read.canonical == expected["symptoms"]
    assert sorted(one.discrepancy.signature for one in read.cross_scenario) == expected["run_wide"]
    assert all(signature == one.signature for signature, one in read.scenarios.items())


REPLAYED = [(run, signature) for run in RUNS for signature in RUNS[run]["stored"]]


@pytest.mark.parametrize(("run", "signature"), REPLAYED)
def test_a_stored_scenario_shows_its_signature_again(run: str, signature: str) -> None:
    """Sent to a sandbox with the same faults, it is still there; to a clean one, it is gone."""
    read = read_reproducers(events_of(run))
    faulty = engine_of(read.started.environment, FAULTS_OF[run])
    clean = engine_of(read.started.environment)
    one = read.scenarios[signature]
    assert replay(one, ScenarioRunner(faulty, "testtest")).verdict is Verdict.STILL_THERE
    assert replay(one, ScenarioRunner(clean, "testtest")).verdict is Verdict.GONE


@pytest.mark.parametrize("run", RUNS)
def test_every_scenario_on_record_is_judged_as_before(run: str) -> None:
    """Executed again in order, on the same faults, each shows the discrepancies that it showed.

    Observations and coverage may differ: where the contract is silent they may become finer. Rules
    that came later may find more.
    """
    started, *events = events_of(run)
    assert isinstance(started, RunStarted)
    engine = engine_of(started.environment, FAULTS_OF[run])
    for old in events:
        if not isinstance(old, ScenarioRun) or old.scenario is None or old.is_late_read:
            continue
        new = engine.execute(old.scenario, phase=old.phase, scenario_id=old.id, mark=old.mark)
        assert [one.signature for one in new.discrepancies if not _is_new(one.rule)] == [
            one.signature for one in old.discrepancies
        ]


def _is_new(rule: str) -> bool:
    """Whether a rule speaks of effects or campaigns."""
    return rule.startswith(("EFF-", "COUP-", "DISC-", "REF-", "BUDG-", "LOY-"))


@pytest.mark.parametrize("run", RUNS)
def test_signatures_are_made_as_before(run: str) -> None:
    """The signature of each discrepancy in events and summary follows from what it says."""
    found = discrepancies_of(run)
    assert {one.signature for one in found} == set(RUNS[run]["reported"])
    entries = summarise(events_of(run)).discrepancies
    assert [one.signature for one in found] == [remade(one) for one in found]
    assert [one.signature for one in entries] == [remade(one) for one in entries]


def test_no_signature_is_lost() -> None:
    """Each signature of a record is in its summary or explained there, and in the baseline."""
    baseline = read_baseline(FOLDER / "known.toml")
    for run, expected in RUNS.items():
        signatures = {*expected["reported"], *expected["run_wide"]}
        assert signatures == summary_signatures(run)
        assert signatures <= baseline.keys()


def test_texts_with_lone_surrogates_are_read() -> None:
    """A record may hold texts that are no Unicode, as escapes."""
    assert b"\\ud83d" in (FOLDER / "all" / "events.ndjson").read_bytes()
    bodies = [
        step.body
        for event in events_of("all")
        if isinstance(event, ScenarioRun) and event.scenario is not None
        for step in event.scenario.steps
        if hasattr(step, "body")
    ]
    assert any('"half of \\ud83d"' in json.dumps(body) for body in bodies)


def test_the_environment_of_a_run_is_read() -> None:
    """The first event holds the configuration that the run was judged by."""
    for run in RUNS:
        started = events_of(run)[0]
        assert isinstance(started, RunStarted)
        assert started.cartfuzz == "0.1.0"
        assert started.environment.coupon_limits == {"WELCOME": 5}
        assert set(started.environment.session_attributes) == {"channel", "tags"}


def test_nothing_was_generated_anew() -> None:
    """``expected.json`` speaks of the folders that are there, and of no others."""
    folders = {path.parent.name for path in FOLDER.glob("*/events.ndjson")}
    assert folders == set(EXPECTED["runs"]) == set(FAULTS_OF)
