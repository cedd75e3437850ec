"""An artefact: a discrepancy with its requests as any HTTP client would send them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from ...analysis.flakiness import ARTEFACT_BURST_TRIES, ARTEFACT_CUT_TRIES
from ...contract import MARK, Rule, Scenario
from ...record import Claim, Discrepancy, Exchange
from ...record.target_access import DIRECT, TargetAccess
from .artefact_codes import ArtefactCode
from .artefact_request import ArtefactRequest

DEFAULT_KEY_VARIABLE = "CARTFUZZ_API_KEY"
"""What scripts read the API key from, whatever the run did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One discrepancy with all that is needed to show it to somebody."""

    discrepancy: Discrepancy
    rule: Rule | None
    """None: the catalogue does not know it."""
    scenario: Scenario
    requests: tuple[ArtefactRequest, ...]
    """One a step; of a contradiction those of both scenarios."""
    exchanges: tuple[Exchange, ...]
    confirmation: str
    """How often the scenario showed it, as a sentence; empty: it was not executed again."""
    flaky: bool = False
    """The scenario did not show it each time that it was executed again."""
    target: str
    """Base URL of the target that showed it."""
    replay_line: str = ""
    """The command line that sends it again."""
    serve_line: str = ""
    """Of an embedded sandbox: the command line that starts one like it; else empty."""
    request_names: str = ""
    """What the names of the requests in ``exchanges`` begin with, see `cartfuzz.wire.trace`; empty:
    they had none."""
    trace_id: str = ""
    """The trace-id that they carried; empty: none."""
    key_variable: str = DEFAULT_KEY_VARIABLE
    """The environment variable that held the target's API key."""
    key_file: str = ""
    """The file that held it; empty: another place did."""
    key_keyring: str = ""
    """Its place in the keyring of the system, ``SERVICE[/USER]``; empty: another place held it."""

    access: TargetAccess = DIRECT
    """How the run reached the target."""

    marks: tuple[str, ...] = (MARK,)
    """The placeholder marks in the texts, one for each scenario."""
    codes: tuple[ArtefactCode, ...] = ()
    """The placeholders of codes in the texts."""

    second_scenario: Scenario | None = None
    """Of a contradiction: the scenario whose answer contradicts that of ``scenario``."""
    synthetic: bool = False
    """The requests were made for the script: the run sent others, in many scenarios."""
    no_script_reason: str = ""
    """Why there can be no script, as the second half of a sentence; empty: only a missing claim
    prevents one."""
    changed_by_plugins: bool = False
    """Plugins change the requests on their way out, so no other program can send them."""

    @property
    def burst(self) -> tuple[int, int] | None:
        """Which requests are sent at the same moment, as `Scenario.burst`."""
        return self.scenario.burst

    @property
    def attempts(self) -> int:
        """How often a script tries: chance decides what a race and a cut connection show."""
        if self.burst:
            return ARTEFACT_BURST_TRIES
        return ARTEFACT_CUT_TRIES if any(request.cut for request in self.requests) else 1

    @property
    def can_be_scripted(self) -> bool:
        """Whether a script can decide without the model whether the bug is there."""
        return self.discrepancy.claim is not None and not self.no_script_reason

    @property
    def step(self) -> int:
        """Index of the request whose answer shows the discrepancy."""
        return min(self.discrepancy.step, len(self.requests) - 1)

    @property
    def exchange_by_step(self) -> dict[int, Exchange]:
        """The exchange of each step. Reads that the run added later are left out."""
        exchanges: dict[int, Exchange] = {}
        for exchange in self.exchanges:
            exchanges.setdefault(exchange.step, exchange)
        return exchanges

    @property
    def statuses(self) -> tuple[int | None, ...]:
        """Of the answer that the run got to each request; None: none came, or it is not known."""
        if self.synthetic:
            return (None,) * len(self.requests)
        found = self.exchange_by_step
        return tuple(
            found[index].status if index in found else None for index in range(len(self.requests))
        )

    def with_script(
        self,
        *,
        scenario: Scenario,
        requests: tuple[ArtefactRequest, ...],
        step: int,
        claim: Claim,
    ) -> Artefact:
        """The artefact with what its script sends, and the claim about the answer to ``step``."""
        discrepancy = msgspec.structs.replace(self.discrepancy, step=step, claim=claim)
        return replace(
            self,
            discrepancy=discrepancy,
            scenario=scenario,
            requests=requests,
            no_script_reason="",
        )
