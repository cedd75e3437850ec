"""`cartfuzz ci` as a pipeline calls it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.cli.ci import _BEATEN_BY_A_CHANGE
from cartfuzz.cli.exit_codes import ExitCode

Output = pytest.CaptureFixture[str]
SHORT = ("--sandbox", "--seed", "1", "--no-minimise", "--report", "markdown,sarif")
FAULT = ("--sandbox-fault", "has-no-item-limit")


def ci(folder: Path, *options: object, requests: int = 2000) -> int:
    given = (*SHORT, "--requests", requests, "--report-dir", folder, *options)
    return main(["ci", *map(str, given)])


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one run, which passed."""
    folder = tmp_path_factory.mktemp("runs")
    assert ci(folder / "1") == 0
    return folder


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_the_first_time(good: Path, tmp_path: Path, capsys: Output) -> None:
    """There is nothing to compare with: one line, no error, and all other files."""
    folder = tmp_path / "runs" / "1"
    assert ci(folder, "--against", tmp_path / "runs", requests=300) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = f"no earlier run: {tmp_path}/runs does not exist yet, so there is no comparison"
    assert lines[0] == expected
    assert lines[-1].startswith("PASSED  exit code 0; target: the embedded sandbox at ")
    assert files(folder) == {
        *("comment.md", "report.md", "report.sarif"),
        *("junit.xml", "summary.json", "events.ndjson"),
    }
    report = (folder / "report.md").read_text()
    first, rest = (folder / "comment.md").read_text().split("\n\n", 1)
    assert first.startswith("no earlier run: ")
    assert first.endswith("so there is no comparison")
    assert rest == report


def test_a_new_discrepancy(good: Path, tmp_path: Path, capsys: Output) -> None:
    """Exit code 1; the comment begins with what changed and goes on with the run."""
    folder = tmp_path / "2"
    assert ci(folder, *FAULT, "--against", good, "--fail-on", "new") == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"compared with {good}/1: 1 new, worse" in lines
    assert f"for the merge request: {folder}/comment.md, diff.md, diff.json" in lines
    assert lines[-1].startswith("FAILED  exit code 1; the comparison fails: new; target: ")
    (changed,) = json.loads((folder / "diff.json").read_text())["changes"]
    assert (changed["change"], changed["rule"]) == ("new", "CART-02")
    comment = (folder / "comment.md").read_text()
    assert comment.startswith((folder / "diff.md").read_text())
    assert comment.endswith((folder / "report.md").read_text())


def test_a_comparison_can_fail_a_run_that_passed(
    good: Path, tmp_path: Path, capsys: Output
) -> None:
    """What was no longer tested fails it only where that is asked for; then a second try as well,
    since the first one is no good run."""
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    against = ("--against", tmp_path)
    lost = ("--phase", "lost", "--fail-on", "lost-coverage")
    written = tmp_path / "ci.json"
    for name in ("2", "3"):
        assert ci(tmp_path / name, *against, *lost, "--json", written, requests=300) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[-1].startswith("FAILED  exit code 1; the comparison fails: lost-coverage; ")
        stored = json.loads((tmp_path / name / "diff.json").read_text())
        assert stored["lost_coverage"]
        assert (stored["old"], stored["fails_on"]) == (str(tmp_path / "1"), ["lost-coverage"])
        job = json.loads(written.read_text())
        assert (job["outcome"], job["summary"]["outcome"]) == ("failed", "passed")
        assert job["files"] == ["comment.md", "diff.md", "diff.json"]
        assert job["comparison"] == stored
    assert ci(tmp_path / "4", *against, *lost[:2], requests=300) == 0
    assert json.loads((tmp_path / "4" / "diff.json").read_text())["fails_on"] == []


def test_worse_exit_codes_stay() -> None:
    """A comparison says nothing where the run itself proves nothing."""
    assert {
        ExitCode.BAD_USAGE,
        ExitCode.TARGET,
        ExitCode.INTERNAL,
        ExitCode.INCONCLUSIVE,
        ExitCode.INTERRUPTED,
    }.isdisjoint(_BEATEN_BY_A_CHANGE)


def test_a_known_discrepancy_passes(good: Path, tmp_path: Path) -> None:
    """With a baseline that lists it, and with --fail-on new."""
    assert ci(tmp_path / "2", *FAULT) == 1
    (one,) = json.loads((tmp_path / "2" / "summary.json").read_text())["discrepancies"]
    baseline = tmp_path / "baseline.toml"
    baseline.write_text(f'"{one["signature"]}" = "SHOP-1: later"\n', "utf-8")
    options = ("--baseline", baseline, "--against", good, "--fail-on", "new")
    assert ci(tmp_path / "3", *FAULT, *options) == 0


