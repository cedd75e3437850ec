"""Keeps the record of a run within a size: evidence first of what is new, then of what is known.

Of each signature the first occurrences are kept whole, and each that is a better example than all
before. The nearer the record comes to its bound, the fewer they are, and the shorter the answers.
Near the bound further occurrences are merged into tallies, which count them. A signature that the
run had not found keeps its line and its scenario, however long the record is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from ..record.events import Event, Minimised, ScenarioRun, Tally
from ..record.scenario_parts import Discrepancy, Exchange
from .condenser import Condenser
from .discovery import Rarity
from .run_state import Learnt, RunState

WHOLE_OCCURRENCES = 100
"""Of each signature, as long as the record is short."""
_WHOLE_BEYOND_HALF = 10
_WHOLE_NEAR_BOUND = 2
_MIN_LINES = 20
"""Of each signature: with fewer its occurrences are not merged."""
_HALF, _NEAR = 0.5, 0.8
"""Parts of the bound. What is left beyond the second is for new signatures and the artefacts."""
_ANSWER_BEYOND_HALF = 4_096
_ANSWER_NEAR_BOUND = 1_024
"""Characters of an answer."""


class BoundedRecord:
    """Decides what a record holds of each event.

    Args:
        state: has taken in each event before `lines` gets it.
        max_bytes: the size that the record is to keep.
        condenses: whether scenarios that show nothing new are merged from the start.
        keeps_all: whether all scenarios are kept whole until the record is half full.
    """

    def __init__(
        self, state: RunState, *, max_bytes: int, condenses: bool = False, keeps_all: bool = False
    ) -> None:
        self._state = state
        self._max_bytes = max_bytes
        self._condenses = condenses
        self._keeps_all = keeps_all
        self._condenser = Condenser()
        self._whole: Counter[str] = Counter()
        """By signature, how many occurrences were kept whole."""
        self._lines: Counter[str] = Counter()
        """By signature, how many have a line."""
        self._readings: set[tuple[str, str, tuple[str, ...]]] = set()
        """Signature, family and alternatives of discrepancies that have a line."""
        self.is_near_bound = False
        """Whether further occurrences of what is known are counted only."""

    def lines(self, event: Event, size: int) -> Iterator[Event]:
        """The events to write after ``event``.

        Args:
            event: the next one of the run.
            size: bytes of the record so far.
        """
        learnt = self._state.latest
        is_long = size >= _HALF * self._max_bytes
        if size >= _NEAR * self._max_bytes and not self.is_near_bound:
            self.is_near_bound = self._state.is_record_bounded = True
        if not isinstance(event, ScenarioRun):
            if is_long and isinstance(event, Minimised):
                event = msgspec.structs.replace(
                    event,
                    exchanges=self._short(event.exchanges),
                    exchanges_without=self._short(event.exchanges_without),
                )
            yield from self._condenser.condensed(event, learnt)
            return
        is_merged = self.is_near_bound and self._is_known(event, learnt)
        line = event if is_merged else self._bounded(event, learnt, is_long=is_long)
        if self._condenses or is_long:
            yield from self._condenser.condensed(line, learnt, is_merged=is_merged)
        else:
            yield line

    def rest(self) -> Iterator[Tally]:
        """What was merged and is not written yet."""
        yield from self._condenser.rest()

    def _is_known(self, event: ScenarioRun, learnt: Learnt) -> bool:
        """Whether a record that only counts ``event`` amounts to the same."""
        return not self._is_new(event, learnt) and all(
            self._lines[one.signature] >= _MIN_LINES and _reading(one) in self._readings
            for one in event.discrepancies
        )

    def _is_new(self, event: ScenarioRun, learnt: Learnt) -> bool:
        """Whether ``event`` shows something for the first time, or better than all before."""
        return (
            learnt.rarity is not Rarity.COMMON
            or learnt.findings.learnt_outcome
            or bool(learnt.findings.discrepancies)
            or self._state.bugs.has_as_example(event)
        )

    def _bounded(self, event: ScenarioRun, learnt: Learnt, *, is_long: bool) -> ScenarioRun:
        """``event`` with as much evidence as there is room for."""
        signatures = {one.signature for one in event.discrepancies}
        self._lines.update(signatures)
        self._readings.update(map(_reading, event.discrepancies))
        if self._keeps_all and not is_long:
            return event
        if not self._is_new(event, learnt) and not self._has_room(signatures, is_long=is_long):
            return msgspec.structs.replace(event, scenario=None, exchanges=())
        self._whole.update(signatures)
        if not is_long:
            return event
        return msgspec.structs.replace(event, exchanges=self._short(event.exchanges))

    def _short(self, exchanges: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        """The same with shorter answers."""
        longest = _ANSWER_NEAR_BOUND if self.is_near_bound else _ANSWER_BEYOND_HALF
        return tuple(
            one
            if len(one.answer) <= longest
            else msgspec.structs.replace(one, answer=one.answer[:longest])
            for one in exchanges
        )

    def _has_room(self, signatures: set[str], *, is_long: bool) -> bool:
        """Whether an occurrence that is not new is kept whole."""
        if not signatures:
            return not is_long
        most = WHOLE_OCCURRENCES
        if is_long:
            most = _WHOLE_NEAR_BOUND if self.is_near_bound else _WHOLE_BEYOND_HALF
        return any(self._whole[name] < most for name in signatures)


def _reading(found: Discrepancy) -> tuple[str, str, tuple[str, ...]]:
    return found.signature, found.family, found.alternatives
