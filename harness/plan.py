"""What a run is asked to do, as one frozen value that any worker can be handed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ..contract import Environment, RuleLevel, Scenario
from ..record import Phase


class RecordPolicy(StrEnum):
    """Which scenarios are written to the record whole; each of the others leaves a summary line."""

    ALL = "all"
    FAILURES = "failures"
    """Those with a discrepancy, and those that are the first to show something."""
    SAMPLED = "sampled"
    """As `FAILURES`, and one in `SAMPLE` of all; the rest is merged into a line for many."""


SAMPLE = 200
"""Of so many scenarios one is kept whole with `RecordPolicy.SAMPLED`."""


class TriageBudget(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be spent on the smallest scenarios, once the phases of a run are through."""

    requests_each: int = 400
    """For the search for one signature's smallest scenario."""
    seconds_each: float = 20.0
    requests: int = 20_000
    """For all signatures together, what confirms them included."""
    seconds: float = 60.0
    confirmations: int = 5
    """How often each smallest scenario is executed afresh."""


class CorpusScenarios(msgspec.Struct, frozen=True, kw_only=True):
    """What a run uses of a corpus: read once, so that all workers send the same."""

    failures: tuple[Scenario, ...] = ()
    """Scenarios that showed a discrepancy, the simplest first."""
    seeds: tuple[Scenario, ...] = ()
    """Recorded traffic."""

    def __bool__(self) -> bool:
        return bool(self.failures or self.seeds)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides which requests a run sends, but for the API key.

    The key is not part of it: plans are written to records and handed to workers.
    """

    url: str
    """Base URL of the target, without a path of the API: ``http://127.0.0.1:8080``."""
    environment: Environment
    rule_levels: Mapping[str, RuleLevel] = {}
    seed: int = 0
    phases: tuple[Phase, ...] = tuple(Phase)
    duration_sec: float | None = None
    """Stop after this time; None: no bound by time."""
    scenarios: int | None = None
    """Stop after this many scenarios over all phases; None: no bound by number."""
    requests: int | None = None
    """Stop once this many requests were sent; None: no such bound."""
    quiet_sec: float | None = None
    """Stop once nothing new was learnt for this time; None: never."""
    workers: int = 1
    """Processes."""
    in_flight: int = 4
    """Scenarios at once in each worker."""
    rps: float | None = None
    """Most requests per second over all workers; None: as fast as the target answers."""
    timeout_sec: float = 30.0
    """Longest that one request may take from its first byte to its last."""
    keep: RecordPolicy = RecordPolicy.FAILURES
    adaptive: bool = False
    """Whether the phases without an end get time by what they yield. Then the same seed does not
    make the same run: what a phase sends stays the same, but not how often its turn comes."""
    minimise: TriageBudget | None = None
    """None: no smallest scenarios are looked for."""
    known: CorpusScenarios = CorpusScenarios()
    """What the phase `Phase.CORPUS` sends."""
