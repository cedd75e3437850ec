"""Baselines of version 0.1.0 know the failures that they knew."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.analysis import summarise
from cartfuzz.pytest_plugin.baseline import read_baseline, rule_of, ticket_of

from ..pytest_plugin.runs import outcomes, run_suite
from .format_0_1 import EXPECTED, FOLDER, RUNS, events_of, summary_file, summary_signatures

BASELINE = FOLDER / "known.toml"


def texts_in(path: Path) -> dict[str, str]:
    """Signature to ticket and reason of a baseline."""
    return {signature: known.text for signature, known in read_baseline(path).items()}


@pytest.mark.parametrize("run", RUNS)
def test_a_baseline_knows_what_runs_found(run: str) -> None:
    """Each entry of the record, folded anew, has its ticket in the baseline."""
    known = texts_in(BASELINE)
    for entry in summarise(events_of(run)).discrepancies:
        assert (ticket_of(entry, known) or "").startswith("SHOP-")
        assert rule_of(entry.signature) == entry.rule


@pytest.mark.parametrize("run", RUNS)
def test_a_summary_is_a_baseline(run: str) -> None:
    """The stored ``summary.json`` of a run knows all that the run found, symptoms included."""
    known = texts_in(summary_file(run))
    assert set(known) == summary_signatures(run)
    for entry in summarise(events_of(run)).discrepancies:
        assert ticket_of(entry, known) == entry.title


def test_a_comparison_is_a_baseline() -> None:
    """The stored comparison of two runs knows all that is neither new nor fixed."""
    assert texts_in(FOLDER / "diff.json") == EXPECTED["diff_baseline"]


def test_a_known_failure_is_expected_by_the_suite(pytester: pytest.Pytester) -> None:
    """A run of today shows a signature of the old baseline: its test is an expected failure."""
    result = run_suite(
        pytester,
        *("--cartfuzz-sandbox-fault", "opens-cancelled-sessions", "-k", "STATE-08", "-rx"),
        *("--cartfuzz-baseline", str(BASELINE)),
    )
    assert outcomes(result) == {"test_rule[2.5.1-STATE-08]": "XFAIL"}
    result.stdout.fnmatch_lines(["XFAIL *SHOP-7: *"])
