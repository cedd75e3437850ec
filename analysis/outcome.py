"""The exit code of a run."""

from __future__ import annotations

from enum import IntEnum

from .summary import Summary


class ExitCode(IntEnum):
    """What the command line ends with."""

    NOTHING_FOUND = 0
    DISCREPANCIES = 1
    BAD_USAGE = 2
    TARGET = 3
    """Unreachable, lost, or it refused the credentials."""
    INTERNAL = 4
    FLAKY = 6
    """Discrepancies were seen, but none of them every time."""
    INCONCLUSIVE = 5
    """The floor was not reached: an endpoint never accepted anything."""


_CODES = {
    "failed": ExitCode.DISCREPANCIES,
    "flaky": ExitCode.FLAKY,
    "broken": ExitCode.INTERNAL,
    "target lost": ExitCode.TARGET,
    "inconclusive": ExitCode.INCONCLUSIVE,
    "interrupted": ExitCode.NOTHING_FOUND,
    "passed": ExitCode.NOTHING_FOUND,
}


def exit_code(summary: Summary) -> ExitCode:
    """The exit code for a run with this summary: whatever was found counts first."""
    return _CODES[summary.outcome]
