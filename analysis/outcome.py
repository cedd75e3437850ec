"""The outcome of a run: the one list of verdicts, whose words all reports use."""

from __future__ import annotations

from enum import StrEnum


class RunOutcome(StrEnum):
    """What a run came to; the first one that holds, in this order but with `PASSED` last.

    `cartfuzz.cli.exit_codes` gives each its exit code.
    """

    PASSED = "passed"
    """Nothing was found, and what the run was to test was tested."""
    TARGET_LOST = "target lost"
    """The target gave no usable answers any more, whatever was found until then."""
    FAILED = "failed"
    """Discrepancies were found."""
    FLAKY = "flaky only"
    """Discrepancies were found, but none that shows every time."""
    BROKEN = "internal error"
    """Cartfuzz itself failed."""
    INTERRUPTED = "interrupted"
    """The user, or a signal, stopped the run before anything was found."""
    INCONCLUSIVE = "inconclusive"
    """Too little could be judged: no update was accepted, so that no rule can be blamed; or some
    operation accepted nothing; or most requests of a writing operation could not be judged."""
    PARTIAL = "partial"
    """Nothing was found, but the run ended before its deterministic sweeps were through."""

    @property
    def word(self) -> str:
        """As reports write it: ``"TARGET LOST"``."""
        return self.value.upper()

    @classmethod
    def _missing_(cls, value: object) -> RunOutcome | None:
        """The outcome that summaries of earlier versions spell differently."""
        return {"flaky": cls.FLAKY, "broken": cls.BROKEN}.get(str(value))
