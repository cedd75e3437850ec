"""`cartfuzz import har`: recorded traffic is replayed and changed by the next run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.record import ScenarioRun, read_events

Output = pytest.CaptureFixture[str]
SHOP = Path(__file__).parents[1] / "harness" / "har" / "shop.har"


def runs(report: Path) -> list[ScenarioRun]:
    events = read_events(report / "events.ndjson")
    return [event for event in events if isinstance(event, ScenarioRun) and not event.is_late_read]


def test_traffic_is_imported_once(tmp_path: Path, capsys: Output) -> None:
    """What was taken, what was left and why; a second time nothing is new."""
    arguments = ["import", "har", str(SHOP), "--corpus", str(tmp_path)]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "imported 10 exchanges as 3 scenarios\n3 of them are new" in said
    assert "\ntaken although no answer was recorded: 1\n" in said
    assert "1 another address (first at log.entries[0])" in said
    assert "the traffic uses session attributes, declare them: channel" in said
    assert main(arguments) == 0
    assert "\n0 of them are new" in capsys.readouterr().out


@pytest.mark.parametrize("contract", ["2.5.1", "current"])
def test_a_run_replays_and_changes_it(tmp_path: Path, contract: str) -> None:
    """The clean sandbox takes it all; mutants show a fault that the recording does not meet."""
    corpus = ("--corpus", str(tmp_path / "corpus"), "--contract", contract)
    assert main(["import", "har", str(SHOP), *corpus]) == 0
    report = tmp_path / "report"
    bounds = ("--phase", "corpus", "--seed", "1", "--report-dir", str(report))
    assert main(["run", "--sandbox", *corpus, *bounds]) == 0
    titles = [event.title for event in runs(report)]
    assert sum(title.startswith("recorded: ") for title in titles) == 3
    assert sum(title.startswith("mutant of recorded: ") for title in titles) == 24
    fault = ("--sandbox-fault", "rounds-prices-to-cents", "--no-minimise")
    assert main(["run", *corpus, *bounds, *fault]) == 1
    showing = {event.title.partition(" ")[0] for event in runs(report) if event.discrepancies}
    assert showing == {"mutant"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"log":{"entries":[]}}', "skipped: the file holds no exchange at all"),
        (
            '{"log":{"entries":[{"request":{"method":"GET","url":"/"}}]}}',
            "skipped: 1 another address (first at log.entries[0])",
        ),
        ('{"log":', "expected a HAR 1.2 file: JSON with log.entries"),
    ],
)
def test_nothing_to_import(tmp_path: Path, capsys: Output, content: str, reason: str) -> None:
    """Exit 2 and one line that says why."""
    file = tmp_path / "traffic.har"
    file.write_text(content)
    assert main(["import", "har", str(file), "--corpus", str(tmp_path / "corpus")]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert reason in output.err
    assert output.err.count("\n") == 1


def test_names_of_the_file_cannot_forge_a_line(tmp_path: Path, capsys: Output) -> None:
    """What a file says is data: shown escaped."""
    session = {"customerSession": {"attributes": {"\x1b[2J\nimported": 1}}}
    request = {
        "method": "PUT",
        "url": "/v2/customer_sessions/x",
        "postData": {"text": json.dumps(session)},
    }
    entries = [{"request": request, "response": {"status": 200}}]
    file = tmp_path / "traffic.har"
    file.write_text(json.dumps({"log": {"entries": entries}}))
    assert main(["import", "har", str(file), "--corpus", str(tmp_path / "corpus")]) == 0
    assert "\\x1b[2J\\nimported" in capsys.readouterr().out


def test_help(capsys: Output) -> None:
    """The help says what of the traffic is not read."""
    assert main(["import", "har", "--help"]) == 0
    assert "Headers are not read" in " ".join(capsys.readouterr().out.split())
