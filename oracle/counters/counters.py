"""The counters of one execution, as a part of what an oracle knows: an immutable value."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from .counter import MOST_POSSIBILITIES, Counter
from .counting import Conflict, Count, Fault, Side
from .declared_limits import CounterKey, Scope
from .mechanisms import Mechanism, counts_too_little, is_triggered
from .moves import CHANGES_NOTHING, Move, MoveKind

_LONGEST_LOG = 200


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of all counters that the sessions of a scenario share."""

    values: Mapping[CounterKey, Counter] = {}
    given_up: frozenset[CounterKey] = frozenset()
    """After a finding, and where too much is possible, nothing more is judged by a counter."""
    stopped: bool = False
    """Nothing is counted any more: what a session redeems cannot be followed."""
    log: tuple[Move, ...] = ()
    """The moves so far, from which a wrong way of counting is found out."""
    raced: bool = False
    """Whether requests have been worked on at the same time: a race may have miscounted since."""

    undeclared: bool = False
    """Whether an undeclared code may have been redeemed, of whatever campaign: it may use up every
    budget, so that no rejection for a budget contradicts the counters."""

    def agrees_with(self, other: Counters) -> bool:
        """Whether no answer can ever fit one of the two and not the other.

        The order in which moves led here does not matter.
        """
        return self is other or (
            self.stopped == other.stopped
            and self.undeclared == other.undeclared
            and self.given_up == other.given_up
            and self.values == other.values
        )

    def after(self, move: Move) -> tuple[Counters, Conflict | None]:
        """The counters after ``move``, and what it contradicts.

        After a contradiction the counters concerned are given up.
        """
        if self.stopped:
            return self, None
        if move.all_codes or len(self.log) >= _LONGEST_LOG:
            return STOPPED, None
        if move.kind in CHANGES_NOTHING:
            # Only a target that counts wrongly counts it.
            return replace(self, log=(*self.log, move)), None
        count = Count(self.values, self.given_up, undeclared=self.undeclared)
        conflict = count.add(move)
        gone = {
            key for key, value in count.values.items() if len(value.possible) > MOST_POSSIBILITIES
        }
        if conflict is not None:
            gone.update(conflict.keys)
        changed = replace(self, values=count.values, log=(*self.log, move))
        return changed.without(gone), conflict

    def without(self, keys: set[CounterKey]) -> Counters:
        """The same without some counters."""
        if not keys:
            return self
        return replace(
            self,
            values={key: value for key, value in self.values.items() if key not in keys},
            given_up=self.given_up | keys,
        )

    def explanations(self, move: Move, conflict: Conflict) -> list[Fault]:
        """The wrong ways of counting that explain all moves up to ``move``, the likeliest first.

        Args:
            move: what contradicts the counters.
            conflict: how it does.
        """
        if conflict.side is Side.UNANSWERED:
            return []
        moves = (*self.log, move)
        found = self._explained_by(moves, conflict)
        if found or conflict.side is Side.SHOWN:
            return found
        # A target may show another counter than the one that it goes by.
        unshown = tuple(one for one in moves if one.kind is not MoveKind.SHOWN)
        is_right = self._is_explained_by(None, unshown)
        return [] if is_right else self._explained_by(unshown, conflict)

    def _explained_by(self, moves: tuple[Move, ...], conflict: Conflict) -> list[Fault]:
        kinds = {one.kind for one in moves}
        scopes = dict.fromkeys(key.scope for key in conflict.keys)
        return [
            fault
            for mechanism in Mechanism
            if is_triggered(mechanism, kinds) and _is_about(mechanism, conflict.side)
            for scope in scopes
            if self._is_explained_by(fault := Fault(mechanism=mechanism, scope=scope), moves)
        ]

    def _is_explained_by(self, fault: Fault | None, moves: tuple[Move, ...]) -> bool:
        """Whether a target that counts with ``fault`` may answer all ``moves``."""
        count = Count({}, self.given_up, fault, undeclared=self.undeclared)
        return all(count.add(move) is None for move in moves)


NO_COUNTERS = Counters()
STOPPED = Counters(stopped=True)


def _is_about(mechanism: Mechanism, side: Side) -> bool:
    return side is Side.SHOWN or counts_too_little(mechanism) == (side is Side.OVER)


__all__ = ["NO_COUNTERS", "STOPPED", "Conflict", "Counters", "Fault", "Scope", "Side"]
