"""Completes pytest's reports of failed tests: a reason in one line, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

_TITLE = "cartfuzz conversation"


class RuleBrokenError(pytest.fail.Exception):  # type: ignore[name-defined,misc]  # has no type
    """A test of the suite fails, without a traceback.

    Attributes:
        reason: the text in one line.
    """

    def __init__(self, text: str, *, reason: str) -> None:
        super().__init__(text, pytrace=False)
        self.reason = reason


def set_reason(report: pytest.TestReport, reason: str) -> None:
    """Makes ``reason`` what the short summary and the JUnit file give for the failure.

    Without it the name of the exception's class takes the place, and on a CI system the short
    summary repeats the whole text.
    """
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = reason


def add_conversation(report: pytest.TestReport, lines: Sequence[str]) -> None:
    """Shows what the test had sent, and what was answered, below its traceback."""
    if lines:
        report.sections.append((_TITLE, "\n".join(lines)))


def make_skipped(report: pytest.TestReport, reason: str) -> None:
    """Turns a failure into a skip, because another test reports its cause."""
    path, line, _ = report.location
    report.outcome = "skipped"
    report.longrepr = (path, line or 0, f"Skipped: {reason}")
