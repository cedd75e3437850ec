"""``cartfuzz report --format`` and ``cartfuzz run --report``: each format on the command line."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.record import RecordWriter
from cartfuzz.sandbox import start

from ..reports.schemas_of_others import har, sarif
from ..reports.test_markdown_report import events_with
from .test_stops import ended, running

Output = pytest.CaptureFixture[str]
NAMES = "markdown,sarif,har"
FILES = {"report.md", "report.sarif", "report.har"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that found something; it holds the record alone."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    with RecordWriter(tmp_path / "events.ndjson") as record:
        for event in events_with("CART-02"):
            record.write(event)
    return tmp_path


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"sessions"}


def check(folder: Path, verdict: str) -> None:
    """Checks that the three files are whole, and that the verdict is the first line of one."""
    sarif().validate(json.loads((folder / "report.sarif").read_text("ascii")))
    har().validate(json.loads((folder / "report.har").read_text("ascii")))
    assert (folder / "report.md").read_text("utf-8").startswith(f"## {verdict}")


def test_the_chosen_files_are_made_of_the_record(folder: Path, capsys: Output) -> None:
    """And what they name; a line before the verdict lists them, the exit code is the run's."""
    assert main(["report", str(folder), "--format", NAMES]) == 1
    assert names_in(folder) == FILES | {"events.ndjson", "summary.json", "discrepancies"}
    check(folder, "FAILED: 1 discrepancy")
    line = f"report: {folder}/report.md, report.sarif, report.har"
    assert line in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("name", ["sarif", "markdown"])
def test_a_report_of_a_bare_record_names_no_file_that_is_missing(folder: Path, name: str) -> None:
    """Neither what SARIF has as location, nor what Markdown ends with."""
    assert main(["report", str(folder), "--format", name, "-q"]) == 1
    if name == "sarif":
        (run,) = json.loads((folder / "report.sarif").read_text("ascii"))["runs"]
        (place,) = (one for result in run["results"] for one in result["locations"])
        assert (folder / place["physicalLocation"]["artifactLocation"]["uri"]).is_file()
    else:
        *_, last = (folder / "report.md").read_text("utf-8").splitlines()
        named = re.findall(r"summary[.]json|events[.]ndjson|discrepancies/", last)
        assert len(named) == 3
        assert all((folder / one).exists() for one in named)


def test_the_option_may_be_repeated(folder: Path) -> None:
    """As well as take several names."""
    assert main(["report", str(folder), "--format", "json", "--format", "junit,json", "-q"]) == 1
    assert names_in(folder) == {"events.ndjson", "summary.json", "junit.xml"}


def test_a_record_that_was_cut_off_has_every_format(folder: Path) -> None:
    """The last line has no line feed, as the kill left it."""
    record = folder / "events.ndjson"
    record.write_bytes(record.read_bytes()[:-40])
    assert main(["report", str(folder), "--format", NAMES, "-q"]) == 1
    check(folder, "FAILED: 1 discrepancy; the record is cut off: the run was killed")


