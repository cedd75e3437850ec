"""A target that is started again between two requests, and has lost all that it held."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.analysis import read_summary
from cartfuzz.cli import main
from cartfuzz.harness.exchange_log import STATE_LOST
from cartfuzz.record import ScenarioRun, read_events

from ..restarting import restarting
from ..served import KEY

NOTICE = "the target has lost its state"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)


@pytest.mark.parametrize("at", [200, 202, 301, 400])
@pytest.mark.parametrize("minimise", ["--minimise", "--no-minimise"])
def test_what_a_restart_has_lost_is_no_finding(
    at: int, minimise: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither of its data, nor of ids that begin anew, nor of sessions that are read again later;
    the run says what happened, and goes on."""
    bounds = ("--seed", "1", "--requests", "500", minimise, "--report-dir", str(tmp_path))
    with restarting(lambda number, _: number == at) as target:
        assert main(["run", target.url, *bounds]) == 0
    output = capsys.readouterr()
    assert (output.out + output.err).count(NOTICE) == 1
    summary = read_summary(tmp_path / "summary.json")
    assert summary.found == ()
    runs = [one for one in read_events(tmp_path / "events.ndjson") if isinstance(one, ScenarioRun)]
    assert all(one.target_away for one in runs if STATE_LOST in one.inconclusive)


def test_a_target_that_loses_all_again_and_again_has_a_bug(tmp_path: Path) -> None:
    """It is not excused for ever."""
    bounds = ("--seed", "1", "--requests", "900", "--no-minimise", "--report-dir", str(tmp_path))
    with restarting(lambda number, _: number > 100 and not number % 40) as target:
        assert main(["run", target.url, *bounds]) == 1
    assert read_summary(tmp_path / "summary.json").found


def test_a_bug_beside_a_restart_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was found before stays, and what is wrong afterwards is found."""
    bounds = ("--seed", "1", "--requests", "800", "--report-dir", str(tmp_path))
    with restarting(lambda number, _: number == 300, ["refuses-to-create-closed"]) as target:
        assert main(["run", target.url, *bounds]) == 1
    assert NOTICE in "".join(capsys.readouterr())
    assert {one.rule for one in read_summary(tmp_path / "summary.json").found} == {"STATE-02"}
