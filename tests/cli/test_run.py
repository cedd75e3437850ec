"""`cartfuzz run` as its users call it."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from xml.etree import ElementTree as ET
from zlib import crc32

import pytest

from cartfuzz.analysis import read_summary, summarise
from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.campaign import _Gathering
from cartfuzz.harness.plan import SAMPLE
from cartfuzz.record import SandboxOptions, ScenarioRun, Tally, read_events
from cartfuzz.sandbox import start

Output = pytest.CaptureFixture[str]


def run(*arguments: str) -> int:
    """A run on the embedded sandbox, unless an argument is a URL."""
    target = () if any(one.startswith(("http", "ftp")) for one in arguments) else ("--sandbox",)
    return main(["run", *target, *arguments])


def test_a_clean_run(tmp_path: Path, capsys: Output) -> None:
    """On the embedded sandbox: exit 0, three files, a verdict."""
    code = run("--requests", "300", "--seed", "1", "--report-dir", str(tmp_path))
    assert code == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["outcome"] == "passed"
    assert summary["seed"] == 1
    assert summary["requests"] >= 300
    assert summary["discrepancies"] == []
    assert all(summary["coverage"]["endpoints"].values())
    assert ET.parse(tmp_path / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - ours
    events = list(read_events(tmp_path / "events.ndjson"))
    assert summarise(events).requests == summary["requests"]
    assert "PASSED" in capsys.readouterr().out


def test_the_first_and_the_last_line_name_the_target(tmp_path: Path, capsys: Output) -> None:
    """The embedded sandbox is called so, with its faults; the record and the summary know it."""
    fault = ("--sandbox-fault", "has-no-item-limit")
    bounds = ("--scenarios", "1", "--report-dir", str(tmp_path))
    assert run(*fault, *bounds) == 0
    lines = capsys.readouterr().out.splitlines()
    for line in (lines[0], lines[-1]):
        assert "the embedded sandbox at http://127.0.0.1:" in line
        assert "with has-no-item-limit" in line
    assert lines[-1].startswith("PASSED  ")
    assert read_summary(tmp_path / "summary.json").sandbox == SandboxOptions(faults=fault[1:])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "give the URL of one (or url in the table [target] of --config), or --sandbox"),
        (("",), "target URL: expected http://HOST[:PORT]"),
        (("", "--sandbox"), "leave one of them out"),
        (("http://127.0.0.1:1", "--sandbox"), "leave one of them out"),
        (("  ",), "is the variable set that it comes from?"),
    ],
)
def test_no_target_is_bad_usage(
    tmp_path: Path, capsys: Output, arguments: tuple[str, ...], expected: str
) -> None:
    """A sandbox is started only where it is asked for, so an unset variable passes no build."""
    assert main(["run", *arguments, "--report-dir", str(tmp_path / "report")]) == 2
    assert expected in complaint(capsys)
    assert not (tmp_path / "report").exists()


def test_a_fault_is_reported(tmp_path: Path, capsys: Output) -> None:
    """A seeded fault ends the run with exit 1 and the rule by name."""
    fault = "refuses-to-create-closed"
    code = run("--sandbox-fault", fault, "--requests", "300", "--report-dir", str(tmp_path))
    assert code == 1
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert "STATE-02" in {entry["rule"] for entry in summary["discrepancies"]}
    entry = summary["discrepancies"][0]
    assert entry["kind"] == "violation"
    assert entry["operations"]
    assert "STATE-02" in capsys.readouterr().out


def test_a_run_that_ends_before_its_sweeps_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """The verdict has the share of the sweeps, and how long a full round takes at this rate.

    Its time is up once it has sent something, so that a slow machine sends as much.
    """
    monkeypatch.setattr(_Gathering, "_time_is_up", lambda self: self._requests >= 100)
    bounds = ("--duration", "1h", "--report-dir", str(tmp_path))
    assert run(*bounds) in (5, 8)
    last = capsys.readouterr().out.splitlines()[-1]
    assert "% of the sweeps done; at this rate one full round takes about " in last
    assert run(*bounds, "--allow-partial") in (0, 5)
    assert read_summary(tmp_path / "summary.json").is_cut_short


def test_a_round_without_sweeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """A phase that only draws has no requests for sweeps to announce."""
    monkeypatch.setattr("cartfuzz.harness.resumed_bounds.MIN_ROUND_SEC", 0.01)
    assert run("--phase", "explore", "--report-dir", str(tmp_path)) in (0, 5)
    second = capsys.readouterr().out.splitlines()[1]
    assert second.startswith("one full round: no sweeps, all requests are drawn; at least ")


def test_without_a_bound_a_run_lasts_for_a_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """The sweeps once, then a third of their time for what is drawn; it says so at the start."""
    monkeypatch.setattr("cartfuzz.harness.resumed_bounds.MIN_ROUND_SEC", 0.01)
    assert run("--phase", "lost", "--report-dir", str(tmp_path), "--contract", "current") in (0, 5)
    second = capsys.readouterr().out.splitlines()[1]
    summary = read_summary(tmp_path / "summary.json")
    expected = f"one full round: about {summary.sweep_requests} requests for the sweeps, then some"
    assert second.startswith(expected)
    assert summary.share_of_sweeps == 1
    assert summary.scenarios > sum(summary.sweeps.values())


def test_one_scenario_reaches_the_floor(tmp_path: Path) -> None:
    """The first scenario is a tour of all endpoints, in both versions."""
    for contract in ("2.5.1", "current"):
        arguments = ("--scenarios", "1", "--contract", contract, "--report-dir", str(tmp_path))
        assert run(*arguments) == 0


def test_a_run_that_reaches_too_little_is_inconclusive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """Green and empty is not green: a target that refuses everything is exit 5."""
    config = tmp_path / "cartfuzz.toml"
    # Codes the environment calls unknown make every verdict open, and the target refuses them.
    config.write_text('[environment]\nunknown_codes = "unspecified"\n')
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        arguments = ("--phase", "explore", "--scenarios", "1", "--seed", "3")
        code = run(sandbox.url, *arguments, "--report-dir", str(tmp_path))
    endpoints = json.loads((tmp_path / "summary.json").read_text())["coverage"]["endpoints"]
    assert code == (0 if all(endpoints.values()) else 5)
    assert ("INCONCLUSIVE" in capsys.readouterr().out) == (code == 5)


def test_the_key_stands_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """No file and no line of output holds the API key, though the target repeats it."""
    key = "very-secret-key-0123456789"
    with start(EXAMPLE_ENVIRONMENT, faults=["repeats-the-key"], api_key=key) as sandbox:
        monkeypatch.setenv("MY_KEY", key)
        code = run(
            sandbox.url, "--api-key-env", "MY_KEY", "--record", "all", "-v",
            "--report-dir", str(tmp_path), "--seed", "1", "--requests", "2500",
        )  # fmt: skip
    assert code == 1
    rules = {
        entry["rule"]
        for entry in json.loads((tmp_path / "summary.json").read_text())["discrepancies"]
    }
    assert "ERR-03" in rules
    files = (path for path in tmp_path.rglob("*") if path.is_file())
    written = b"".join(path.read_bytes() for path in files)
    output = capsys.readouterr()
    assert key.encode() not in written
    assert key not in output.out + output.err


def test_sessions_carry_the_mark_of_the_run(tmp_path: Path) -> None:
    """Everything a run makes can be found by its mark."""
    run("--requests", "100", "--record", "all", "--report-dir", str(tmp_path))
    name = json.loads((tmp_path / "summary.json").read_text())["run"]
    for event in read_events(tmp_path / "events.ndjson"):
        if isinstance(event, ScenarioRun):
            assert all(f"cf-{name}-" in exchange.target for exchange in event.exchanges)


def test_a_sampled_record_says_the_same_in_less(tmp_path: Path) -> None:
    """Most scenarios share a line, some are there whole, and the summary can be made of it."""
    run("--requests", "6000", "--seed", "4", "--record", "sampled", "--report-dir", str(tmp_path))
    events = list(read_events(tmp_path / "events.ndjson"))
    summary = read_summary(tmp_path / "summary.json")
    assert summarise(events) == summary
    alone = [event for event in events if isinstance(event, ScenarioRun)]
    assert any(isinstance(event, Tally) for event in events)
    assert len(alone) < summary.scenarios
    assert any(crc32(event.id.encode()) % SAMPLE == 0 for event in alone)


def scenarios_of(folder: Path) -> dict[str, bytes]:
    import msgspec  # noqa: PLC0415 - one use

    return {
        event.id: msgspec.json.encode(event.scenario)
        if "\\ud" not in ascii(event.scenario)
        else ascii(event.scenario).encode()
        for event in read_events(folder / "events.ndjson")
        if isinstance(event, ScenarioRun) and not event.is_late_read
    }


def test_workers_do_not_change_the_scenarios(tmp_path: Path) -> None:
    """The same seed makes the same scenarios with one worker and with four."""
    found = []
    for workers in ("1", "4"):
        folder = tmp_path / workers
        code = run(
            "--seed", "7", "--scenarios", "120", "--phase", "explore", "--workers", workers,
            "--record", "all", "--report-dir", str(folder),
        )  # fmt: skip
        assert code == 0
        found.append(scenarios_of(folder))
    assert found[0] == found[1]
    assert len(found[0]) == 120


def test_one_worker_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The executor can be named, and changes nothing in what is sent."""
    found = []
    for executor in ("thread", "processes"):
        folder = tmp_path / executor
        options = ("--seed", "7", "--scenarios", "40", "--record", "all", "--executor", executor)
        assert run(*options, "--phase", "explore", "--report-dir", str(folder)) == 0
        found.append(scenarios_of(folder))
    assert found[0] == found[1]


