"""The last line of the section and the report folder: the verdict in the command line's words."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import msgspec
import pytest

from cartfuzz.analysis import read_summary
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment
from cartfuzz.sandbox import start

from ..harness.transport.scripted_server import answering, scripted_server
from .runs import FAULT, outcomes, run_pytest, run_suite

JSON = b"Content-Type: application/json\r\n"
REFUSAL = b'{"message":"no such tenant","errors":[{"title":"no such tenant"}]}'
FAULTY = ("--cartfuzz-sandbox-fault", FAULT, "-k", "STATE-08")
REPORT = ("--cartfuzz-report-dir", "out")
STOPPED = """
def test_update(cartfuzz_client):
    assert cartfuzz_client.open().update({}).accepted

def test_stop():
    raise KeyboardInterrupt
"""


def run_in_report(pytester: pytest.Pytester) -> list[str]:
    """The texts of the run's own test case in ``out/junit.xml``; empty: it has none."""
    tree = ET.parse(pytester.path / "out" / "junit.xml").getroot()  # noqa: S314 - ours
    return [error.get("message", "") for error in tree.iter("error")]


def word_in_report(pytester: pytest.Pytester) -> str:
    """The outcome that ``out/summary.json`` holds."""
    return read_summary(pytester.path / "out" / "summary.json").outcome.word


def test_a_selection_passes_for_what_it_needs(pytester: pytest.Pytester) -> None:
    """A rule whose scenarios are refused, without a return: no operation was asked to accept."""
    result = run_suite(pytester, "-k", "STATE-03", *REPORT)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["cartfuzz: PASSED  no discrepancy; the chosen tests need *% of the sweeps; target: *"]
    )
    assert word_in_report(pytester) == "PASSED"
    assert run_in_report(pytester) == []


def test_a_report_that_cannot_be_written_is_a_line(pytester: pytest.Pytester) -> None:
    """It names the file, and changes no outcome."""
    pytester.mkdir("out").joinpath("report.har").mkdir()
    result = run_suite(pytester, "-k", "STATE-03", *REPORT, "--cartfuzz-report", "har")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["report: */out/report.har cannot be written: Is a directory"])


def test_a_discrepancy_fails_unless_it_is_known(pytester: pytest.Pytester) -> None:
    """The baseline decides in pytest, in the last line and in the report alike."""
    result = run_suite(pytester, *FAULTY, *REPORT)
    result.stdout.fnmatch_lines(["cartfuzz: FAILED  1 discrepancy; *"])
    (bug,) = read_summary(pytester.path / "out" / "summary.json").discrepancies
    pytester.path.joinpath("known.toml").write_text(f'"{bug.signature}" = "SHOP-1"', "utf-8")
    known = run_suite(pytester, *FAULTY, *REPORT, "--cartfuzz-baseline", "known.toml")
    assert known.ret == 0
    known.stdout.fnmatch_lines(
        [f"known failure: {bug.signature}, SHOP-1", "cartfuzz: PASSED  no discrepancy; *"]
    )
    assert word_in_report(pytester) == "PASSED"


def test_a_target_that_accepts_nothing_is_one_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule is blamed, no test passes, and the report has no verdict but the reason."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "key-of-the-shop")
    with scripted_server(answering(400, REFUSAL, headers=JSON)) as server:
        target = ("--cartfuzz-url", server.url)
        result = run_suite(pytester, *target, "-k", "CART-0", "-n", "2", *REPORT)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    found = Counter(outcomes(result).values())
    assert set(found) == {"ERROR", "SKIPPED"}
    assert found["ERROR"] == 1
    refusals = [line for line in result.outlines if "accepted no update, so no rule" in line]
    # The short summary of pytest repeats an error, and cuts it unless it runs in CI.
    assert len([line for line in refusals if line.startswith("cartfuzz: ")]) == 1
    result.stdout.fnmatch_lines(["cartfuzz: INCONCLUSIVE  nothing was ever accepted by: update; *"])
    assert word_in_report(pytester) == "INCONCLUSIVE"
    (reason,) = run_in_report(pytester)
    assert reason.startswith("INCONCLUSIVE: nothing was ever accepted by: update; ")
    assert not (pytester.path / "out" / "discrepancies").exists()


def test_a_refused_declaration_is_one_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line before anything else is sent: what is refused, and the key to correct."""
    number = {**EXAMPLE_ENVIRONMENT.session_attributes, "giftScore": {"type": "number"}}
    text = '[environment.session_attributes]\ngiftScore = "string"\n'
    pytester.path.joinpath("cartfuzz.toml").write_text(text, "utf-8")
    with start(msgspec.structs.replace(Environment(), session_attributes=number)) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        target = ("--cartfuzz-url", sandbox.url, "--cartfuzz-config", "cartfuzz.toml")
        result = run_suite(pytester, *target, "-k", "CART-0")
    found = Counter(outcomes(result).values())
    assert set(found) == {"ERROR", "SKIPPED"}
    assert found["ERROR"] == 1
    (line,) = [line for line in result.outlines if line.startswith("cartfuzz: the target refuses")]
    assert "the declared session attribute giftScore: 400 " in line
    assert "correct environment.session_attributes.giftScore in the configuration" in line


def test_an_interrupted_run_is_interrupted(pytester: pytest.Pytester) -> None:
    """Ctrl-C while tests run: what was found until then proves nothing of the rest."""
    pytester.makepyfile(STOPPED)
    result = run_pytest(pytester, "--cartfuzz-sandbox", *REPORT)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["cartfuzz: INTERRUPTED  no discrepancy; interrupted after *"])
    assert word_in_report(pytester) == "INTERRUPTED"


def test_the_report_has_the_formats_that_were_asked_for(pytester: pytest.Pytester) -> None:
    """Besides its usual files, in the same folder."""
    formats = ("--cartfuzz-report", "markdown,sarif,har")
    run_suite(pytester, *REPORT, *formats, "-k", "CART-07", "--cartfuzz-explore", "0")
    written = {path.name for path in (pytester.path / "out").iterdir()}
    assert {"report.md", "report.sarif", "report.har", "summary.json", "junit.xml"} <= written
