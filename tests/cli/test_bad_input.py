"""What people get wrong: each is one clear line and the right exit code, and nothing is sent."""

from __future__ import annotations

import codecs
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.record import Event, RunFinished, StopReason, encode_line
from cartfuzz.reports.run_folder import RECORD_FILE, SUMMARY_FILE

from ..record.events import scenario_run, started

Output = pytest.CaptureFixture[str]
DECLARED = "[environment.session_attributes]\n"


def complaint(capsys: Output) -> str:
    """The one line that was printed; nothing else was."""
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    return output.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[target]\nworkers = 300\n", "target.workers: expected a whole number from 1 to 256"),
        (
            f"{DECLARED}it = {{ type = 'string', minLength = 5, maxLength = 3 }}\n",
            "environment.session_attributes.it: expected minLength to be at most maxLength",
        ),
        (
            f"{DECLARED}it = {{ typ = 'string' }}\n",
            'expected a keyword of JSON Schema, found "typ"',
        ),
    ],
)
def test_a_wrong_configuration(text: str, expected: str, tmp_path: Path, capsys: Output) -> None:
    """Exit 2 with file and key, before a sandbox starts or a folder is made."""
    config = tmp_path / "shop.toml"
    config.write_text(text)
    report = ("--report-dir", str(tmp_path / "report"))
    assert main(["run", "--sandbox", "--config", str(config), *report]) == 2
    assert f"{config}: " in (line := complaint(capsys))
    assert expected in line
    assert not (tmp_path / "report").exists()


def test_a_date_without_quotes(tmp_path: Path) -> None:
    """TOML has dates, JSON has not: one in a schema is the text that it is in TOML."""
    config = tmp_path / "shop.toml"
    config.write_text(f"{DECLARED}it = {{ enum = [1979-05-27] }}\n")
    report = ("--scenarios", "1", "-q", "--report-dir", str(tmp_path / "report"))
    assert main(["run", "--phase", "explore", "--sandbox", "--config", str(config), *report]) in (
        0,
        5,
    )
    summary = json.loads((tmp_path / "report" / SUMMARY_FILE).read_text())
    assert summary["environment"]["session_attributes"]["it"]["enum"] == ["1979-05-27"]


def test_files_of_windows(tmp_path: Path, capsys: Output) -> None:
    """A byte order mark is skipped; UTF-16 is named, with what to do."""
    config = tmp_path / "shop.toml"
    config.write_bytes(codecs.BOM_UTF8 + b"[environment]\r\ncontract = 'current'\r\n")
    run = ("run", "--sandbox", "--scenarios", "1", "-q", "--config", str(config))
    assert main([*run, "--report-dir", str(tmp_path / "report")]) == 0
    assert json.loads((tmp_path / "report" / SUMMARY_FILE).read_text())["contract"] == "current"
    capsys.readouterr()
    config.write_text("[environment]\n", "utf-16")
    assert main([*run, "--report-dir", str(tmp_path / "report")]) == 2
    assert "found UTF-16; save it as UTF-8" in complaint(capsys)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("rnu",), 'there is no command "rnu"; did you mean "run"?'),
        (("run", "--phase", "edges,wire"), "repeat the option: --phase edges --phase wire"),
        (("run", "--seed", "abc"), "'abc' is not a valid whole number"),
        (("run", "--timeout", "1e400"), "expected a number above 0, at most 86400"),
        (("run", "--rps", "nan"), "expected a number above 0, found 'nan'"),
        (("run", "--duration", "5 minuets"), "such as 30s, 10m or 1h30m, found '5 minuets'"),
        (("run", "--sandbox", "--corpus", "rediss:/x"), "found a URL without //"),
        (
            ("run", "http://a.example", "--allow-host", "http://a.example"),
            "--allow-host: expected HOST or HOST:PORT, without scheme and path, found http",
        ),
        (
            ("run", "http://a.example:8080", "--allow-host", "a.example:8081"),
            "and was not named, or another port of it",
        ),
    ],
)
def test_wrong_arguments(
    arguments: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    """Exit 2; the line shows what was given and what to write instead."""
    monkeypatch.chdir(tmp_path)
    assert main(list(arguments)) == 2
    assert expected in complaint(capsys)
    assert not (tmp_path / "rediss:").exists()


@pytest.mark.parametrize("given", ["1h30m", "1d", "9.5 min", "600 s", "1h 30min"])
def test_durations_as_people_write_them(given: str, tmp_path: Path) -> None:
    """Several units, blanks, days."""
    bounds = ("--scenarios", "1", "-q", "--report-dir", str(tmp_path))
    assert main(["run", "--sandbox", "--duration", given, *bounds]) == 0


@pytest.mark.parametrize("key", ["ApiKey-v1 abc", "apikey-v1 abc", "'abc'", '"abc"'])
def test_what_is_copied_along_with_the_key(
    key: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """It is named before anything is sent, and the key is not shown."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", key)
    assert main(["check", "http://127.0.0.1:1"]) == 2
    line = complaint(capsys)
    assert "expected the API key alone, found " in line
    assert "abc" not in line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run."""
    own = tmp_path / "run"
    own.mkdir()
    reached = {"endpoint update": 1, "endpoint get": 1, "endpoint return": 1}
    end = RunFinished(seconds=1.0, reason=StopReason.COMPLETED)
    events: list[Event] = [started(), scenario_run(0, reached=reached), end]
    (own / RECORD_FILE).write_bytes(b"".join(encode_line(event) for event in events))
    assert main(["report", str(own), "-q"]) == 0
    return own


@pytest.mark.parametrize(
    ("option", "file", "reason"),
    [("--json", "/proc/x.json", "no such file"), ("--markdown", "/", "is a directory")],
)
def test_a_comparison_that_cannot_be_written(
    folder: Path, option: str, file: str, reason: str, capsys: Output
) -> None:
    """Exit 2 with the file and why."""
    assert main(["diff", str(folder), str(folder), option, file]) == 2
    error = capsys.readouterr().err
    assert file in error
    assert reason in error
    assert error.count("\n") == 1


def test_a_summary_of_another_version(folder: Path, capsys: Output) -> None:
    """Exit 2 with what to do: the record makes a new one."""
    capsys.readouterr()
    summary = json.loads((folder / SUMMARY_FILE).read_text())
    del summary["minimisation"]
    (folder / SUMMARY_FILE).write_text(json.dumps(summary))
    assert main(["diff", str(folder), str(folder)]) == 2
    assert "a summary of another version is made anew by cartfuzz report" in complaint(capsys)
    assert main(["report", str(folder), "-q"]) == 0
    assert main(["diff", str(folder), str(folder)]) == 0


def test_a_full_output() -> None:
    """Exit 2 and one line."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cartfuzz.cli", "rules"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "cartfuzz: standard output: no space left on device\n"
