"""``cartfuzz run --resume``, as users call it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.analysis import RunOutcome, read_summary
from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.record import RunStarted, ScenarioRun, read_events
from cartfuzz.sandbox import start

Output = pytest.CaptureFixture[str]
FAULT = "refuses-to-create-closed"
BEGUN = ("run", "--sandbox", "--sandbox-fault", FAULT, "--seed", "5", "--scenarios", "120")


def begun_run(folder: Path, *more: str) -> list[str]:
    """Runs to the end, and returns the IDs of all scenarios in order."""
    main([*BEGUN, *more, "--no-minimise", "-qq", "--report-dir", str(folder)])
    return scenario_ids(folder)


def scenario_ids(folder: Path) -> list[str]:
    """Those of the record."""
    return [
        event.id
        for event in read_events(folder / "events.ndjson")
        if isinstance(event, ScenarioRun) and not event.is_late_read
    ]


def cut(folder: Path, share: float) -> None:
    """Leaves of the run what a kill would have left: the first part of its record."""
    record = folder / "events.ndjson"
    whole = record.read_bytes()
    record.write_bytes(whole[: int(share * len(whole))])


def test_a_killed_run_with_two_workers_goes_on(tmp_path: Path, capsys: Output) -> None:
    """Without further options: target, seed, workers and bounds are those of the run. Its report is
    that of one run, and names the marks of both parts."""
    whole = begun_run(tmp_path, "--workers", "2", "--executor", "processes")
    cut(tmp_path, 0.4)
    capsys.readouterr()
    assert main(["run", "--resume", str(tmp_path)]) == 1
    found = scenario_ids(tmp_path)
    assert sorted(found) == sorted(whole)
    assert len(set(found)) == len(found)
    shown = capsys.readouterr().out
    assert "resumed after" in shown
    assert "the record ended within a line" in shown
    parts = [
        event for event in read_events(tmp_path / "events.ndjson") if isinstance(event, RunStarted)
    ]
    assert [part.resumption for part in parts] == [0, 1]
    assert [part.workers for part in parts] == [2, 2]
    assert all(f"cf-{part.run}-" in shown for part in parts)
    summary = read_summary(tmp_path / "summary.json")
    assert summary.outcome is RunOutcome.FAILED
    assert summary.scenarios == 120
    assert summary.run_ids == tuple(part.run for part in parts)


def test_what_was_sampled_goes_on(tmp_path: Path) -> None:
    """The merged lines of a sampled record name their scenarios; the policy is taken over."""
    begun_run(tmp_path, "--record", "sampled")
    cut(tmp_path, 0.6)
    assert main(["run", "--resume", str(tmp_path), "-qq"]) == 1
    assert read_summary(tmp_path / "summary.json").scenarios == 120


def test_a_run_that_is_over_is_not_resumed(tmp_path: Path, capsys: Output) -> None:
    """Unless it gets a longer bound: then it goes on."""
    main(
        ["run", "--sandbox", "--scenarios", "20", "--seed", "5", "--report-dir", str(tmp_path)],
    )
    assert main(["run", "--resume", str(tmp_path)]) == 2
    assert "a run that did all that it was asked to do" in capsys.readouterr().err
    assert main(["run", "--resume", str(tmp_path), "--scenarios", "40", "-q"]) in (0, 3)
    assert len(set(scenario_ids(tmp_path))) == 40


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--seed", "6"), "the seed of the run, 5, found 6"),
        (("--contract", "current"), "the contract in [environment] of the run, 2.5.1"),
        (("--report-dir", "elsewhere"), "expected no --report-dir"),
        (("--phase", "race"), "the phases of the run"),
        (("http://127.0.0.1:9",), "the target of the run, the embedded sandbox"),
    ],
)
def test_another_run_is_refused(
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    named: str,
) -> None:
    """With the reason, before anything is sent; the record is as it was."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "a-key-of-sixteen-letters")
    begun_run(tmp_path)
    cut(tmp_path, 0.5)
    before = (tmp_path / "events.ndjson").read_bytes()
    assert main(["run", *arguments, "--resume", str(tmp_path)]) == 2
    assert named in capsys.readouterr().err
    assert (tmp_path / "events.ndjson").read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b'{"type":"run_st'])
def test_without_the_start_of_a_run_there_is_nothing_to_resume(
    tmp_path: Path, capsys: Output, content: bytes | None
) -> None:
    """A folder without a record, and a record that a kill cut off before its first line."""
    if content is not None:
        (tmp_path / "events.ndjson").write_bytes(content)
    assert main(["run", "--resume", str(tmp_path)]) == 2
    assert f"--resume {tmp_path}: expected" in capsys.readouterr().err


def test_all_parts_of_a_resumed_run_are_cleaned(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sessions of each part carry another run ID; one call cancels them all."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        bounds = ("--seed", "5", "--scenarios", "60", "--report-dir", str(tmp_path), "-qq")
        main(["run", sandbox.url, *bounds])
        cut(tmp_path, 0.5)
        main(["run", "--resume", str(tmp_path), "-qq"])
        parts = read_summary(tmp_path / "summary.json").run_ids
        capsys.readouterr()
        assert main(["clean", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert len(parts) == 2
    assert all(f"search for cf-{part}-" in shown for part in parts)
