"""`cartfuzz diff` as its users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.analysis import Change, read_summary, summarise
from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.record import read_events
from cartfuzz.sandbox import start

Output = pytest.CaptureFixture[str]
FAULT, OTHER = "refuses-to-create-closed", "has-no-item-limit"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with one fault each, on a clean sandbox, and one that is too short; other seeds."""
    folder = tmp_path_factory.mktemp("runs")
    for name, seed, requests, faults in (
        ("one", 1, 3000, [FAULT]),
        ("two", 2, 3000, [OTHER]),
        ("clean", 3, 3000, []),
        ("short", 4, 10, []),
    ):
        chosen = [part for fault in faults for part in ("--sandbox-fault", fault)]
        options = ["--seed", str(seed), "--requests", str(requests), "-q", *chosen]
        main(["run", "--sandbox", *options, "--report-dir", str(folder / name)])
    return folder


def diff(*arguments: object) -> int:
    return main(["diff", *map(str, arguments)])


def changes(runs: Path, old: str, new: str) -> dict[str, set[str]]:
    """Rules by change."""
    assert diff(runs / old, runs / new, "--json", runs / "diff.json") == 0
    found: dict[str, set[str]] = {}
    for one in json.loads((runs / "diff.json").read_text())["changes"]:
        found.setdefault(one["change"], set()).add(one["rule"])
    return found


def test_new_and_fixed(runs: Path) -> None:
    """One fault repaired, another one made: each under its own name, whatever the seed."""
    found = changes(runs, "one", "two")
    assert found.keys() == {Change.NEW, Change.FIXED}
    assert "CART-02" in found[Change.NEW]
    assert "STATE-02" in found[Change.FIXED]
    assert changes(runs, "two", "clean").keys() == {Change.FIXED}
    assert changes(runs, "clean", "two").keys() == {Change.NEW}
    assert changes(runs, "two", "two").keys() == {Change.STILL_THERE}
    assert diff(runs / "two", runs / "two", "--fail-on", "any") == 0


def test_a_short_run_fixes_nothing(runs: Path) -> None:
    """What a run could not have shown is not seen, never fixed; nor is it new the other way."""
    assert changes(runs, "two", "short").keys() == {Change.NOT_SEEN}
    assert changes(runs, "short", "two").keys() == {Change.FIRST_SEEN}


def test_exit_codes(runs: Path) -> None:
    """0 unless something is there that was asked to fail."""
    assert diff(runs / "clean", runs / "one") == 0
    assert diff(runs / "clean", runs / "one", "--fail-on", "new") == 1
    assert diff(runs / "clean", runs / "one", "--fail-on", "drift") == 0
    assert diff(runs / "one", runs / "clean", "--fail-on", "new") == 0
    assert diff(runs / "one", runs / "short", "--fail-on", "lost-coverage") == 1
    assert diff(runs / "one", runs / "clean", "--json", runs) == 2


def test_the_terminal_and_markdown(runs: Path, capsys: Output) -> None:
    """A line a discrepancy, and the numbers; a table for people."""
    assert diff(runs / "clean", runs / "two", "--markdown", runs / "diff.md") == 0
    shown = capsys.readouterr().out
    assert "new           CART-02-" in shown
    assert "    expected  a refusal" in shown
    assert "      1. update" in shown
    assert shown.startswith("old: ")
    assert "-> " in shown.splitlines()[-1]
    assert "| new | CART-02 |" in (runs / "diff.md").read_text()


def decided(runs: Path, new: str, url: str) -> set[str]:
    """What became of the run ``two``, with its scenarios sent to ``url``."""
    assert diff(runs / "two", runs / new, "--json", runs / "both.json", "--rerun", url) == 0
    return {one["change"] for one in json.loads((runs / "both.json").read_text())["changes"]}


def test_what_was_not_seen_is_sent_again(
    runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """``diff OLD NEW --rerun`` goes to the target of NEW; without NEW to that of OLD."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "the-key")
    with start(EXAMPLE_ENVIRONMENT, api_key="the-key") as sandbox:
        new = tmp_path / "new"
        assert main(["run", sandbox.url, "--requests", "1", "-q", "--report-dir", str(new)]) in (
            0,
            5,
        )
        made = tmp_path / "diff.json"
        assert diff(runs / "two", new, "--json", made, "--rerun") == 0
        (one,) = json.loads(made.read_text())["changes"]
        assert (one["change"], one["note"]) == ("fixed", "its scenario was sent again")
        assert decided(runs, "short", sandbox.url) == {Change.FIXED}
    assert diff(runs / "two", "--rerun", "--json", made) == 0  # a sandbox with the same fault
    (one,) = json.loads(made.read_text())["changes"]
    assert one["change"] == "still there"
    assert diff("--rerun", runs / "two", new) == 2


def test_pairs(runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """The scenarios of an old run against a target of today."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "the-key")
    rerun = ("--json", runs / "pairs.json", "--fail-on", "any", "--rerun")
    with start(EXAMPLE_ENVIRONMENT, api_key="the-key") as sandbox:
        assert diff(runs / "two", *rerun, sandbox.url) == 0
    found = json.loads((runs / "pairs.json").read_text())["changes"]
    assert {one["change"] for one in found} == {"fixed"}
    with start(EXAMPLE_ENVIRONMENT, faults=[OTHER], api_key="the-key") as sandbox:
        assert diff(runs / "two", *rerun, sandbox.url) == 0  # no change
        found = json.loads((runs / "pairs.json").read_text())["changes"]
        assert {one["change"] for one in found} == {"still there"}
        found = decided(runs, "short", sandbox.url)
        assert found == {Change.STILL_THERE}
    assert diff(runs / "two") == 2
    assert diff(runs / "two", *rerun, "http://api.example.com") == 2


def test_summaries_and_records(runs: Path, tmp_path: Path, capsys: Output) -> None:
    """Folders, summary files and records mean the same; anything else is bad usage."""
    two = runs / "two"
    assert diff(two / "summary.json", two / "events.ndjson", "--fail-on", "new") == 0
    read, folded = read_summary(two / "summary.json"), summarise(read_events(two / "events.ndjson"))
    assert read == folded
    (tmp_path / "summary.json").write_text('{"a": 1}')
    assert diff(tmp_path, two) == 2
    (tmp_path / "summary.json").write_text("no JSON")
    assert diff(tmp_path, two) == 2
    assert "expected the summary of a run" in capsys.readouterr().err
    assert diff(tmp_path / "nowhere", two) == 2
