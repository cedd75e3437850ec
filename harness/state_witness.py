"""Notices that a target has lost its state between two requests, as one that was started again.

A session that is known to exist serves as witness: if it is gone, then so is what other scenarios
made, and what contradicts that proves nothing. The witness is read where something is suspicious
only: before a discrepancy is reported for the first time, and where an internal id begins anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..contract import Fetch, Scenario
from ..oracle.run_facts import RunFacts
from ..wire import NoResponse, Response
from .exchange_log import ExchangeLog
from .pace.pace_state import Field, PaceState

MAX_LOSSES = 5
"""A target that loses all again and again has a bug: after so many losses it is judged as usual."""
_MAX_IN_VAIN = 5
"""Where ids follow no order, they are no reason to read the witness."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A session that the target holds."""

    session_id: str
    """With the placeholder of its mark."""
    mark: str
    losses: int
    """How often the target had lost its state by then."""


class StateWitness:
    """What one process knows of the state of a target. Threads may share one.

    Args:
        state: the losses that all processes of the run share.
    """

    def __init__(self, state: PaceState) -> None:
        self._state = state
        self._witness: Witness | None = None
        self._seen: set[str] = set()
        self._newest = (0, 0)
        """The highest internal id so far, behind the losses by then."""
        self._in_vain = 0
        self._lock = threading.Lock()

    @property
    def losses(self) -> int:
        """How often the target has lost its state so far."""
        return int(self._state[Field.STATE_LOSSES])

    @property
    def newest_id(self) -> int:
        """The highest internal id that is known; 0: none is."""
        losses, newest = self._newest
        return newest if losses == self.losses else 0

    def keep(self, scenario: Scenario, mark: str, log: ExchangeLog, facts: RunFacts) -> None:
        """Takes in an execution. Its one session is the witness, if there is no other: where all
        was right, and a read at the end has shown it."""
        with self._lock:
            self._newest = (self.losses, max((*facts.ids, self.newest_id)))
            if self._current() is None and _shows_its_session(scenario, log, facts):
                self._witness = Witness(scenario.sessions[0], mark, self.losses)

    def is_new(self, signatures: frozenset[str]) -> bool:
        """Whether a discrepancy with one of ``signatures`` is found for the first time since the
        target lost its state last."""
        with self._lock:
            return not signatures <= self._seen

    def saw(self, signatures: frozenset[str]) -> None:
        """From now on ``signatures`` are not new."""
        with self._lock:
            self._seen |= signatures

    def is_suspicious(self, facts: RunFacts, mark: str, newest_id: int, *, is_new: bool) -> bool:
        """Whether the witness should be read before an execution with ``mark`` counts.

        Args:
            facts: of the execution.
            mark: of it.
            newest_id: as it was when the execution began: what it made should have higher ones.
            is_new: whether it found something for the first time, see `is_new`.
        """
        with self._lock:
            witness = self._current()
            if witness is None or witness.mark == mark or self.losses >= MAX_LOSSES:
                return False
            begins_anew = any(one <= newest_id for one in facts.ids)
            return is_new or (begins_anew and self._in_vain < _MAX_IN_VAIN)

    def is_lost(self, read: Callable[[Witness], Response | NoResponse], *, but: str = "") -> bool:
        """Whether the target has lost its state, which all processes of the run learn then.

        Args:
            read: reads the witness.
            but: the mark of an execution whose own session is in question.
        """
        with self._lock:
            witness = self._current()
        if witness is None or witness.mark == but or self.losses >= MAX_LOSSES:
            return False
        outcome = read(witness)
        is_gone = isinstance(outcome, Response) and outcome.status == 404
        with self._lock:
            if not is_gone:
                self._in_vain += isinstance(outcome, Response)
                return False
            with self._state.locked():
                if self.losses == witness.losses:
                    self._state[Field.STATE_LOSSES] += 1
            self._seen.clear()
            return True

    def _current(self) -> Witness | None:
        """The witness, unless the target has lost its state since it was made."""
        witness = self._witness
        return witness if witness is not None and witness.losses == self.losses else None


def _shows_its_session(scenario: Scenario, log: ExchangeLog, facts: RunFacts) -> bool:
    is_right = not (log.discrepancies or log.inconclusive or log.errors)
    is_one = len(scenario.sessions) == len(facts.ids) == 1
    ends_with_read = isinstance(scenario.steps[-1], Fetch) and log.statuses[-1:] == [200]
    return is_right and is_one and ends_with_read
