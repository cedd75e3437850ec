"""`cartfuzz history` as its users call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.record.made_sessions import SESSIONS_FOLDER
from cartfuzz.reports.run_folder import RECORD_FILE, SUMMARY_FILE

Output = pytest.CaptureFixture[str]
FAULT = "has-no-item-limit"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a fault, one level below, and a later clean one with the same scenarios."""
    folder = tmp_path_factory.mktemp("runs")
    for name, faults in (("build/7", ("--sandbox-fault", FAULT)), ("clean", ())):
        options = ["--seed", "1", "--requests", "3000", "--no-minimise", "-q"]
        main(["run", "--sandbox", *options, *faults, "--report-dir", str(folder / name)])
    return folder


def test_a_folder_of_runs(runs: Path, capsys: Output) -> None:
    """Runs in order of their start, and what is gone."""
    assert main(["history", str(runs)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "the embedded sandbox: 2 runs"
    assert [line.split()[0] for line in lines[2:4]] == ["build/7", "clean"]
    (entry,) = (number for number, line in enumerate(lines) if line.startswith("  gone "))
    assert "  CART-02-" in lines[entry]
    assert "though what shows it was sent: in clean the same scenario" in lines[entry + 2]
    assert not any(line.startswith("skipped") for line in lines)


def test_what_a_run_notes_about_its_sessions_is_no_folder_of_runs(
    tmp_path: Path, capsys: Output
) -> None:
    """DIR may be the folder of one run: nothing in it is skipped."""
    options = ["--requests", "300", "--no-minimise", "-q", "--report-dir", str(tmp_path)]
    main(["run", "--sandbox", *options])
    assert (tmp_path / SESSIONS_FOLDER).is_dir()
    capsys.readouterr()
    assert main(["history", str(tmp_path)]) == 0
    assert "skipped" not in capsys.readouterr().out


def test_json(runs: Path, tmp_path: Path, capsys: Output) -> None:
    """To a file beside the text, or alone to standard output."""
    assert main(["history", str(runs), "--json", str(tmp_path / "history.json")]) == 0
    capsys.readouterr()
    assert main(["history", str(runs), "--json", "-"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads((tmp_path / "history.json").read_text())
    assert [one["run"]["name"] for one in shown["targets"][0]["runs"]] == ["build/7", "clean"]


def test_what_is_no_run_is_named(runs: Path, tmp_path: Path, capsys: Output) -> None:
    """Broken records, foreign folders and copies are skipped, and the rest is shown."""
    shutil.copytree(runs, tmp_path, dirs_exist_ok=True)
    shutil.copytree(runs / "clean", tmp_path / "copy")
    for name, file, text in (
        ("broken", RECORD_FILE, "{}\n"),
        ("empty", RECORD_FILE, ""),
        ("old", SUMMARY_FILE, '{"outcome": 1}'),
        ("foreign", "index.html", "<p>"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text, "utf-8")
    (tmp_path / "latest").symlink_to("clean")
    assert main(["history", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    skipped = {line.split(":")[1].strip(): line for line in lines if line.startswith("skipped")}
    assert skipped.keys() == {"broken", "empty", "old", "foreign", "copy"}
    assert f"{RECORD_FILE}, line 1: expected an event" in skipped["broken"]
    assert skipped["foreign"].endswith(": no run in it")
    assert skipped["copy"].endswith(": the same run as clean")
    assert lines[0] == "the embedded sandbox: 2 runs"


def test_a_summary_of_another_version_is_made_anew(runs: Path, tmp_path: Path) -> None:
    """From the record beside it."""
    shutil.copytree(runs / "clean", tmp_path / "clean")
    (tmp_path / "clean" / SUMMARY_FILE).write_text("{}", "utf-8")
    assert main(["history", str(tmp_path), "--json", str(tmp_path / "h.json")]) == 0
    assert not json.loads((tmp_path / "h.json").read_text())["skipped"]


@pytest.mark.parametrize(("name", "found"), [("missing", "nothing there"), ("file", "a file")])
def test_a_folder_is_needed(tmp_path: Path, capsys: Output, name: str, found: str) -> None:
    """Anything else is bad usage."""
    (tmp_path / "file").touch()
    assert main(["history", str(tmp_path / name)]) == 2
    assert f"expected a folder of run folders, found {found}" in capsys.readouterr().err


def test_an_unset_variable_is_not_the_current_folder(capsys: Output) -> None:
    """An empty text is bad usage."""
    assert main(["history", ""]) == 2
    assert "expected a path, found an empty text; is the variable set" in capsys.readouterr().err


def test_a_folder_without_runs_is_bad_usage(tmp_path: Path, capsys: Output) -> None:
    """The line has the number of folders that were looked into."""
    assert main(["history", str(tmp_path)]) == 2
    assert "found no folder" in capsys.readouterr().err
    (tmp_path / "foreign").mkdir()
    assert main(["history", str(tmp_path)]) == 2
    assert "found none in 1 folder\n" in capsys.readouterr().err


def test_one_run_folder_is_a_history_of_one(runs: Path, capsys: Output) -> None:
    """Its discrepancies are not looked through for runs."""
    assert main(["history", str(runs / "build" / "7")]) == 0
    assert capsys.readouterr().out.startswith("the embedded sandbox: 1 run\n")


def test_the_page(runs: Path, tmp_path: Path, capsys: Output) -> None:
    """It goes into the folder; a folder that cannot be written is bad usage."""
    shutil.copytree(runs, tmp_path / "runs")
    assert main(["history", str(tmp_path / "runs"), "--format", "html"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"page: {tmp_path}/runs/history.html"
    page = (tmp_path / "runs" / "history.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    (tmp_path / "runs" / "history.html").unlink()
    (tmp_path / "runs" / "history.html").mkdir()
    assert main(["history", str(tmp_path / "runs"), "--format", "html"]) == 2
    assert "--format: expected a folder that can be written" in capsys.readouterr().err
