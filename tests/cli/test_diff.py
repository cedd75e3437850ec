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
OLDER = sorted(
    path.parent
    for path in (Path(__file__).parents[1] / "data" / "format-0.1").glob("*/events.ndjson")
)
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


def test_the_terminal_and_the_files(runs: Path, capsys: Output) -> None:
    """The verdict first, in the same words in each; what is new with its scripts."""
    files = ("--markdown", runs / "diff.md", "--html", runs / "diff.html", "--json", _json(runs))
    assert diff(runs / "clean", runs / "two", *files) == 0
    lines = capsys.readouterr().out.splitlines()
    read = json.loads(_json(runs).read_text())
    assert lines[0] == read["verdict"]["text"]
    assert lines[0].startswith("1 new, worse")
    assert lines[-1].endswith(lines[0])
    (new,) = [one for one in read["changes"] if one["change"] == "new"]
    assert Path(new["folder"], "reproduce.sh").is_file()
    assert f"    scripts   {new['folder']}" in lines
    assert any("curl" in line for line in new["curl"]) or new["replay"]
    page = (runs / "diff.html").read_text("utf-8")
    for text in (lines[0].partition(";")[0], new["signature"]):
        assert text in page
        assert text in (runs / "diff.md").read_text("utf-8")
    assert f'href="./two/discrepancies/{new["signature"]}/"' in page


def _json(runs: Path) -> Path:
    """Where the comparison is written to."""
    return runs / "diff.json"


def verdict(runs: Path, old: Path, new: Path) -> str:
    """The words of the comparison."""
    made = runs / "verdict.json"
    assert diff(old, new, "--json", made, "--html", runs / "verdict.html") == 0
    text: str = json.loads(made.read_text())["verdict"]["text"]
    return text


def test_the_verdict_of_real_runs(runs: Path) -> None:
    """There and back, twice the same, and too little."""
    assert verdict(runs, runs / "clean", runs / "two").startswith("1 new, worse")
    assert verdict(runs, runs / "two", runs / "clean").startswith("nothing new; 1 fixed")
    assert verdict(runs, runs / "two", runs / "two") == "nothing new; no change"
    short = verdict(runs, runs / "two", runs / "short")
    # A run of ten requests says one of two: that few of them were judged, or how far it came.
    assert short.startswith(("cannot say: only ", "cannot say: too little of the newer run"))
    assert "; 1 not seen" in short


def test_a_record_that_was_cut_off(runs: Path, tmp_path: Path) -> None:
    """It is compared as far as it goes, and says why it proves little."""
    whole = (runs / "two" / "events.ndjson").read_bytes()
    (tmp_path / "events.ndjson").write_bytes(whole[: len(whole) // 20])
    text = verdict(runs, runs / "clean", tmp_path)
    assert text.startswith(("cannot say: only ", "1 new"))
    assert "% of the sweeps" in text


@pytest.mark.parametrize("record", OLDER, ids=lambda path: path.name)
def test_an_older_record(runs: Path, record: Path, capsys: Output) -> None:
    """It holds neither times nor transitions: the comparison names what it leaves out."""
    verdict(runs, record, runs / "two")
    shown = capsys.readouterr().out
    assert "the state machine: " in shown
    assert "latency: the record of the older run holds nothing of it" in shown


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
    files = ("--html", runs / "pairs.html", "--markdown", runs / "pairs.md")
    with start(EXAMPLE_ENVIRONMENT, api_key="the-key") as sandbox:
        assert diff(runs / "two", *files, *rerun, sandbox.url) == 0
    assert sandbox.url in capsys.readouterr().out.partition("\nFixed")[0]
    found = json.loads((runs / "pairs.json").read_text())["changes"]
    assert {one["change"] for one in found} == {"fixed"}
    words = json.loads((runs / "pairs.json").read_text())["verdict"]["text"]
    assert words == "cannot say: only what the older run had found was sent again; 1 fixed"
    _names_what_is_left_out(runs, sandbox.url)
    with start(EXAMPLE_ENVIRONMENT, faults=[OTHER], api_key="the-key") as sandbox:
        assert diff(runs / "two", *rerun, sandbox.url) == 0  # no change
        found = json.loads((runs / "pairs.json").read_text())["changes"]
        assert {one["change"] for one in found} == {"still there"}
        found = decided(runs, "short", sandbox.url)
        assert found == {Change.STILL_THERE}
    assert diff(runs / "two") == 2
    assert diff(runs / "two", *rerun, "http://api.example.com") == 2


def test_a_reader_that_is_gone_costs_no_file(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``cartfuzz diff … --json FILE | head -1``: the files are written all the same."""
    files = {name: runs / f"piped.{name}" for name in ("json", "markdown")}

    def printed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("cartfuzz.cli.diff.print_comparison", printed)
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    diff(runs / "two", runs / "clean", *options)
    assert all(path.is_file() for path in files.values())
    assert diff(runs / "two", runs / "clean", "--json", runs) == 2


def _names_what_is_left_out(runs: Path, url: str) -> None:
    """Where no second run is, rules, states and latency are not compared; the target is named."""
    left_out = {
        one["what"] for one in json.loads((runs / "pairs.json").read_text())["not_compared"]
    }
    assert left_out >= {"rules", "lost coverage", "the state machine", "latency"}
    page = (runs / "pairs.html").read_text("utf-8")
    assert "Nothing was left out" not in page
    assert f"were sent again to <code>{url}</code>" in page
    assert "| sent again to: " in (runs / "pairs.md").read_text("utf-8")


def test_one_wrong_answer_in_the_place_of_another_one_is_not_new(
    tmp_path: Path, capsys: Output
) -> None:
    """The scenario was wrong before: nothing is proved to be worse, and the entry names both."""
    old, made = tmp_path / "old", tmp_path / "diff.json"
    options = ("--requests", "1500", "--seed", "2", "-q", "--report-dir", str(old))
    main(["run", "--sandbox", "--sandbox-fault", "accepts-quantity-zero", *options])
    today = ("--sandbox", "--sandbox-fault", "answers-invalid-bodies-with-422")
    assert diff(old, "--rerun", *today, "--json", made, "--fail-on", "new") == 1
    read = json.loads(made.read_text())
    (one,) = (entry for entry in read["changes"] if entry["change"] == "different")
    assert {entry["change"] for entry in read["changes"]} == {"different"}
    assert "422" in one["shows_now"][0]["found"]
    assert "422" not in one["found"]
    assert read["verdict"]["judgement"] == "cannot say"
    assert read["verdict"]["text"].startswith("cannot say: 1 different")


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
