"""The outcome of a run, in one word."""

from __future__ import annotations

from enum import StrEnum


class RunOutcome(StrEnum):
    """What a run came to. Whatever was found counts first."""

    PASSED = "passed"
    FAILED = "failed"
    """Discrepancies were found."""
    FLAKY = "flaky"
    """Discrepancies were found, but none that shows every time."""
    INCONCLUSIVE = "inconclusive"
    """Some operation of the contract version never accepted anything."""
    INTERRUPTED = "interrupted"
    """The user stopped the run before anything was found."""
    TARGET_LOST = "target lost"
    """The target gave no usable answers any more."""
    BROKEN = "broken"
    """Cartfuzz itself failed."""
