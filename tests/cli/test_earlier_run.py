"""The earlier run that a new one is compared with."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis import RunOutcome, Summary, summarise
from cartfuzz.cli.earlier_run import earlier_run
from cartfuzz.contract import CartfuzzError
from cartfuzz.reports import write_summary

from ..record.events import started


def made(folder: Path, day: int, outcome: RunOutcome) -> Path:
    """A run folder with a summary."""
    folder.mkdir(parents=True)
    begun = started(run=f"run{day:05}", started=f"2026-01-{day:02}T00:00:00Z")
    summary: Summary = msgspec.structs.replace(summarise([begun]), outcome=outcome)
    write_summary(summary, folder / "summary.json")
    return folder


def test_the_last_one_that_passed_counts(tmp_path: Path) -> None:
    """Though others came later."""
    made(tmp_path / "a", 1, RunOutcome.PASSED)
    good = made(tmp_path / "ci" / "b", 2, RunOutcome.PASSED)
    made(tmp_path / "c", 3, RunOutcome.FAILED)
    found, notes = earlier_run(tmp_path)
    assert found is not None
    assert (found.folder, notes) == (good, [])


def test_where_none_passed_the_last_one_counts(tmp_path: Path) -> None:
    """If it tested its target; a line says so."""
    made(tmp_path / "a", 1, RunOutcome.FAILED)
    last = made(tmp_path / "b", 2, RunOutcome.PARTIAL)
    made(tmp_path / "c", 3, RunOutcome.TARGET_LOST)
    made(tmp_path / "d", 4, RunOutcome.INCONCLUSIVE)
    found, notes = earlier_run(tmp_path)
    assert found is not None
    assert found.folder == last
    assert notes == [f"no run in {tmp_path} passed: the last one counts"]


def test_a_run_that_is_named_counts_whatever_it_came_to(tmp_path: Path) -> None:
    """Its folder, or its summary."""
    run = made(tmp_path / "a", 1, RunOutcome.INCONCLUSIVE)
    for path in (run, run / "summary.json"):
        found, notes = earlier_run(path)
        assert found is not None
        assert (found.folder, notes) == (path, [])


def test_the_first_time_there_is_none(tmp_path: Path) -> None:
    """A missing folder, an empty one, and one whose runs tested nothing."""
    assert earlier_run(tmp_path / "runs") == (
        None,
        [f"no earlier run: {tmp_path}/runs does not exist yet, so there is no comparison"],
    )
    nothing = (None, [f"no earlier run in {tmp_path}, so there is no comparison"])
    assert earlier_run(tmp_path) == nothing
    made(tmp_path / "a", 1, RunOutcome.BROKEN)
    assert earlier_run(tmp_path) == nothing


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Among others it is skipped; named itself it is bad usage."""
    made(tmp_path / "a", 1, RunOutcome.PASSED)
    (tmp_path / "odd").mkdir()
    broken = tmp_path / "broken" / "summary.json"
    broken.parent.mkdir()
    broken.write_text("{}", "utf-8")
    found, notes = earlier_run(tmp_path)
    assert found is not None
    assert [note.split(": ")[1] for note in notes] == [
        str(tmp_path / "broken"),
        str(tmp_path / "odd"),
    ]
    with pytest.raises(CartfuzzError, match="expected the summary of a run"):
        earlier_run(broken.parent)
