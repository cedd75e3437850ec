"""What an artefact is made of: a discrepancy with its requests as any client would send them."""

from __future__ import annotations

from dataclasses import dataclass

from ...analysis.flakiness import ARTEFACT_BURST_TRIES, ARTEFACT_CUT_TRIES
from ...contract import MARK, Cut, Rule, Scenario
from ...record import Discrepancy, Exchange

KEY = "{key}"
"""Stands for the API key in an Authorization line."""
HOST = "{host}"
"""Stands for host and port of the target in a Host line."""
_BY_ANY_CLIENT = ("host", "content-length", "user-agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request of a scenario. Texts hold the placeholder mark."""

    session: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    """All header lines in their order; the key as `KEY`, the host as `HOST`."""
    body: bytes | None = None
    dry: bool = False
    cut: Cut | None = None
    odd: bool = False
    """A raw request: every byte of it counts, as do those that are not there."""

    times: int = 1
    """So often it is sent, each time to another session: ``{n}`` in the target is its number."""

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The header lines but those that each client sends by itself."""
        return tuple(line for line in self.headers if line[0].lower() not in _BY_ANY_CLIENT)


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

    marks: tuple[str, ...] = (MARK,)
    """The placeholder marks in the texts: one an execution that it takes."""

    second: Scenario | None = None
    """Of a contradiction: the scenario that was answered in the other way."""
    made: bool = False
    """The requests are made for the script, and were not sent like this in the run."""
    unscripted: str = ""
    """Why there can be no script; empty: there can, or the claim says why not."""

    @property
    def burst(self) -> tuple[int, int] | None:
        """Which requests are released together, as `Scenario.burst`."""
        return self.scenario.burst

    @property
    def tries(self) -> int:
        """How often a script sends it: a race, and what a cut leaves behind, shows by chance."""
        if self.burst:
            return ARTEFACT_BURST_TRIES
        return ARTEFACT_CUT_TRIES if any(sent.cut for sent in self.requests) else 1

    @property
    def can_be_scripted(self) -> bool:
        """Whether a script can say by itself whether the bug is there."""
        return self.discrepancy.claim is not None and not self.unscripted
