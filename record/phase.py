"""Names the phases of a run, and the other activities that send scenarios."""

from __future__ import annotations

from enum import StrEnum

MIN_ROUND_SEC = 30.0
"""One full round of a run lasts so long at least."""
ROUND_OF_SWEEPS = 4 / 3
"""A full round takes this many times the time of its sweeps: the rest goes to what is drawn."""

SHARD_SIZE = 20
"""Scenarios in a shard, the second part of the ID of each; the last shard of a sweep may have
fewer."""


class Phase(StrEnum):
    """A part of a run, in the order in which the parts run."""

    CORPUS = "corpus"
    """What earlier runs left: scenarios that showed a discrepancy, recorded traffic and mutants of
    it."""
    EDGES = "edges"
    """The deterministic sweep over every rule's limits and every cell of the state machine."""
    WIRE = "wire"
    """The deterministic sweep over malformed requests."""
    EXPLORE = "explore"
    """Random long lives of one or several sessions."""
    RACE = "race"
    """Bursts of concurrent requests; some sequential order must explain their responses."""
    LOST = "lost"
    """Writes whose connection is cut: each is applied once or never. The phase begins with a sweep
    over each kind of write, and then draws."""

    @property
    def is_sweep(self) -> bool:
        """Whether plan and environment alone decide what it sends: it draws nothing and it ends."""
        return self in (Phase.CORPUS, Phase.EDGES, Phase.WIRE)

    @property
    def is_endless(self) -> bool:
        """Whether it draws scenarios until the budget of the run is used up."""
        return not self.is_sweep

    @property
    def sends_unique_requests(self) -> bool:
        """Whether no other phase sends such requests, so that no other can show what it shows."""
        return self in (Phase.WIRE, Phase.RACE, Phase.LOST)


class Activity(StrEnum):
    """What sends scenarios outside the phases; its name takes the place of a phase's."""

    TRIAGE = "minimise"
    """The search for the smallest scenario of a signature."""
    CLIENT = "client"
    """A test of the user's own, through the pytest fixture ``cartfuzz_client``."""


_BY_NAME = {phase.value: phase for phase in Phase}


def shards_of_sweep(size: int) -> int:
    """How many shards hold the ``size`` scenarios of a sweep; they are the first of their phase."""
    return -(-size // SHARD_SIZE)


def position_of(scenario_id: str) -> int | None:
    """Where the scenario with this ID is in its phase, counted from 0 over all shards of the phase;
    None: no phase sent it, or it is another read of one."""
    parts = scenario_id.split("/")
    is_of_phase = len(parts) == 3 and parts[0] in _BY_NAME
    if not is_of_phase or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    return int(parts[1]) * SHARD_SIZE + int(parts[2])


def phase_of(scenario_id: str) -> Phase | None:
    """The phase that sent the scenario with this ID (``phase/shard/index``); None: no phase did."""
    return _BY_NAME.get(scenario_id.partition("/")[0])
