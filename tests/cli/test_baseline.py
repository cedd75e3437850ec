"""`cartfuzz baseline`, `cartfuzz triage` and `cartfuzz run --baseline` as their users call them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pytest

from cartfuzz.analysis import read_summary
from cartfuzz.cli import main
from cartfuzz.harness.baseline_file import read_baseline
from cartfuzz.pytest_plugin.baseline import read_baseline as read_for_pytest
from cartfuzz.record import KnownFailure

Output = pytest.CaptureFixture[str]
FAULT = "has-no-item-limit"
RUN = ("run", "--sandbox-fault", FAULT, "--requests", "900", "--seed", "1")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that found one discrepancy."""
    folder = tmp_path_factory.mktemp("found")
    assert main([*RUN, "-q", "--report-dir", str(folder)]) == 1
    return folder


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """Where a baseline may be."""
    return tmp_path / "known.toml"


def signature(run: Path) -> str:
    """Of its only discrepancy."""
    (bug,) = read_summary(run / "summary.json").discrepancies
    return bug.signature


def call(*arguments: object) -> int:
    return main([*map(str, arguments)])


def test_what_was_accepted_does_not_fail_the_next_run(
    found: Path, baseline: Path, tmp_path: Path, capsys: Output
) -> None:
    """It is listed apart with its ticket, in the terminal, summary and JUnit file."""
    name = signature(found)
    options = ("--ticket", "SHOP-1", "--reason", "until 2.6", "--baseline", baseline)
    assert call("baseline", "accept", name[:7], found, *options) == 0
    assert read_baseline(baseline)[name].ticket == "SHOP-1"
    assert read_for_pytest(baseline)[name].text == "SHOP-1: until 2.6"
    capsys.readouterr()
    again = tmp_path / "again"
    assert call(*RUN, "-v", "--report-dir", again, "--baseline", baseline) == 0
    shown = capsys.readouterr().out
    assert "Known, so that they do not fail the run:" in shown
    assert f"{name}, seen " in shown
    summary = json.loads((again / "summary.json").read_text())
    assert [bug["signature"] for bug in summary["known"]] == [name]
    assert summary["discrepancies"] == []
    assert "known: " in (again / "junit.xml").read_text()
    assert call("baseline", "check", again, "--baseline", baseline) == 0
    assert call("diff", found, again, "--fail-on", "any") == 0


def test_the_latest_run_is_the_default(
    found: Path, baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no run folder is named; without any run a whole signature is enough."""
    monkeypatch.chdir(tmp_path)
    name = signature(found)
    options = ("--reason", "until 2.6", "--baseline", baseline)
    assert call("baseline", "accept", name, *options) == 0
    assert read_baseline(baseline)[name].title == ""
    (tmp_path / "cartfuzz-report").mkdir()
    (tmp_path / "cartfuzz-report" / "latest").symlink_to(found, target_is_directory=True)
    assert call("baseline", "accept", "CART-02", *options) == 0
    assert read_baseline(baseline)[name].title
    assert call("baseline", "check", "--baseline", baseline) == 0


def test_stale_entries_are_found_and_removed(
    found: Path, baseline: Path, tmp_path: Path, capsys: Output
) -> None:
    """Only after a run that got through its sweeps and tested the rule."""
    gone = "STATE-01-0123456789"
    baseline.write_text(f'"{gone}" = "SHOP-2"\n"{signature(found)}" = "SHOP-1"\n', "utf-8")
    assert call("baseline", "check", found, "--baseline", baseline) == 0
    assert f"undecided  {gone}" in capsys.readouterr().out
    whole = tmp_path / "whole"
    options = ("--phase", "wire", "--requests", "5000", "--seed", "1", "-q", "--report-dir", whole)
    call("run", "--sandbox-fault", FAULT, *options)
    assert call("baseline", "check", whole, "--baseline", baseline) == 1
    assert f"stale      {gone}" in capsys.readouterr().out
    assert call("baseline", "prune", whole, "--baseline", baseline, "--json") == 0
    shown = capsys.readouterr()
    entries = {one["signature"]: one for one in json.loads(shown.out)["entries"]}
    assert (entries[gone]["state"], entries[gone]["removed"]) == ("stale", True)
    assert not entries[signature(found)]["removed"]
    assert f"removed: {gone}" in shown.err
    assert gone not in read_baseline(baseline)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("CART-02",), "--ticket or --reason"),
        (("X-1", "--reason", "a"), "expected a signature that the run shows"),
        (("", "--reason", "a"), "expected a signature that the run shows"),
        (("CART-02", "--reason", "a", "--baseline", "known.json"), "ends in .toml"),
    ],
)
def test_bad_usage_of_accept(
    found: Path, capsys: Output, arguments: tuple[str, ...], expected: str
) -> None:
    """One line, exit code 2."""
    assert call("baseline", "accept", arguments[0], found, *arguments[1:]) == 2
    assert expected in capsys.readouterr().err


def test_a_run_folder_alone_is_no_signature(found: Path, baseline: Path, capsys: Output) -> None:
    """Said before anything else is asked for."""
    assert call("baseline", "accept", found, "--baseline", baseline) == 2
    assert "expected SIGNATURE and then RUN_DIR, found the folder" in capsys.readouterr().err


def test_other_bad_usage(
    found: Path, baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """No run, no file, a file that is no baseline."""
    monkeypatch.chdir(tmp_path)
    assert call("baseline", "check", "--baseline", baseline) == 2
    assert call("baseline", "check", found, "--baseline", baseline) == 2
    assert "found no file" in capsys.readouterr().err
    baseline.write_text("x", "utf-8")
    assert call("baseline", "prune", found, "--baseline", baseline) == 2
    assert call(*RUN, "--baseline", baseline) == 2
    assert "expected a TOML file" in capsys.readouterr().err


def test_triage_needs_a_terminal(found: Path, capsys: Output) -> None:
    """And names the command that needs none."""
    assert call("triage", found) == 2
    assert "cartfuzz baseline accept" in capsys.readouterr().err


def triaged(monkeypatch: pytest.MonkeyPatch, found: Path, baseline: Path, *answers: str) -> int:
    """A triage that is answered so."""
    given = iter(answers)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _text: next(given))
    return call("triage", found, "--baseline", baseline)


def test_triage_accepts(
    found: Path, baseline: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """After the explanation; the reason must not be empty, the ticket may."""
    assert triaged(monkeypatch, found, baseline, "e", "a", "until 2.7", "") == 0
    assert "## What differs" in capsys.readouterr().out
    assert read_baseline(baseline)[signature(found)] == KnownFailure(
        reason="until 2.7", title="update: over 1000 cart items: accepted"
    )
    assert triaged(monkeypatch, found, baseline) == 0  # nothing is left to decide
    assert "nothing was decided" in capsys.readouterr().out


def test_triage_observes(
    found: Path, baseline: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """The lines for the configuration file are printed; the baseline stays as it was."""
    assert triaged(monkeypatch, found, baseline, "o", 'a "raised" limit') == 0
    line = 'CART-02 = { level = "observe", reason = "a \\"raised\\" limit" }'
    assert line in capsys.readouterr().out.splitlines()
    assert not baseline.exists()


@pytest.mark.parametrize("answer", ["s", "q"])
def test_triage_skips_and_stops(
    found: Path, baseline: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """Nothing is written then."""
    assert triaged(monkeypatch, found, baseline, answer) == 0
    assert not baseline.exists()
