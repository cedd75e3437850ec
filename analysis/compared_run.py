"""What a comparison shows of each of its two runs."""

from __future__ import annotations

from typing import Self

import msgspec

from ..contract import ContractVersion
from ..record import SandboxOptions
from .outcome import RunOutcome
from .summary import Summary


class ComparedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One of two runs, in short."""

    name: str
    """What the comparison calls it."""
    target: str
    sandbox: SandboxOptions | None
    """The embedded sandbox that was the target; None: another target."""
    started: str
    """RFC 3339, UTC."""
    contract: ContractVersion
    cartfuzz: str
    seed: int
    scenarios: int
    requests: int
    seconds: float
    sweep_share: float | None
    """How much of its sweeps it sent, from 0 to 1; None: its record does not say how long they
    are."""
    outcome: RunOutcome
    discrepancies: int
    known: int
    """Discrepancies that its baseline lists."""

    @classmethod
    def of(cls, name: str, summary: Summary) -> Self:
        """The run with this summary."""
        return cls(
            name=name,
            target=summary.target,
            sandbox=summary.sandbox,
            started=summary.started,
            contract=summary.contract,
            cartfuzz=summary.cartfuzz,
            seed=summary.seed,
            scenarios=summary.scenarios,
            requests=summary.requests,
            seconds=summary.seconds,
            sweep_share=summary.share_of_sweeps,
            outcome=summary.outcome,
            discrepancies=len(summary.discrepancies),
            known=len(summary.known),
        )
