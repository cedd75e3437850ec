"""The result of a comparison of two targets: what reports are made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ...contract import ContractVersion, Scenario
from ...record.format_version import FORMAT
from .differences import Difference, ShownDifference


class Standing(StrEnum):
    """What is known of a difference."""

    CONFIRMED = "confirmed"
    """Each execution afresh showed it."""
    FLAKY = "flaky"
    """Some executions did not show it."""
    UNSTEADY = "unsteady"
    """The old target itself gives this part another value in each execution."""
    NOT_CONFIRMED = "not confirmed"
    """There was no time to execute it again."""


class Verdict(StrEnum):
    """What a comparison came to; the first one that holds, with `NO_DIFFERENCE` last."""

    TARGET_LOST = "target lost"
    DIFFERENCES = "differences"
    INTERRUPTED = "interrupted"
    FLAKY = "flaky only"
    INCONCLUSIVE = "inconclusive"
    """One of the targets accepted no write, so that little was compared."""
    PARTIAL = "partial"
    """No difference, but the comparison ended before its sweeps were through."""
    NO_DIFFERENCE = "no difference"

    @property
    def word(self) -> str:
        """As reports write it."""
        return self.value.upper()


class ComparedTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two targets."""

    url: str
    requests: int
    accepted_writes: int = 0


class ComparedStep(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a smallest scenario, with both answers."""

    step: int
    method: str
    target: str
    body: str = ""
    """As sent, with the placeholder in the place of the mark; shortened."""
    old_status: int | None
    new_status: int | None
    old: str = ""
    """The body of the answer, shortened; without an answer, why there is none."""
    new: str = ""
    differences: tuple[ShownDifference, ...] = ()
    """The first ones."""
    marked: tuple[str, ...] = ()
    """The lines around what differs, see `marked_lines`; of the whole answers."""


class DifferenceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One difference with all that is known of it."""

    signature: str
    title: str
    difference: Difference
    standing: Standing
    scenarios: int
    """How many scenarios showed it."""
    shown: int = 0
    """In how many of the confirmations it showed."""
    confirmations: int = 0
    is_minimal: bool = False
    """Whether the search for the smallest scenario came to its end."""
    scenario: Scenario
    steps: tuple[ComparedStep, ...] = ()
    cause: str
    """The signature of the first difference with the same cause; its own where that is itself."""


class SideBySide(msgspec.Struct, frozen=True, kw_only=True):
    """A whole comparison."""

    run: str
    """The run's part of all session IDs, on both targets."""
    old: ComparedTarget
    new: ComparedTarget
    contract: ContractVersion
    seed: int
    started: str
    """RFC 3339, UTC."""
    seconds: float
    scenarios: int
    steps: int
    """Compared answers, in pairs."""
    sweeps: Mapping[str, int]
    """By phase, how many scenarios its sweep holds."""
    swept: Mapping[str, int]
    """By phase, how many of them were sent or left out."""
    not_compared: Mapping[str, int] = {}
    """By reason, how many scenarios or answers."""
    settled_reads: int = 0
    """Reads that differed, and agreed when they were repeated."""
    ignored: tuple[str, ...] = ()
    further_signatures: int = 0
    """Beyond what was kept; at most 10,000 are counted."""
    lost: str = ""
    """Which target gave no usable answers any more, and why; empty: none."""
    is_interrupted: bool = False
    allow_partial: bool = False
    """Whether the user asked for less than whole sweeps."""
    entries: tuple[DifferenceEntry, ...] = ()
    format_version: int = msgspec.field(name="format", default=FORMAT)
    """`FORMAT` of the Cartfuzz that made the comparison; ``format`` in JSON."""

    def of(self, *standings: Standing) -> tuple[DifferenceEntry, ...]:
        """The entries with these standings."""
        return tuple(one for one in self.entries if one.standing in standings)

    @property
    def causes(self) -> tuple[tuple[DifferenceEntry, ...], ...]:
        """The differences that count, grouped by cause; the first of each has the title."""
        counted = self.of(Standing.CONFIRMED, Standing.NOT_CONFIRMED)
        return tuple(
            (one, *(other for other in counted if other.cause == one.signature and other != one))
            for one in counted
            if one.cause == one.signature
        )

    @property
    def is_cut_short(self) -> bool:
        """Whether the comparison ended before its sweeps were through."""
        return any(self.swept.get(phase, 0) < size for phase, size in self.sweeps.items())

    @property
    def verdict(self) -> Verdict:
        """What the comparison came to."""
        if self.lost:
            return Verdict.TARGET_LOST
        if self.of(Standing.CONFIRMED, Standing.NOT_CONFIRMED):
            return Verdict.DIFFERENCES
        if self.is_interrupted:
            return Verdict.INTERRUPTED
        if self.of(Standing.FLAKY):
            return Verdict.FLAKY
        if not (self.old.accepted_writes and self.new.accepted_writes):
            return Verdict.INCONCLUSIVE
        if self.is_cut_short and not self.allow_partial:
            return Verdict.PARTIAL
        return Verdict.NO_DIFFERENCE
