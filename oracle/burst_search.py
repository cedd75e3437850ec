"""Searches the orders in which a burst's steps may have been applied, in every possible state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..record import Discrepancy
from ..wire import Delivery, NoResponse, Response
from .burst import Burst, difference
from .checks import GATEWAY_STATUSES
from .linearizability import DeadEnd, Mismatch, find_linearizations
from .model import is_write
from .possible_states import PendingWrite, PossibleState, with_pending_applied
from .refutations import Refutations


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The result of a search."""

    states: tuple[PossibleState, ...]
    """Those in which the burst may have left the target; empty where no order explains the
    responses."""
    dead_ends: tuple[DeadEnd, ...]
    """The orders that got furthest, where none explains the responses."""
    contradictions: tuple[Discrepancy, ...]
    """What contradicts some order, each signature once."""


def search_orders(
    states: Iterable[PossibleState], burst: Burst, refutations: Refutations
) -> Orders:
    """The orders of the burst's steps that explain the responses.

    Args:
        states: those in which the target may have been before the burst.
        burst: the steps and their responses.
        refutations: gets what contradicts the orders.
    """
    search = _OrderSearch(burst, refutations)
    results = [
        find_linearizations(
            len(burst.steps),
            replace(state, order=()),
            search.apply_next,
            same=PossibleState.same_as,
        )
        for state in states
    ]
    return Orders(
        states=tuple(end for result in results for end in result.end_states),
        dead_ends=tuple(dead_end for result in results for dead_end in result.dead_ends),
        contradictions=tuple(search.contradictions.values()),
    )


class _OrderSearch:
    def __init__(self, burst: Burst, refutations: Refutations) -> None:
        self._burst = burst
        self._refutations = refutations
        self.contradictions: dict[str, Discrepancy] = {}
        """By signature."""

    def apply_next(
        self, state: PossibleState, index_in_burst: int
    ) -> list[PossibleState] | Mismatch:
        """The states after ``state`` if this step of the burst comes next."""
        step_index = self._burst.first + index_in_burst
        step = self._burst.steps[index_in_burst]
        outcome = self._burst.decisions[index_in_burst]
        following: list[PossibleState] = []
        reason = ""
        # A write that was lost before the burst may be applied in the middle of it.
        for start in with_pending_applied([state], step.session):
            if isinstance(outcome, NoResponse) or _leaves_open(outcome):
                following.extend(self._undecided(start, step_index, outcome))
                continue
            oracle = start.oracle.fork()
            judgement = oracle.judge(step_index, outcome, is_alone=False)
            contradictions = self._refutations.refute(step_index, judgement)
            if contradictions:
                first = contradictions[0]
                reason = reason or difference(first)
                self.contradictions.setdefault(first.signature, first)
            else:
                order = (*start.order, step_index)
                following.append(replace(start, oracle=oracle, order=order))
        return following or Mismatch(reason)

    def _undecided(
        self, start: PossibleState, step_index: int, outcome: Response | NoResponse
    ) -> Iterator[PossibleState]:
        """The states after a step whose outcome does not tell what it did."""
        step = self._burst.steps[step_index - self._burst.first]
        order = (*start.order, step_index)
        is_lost = isinstance(outcome, NoResponse) and outcome.fate is Delivery.UNKNOWN
        is_pending = is_lost and is_write(step)
        pending = start.pending
        if is_pending:
            pending = (*pending, PendingWrite(step_index, step.session))
        # Not applied, at least not yet.
        yield replace(start, oracle=start.oracle.fork(), order=order, pending=pending)
        # Applied here. A request that was not sent cannot have been; a server that failed may
        # have stored the write before it failed.
        if is_write(step) and (is_pending or isinstance(outcome, Response)):
            oracle = start.oracle.fork()
            if oracle.apply_unanswered(step_index):
                yield replace(start, oracle=oracle, order=order)


def _leaves_open(response: Response) -> bool:
    """Whether a status does not show what became of the request."""
    return response.status >= 500 or response.status in GATEWAY_STATUSES