def complaint(capsys: Output) -> str:
    """The one line that was said; nothing else was."""
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "Traceback" not in output.err
    return output.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--contract", "3.0"), "'3.0' is not one of '2.5.1', 'current'"),
        (("--sandbox-fault", "trim-ids"), 'did you mean "trims-ids"?'),
        (("--duration", "soon"), "expected a duration above zero such as 30s"),
        (("--duration", "0s"), "expected a duration above zero such as 30s"),
        (("--phase", "chaos"), "'chaos' is not one of 'corpus', 'edges', 'wire'"),
        (("--workers", "0"), "0 is not in the range"),
        (("--no-such-option",), "No such option"),
        (("--executor", "dask"), "found --executor dask with no --scheduler"),
        (("--rps", "nan"), "expected a number above 0, found 'nan'"),
        (("--timeout", "1e300"), "expected a number above 0, at most 86400, found '1e300'"),
        (("--duration", "9" * 400 + "h"), "expected a duration above zero"),
        (
            ("--executor", "thread", "--scheduler", "tcp://127.0.0.1:1"),
            "found --executor thread with --scheduler tcp://127.0.0.1:1",
        ),
        (
            ("--executor", "thread", "--workers", "2"),
            "--executor thread: expected one worker, found 2",
        ),
        (("http://127.0.0.1:1", "--sandbox-fault", "trims-ids"), "leave one of them out"),
        (("ftp://127.0.0.1",), "expected http://HOST[:PORT]"),
        (("http://user:secret@127.0.0.1",), "no user name or password"),
        (("http://127.0.0.1/?x=1",), "a base URL without ? and #"),
        (("https://api.example.com",), "add --allow-host api.example.com"),
        (("--config", "nowhere.toml"), "nowhere.toml: expected a readable file"),
    ],
)
def test_bad_usage(
    tmp_path: Path, capsys: Output, arguments: tuple[str, ...], expected: str
) -> None:
    """Bad usage is exit 2 and one line that says what to do."""
    assert run(*arguments, "--report-dir", str(tmp_path / "report")) == 2
    said = complaint(capsys)
    assert expected in said
    assert "secret" not in said


