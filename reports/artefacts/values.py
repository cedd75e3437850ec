"""What an artefact is made of: a discrepancy with its requests as any client would send them."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Cut, Rule, Scenario
from ...record import Discrepancy, Exchange

KEY = "{key}"
"""Stands for the API key in an Authorization line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request of a scenario. Texts hold the placeholder mark."""

    session: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    """All header lines but Host and Content-Length; the key as `KEY`."""
    body: bytes | None = None
    dry: bool = False
    cut: Cut | None = None
    odd: bool = False
    """A raw request: what a well-behaved client cannot send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One discrepancy, with all that it takes to show it to somebody."""

    discrepancy: Discrepancy
    rule: Rule | None
    scenario: Scenario
    requests: tuple[Sent, ...]
    """One a step."""
    exchanges: tuple[Exchange, ...]
    confirmed: str
    """How often it was shown, in words; empty: nobody looked."""
    target: str
    """Base URL of the target that showed it."""

    @property
    def can_be_scripted(self) -> bool:
        """Whether a plain HTTP client can send it, and say by itself whether the bug is there."""
        return self.discrepancy.claim is not None and not any(
            request.cut is not None or request.odd for request in self.requests
        )
