"""`cartfuzz replay`: the scenarios of a run, sent again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import start

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


def test_still_there(folder: Path, capsys: Output) -> None:
    """With the fault every discrepancy comes again."""
    assert replay(folder, "--sandbox-fault", FAULT) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith("still there: ") for line in lines)


def test_gone(folder: Path, capsys: Output) -> None:
    """Without it none does."""
    assert replay(folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith("gone: ") for line in lines)


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