def test_a_malformed_file(tmp_path: Path, capsys: Output) -> None:
    """Malformed TOML is exit 2 with file and line."""
    config = tmp_path / "bad.toml"
    config.write_text("[environment\n")
    assert run("--config", str(config)) == 2
    assert "line 1" in complaint(capsys)


def test_an_attribute_that_no_value_fits(tmp_path: Path, capsys: Output) -> None:
    """The key is named, and no report is written: nothing was sent."""
    config = tmp_path / "shop.toml"
    config.write_text(
        "[environment.item_attributes]\nodd = { type = 'string', pattern = '^a$', minLength = 5 }\n"
    )
    assert run("--config", str(config), "--report-dir", str(tmp_path / "report")) == 2
    assert "environment.item_attributes.odd: expected a schema that some value" in complaint(capsys)
    assert not (tmp_path / "report").exists()


def test_attributes_whose_values_are_dropped_are_named(tmp_path: Path, capsys: Output) -> None:
    """Before the run starts; the attribute types of the application are drawn and accepted."""
    config = tmp_path / "shop.toml"
    config.write_text(
        "[environment.session_attributes]\n"
        "PickupTime = 'time'\nTags = '(list string)'\nStore = 'location'\n"
        "key = { type = 'string', pattern = '^a', format = 'uuid' }\n"
    )
    bounds = ("--scenarios", "60", "--seed", "1", "--no-minimise", "-q")
    report = str(tmp_path / "report")
    assert run("--config", str(config), "--report-dir", report, "--phase", "explore", *bounds) in (
        0,
        5,
    )
    shown = capsys.readouterr()
    assert "environment.session_attributes.key: " in shown.err
    assert "% of the values drawn for it do not fit its schema" in shown.err


