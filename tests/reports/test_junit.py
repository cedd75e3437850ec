"""``junit.xml``: valid XML, one test case for each rule, and an error for a run without verdict."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from cartfuzz.analysis import Summary, summarise
from cartfuzz.contract import ContractVersion, Level, RuleLevel, catalogue
from cartfuzz.record import Kind, StopReason
from cartfuzz.reports import write_junit
from cartfuzz.reports.junit import legal

from ..record.events import discrepancy, scenario_run, started
from .schemas_of_others import junit
from .summaries import any_text, ended, partial, summary_of, with_bug


def suite_of(summary: Summary, folder: Path) -> ET.Element:
    """The test suite that `write_junit` writes for ``summary``."""
    path = folder / "junit.xml"
    write_junit(summary, path)
    return next(ET.parse(path).getroot().iter("testsuite"))  # noqa: S314 - our own file


def message_of(element: ET.Element | None) -> str:
    """The message of a failure, an error or a skipped case, which must be there."""
    assert element is not None
    return element.get("message", "")


@settings(deadline=None)
@given(any_text)
def test_junit_is_always_xml(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a target sent, Jenkins takes the file, and the rule has a failure."""
    folder = tmp_path_factory.mktemp("junit")
    suite = suite_of(summary_of(text), folder)
    junit().validate(folder / "junit.xml")
    assert [case.get("name", "")[:7] for case in suite if len(case)].count("CART-02") == 1


@settings(deadline=None)
@given(any_text)
def test_legal_text_keeps_what_xml_can_hold(text: str) -> None:
    """Escapes replace only the characters that XML 1.0 forbids."""
    shown = legal(text)
    assert ET.fromstring(f"<x>{ET.tostring(_element(shown), 'unicode')}</x>") is not None  # noqa: S314
    if text.isprintable() and len(text) <= 20_000:
        assert shown == text


def _element(text: str) -> ET.Element:
    element = ET.Element("t")
    element.text = text
    return element


def test_junit_is_a_checklist_of_the_contract(tmp_path: Path) -> None:
    """One case a rule: failed, passed, or skipped with the reason; counts add up."""
    levels = {"CART-07": RuleLevel(level=Level.OBSERVE, reason="known bug")}
    suite = suite_of(summary_of("x", rule_levels=levels), tmp_path)
    cases = {case.get("name", "").split()[0]: case for case in suite}
    assert list(cases) == list(catalogue(ContractVersion.V2_5_1))
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == "1"
    failure = cases["CART-02"].find("failure")
    assert failure is not None
    assert "expected: x" in (failure.text or "")
    assert len(cases["STATE-01"]) == 0
    reasons = {name: case.find("skipped") for name, case in cases.items()}
    assert "known bug" in message_of(reasons["CART-07"])
    assert "silent" in message_of(reasons["STATE-U1"])
    untested = message_of(reasons["CART-03"])
    assert untested.startswith("this run did not test it; to test it, run the phases that were")
    assert suite.get("skipped") == str(sum(reason is not None for reason in reasons.values()))


def test_requests_are_shown_with_their_bodies(tmp_path: Path) -> None:
    """Enough to act on in a CI system, in lines of a bounded length."""
    run = scenario_run(0, discrepancies=(discrepancy("CART-02", step=0),))
    suite = suite_of(summarise([started(), run]), tmp_path)
    (failure,) = suite.iter("failure")
    (line,) = [line for line in (failure.text or "").splitlines() if line.startswith("  1. ")]
    assert line.startswith("  1. update ")
    assert "{" in line
    assert line.endswith(" -> 200")


def test_times_are_those_of_the_clock(tmp_path: Path) -> None:
    """The suite has the time of the run and when it began; a rule has none of its own."""
    summary = ended(StopReason.COMPLETED)
    suite = suite_of(summary, tmp_path)
    assert float(suite.get("time", "")) == pytest.approx(summary.seconds, abs=0.001)
    assert suite.get("timestamp") == summary.started
    assert not [case for case in suite if case.get("time") is not None]


def test_a_contradiction_is_called_so(tmp_path: Path) -> None:
    """Not by the value that files store for its kind."""
    suite = suite_of(with_bug(summary_of("x"), kind=Kind.CONTRADICTION), tmp_path)
    (failure,) = suite.iter("failure")
    assert failure.get("type") == "contradiction"
    assert "(contradiction, seen once)" in (failure.text or "")


def test_a_rule_outside_the_catalogue_is_not_lost(tmp_path: Path) -> None:
    """A discrepancy of a rule that the catalogue lacks is still a failure."""
    run = scenario_run(0, discrepancies=(discrepancy("NEW-99"),))
    suite = suite_of(summarise([started(), run]), tmp_path)
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["NEW-99"]


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        (ended(StopReason.TARGET_LOST, "connection refused"), "connection refused"),
        (ended(StopReason.FAILED, "KeyError: 'x'"), "KeyError"),
        (ended(StopReason.FAILED), "the reason is unknown"),
        (ended(StopReason.INTERRUPTED), "INTERRUPTED: no discrepancy; interrupted after 1 s"),
        (partial(), "PARTIAL: no discrepancy; 50% of the sweeps done"),
        (ended(StopReason.COMPLETED, reached={}), "update, get, return"),
    ],
)
def test_a_run_without_a_verdict_is_an_error_in_junit(
    tmp_path: Path, summary: Summary, message: str
) -> None:
    """A list of skipped rules alone would look green: the run itself is a case that errs."""
    suite = suite_of(summary, tmp_path)
    junit().validate(tmp_path / "junit.xml")
    assert suite.get("errors") == "1"
    assert suite.get("tests") == str(len(catalogue(ContractVersion.V2_5_1)) + 1)
    (error,) = suite.iter("error")
    assert message in message_of(error)


def test_a_run_with_a_verdict_adds_no_case(tmp_path: Path) -> None:
    """One case a rule and no error if each endpoint accepted a request."""
    suite = suite_of(ended(StopReason.COMPLETED), tmp_path)
    assert suite.get("errors") == "0"
    assert len(suite) == len(catalogue(ContractVersion.V2_5_1))


def test_what_was_not_confirmed_is_called_so(tmp_path: Path) -> None:
    """The test case of its rule fails, and does not claim that the rule is broken."""
    suite = suite_of(with_bug(summary_of("odd"), unconfirmed=True, points_at="/a"), tmp_path)
    (failure,) = suite.iter("failure")
    assert failure.get("type") == "not confirmed"
    assert "(not confirmed, seen once)" in (failure.text or "")
    assert "the target points at /a" in (failure.text or "")
