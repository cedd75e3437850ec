"""A run that dies at any point of its work on files: nothing that it printed is lost."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cartfuzz.analysis import read_summary
from cartfuzz.cli import main
from cartfuzz.cli.earlier_run import EarlierRuns
from cartfuzz.cli.records import stored_run, stored_state, summary_at
from cartfuzz.cli.run_folders import runs_below
from cartfuzz.record import RunStarted, ScenarioRun, read_events

from .kill_points import KILLED, PLAN, KillPoints, in_child, run_in, scripted_events

LEAST_POINTS = 300
REPORTED_EACH = 24
"""Every so many points ``cartfuzz report`` makes the report; the others are only read."""
COMMANDED = 4
"""So many folders, spread over the points, go through all other commands that read a run."""
_SHOWN = re.compile(r"(\d+) discrepanc")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one warm process makes all others by fork")
def test_a_run_may_die_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At each point, in the folder of an earlier run: the record is read by all commands and holds
    what was shown; no summary is another run's; the next report leaves no temporary file."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "the-key-of-nobody")
    events = scripted_events(900)
    earlier = tmp_path / "earlier" / "run"
    earlier.mkdir(parents=True)
    run_in(earlier, events[:40])
    old_run = stored_state(earlier).started
    assert old_run is not None
    record = earlier / "events.ndjson"
    record.write_bytes(record.read_bytes().replace(b"newerrun", b"olderrun"))
    assert main(["report", str(earlier), "-q"]) == 1

    def dies_at(point: int) -> tuple[int, Path]:
        folder = tmp_path / str(point) / "run"
        shutil.copytree(earlier, folder)

        def act() -> int:
            points = KillPoints(folder, point)
            points.install()
            run_in(folder, events)
            (folder.parent / "points").write_text(str(points.passed))
            return 0

        return in_child(act, folder.parent / "output"), folder

    code, whole = dies_at(0)
    assert code == 0
    points = int((whole.parent / "points").read_text())
    assert points >= LEAST_POINTS
    for point in range(1, points + 1):
        code, folder = dies_at(point)
        assert code == KILLED, (folder.parent / "output").read_text()
        check_folder(
            folder, (folder.parent / "output").read_text(), reports=not point % REPORTED_EACH
        )
        if not point % (points // COMMANDED):
            check_commands(folder, whole, capsys)
        shutil.rmtree(folder.parent)


def check_folder(folder: Path, output: str, *, reports: bool) -> None:
    """What holds for the folder of a run that died."""
    started, *events = read_events(folder / "events.ndjson")
    assert isinstance(started, RunStarted)
    recorded = {
        found.signature
        for event in events
        if isinstance(event, ScenarioRun)
        for found in event.discrepancies
    }
    if started.run == "newerrun":
        shown = max(map(int, _SHOWN.findall(output)), default=0)
        assert shown <= len(recorded)
    assert summary_at(folder).run == started.run
    stored_run(folder)
    assert [name for name, _ in runs_below(folder.parent)[0]] == ["run"]
    if not reports:
        return
    assert main(["report", str(folder), "-q"]) in (0, 1, 6, 8, 130)
    assert read_summary(folder / "summary.json").run == started.run
    assert ET.parse(folder / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - ours
    assert [path.name for path in folder.rglob(".*")] == []


def check_commands(folder: Path, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command reads the record of a run that died, or gives one line; the target is gone.

    The one that goes on with the run comes last.
    """
    EarlierRuns.read(folder.parent).last_good(PLAN.url, PLAN.environment.contract)
    for command, codes in (
        (["diff", folder, folder], (0,)),
        (["diff", folder, whole], (0,)),
        (["diff", whole, folder], (0,)),
        (["history", folder.parent], (0,)),
        (["triage", folder], (0, 2)),
        (["replay", folder], (0, 3)),
        (["clean", folder], (0, 2, 3)),
        (["run", "--resume", folder, "--no-config"], (2, 3)),
    ):
        capsys.readouterr()
        code = main([str(one) for one in command])
        output = capsys.readouterr()
        assert code in codes, (command, output)
        assert "Traceback" not in output.out + output.err
        if code:
            assert output.err.strip().splitlines()[1:] == [], (command, output.err)
    rules = {one.rule for one in summary_at(folder).found}
    for rule in sorted(rules)[:1]:
        assert main(["explain", rule]) == 0
