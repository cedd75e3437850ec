"""Reports of runs without a verdict, on poor consoles and full disks."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from cartfuzz.analysis import Summary, summarise
from cartfuzz.contract import ContractVersion, catalogue
from cartfuzz.record import Event, RunFinished, StopReason
from cartfuzz.reports import print_summary, write_junit, write_summary

from ..record.events import discrepancy, scenario_run, started

FLOOR = {"endpoint update": 1, "endpoint get": 1, "endpoint return": 1}


def ended(reason: StopReason, detail: str = "", **run: object) -> Summary:
    events: list[Event] = [
        started(),
        scenario_run(0, **{"reached": FLOOR, **run}),
        RunFinished(seconds=1.0, reason=reason, detail=detail),
    ]
    return summarise(events)


def suite_of(summary: Summary, folder: Path) -> ET.Element:
    path = folder / "junit.xml"
    write_junit(summary, path)
    return next(ET.parse(path).getroot().iter("testsuite"))  # noqa: S314 - our own file


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        (ended(StopReason.TARGET_LOST, "connection refused"), "connection refused"),
        (ended(StopReason.FAILED, "KeyError: 'x'"), "KeyError"),
        (ended(StopReason.COMPLETED, reached={}), "update, get, return"),
    ],
)
def test_a_run_without_a_verdict_is_an_error_in_junit(
    tmp_path: Path, summary: Summary, message: str
) -> None:
    """A list of skipped rules alone would look green: the run itself is a case that errs."""
    suite = suite_of(summary, tmp_path)
    assert suite.get("errors") == "1"
    assert suite.get("tests") == str(len(catalogue(ContractVersion.V2_5_1)) + 1)
    (error,) = suite.iter("error")
    assert message in error.get("message", "")


@pytest.mark.parametrize("reason", [StopReason.COMPLETED, StopReason.INTERRUPTED])
def test_a_run_with_a_verdict_adds_no_case(tmp_path: Path, reason: StopReason) -> None:
    """One case a rule and no error, where the floor was reached."""
    suite = suite_of(ended(reason), tmp_path)
    assert suite.get("errors") == "0"
    assert len(suite) == len(catalogue(ContractVersion.V2_5_1))


def test_an_ascii_console_gets_escapes() -> None:
    """A console that cannot show a text gets its escapes, and the report goes on to its end."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    summary = ended(
        StopReason.COMPLETED, discrepancies=(discrepancy("CART-02", outcome="\u65e5\u672c"),)
    )
    print_summary(summary, Console(file=stream, width=200, highlight=False))
    stream.flush()
    text = raw.getvalue().decode("ascii")
    assert r"\u65e5\u672c" in text
    assert text.rstrip().endswith("FAILED  1 discrepancy")


def test_a_failed_write_leaves_the_old_summary(tmp_path: Path) -> None:
    """Where the file cannot be replaced, what was there stays, and nothing is left beside it."""
    path = tmp_path / "summary.json"
    path.mkdir()
    with pytest.raises(OSError, match=r"summary\.json"):
        write_summary(ended(StopReason.COMPLETED), path)
    assert [member.name for member in tmp_path.iterdir()] == ["summary.json"]
    assert path.is_dir()