def test_a_missing_key(tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target without a key in the environment is exit 2, naming the variable."""
    monkeypatch.delenv("CARTFUZZ_API_KEY", raising=False)
    assert run("http://127.0.0.1:1", "--report-dir", str(tmp_path)) == 2
    assert "environment variable CARTFUZZ_API_KEY: expected an API key" in complaint(capsys)


def test_an_unreachable_target_loses_nothing(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens: exit 3, and the files of an earlier run stay as they are."""
    for name in ("summary.json", "events.ndjson", "junit.xml"):
        (tmp_path / name).write_text("earlier")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("CARTFUZZ_API_KEY", "long-enough")
    assert run(f"http://127.0.0.1:{port}", "--report-dir", str(tmp_path)) == 3
    assert "does not answer: connection refused" in complaint(capsys)
    assert {path.read_text() for path in tmp_path.iterdir()} == {"earlier"}


def test_a_wrong_key(tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused key is exit 3, and is not repeated."""
    with start() as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", "not-the-right-key")
        assert run(sandbox.url, "--report-dir", str(tmp_path)) == 3
    said = complaint(capsys)
    assert "refuses the API key with 401" in said
    assert "not-the-right-key" not in said


def test_an_unwritable_report_folder(tmp_path: Path, capsys: Output) -> None:
    """A folder that cannot be made is exit 2, before anything is sent."""
    (tmp_path / "file").write_text("")
    assert run("--report-dir", str(tmp_path / "file" / "report")) == 2
    assert "--report-dir: expected a folder that can be written" in complaint(capsys)


def test_an_observed_rule_does_not_fail_the_run(tmp_path: Path, capsys: Output) -> None:
    """A rule lowered in the configuration is shown with its reason and fails nothing."""
    config = tmp_path / "cartfuzz.toml"
    config.write_text(
        '[rules]\nCART-02 = { level = "observe", reason = "limit raised" }\nDRY-02 = "observe"\n'
    )
    code = run(
        "--config", str(config), "--sandbox-fault", "has-no-item-limit",
        "--phase", "edges", "--report-dir", str(tmp_path),
    )  # fmt: skip
    assert code == 0
    observed = json.loads((tmp_path / "summary.json").read_text())["observations"]
    assert any(entry["rule"] == "CART-02" for entry in observed)
    assert "CART-02 is only observed here: limit raised" in capsys.readouterr().out


def test_a_discrepancy_is_minimised_and_confirmed(tmp_path: Path, capsys: Output) -> None:
    """The report shows the smallest scenario, its boundary exact, and how often it came again."""
    arguments = ("--seed", "1", "--requests", "3000", "-v", "--report-dir", str(tmp_path))
    assert run("--sandbox-fault", "has-no-item-limit", *arguments) == 1
    (entry,) = json.loads((tmp_path / "summary.json").read_text())["discrepancies"]
    (operation,) = entry["operations"]
    assert len(operation["body"]["customerSession"]["cartItems"]) == 1001
    assert entry["confirmation"] == {"shown": 5, "of": 5}
    assert "5 times out of 5" in capsys.readouterr().out
    assert run("--sandbox-fault", "has-no-item-limit", "--no-minimise", *arguments) == 1
    (entry,) = json.loads((tmp_path / "summary.json").read_text())["discrepancies"]
    assert entry["confirmation"] is None


def test_minimisation_keeps_its_time(tmp_path: Path) -> None:
    """With next to no time nothing is followed up, and all that was found is still reported."""
    arguments = ("--seed", "1", "--requests", "3000", "--minimise-time", "0.000001s")
    fault = ("--sandbox-fault", "has-no-item-limit")
    assert run(*fault, *arguments, "--report-dir", str(tmp_path)) == 1
    (entry,) = json.loads((tmp_path / "summary.json").read_text())["discrepancies"]
    assert entry["confirmation"] is None
