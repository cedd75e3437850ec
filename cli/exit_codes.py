"""The exit codes of the command line, and which error ends with which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from ..analysis.outcome import RunOutcome
from ..contract.errors import CartfuzzError, UsageError
from ..harness.errors import TargetError, WorkerFailedError


class ExitCode(IntEnum):
    """What a command ends with."""

    NOTHING_FOUND = 0
    """Also a replay of which nothing is left."""
    DISCREPANCIES = 1
    """A run found discrepancies, a replay showed one again, a comparison has a change that
    ``--fail-on`` names."""
    BAD_USAGE = 2
    """An option, a file, a corpus, a cluster or the sandbox's address cannot be used."""
    TARGET = 3
    """The target is unreachable, was lost, or refused the credentials."""
    INTERNAL = 4
    """A fault of Cartfuzz itself."""
    INCONCLUSIVE = 5
    """Some operation never accepted anything, or a replay could not be judged."""
    FLAKY = 6
    """Discrepancies were seen, but none of them every time."""
    DIFFERENT = 7
    """A replay showed another discrepancy than the stored one."""
    PARTIAL = 8
    """Nothing was found, but the run ended before its sweeps were through."""
    REPORT_NOT_WRITTEN = 9
    """A run could not write its record or its report: the disk is full, or the folder is gone. What
    it found is printed, whole."""
    INTERRUPTED = 130
    """Ctrl-C or another signal ended the run before anything was found, or the command at once:
    128 + SIGINT, as shells have it."""


EXIT_CODES: Mapping[RunOutcome, ExitCode] = {
    RunOutcome.PASSED: ExitCode.NOTHING_FOUND,
    RunOutcome.TARGET_LOST: ExitCode.TARGET,
    RunOutcome.FAILED: ExitCode.DISCREPANCIES,
    RunOutcome.FLAKY: ExitCode.FLAKY,
    RunOutcome.BROKEN: ExitCode.INTERNAL,
    RunOutcome.INTERRUPTED: ExitCode.INTERRUPTED,
    RunOutcome.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    RunOutcome.PARTIAL: ExitCode.PARTIAL,
}
"""What a run with this outcome ends with."""


_BY_ERROR: Mapping[type[CartfuzzError], ExitCode] = {
    UsageError: ExitCode.BAD_USAGE,
    TargetError: ExitCode.TARGET,
    WorkerFailedError: ExitCode.INTERNAL,
}


def exit_code_of(error: CartfuzzError) -> ExitCode:
    """The exit code of a command that ends with ``error``."""
    for kind, code in _BY_ERROR.items():
        if isinstance(error, kind):
            return code
    return ExitCode.INTERNAL
