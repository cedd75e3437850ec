"""What only whole runs show, over several worker processes and a real sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.analysis import summarise
from cartfuzz.cli import main
from cartfuzz.record import ScenarioRun, read_events

Output = pytest.CaptureFixture[str]


def run(folder: Path, *arguments: str) -> int:
    return main(
        [
            "run",
            "--sandbox",
            "--seed",
            "1",
            "--workers",
            "2",
            "--report-dir",
            str(folder),
            *arguments,
        ]
    )


def test_drift_is_found_over_workers(tmp_path: Path, capsys: Output) -> None:
    """Exit 1, both outcomes, each with a scenario that the record holds whole."""
    fault = "refuses-unknown-properties-of-full-carts"
    assert run(tmp_path, "--sandbox-fault", fault, "--phase", "edges") == 1
    summary = json.loads((tmp_path / "summary.json").read_text())
    drift = [entry for entry in summary["discrepancies"] if entry["kind"] == "drift"]
    assert {entry["rule"] for entry in drift} == {"MERGE-U3"}
    whole = {
        event.id
        for event in read_events(tmp_path / "events.ndjson")
        if isinstance(event, ScenarioRun) and event.scenario is not None and event.exchanges
    }
    for entry in drift:
        assert entry["expected"].rpartition(" ")[2] in whole
        assert entry["found"].rpartition(" ")[2] in whole
        assert entry["operations"]
    assert "the target contradicts itself" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fault", "rule"), [("reuses-ids", "RESP-07"), ("touches-old-sessions", "RESP-03")]
)
def test_the_ledger_is_one_over_workers(tmp_path: Path, fault: str, rule: str) -> None:
    """What two workers saw of it is put together, and the record alone says the same."""
    assert run(tmp_path, "--sandbox-fault", fault, "--phase", "edges") == 1
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert {entry["rule"] for entry in summary["discrepancies"]} == {rule}
    again = summarise(read_events(tmp_path / "events.ndjson"))
    assert [entry.signature for entry in again.discrepancies] == [
        entry["signature"] for entry in summary["discrepancies"]
    ]


def test_observations_are_shown_when_asked_for(tmp_path: Path, capsys: Output) -> None:
    """The table of what the target did where it may choose; without the option it is not shown."""
    few = ("--requests", "400", "--phase", "edges")
    assert run(tmp_path, *few, "--observations") == 0
    assert "RESP-U1" in (shown := capsys.readouterr().out)
    assert "costs of items in additionalCostTotal -> out" in shown
    assert run(tmp_path, *few) == 0
    assert "RESP-U1" not in capsys.readouterr().out
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert {"rule", "situation", "outcome", "count"} == set(summary["observations"][0])
