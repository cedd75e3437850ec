"""Reports over hostile and ordinary runs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cartfuzz.analysis import Summary, summarise
from cartfuzz.contract import MARK, ContractVersion, Level, RuleLevel, Scenario, Update, catalogue
from cartfuzz.record import RunFinished, StopReason
from cartfuzz.reports import print_summary, write_junit, write_summary
from cartfuzz.reports.plain import plain

from ..record.events import discrepancy, scenario_run, started

HOSTILE = "\x1b[31m\x00\ud800\u202e]]><script>&[red]{{x}}\r\n"
any_text = st.text(st.characters())


def summary_of(text: str = "", **start: Any) -> Summary:
    """A run with one discrepancy, and ``text`` wherever a target's text can stand."""
    found = msgspec.structs.replace(
        discrepancy("CART-02", step=0), expected=text, found=text, title=f"update: {text}"
    )
    body = {"customerSession": {"profileId": text, "identifiers": [text] * 5}}
    scenario = Scenario(title=text, sessions=(text + MARK,), steps=(Update(body=body),))
    run = scenario_run(
        0, title=text, scenario=scenario, discrepancies=(found,), inconclusive=(text,)
    )
    return summarise(
        [started(**start), run, RunFinished(seconds=1.0, reason=StopReason.COMPLETED, detail=text)]
    )


def printed(summary: Summary, *, verbosity: int = 0, terminal: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=200, force_terminal=terminal, color_system=None, highlight=False
    )
    print_summary(summary, console, verbosity=verbosity)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@given(any_text)
def test_a_terminal_is_never_given_orders(text: str) -> None:
    """Whatever a target sent, nothing but printable characters and line feeds comes out."""
    output = printed(summary_of(text))
    assert all(char.isprintable() or char == "\n" for char in output)
    assert "CART-02" in output


@given(any_text)
def test_plain_text_is_one_printable_line(text: str) -> None:
    """`plain` leaves printable text alone and makes all else visible."""
    shown = plain(text)
    assert shown.isprintable()
    if text.isprintable() and len(text) <= 600:
        assert shown == text


def test_markup_is_shown_as_it_is() -> None:
    """A target cannot colour or hide lines with the terminal library's markup."""
    assert "[red]evil[/red]" in printed(summary_of("[red]evil[/red]"))


@given(any_text)
def test_junit_is_always_xml(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a target sent, the file parses, and the failure holds what can be held."""
    path = tmp_path_factory.mktemp("junit") / "junit.xml"
    write_junit(summary_of(text), path)
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    assert [case.get("name", "")[:7] for case in root.iter("testcase") if len(case)].count(
        "CART-02"
    ) == 1


def test_junit_is_a_checklist_of_the_contract(tmp_path: Path) -> None:
    """One case a rule: failed, passed, or skipped with the reason; counts add up."""
    levels = {"CART-07": RuleLevel(level=Level.OBSERVE, reason="known bug")}
    path = tmp_path / "junit.xml"
    write_junit(summary_of("x", rule_levels=levels), path)
    suite = next(ET.parse(path).getroot().iter("testsuite"))  # noqa: S314 - our own file
    cases = {case.get("name", "").split()[0]: case for case in suite}
    assert list(cases) == list(catalogue(ContractVersion.V2_5_1))
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == "1"
    failure = cases["CART-02"].find("failure")
    assert failure is not None
    assert "expected: x" in (failure.text or "")
    assert len(cases["STATE-01"]) == 0
    reasons = {name: case.find("skipped") for name, case in cases.items()}
    assert "known bug" in (_message(reasons["CART-07"]))
    assert "silent" in _message(reasons["STATE-U1"])
    assert "not put to the test" in _message(reasons["CART-03"])
    assert suite.get("skipped") == str(sum(reason is not None for reason in reasons.values()))


def _message(element: ET.Element | None) -> str:
    assert element is not None
    return element.get("message", "")


def test_a_rule_outside_the_catalogue_is_not_lost(tmp_path: Path) -> None:
    """A discrepancy of a rule that the catalogue lacks is still a failure."""
    run = scenario_run(0, discrepancies=(discrepancy("NEW-99"),))
    path = tmp_path / "junit.xml"
    write_junit(summarise([started(), run]), path)
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    failed = [
        case.get("name") for case in root.iter("testcase") if case.find("failure") is not None
    ]
    assert failed == ["NEW-99"]


@given(any_text)
def test_summary_json_is_json(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The file is JSON with every text in it unharmed, and no other file is left beside it."""
    folder = tmp_path_factory.mktemp("summary")
    write_summary(summary_of(text), folder / "summary.json")
    read = json.loads((folder / "summary.json").read_text("utf-8"))
    assert read["discrepancies"][0]["found"] == text
    assert [path.name for path in folder.iterdir()] == ["summary.json"]


def test_the_terminal_tells_what_matters() -> None:
    """Rule, statement, expectation, finding, operations, counts and the verdict."""
    output = printed(summary_of("odd"))
    assert catalogue(ContractVersion.V2_5_1)["CART-02"].statement in output
    assert "expected  odd" in output
    assert f"1. update odd{MARK}" in output
    assert "identifiers: [5 members]" in output
    assert "not judged: 1 x odd" in output
    assert "FAILED  1 discrepancy" in output


def test_quiet_is_short() -> None:
    """With -q only discrepancies and the verdict are printed."""
    output = printed(summary_of("odd"), verbosity=-1)
    assert "FAILED" in output
    assert "scenarios" not in output


def test_an_inconclusive_run_says_what_was_not_reached() -> None:
    """Green and empty is not green: the endpoints that accepted nothing are named."""
    summary = summarise([started(), scenario_run(0, reached={"endpoint get": 1})])
    assert "INCONCLUSIVE  nothing was ever accepted by: update, return" in printed(summary)


def test_lowered_rules_are_shown_with_their_reason() -> None:
    """A rule that the configuration turned into an observation is never forgotten."""
    levels = {"CART-02": RuleLevel(level=Level.OBSERVE, reason="raised limit")}
    assert "CART-02 is only observed here: raised limit" in printed(
        summary_of("x", rule_levels=levels)
    )
