"""The earlier run that a new one is compared with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import RunOutcome, Summary, summarise
from cartfuzz.cli.earlier_run import EarlierRun, EarlierRuns
from cartfuzz.contract import CartfuzzError, ContractVersion
from cartfuzz.reports import write_summary

from ..record.events import started

TARGET = "http://127.0.0.1:1"
PASSED = RunOutcome.PASSED


def made(folder: Path, day: int, outcome: RunOutcome = PASSED, **begun: Any) -> Path:
    """A run folder with a summary."""
    folder.mkdir(parents=True)
    first = started(run=f"run{day:05}", started=f"2026-01-{day:02}T00:00:00Z", **begun)
    summary: Summary = msgspec.structs.replace(summarise([first]), outcome=outcome)
    write_summary(summary, folder / "summary.json")
    return folder


def chosen(path: Path) -> tuple[EarlierRun | None, tuple[str, ...]]:
    """For a run of `TARGET`."""
    return EarlierRuns.read(path).last_good(TARGET, ContractVersion.V2_5_1)


def folder_chosen(path: Path) -> Path:
    found, _ = chosen(path)
    assert found is not None
    return found.folder


def test_the_last_one_that_passed_counts(tmp_path: Path) -> None:
    """Though others came later."""
    made(tmp_path / "a", 1)
    good = made(tmp_path / "ci" / "b", 2)
    made(tmp_path / "c", 3, RunOutcome.FAILED)
    found, notes = chosen(tmp_path)
    assert found is not None
    assert (found.folder, notes) == (good, ())


def test_where_none_passed_the_last_one_counts(tmp_path: Path) -> None:
    """If it tested its target; a line names that."""
    made(tmp_path / "a", 1, RunOutcome.FAILED)
    last = made(tmp_path / "b", 2, RunOutcome.PARTIAL)
    made(tmp_path / "c", 3, RunOutcome.TARGET_LOST)
    made(tmp_path / "d", 4, RunOutcome.INCONCLUSIVE)
    found, notes = chosen(tmp_path)
    assert found is not None
    assert found.folder == last
    assert notes == (f"no good run in {tmp_path}: the last one counts",)


@pytest.mark.parametrize("stored", ['{"fails_on": ["drift"]}', "{", "[]"])
def test_a_run_whose_comparison_failed_is_no_good_one(tmp_path: Path, stored: str) -> None:
    """Else the second try of a bad build passes; a comparison that cannot be read counts so too."""
    good = made(tmp_path / "a", 1)
    (good / "diff.json").write_text('{"fails_on": []}', "utf-8")
    bad = made(tmp_path / "b", 2)
    (bad / "diff.json").write_text(stored, "utf-8")
    found, notes = chosen(tmp_path)
    assert found is not None
    assert found.folder == good
    assert notes == ("skipped: 1 later run that passed, but changed too much",)


def test_runs_of_the_target_come_first(tmp_path: Path) -> None:
    """However the URL ends; else one of another target counts, and a line names it."""
    made(tmp_path / "a", 2, target="http://127.0.0.1:2")
    found, notes = chosen(tmp_path)
    assert found is not None
    (note,) = notes
    assert note.startswith(f"no run of {TARGET} in {tmp_path}: compared with one of another ")
    assert note.endswith("target, http://127.0.0.1:2")
    own = made(tmp_path / "b", 1, target=f"{TARGET}/")
    found, notes = chosen(tmp_path)
    assert found is not None
    assert (found.folder, notes) == (own, ())


def test_another_contract_never_counts(tmp_path: Path) -> None:
    """The line has the version that was looked for."""
    made(tmp_path / "a", 1, contract=ContractVersion.CURRENT)
    expected = f"no earlier run of contract 2.5.1 in {tmp_path}, so there is no comparison"
    assert chosen(tmp_path) == (None, (expected,))


@pytest.mark.parametrize("sweeps", [{"edges": 9, "wire": 5}, {"edges": 0}])
def test_a_quick_run_comes_after_one_with_whole_sweeps(
    tmp_path: Path, sweeps: dict[str, int]
) -> None:
    """One that was cut short, or had fewer phases; it counts where there is none that is whole."""
    quick = made(tmp_path / "quick", 3, sweeps=sweeps)
    made(tmp_path / "older", 1, sweeps={"edges": 1, "wire": 1})
    assert folder_chosen(tmp_path) == quick
    whole = made(tmp_path / "whole", 2, sweeps={"edges": 0, "wire": 0})
    assert folder_chosen(tmp_path) == whole


def test_a_run_that_is_named_counts_whatever_it_came_to(tmp_path: Path) -> None:
    """Its folder, or its summary; of any target."""
    run = made(tmp_path / "a", 1, RunOutcome.INCONCLUSIVE, target="http://127.0.0.1:2")
    for path in (run, run / "summary.json"):
        found, notes = chosen(path)
        assert found is not None
        assert (found.folder, notes) == (path, ())


def test_the_first_time_there_is_none(tmp_path: Path) -> None:
    """A missing folder, an empty one, and one whose runs tested nothing."""
    assert chosen(tmp_path / "runs") == (
        None,
        (f"no earlier run: {tmp_path}/runs does not exist yet, so there is no comparison",),
    )
    nothing = (None, (f"no earlier run in {tmp_path}, so there is no comparison",))
    assert chosen(tmp_path) == nothing
    made(tmp_path / "a", 1, RunOutcome.BROKEN)
    assert chosen(tmp_path) == nothing


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Among others it is skipped; named itself, or alone, it is bad usage."""
    run = made(tmp_path / "a", 1)
    (tmp_path / "odd").mkdir()
    broken = tmp_path / "broken" / "summary.json"
    broken.parent.mkdir()
    broken.write_text("{}", "utf-8")
    found, notes = chosen(tmp_path)
    assert found is not None
    assert [note.split(": ")[1] for note in notes] == [
        str(tmp_path / "broken"),
        str(tmp_path / "odd"),
    ]
    with pytest.raises(CartfuzzError, match="expected the summary of a run"):
        EarlierRuns.read(broken.parent)
    (run / "summary.json").unlink()
    with pytest.raises(CartfuzzError, match="expected a folder with a run that can be read"):
        EarlierRuns.read(tmp_path)
    broken.unlink()
    assert EarlierRuns.read(tmp_path).runs == ()


def test_a_stored_comparison_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Any other member does not matter."""
    run = made(tmp_path / "a", 1)
    (run / "diff.json").write_text(json.dumps({"old": "x", "changes": [1]}), "utf-8")
    (only,) = EarlierRuns.read(tmp_path).runs
    assert not only.failed_comparison
