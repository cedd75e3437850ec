"""A corpus on a real Redis server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import MARK, ConfigurationError, ContractVersion, Fetch, Scenario
from cartfuzz.harness.corpus.backends import open_corpus
from cartfuzz.harness.corpus.entries import EntryKind
from cartfuzz.harness.errors import CorpusError

from .conftest import PASSWORD, redis_server

SCENARIO = Scenario(title="a look", sessions=(f"s-{MARK}",), steps=(Fetch(),))
VERSION = ContractVersion.V2_5_1


def test_two_machines_share_what_is_known(redis: str) -> None:
    """What one stores the other reads; another database of the server holds nothing of it."""
    one, other = (open_corpus(redis, option="--corpus") for _ in range(2))
    assert one.add_failures(VERSION, {"STATE-08-1": SCENARIO}) == 1
    assert other.read(VERSION, EntryKind.FAILURES).scenarios == (SCENARIO,)
    assert other.add_failures(VERSION, {"STATE-08-1": SCENARIO}) == 0
    elsewhere = open_corpus(redis.removesuffix("0") + "1", option="--corpus")
    assert elsewhere.read(VERSION, EntryKind.FAILURES).scenarios == ()


def test_a_run_finds_what_another_one_found(redis: str, tmp_path: Path) -> None:
    """A second run with another seed finds it with the first scenario that it sends."""
    fault = ("--sandbox-fault", "closes-cancelled-sessions", "--corpus", redis)
    first, second = tmp_path / "1", tmp_path / "2"
    bounds = ("--seed", "1", "--requests", "3000")
    assert main(["run", *fault, *bounds, "--report-dir", str(first)]) == 1
    bounds = ("--seed", "2", "--scenarios", "1")
    assert main(["run", *fault, *bounds, "--report-dir", str(second)]) == 1
    found = [json.loads((folder / "summary.json").read_text()) for folder in (first, second)]
    signatures = [{entry["signature"] for entry in one["discrepancies"]} for one in found]
    assert signatures[1]
    assert signatures[1] <= signatures[0]


def test_a_server_with_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The password is read from the environment, and no message, report or record shows it."""
    with redis_server(tmp_path, password=PASSWORD) as (url, _):
        with pytest.raises(ConfigurationError, match="CARTFUZZ_REDIS_PASSWORD") as raised:
            open_corpus(url, option="--corpus")
        monkeypatch.setenv("CARTFUZZ_REDIS_PASSWORD", f"{PASSWORD}-wrong")
        with pytest.raises(ConfigurationError, match="invalid username-password") as wrong:
            open_corpus(url, option="--corpus")
        monkeypatch.setenv("CARTFUZZ_REDIS_PASSWORD", PASSWORD)
        report = tmp_path / "report"
        arguments = ("--phase", "edges", "--scenarios", "20", "--record", "all")
        code = main(["run", "--sandbox", "--corpus", url, *arguments, "--report-dir", str(report)])
    assert code == 0
    output = capsys.readouterr()
    said = f"{raised.value} {wrong.value} {output.out} {output.err}"
    assert PASSWORD not in said
    written = b"".join(path.read_bytes() for path in report.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in written


def test_a_server_that_goes_away(tmp_path: Path) -> None:
    """Storing says so, and where."""
    with redis_server(tmp_path) as (url, process):
        corpus = open_corpus(url, option="--corpus")
        process.terminate()
        process.wait()
        with pytest.raises(CorpusError, match=f"{url}: "):
            corpus.add_failures(VERSION, {"STATE-08-1": SCENARIO})