def test_markdown_is_added_to_the_summary_of_a_step(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where GitHub names a file for it, and only if it was asked for."""
    step = tmp_path_factory.mktemp("github") / "step"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    assert main(["report", str(folder), "-q"]) == 1
    assert not step.exists()
    assert main(["report", str(folder), "--format", "markdown", "-q"]) == 1
    assert step.read_text("utf-8").strip() == (folder / "report.md").read_text("utf-8").strip()


@pytest.mark.parametrize(
    ("command", "option"),
    [(("report", "."), "--format"), (("run", "--sandbox"), "--report")],
)
def test_a_wrong_format_is_one_line(
    command: tuple[str, ...], option: str, tmp_path: Path, capsys: Output
) -> None:
    """Exit 2, before anything is sent or written."""
    where = ("--report-dir", str(tmp_path / "run")) if command[0] == "run" else ()
    assert main([*command, *where, option, "sarif,pdf"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        f"cartfuzz: {option}: expected some of html, junit, markdown, sarif, har, json, with "
        "commas between them, found 'sarif,pdf'\n"
    )
    assert not list(tmp_path.iterdir())


def test_a_missing_package_stops_a_run_before_it_begins(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the command that installs it."""
    monkeypatch.setitem(sys.modules, "cartfuzz.reports.html", None)
    options = ("--report-dir", str(tmp_path / "run"), "--report", "html")
    assert main(["run", "--sandbox", *options]) == 2
    assert "--report: expected" in (line := capsys.readouterr().err)
    assert "pip install 'cartfuzz[html]'" in line
    assert not list(tmp_path.iterdir())


def test_a_run_writes_them_besides_its_own_files(tmp_path: Path, capsys: Output) -> None:
    """Both lines name what is where."""
    options = ("--seed", "1", "--requests", "60", "--report-dir", str(tmp_path))
    assert main(["run", "--sandbox", *options, "--report", NAMES]) == 0
    assert names_in(tmp_path) == FILES | {"events.ndjson", "summary.json", "junit.xml"}
    check(tmp_path, "PASSED: no discrepancy")
    shown = capsys.readouterr().out
    assert f"report: {tmp_path}/summary.json, junit.xml, events.ndjson" in shown
    assert f"report: {tmp_path}/report.md, report.sarif, report.har" in shown


def test_a_run_keeps_its_end_where_a_format_cannot_be_written(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a file in the way nor a summary of the step without a folder changes the verdict,
    and what was found is in the corpus."""
    folder, corpus = tmp_path / "run", tmp_path / "corpus"
    (folder / "report.sarif").mkdir(parents=True)
    options = ("--sandbox-fault", "accepts-empty-skus", "--no-minimise")
    where = ("--report-dir", str(folder), "--corpus", str(corpus))
    run = ("run", "--sandbox", *options, *where, "--seed", "1", "--requests", "300")
    assert main([*run, "--report", "markdown,sarif"]) == 1
    shown = capsys.readouterr().out
    assert f"report: {folder}/report.sarif cannot be written: is a directory" in shown
    assert "FAILED" in shown
    assert re.search("corpus: [1-9][0-9]* new of", shown)
    step = tmp_path / "missing" / "step"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    assert main([*run, "--report", "markdown"]) == 1
    shown = capsys.readouterr().out
    assert f"report: {folder}/report.md" in shown
    assert f"summary of the step: {step} (GITHUB_STEP_SUMMARY) cannot be written" in shown


def test_what_a_run_found_is_in_the_corpus_whatever_becomes_of_its_report(
    tmp_path: Path, capsys: Output
) -> None:
    """A report that cannot be written has an exit code of its own, and nothing is lost."""
    folder, corpus = tmp_path / "run", tmp_path / "corpus"
    (folder / "junit.xml").mkdir(parents=True)
    options = ("--sandbox-fault", "accepts-empty-skus", "--no-minimise", "--requests", "300")
    where = ("--report-dir", str(folder), "--corpus", str(corpus))
    assert main(["run", "--sandbox", *options, *where, "--seed", "1"]) == 9
    assert f"the report could not be written: {folder}/junit.xml" in capsys.readouterr().out
    assert any(path.is_file() for path in corpus.rglob("*"))


def test_the_error_names_the_file_that_cannot_be_written(folder: Path, capsys: Output) -> None:
    """Not the folder that it is in."""
    (folder / "report.har").mkdir()
    assert main(["report", str(folder), "--format", "har"]) == 2
    assert capsys.readouterr().err == (
        f"cartfuzz: {folder}/report.har: expected a path that can be written, found is a "
        "directory\n"
    )


def test_a_run_that_is_interrupted_writes_them(tmp_path: Path) -> None:
    """Ctrl-C ends the run, not its report."""
    with running("--sandbox", "--report-dir", str(tmp_path), "--report", NAMES) as process:
        process.send_signal(signal.SIGINT)
        code, _ = ended(process)
    assert code == 130
    check(tmp_path, "INTERRUPTED: no discrepancy; interrupted after ")


def test_a_run_that_loses_its_target_writes_them(tmp_path: Path) -> None:
    """The verdict is the first line."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        options = (sandbox.url, "--report-dir", str(tmp_path), "--report", NAMES)
        with running(*options, "--give-up-after", "1s", key=sandbox.api_key) as process:
            sandbox.close()
            code, _ = ended(process)
    assert code == 3
    check(tmp_path, "TARGET LOST: ")
