"""The keys of ``[run]`` in ``cartfuzz run``, ``ci``, ``run --resume`` and ``config show``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.cli.run import command
from cartfuzz.cli.run_keys import KEY_PARAMETERS, OF_EACH_PART
from cartfuzz.harness.run_settings import RunSettings

Output = pytest.CaptureFixture[str]
RAN = (0, 5)
"""Exit codes of a run of some requests: they may be too few to judge a target by."""


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> None:
    Path("cartfuzz.toml").write_text(f"[run]\n{text}")


def shown(capsys: Output, *arguments: str) -> dict[str, tuple[object, str]]:
    capsys.readouterr()
    assert main(["config", "show", "http://127.0.0.1:9", *arguments, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)["values"]
    return {one["key"]: (one["value"], one["source"]) for one in values}


def test_every_key_is_an_option_of_run() -> None:
    """Its default is that of the option."""
    assert {one.name for one in command.params} >= KEY_PARAMETERS
    assert set(RunSettings.__struct_fields__) >= OF_EACH_PART


def test_sources_are_named(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """An option, a variable, the file, the default; a bound that is replaced is not set."""
    write("duration = '10m'\nbaseline = 'known.toml'\nreport_dir = 'out'\n")
    monkeypatch.setenv("CARTFUZZ_SEED", "5")
    monkeypatch.setenv("CARTFUZZ_REPORT_DIR", "other")
    found = shown(capsys, "--requests", "7", "--no-minimise", "--report", "html")
    assert found["run.requests"] == (7, "option --requests")
    assert found["run.duration"] == (None, "default")
    assert found["run.seed"] == (5, "environment variable CARTFUZZ_SEED")
    assert found["run.report_dir"] == (
        str(Path("other").absolute()),
        "environment variable CARTFUZZ_REPORT_DIR",
    )
    assert found["run.baseline"] == ("known.toml", "cartfuzz.toml: run.baseline")
    assert found["run.minimise"] == (False, "option --no-minimise")
    assert found["run.report"] == (["html"], "option --report")
    assert found["run.log_format"] == ("json", "default")


def test_a_run_takes_keys_and_options_replace_them(capsys: Output) -> None:
    """Bounds, seed, folder, formats and log of the file; then a bound of the command line."""
    write(
        "scenarios = 4\nseed = 3\nreport_dir = 'out'\nreport = ['markdown']\n"
        "log_file = 'run.log'\nminimise = false\n"
    )
    assert main(["run", "--sandbox", "-q"]) in RAN
    summary = json.loads(Path("out/summary.json").read_text("utf-8"))
    assert (summary["seed"], summary["scenarios"]) == (3, 4)
    assert Path("out/report.md").is_file()
    assert Path("run.log").read_text("utf-8").count("run_finished") == 1
    resumed = ["run", "--resume", "out", "--scenarios", "5", "--sandbox", "-q"]
    write("scenarios = 1\nseed = 4\nlog_file = 'second.log'\nreport = ['sarif']\n")
    assert main(resumed) in RAN
    summary = json.loads(Path("out/summary.json").read_text("utf-8"))
    assert (summary["seed"], summary["scenarios"]) == (3, 5)
    assert Path("second.log").is_file()
    assert Path("out/report.sarif").is_file()
    write("requests = 1\n")
    assert main(["ci", "--sandbox", "--scenarios", "2", "--report", "markdown", "-q"]) in RAN
    ended = json.loads(Path("cartfuzz-report/summary.json").read_text("utf-8"))
    assert ended["scenarios"] == 2


def test_messages_name_the_key(capsys: Output) -> None:
    """What a key asks for and cannot be is told by the place where it is written."""
    for text, message in (
        ("corpus = 'redis:x'", "cartfuzz.toml: run.corpus: expected redis://HOST"),
        ("log_file = 'no/run.log'", "cartfuzz.toml: run.log_file no/run.log: expected a file"),
        ("baseline = 'none.toml'", "cartfuzz.toml: run.baseline: none.toml: expected"),
        ("status_file = 'no/s.json'", "cartfuzz.toml: run.status_file no/s.json: expected a file"),
    ):
        write(text)
        assert main(["run", "--sandbox", "--requests", "2", "-q"]) == 2
        assert message in capsys.readouterr().err
    write("clean = true")
    assert main(["run", "--sandbox", "--dry-only", "--requests", "2", "-q"]) == 2
    assert "cartfuzz.toml: run.clean cancels sessions" in capsys.readouterr().err


def test_an_empty_corpus_is_refused(capsys: Output) -> None:
    """It would be the current folder."""
    assert main(["run", "--sandbox", "--corpus", "", "--requests", "2"]) == 2
    assert "expected a folder or redis://" in capsys.readouterr().err


def test_a_run_with_the_corpus_of_a_file_goes_on_with_the_same_file(capsys: Output) -> None:
    """A message names the key; without key and option nothing goes on."""
    write("corpus = 'kept'\nreport_dir = 'out'\nminimise = false\n")
    assert main(["run", "--sandbox", "--scenarios", "4", "-q"]) in RAN
    resumed = ["run", "--resume", "out", "--sandbox", "--scenarios", "5", "-q"]
    assert main(resumed) in RAN
    assert json.loads(Path("out/summary.json").read_text("utf-8"))["scenarios"] == 5
    write("corpus = 'redis:x'\n")
    assert main(resumed) == 2
    assert "cartfuzz.toml: run.corpus: expected redis://HOST" in capsys.readouterr().err
    write("")
    assert main(resumed) == 2
    assert "expected --corpus as well" in capsys.readouterr().err


def test_flags_of_a_file_can_be_switched_off(capsys: Output) -> None:
    """For one run, without another file."""
    write("clean = true\notel = true\n")
    found = shown(capsys, "--no-clean", "--no-otel")
    assert found["run.clean"] == (False, "option --no-clean")
    assert found["run.otel"] == (False, "option --no-otel")


def test_what_cannot_be_cleaned_is_refused_as_the_run_does(capsys: Output) -> None:
    """Exit 2 with the message of the run, which names the key or the option."""
    write("clean = true\n")
    read_only = ["http://127.0.0.1:9", "--read-only"]
    message = "cancels sessions, which takes real updates: expected a run that may send them"
    for command_words in (["config", "show"], ["run"]):
        assert main([*command_words, *read_only]) == 2
        assert f"cartfuzz.toml: run.clean {message}" in capsys.readouterr().err
    assert main(["config", "show", *read_only, "--clean"]) == 2
    assert f"--clean {message}" in capsys.readouterr().err
    assert main(["config", "show", *read_only, "--no-clean"]) == 0
