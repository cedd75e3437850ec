"""Runs pytest, and in it the ready-made suite, in a process of its own."""

from __future__ import annotations

import sys

import pytest

SUITE = "cartfuzz.suite"
_TIMEOUT_SEC = 600
"""A hung process must end some day; a busy machine must not end one that works."""
FAULT = "closes-cancelled-sessions"
"""A fault that breaks STATE-08 and, in its dry form, DRY-02."""
CELL = "test_cell[2.5.1-cancelled-update_to_closed]"


def run_suite(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """The suite in a subprocess, since workers, marks and profiles are per process."""
    return run_tests(pytester, "--pyargs", SUITE, *args)


def run_tests(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """Pytest in a subprocess, in the folder of ``pytester``; the sandbox unless a URL is given."""
    target = () if "--cartfuzz-url" in args else ("--cartfuzz-sandbox",)
    return run_pytest(pytester, "-v", "--no-header", *target, *args)


def run_pytest(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """Pytest in a subprocess with no options but ``args``."""
    return pytester.run(
        sys.executable, "-m", "pytest", "-p", "no:randomly", *args, timeout=_TIMEOUT_SEC
    )


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """Each test's short name to its outcome in pytest's word."""
    words = ("PASSED", "FAILED", "SKIPPED", "XFAIL", "ERROR")
    found: dict[str, str] = {}
    for line in result.outlines:
        if "::" not in line or " - " in line:
            continue
        word = next((word for word in words if f" {word} " in f" {line} "), "")
        if word:
            found[line.partition("::")[2].split(" ")[0]] = word
    return found