@pytest.mark.parametrize("named", [".", "summary.json"])
def test_the_folder_of_the_earlier_run_may_be_the_report_folder(
    good: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """A workspace that keeps the last report: it is read before it is replaced.

    Its record is not looked up, since it is that of the newer run by then.
    """

    def fail(*_: object) -> None:
        raise AssertionError("the record of the earlier run has been replaced")

    monkeypatch.setattr("cartfuzz.cli.ci.looked_up", fail)
    folder = tmp_path / "report"
    shutil.copytree(good / "1", folder)
    against = folder / named
    assert ci(folder, *FAULT, "--against", against, "--fail-on", "new") == 1
    assert f"compared with {against}: 1 new, worse" in capsys.readouterr().out


def test_the_comparison_is_in_the_summary_of_the_step(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a GitHub job, beside the report of the run."""
    steps = tmp_path / "steps.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(steps))
    assert ci(tmp_path / "r", "--against", good, requests=300) == 0
    assert (tmp_path / "r" / "diff.md").read_text("utf-8").strip() in steps.read_text("utf-8")


def test_the_report_of_an_earlier_run_does_not_stay(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job whose target never answers must not hand in another's; options come first."""
    shutil.copytree(good / "1", tmp_path, dirs_exist_ok=True)
    (tmp_path / "diff.md").touch()
    before = files(tmp_path)
    given = ["ci", "http://127.0.0.1:1", "--report-dir", str(tmp_path)]
    monkeypatch.setenv("CARTFUZZ_API_KEY", "k" * 40)
    assert main([*given, "--baseline", "missing.toml"]) == 2
    assert files(tmp_path) == before
    assert main(given) == 3
    assert files(tmp_path) == {"events.ndjson"}


def test_an_earlier_report_is_no_comment(good: Path, tmp_path: Path) -> None:
    """There is a comment only where Markdown was asked for."""
    shutil.copytree(good / "1", tmp_path, dirs_exist_ok=True)
    bounds = ("--sandbox", "--requests", "50", "--phase", "edges", "--report", "sarif")
    assert main(["ci", *bounds, "--report-dir", str(tmp_path)]) in (0, 5)
    assert files(tmp_path) == {"report.sarif", "junit.xml", "summary.json", "events.ndjson"}


def test_a_report_folder_that_is_a_file_is_bad_usage(tmp_path: Path, capsys: Output) -> None:
    """With what was expected."""
    (tmp_path / "file").touch()
    assert main(["ci", "--sandbox", "--report-dir", str(tmp_path / "file")]) == 2
    assert "--report-dir: expected a folder that can be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--fail-on", "new"), "--fail-on: expected --against DIR as well, found none"),
        (("--report", "pdf"), "--report: expected some of html"),
        (("--against", "{file}"), "expected the summary of a run"),
        (("--against", ""), "expected a path, found an empty text"),
        (("--report-dir", ""), "expected a path, found an empty text"),
        (("--baseline", "missing.toml"), "missing.toml"),
    ],
)
def test_bad_usage_ends_before_anything_is_sent(
    tmp_path: Path, capsys: Output, options: tuple[str, ...], expected: str
) -> None:
    """With one line."""
    file = tmp_path / "summary.json"
    file.write_text("{}", "utf-8")
    given = [one.format(file=file) for one in options]
    assert main(["ci", "--sandbox", "--report-dir", str(tmp_path / "r"), *given]) == 2
    assert expected in capsys.readouterr().err
    assert not (tmp_path / "r" / "events.ndjson").exists()


def test_both_pages(good: Path, tmp_path: Path, capsys: Output) -> None:
    """Without --report there is HTML of the run and of the comparison."""
    given = ("--sandbox", "--requests", "300", "--report-dir", tmp_path, "--against", good)
    assert main(["ci", *map(str, given)]) == 0
    line = f"for the merge request: {tmp_path}/comment.md, diff.html, diff.md, diff.json"
    assert line in capsys.readouterr().out.splitlines()
    for name in ("report.html", "diff.html"):
        assert (tmp_path / name).read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "report.sarif").is_file()


def test_without_the_extra_there_is_no_page(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says what to install; the run goes on."""
    monkeypatch.setitem(sys.modules, "cartfuzz.reports.html", None)
    bounds = ("--sandbox", "--requests", "50", "--phase", "edges", "--report-dir", str(tmp_path))
    assert main(["ci", *bounds]) in (0, 5)
    assert "pip install 'cartfuzz[html]'" in capsys.readouterr().out.splitlines()[0]
    assert (tmp_path / "comment.md").is_file()
    assert not (tmp_path / "report.html").exists()
