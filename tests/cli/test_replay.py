"""`cartfuzz replay`: the scenarios of a run, sent again."""

from __future__ import annotations

import shlex
from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis import Reproducer
from cartfuzz.cli import main
from cartfuzz.cli.replay import not_judged_reason
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Scenario
from cartfuzz.harness.triage.replay import Replayed, Verdict
from cartfuzz.record import JudgingError, RunStarted, decode_line, encode_line
from cartfuzz.reports.command_line import replay_line
from cartfuzz.sandbox import start

from ..record.events import discrepancy, scenario_run
from ..served import KEY, served

Output = pytest.CaptureFixture[str]
FAULT = "refuses-to-create-closed"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that found a fault."""
    path = tmp_path_factory.mktemp("run")
    options = ("--seed", "1", "--requests", "300", "--report-dir", str(path), "-q")
    assert main(["run", "--sandbox-fault", FAULT, *options]) == 1
    return path


def replay(*arguments: object) -> int:
    return main(["replay", *map(str, arguments)])


def test_the_target_of_the_run_is_the_default(folder: Path, capsys: Output) -> None:
    """A run on the sandbox with a fault: one with the same fault, so every discrepancy comes."""
    assert replay(folder) == 1
    first, *lines, last = capsys.readouterr().out.splitlines()
    assert "the embedded sandbox at http://127.0.0.1:" in first
    assert f"with {FAULT}" in first
    assert lines
    assert all(line.startswith("still there: ") for line in lines)
    assert last.startswith(f"{len(lines)} still there; target: the embedded sandbox")


def test_gone(folder: Path, capsys: Output) -> None:
    """Without the fault none comes."""
    assert replay(folder, "--sandbox") == 0
    _, *lines, last = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith("gone: ") for line in lines)
    assert last.startswith(f"{len(lines)} gone; target: the embedded sandbox")


def test_a_run_on_a_url_is_replayed_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """Its key is read from the variable that the run read it from; no sandbox takes its place."""
    report = tmp_path / "the report"
    with start(EXAMPLE_ENVIRONMENT, faults=[FAULT]) as sandbox:
        monkeypatch.setenv("STAGING_KEY", sandbox.api_key)
        bounds = ("--seed", "1", "--requests", "300", "-q", "--report-dir", str(report))
        assert main(["run", sandbox.url, "--api-key-env", "STAGING_KEY", *bounds]) == 1
        capsys.readouterr()
        explained = next((report / "discrepancies").glob("STATE-02-*")) / "explain.md"
        line = next(one for one in explained.read_text().splitlines() if one.startswith("$ "))
        monkeypatch.chdir("/")
        assert main(shlex.split(line.removeprefix("$ cartfuzz "))) == 1
        shown = capsys.readouterr().out
        assert shown.startswith(f"target: {sandbox.url}, contract 2.5.1")
        assert sandbox.api_key not in shown + explained.read_text()
        assert "the variable `STAGING_KEY`" in explained.read_text()
    assert replay(report) == 3


def test_the_place_of_the_key_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in a file is read there again, from any folder; explain.md names the file."""
    monkeypatch.delenv("CARTFUZZ_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    key_file, report = tmp_path / "the key", tmp_path / "report"
    with start(EXAMPLE_ENVIRONMENT, faults=[FAULT]) as sandbox:
        key_file.write_text(sandbox.api_key)
        configuration = tmp_path / "cartfuzz.toml"
        configuration.write_text('[target]\napi_key_file = "the key"\n')
        bounds = ("--seed", "1", "--requests", "300", "-q", "--report-dir", str(report))
        assert main(["run", sandbox.url, "--config", "cartfuzz.toml", *bounds]) == 1
        monkeypatch.chdir("/")
        assert replay(report) == 1
        explained = next((report / "discrepancies").glob("STATE-02-*")) / "explain.md"
        assert f"the file `{key_file}`" in explained.read_text()
        assert f"$(cat '{key_file}')" in explained.read_text()
        key_file.unlink()
        assert replay(report) == 2


def test_a_host_has_to_be_allowed_again(folder: Path, tmp_path: Path, capsys: Output) -> None:
    """A record gives no permission to send load to a host; the line in explain.md asks for it."""
    first, _, rest = (folder / "events.ndjson").read_bytes().partition(b"\n")
    began = decode_line(first)
    assert isinstance(began, RunStarted)
    hosts = ("staging.example.com",)
    began = msgspec.structs.replace(
        began, target="https://staging.example.com", sandbox=None, allow_hosts=hosts
    )
    (tmp_path / "events.ndjson").write_bytes(encode_line(began) + rest)
    assert replay(tmp_path) == 2
    assert "add --allow-host staging.example.com" in capsys.readouterr().err
    line = replay_line(began, tmp_path, "CART-02-1")
    assert line.endswith("CART-02-1 --allow-host staging.example.com")


def test_any_target(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """A URL with a key from the environment; the key is not shown."""
    with start(EXAMPLE_ENVIRONMENT, faults=[FAULT]) as sandbox:
        assert replay(folder, "--url", sandbox.url) == 2
        assert "CARTFUZZ_API_KEY: expected an API key" in capsys.readouterr().err
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        assert replay(folder, "--url", sandbox.url) == 1
        assert replay(folder, "--url", sandbox.url, "--sandbox-fault", FAULT) == 2
    assert sandbox.api_key not in capsys.readouterr().out
    assert replay(folder, "--url", sandbox.url) == 3
    assert replay(folder, "--url", "http://api.example.com") == 2


@pytest.mark.parametrize("signature", ["CART-99", "STATE-02-0"])
def test_unknown_signatures(folder: Path, signature: str, capsys: Output) -> None:
    """A name that is not there is bad usage."""
    assert replay(folder, signature) == 2
    assert "no signature" in capsys.readouterr().err


def test_no_record(tmp_path: Path, capsys: Output) -> None:
    """A folder without a record, and a file that is none."""
    assert replay(tmp_path) == 2
    assert "events.ndjson" in capsys.readouterr().err
    (tmp_path / "events.ndjson").write_text("{}\n")
    assert replay(tmp_path) == 2
    (tmp_path / "events.ndjson").write_text("")
    assert replay(tmp_path) == 2
    assert "RunStarted" in capsys.readouterr().err


def test_another_environment_is_refused(folder: Path, capsys: Output) -> None:
    """In one line that names what to do; the record alone decides what was wrong."""
    assert replay(folder, "--config", "cartfuzz.toml") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "environment and contract of a replay are those of the record" in line
    assert "cartfuzz run --config FILE" in line


def test_what_only_dry_requests_found_is_asked_with_dry_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also at a URL that is named: the target stores nothing then."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    with served(faults=["has-no-item-limit"]) as target:
        options = ("--dry-only", "--phase", "edges", "--report-dir", str(tmp_path), "-q")
        assert main(["run", target.url, *options]) == 1
        assert replay(tmp_path, "--url", target.url) == 1
        assert not target.states()


def test_what_a_check_raises_is_the_reason_where_nothing_was_decided() -> None:
    """A plugin may raise on every answer, and leave nothing inconclusive."""
    error = JudgingError(step=0, error="LookupError: no shelf", place="acme.py:1", plugin="acme")
    stored = Reproducer(
        discrepancy=discrepancy("CART-02"),
        scenario=Scenario(title="", sessions=(), steps=()),
        exchanges=(),
        solid=True,
    )
    run = scenario_run(0, errors=(error,))
    done = Replayed(stored=stored, verdict=Verdict.UNDECIDED, run=run, executions=1)
    assert not_judged_reason(done) == "LookupError: no shelf"
