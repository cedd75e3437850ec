"""What the response to one step means."""

from __future__ import annotations

import msgspec

from ..record import Discrepancy, Observation
from .dry_run_pairs import DryResponse


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What one response, or those of one burst, mean."""

    discrepancies: tuple[Discrepancy, ...] = ()
    observations: tuple[Observation, ...] = ()
    inconclusive: tuple[str, ...] = ()
    """Why the response could not be judged; empty if it could."""
    coverage: tuple[str, ...] = ()
    """Keys of `cartfuzz.record.ScenarioRun.reached`."""
    judged_right: tuple[str, ...] = ()
    """Digests of the situations that were judged and were right, as `ScenarioRun.judged_right`."""
    transitions: tuple[str, ...] = ()
    """One `cartfuzz.record.TransitionCase.key` a step that asked something of the state machine."""
    blamed_rules: frozenset[str] = frozenset()
    """The rules that contradict each possible state, where a burst or a lost response is blamed."""
    must_read: bool = False
    """What the target holds is not known any more: read the session and pass the response to
    `cartfuzz.oracle.Oracle.learn_from_read`."""
    stale_read: Discrepancy | None = None
    """Given where a read contradicts the model and shows an older accepted state: what to report in
    the place of `discrepancies` if a later read shows the present one. Read the session again and
    pass the response to `cartfuzz.oracle.Oracle.settle_read`."""
    misleading: tuple[str, ...] = ()
    """Signatures of all discrepancies so far that may have misled the model; for learning."""
    held_back: DryResponse | None = None
    """The response to a dry update, until the next step on its session; for learning."""
