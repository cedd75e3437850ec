"""Ends the tests that need a target which cannot be tested: one with an error, all others skipped.

One dead target is one error, however many tests and processes need it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from .shared_records import claim_report

NO_TARGET = (
    "no target was named: add --cartfuzz-url URL, or --cartfuzz-sandbox for the embedded sandbox"
)


def end_without_target(shared: Path, test: str, problem: str) -> NoReturn:
    """Ends the test that is running.

    Args:
        shared: the folder that all processes of the run share.
        test: the ID of the test. One that reports the problem reports it again when it is rerun.
        problem: why no request can be sent.

    Raises:
        pytest.fail.Exception: nobody has reported the problem before.
        pytest.skip.Exception: another test has.
    """
    if claim_report(shared, test):
        pytest.fail(f"cartfuzz: {problem}", pytrace=False)
    pytest.skip(f"cartfuzz: {problem.partition('; ')[0]} (one other test reports it)")
