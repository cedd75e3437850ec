"""The numbers of tries, and the odds that they were chosen by."""

from __future__ import annotations

from itertools import product
from math import isclose

import pytest

from cartfuzz.analysis import flakiness
from cartfuzz.analysis.flakiness import (
    ARTEFACT_BURST_TRIES,
    ARTEFACT_CUT_TRIES,
    BURST_TRIES,
    CANDIDATE_HITS,
    CANDIDATE_TRIES,
    FLAKY_TRIES,
    SIGHTING_TRIES,
    candidate_probability,
    miss_probability,
    tries_of,
)
from cartfuzz.contract import MARK, Fetch, Scenario

ODDS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
PLAIN = Scenario(title="s", sessions=(MARK,), steps=(Fetch(), Fetch()))
BURST = Scenario(title="s", sessions=(MARK,), steps=(Fetch(), Fetch()), burst=(0, 2))


def rows() -> dict[str, list[float]]:
    """The table in the module's documentation."""
    lines = (flakiness.__doc__ or "").splitlines()
    cells = [
        line.rsplit(maxsplit=len(ODDS)) for line in lines if line.endswith(tuple("0123456789"))
    ]
    return {row[0].strip(): [float(cell) for cell in row[1:]] for row in cells if "=" not in row[1]}


@pytest.mark.parametrize(
    "tries", [SIGHTING_TRIES, BURST_TRIES, ARTEFACT_CUT_TRIES, FLAKY_TRIES, ARTEFACT_BURST_TRIES]
)
def test_the_table_holds_for_each_number_of_tries(tries: int) -> None:
    """Each number in use has a row, and the row is what the formula gives."""
    row = rows()[f"{tries} executions"]
    for shown, p in zip(row, ODDS, strict=True):
        assert isclose(shown, miss_probability(p, tries), abs_tol=0.0005 + 1e-9)


def test_the_table_holds_for_candidates() -> None:
    """The last row is the probability that a candidate is dropped."""
    for shown, p in zip(rows()["2 of 3"], ODDS, strict=True):
        assert isclose(shown, 1 - candidate_probability(p), abs_tol=0.0005 + 1e-9)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_the_formulas_count_all_outcomes(p: float) -> None:
    """They agree with a sum over all outcomes of three executions."""
    passed = missed = 0.0
    for shown in product((True, False), repeat=CANDIDATE_TRIES):
        weight = 1.0
        for one in shown:
            weight *= p if one else 1 - p
        passed += weight * (sum(shown) >= CANDIDATE_HITS)
        missed += weight * (not any(shown))
    assert isclose(passed, candidate_probability(p), abs_tol=1e-12)
    assert isclose(missed, miss_probability(p, CANDIDATE_TRIES), abs_tol=1e-12)


def test_only_bursts_are_tried_more_than_once() -> None:
    """Without concurrency one execution decides."""
    assert (tries_of(PLAIN), tries_of(BURST)) == (1, BURST_TRIES)
