"""Counts moves: from the counters before a move to those after it, or to what contradicts them.

The same function counts as the contract demands, and in the ways in which a target may count
wrongly (`Mechanism`), so that a contradiction can be named by its cause.
"""

from __future__ import annotations

from collections import Counter as Numbers
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto

import msgspec

from .counter import Counter
from .declared_limits import AppliedLimit, CounterKey, HeldCode, Scope
from .effects import DecidedCode, Decision
from .mechanisms import Mechanism
from .moves import Move, MoveKind

Values = Mapping[CounterKey, Counter]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A way of counting wrongly, and which counters it concerns."""

    mechanism: Mechanism
    scope: Scope


class Side(Enum):
    """How a move contradicts the counters."""

    OVER = auto()
    """A redemption was accepted beyond a limit."""
    UNDER = auto()
    """A redemption was rejected below all limits."""
    UNANSWERED = auto()
    """Nothing was decided about a code whose limit is reached."""
    SHOWN = auto()
    """A counter was shown with a value that it cannot have."""


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A move that no value of the counters explains."""

    side: Side
    keys: tuple[CounterKey, ...]
    """The counters."""
    code: HeldCode


class Count:
    """Counts the moves of one execution, one after the other.

    Args:
        values: the counters so far.
        given_up: the counters that are not followed any more.
        fault: how the target counts; None: as it should.
        undeclared: whether budgets may be used up by codes that are not declared.
    """

    def __init__(
        self,
        values: Values,
        given_up: frozenset[CounterKey],
        fault: Fault | None = None,
        *,
        undeclared: bool = False,
    ) -> None:
        self.values = dict(values)
        self._given_up = given_up
        self._undeclared = undeclared
        self._fault = fault
        self._reopened: set[int] = set()
        self._returned: set[int] = set()

    def add(self, move: Move) -> Conflict | None:
        """Counts ``move``; what contradicts it, if anything does."""
        self._start(move)
        match move.kind:
            case MoveKind.CLOSE:
                return self._close(move)
            case MoveKind.CONFLICT:
                conflict = self._reject(move.codes, move.codes)
                self._besides(move, 1, Mechanism.REFUSED_CLOSE_COUNTS)
                return conflict
            case MoveKind.SHOWN:
                return self._show(move)
            case MoveKind.CANCEL | MoveKind.REOPEN:
                self._give_back(move)
            case MoveKind.RETURN:
                self._return(move)
            case MoveKind.UNSURE:
                self._unsure(move)
            case _:
                self._count_besides(move)
        return None

    def _start(self, move: Move) -> None:
        for code in move.codes:
            for limit in code.held.limits:
                if limit.key not in self.values and limit.key not in self._given_up:
                    self.values[limit.key] = limit.start()

    # --- closing -------------------------------------------------------------------------------

    def _close(self, move: Move) -> Conflict | None:
        unanswered = next(
            filter(None, (self._leave(one) for one in move.codes if one.is_left_open)), None
        )
        if unanswered is not None:
            return unanswered
        for limit, codes in _by_limit(move.codes):
            counter = self.values.get(limit.key)
            counts = self._counts(move.session, limit, codes)
            if counter is None or counts == [0]:
                continue
            changed = counter.redeemed(move.session, counts)
            if changed is None:
                accepted = next(one for one in codes if one.decision is Decision.ACCEPTED)
                return Conflict(side=Side.OVER, keys=(limit.key,), code=accepted.held)
            self.values[limit.key] = changed
        rejected = [one for one in move.codes if one.decision is Decision.REJECTED]
        for code in rejected:
            conflict = self._reject([code], rejected)
            if conflict is not None:
                return conflict
        self._besides(
            msgspec.structs.replace(move, codes=tuple(rejected)), 1, Mechanism.REJECTED_COUNTS
        )
        return None

    def _counts(self, session: int, limit: AppliedLimit, codes: Iterable[DecidedCode]) -> list[int]:
        """How many redemptions the closing may have added to a counter."""
        if self._is(Mechanism.OPEN_UPDATE_HOLDS, limit.key) and self._held(limit.key, session):
            return [0]
        if self._is(Mechanism.CLOSE_AFTER_REOPEN_IS_FREE, limit.key) and session in self._reopened:
            return [0]
        accepted = [one for one in codes if one.decision is Decision.ACCEPTED]
        undecided = sum(one.decision is Decision.OPEN for one in codes)
        if limit.in_currency:
            # Codes of one campaign may have its discounts in common.
            least = max((one.discount for one in accepted), default=0)
            return [0] if limit.perhaps else [least]
        if self._is(Mechanism.TWICE_IN_LIST_COUNTS_TWICE, limit.key) and accepted:
            times = sum(max(1, one.held.occurrences) for one in accepted)
            return [times, *range(times + 1, times + undecided + 1)]
        # Whether a session with two codes of a campaign counts once or twice is open.
        least = 1 if accepted and not limit.perhaps else 0
        return list(range(least, len(accepted) + undecided + 1))

    def _leave(self, code: DecidedCode) -> Conflict | None:
        """An answer that neither accepts nor rejects a code that the closing has brought in.

        It must do one of the two, whatever the counters are.
        """
        limits = code.held.limits
        counters = [self.values[one.key] for one in limits if one.key not in self._given_up]
        keys = tuple(one.key for one in limits)
        if any(one.alone and one.is_used_up for one in counters):
            return Conflict(side=Side.UNANSWERED, keys=keys, code=code.held)
        if code.held.open_reason or len(counters) < len(limits):
            return None
        return Conflict(side=Side.UNDER, keys=keys, code=code.held)

    def _reject(
        self, codes: Iterable[DecidedCode], together: Iterable[DecidedCode]
    ) -> Conflict | None:
        """A rejection: a limit of one of ``codes`` must be reached.

        Args:
            codes: of which one is rejected at least.
            together: those that were rejected with it. A session whose codes are too many for one
                limit may be refused all of them.
        """
        codes = tuple(codes)
        if any(one.held.open_reason for one in codes):
            return None
        limits = {limit.key: limit for one in codes for limit in one.held.limits}
        wanted = _codes_by_limit(together)
        reached = [
            key
            for key in limits
            if self._is_unknown(key) or self.values[key].may_reject(wanted[key])
        ]
        if not reached:
            return Conflict(side=Side.UNDER, keys=tuple(limits), code=codes[0].held)
        only = reached[0] if len(reached) == 1 else None
        if only is not None and not self._is_unknown(only) and wanted[only] == 1:
            # Where several may be reached, it is open which of them is.
            changed = self.values[only].rejected()
            if changed is not None:
                self.values[only] = changed
        return None

    # --- giving back ---------------------------------------------------------------------------

    def _give_back(self, move: Move) -> None:
        cancels = move.kind is MoveKind.CANCEL
        keeps = Mechanism.CANCEL_KEEPS if cancels else Mechanism.REOPEN_KEEPS
        doubles = Mechanism.CANCEL_GIVES_TWICE if cancels else Mechanism.REOPEN_GIVES_TWICE
        keys = {limit.key for code in move.codes for limit in code.held.limits}
        for key, counter in self.values.items():
            if counter.holds(move.session):
                is_kept = self._is(keeps, key) or (cancels and self._keeps_returned(move, key))
                times = 0 if is_kept else 2 if self._is(doubles, key) else 1
                self.values[key] = counter.given_back_times(move.session, times)
            elif key in keys and cancels and self._is(Mechanism.CANCEL_OF_REJECTED_GIVES, key):
                self.values[key] = counter.counted_besides(-1)
        if not cancels:
            self._reopened.add(move.session)

    def _return(self, move: Move) -> None:
        """A return: whether it gives anything back is open (COUP-U1)."""
        self._returned.add(move.session)
        for key, counter in self.values.items():
            if not counter.holds(move.session):
                continue
            if self._is(Mechanism.RETURN_AND_CANCEL_GIVE, key):
                self.values[key] = counter.counted_besides(-1)
            elif self._is(Mechanism.RETURN_COUNTS, key):
                self.values[key] = counter.counted_besides(1)
            elif not self._keeps_returned(move, key):
                self.values[key] = counter.given_back(move.session, perhaps=True)

    # --- what counts nowhere -------------------------------------------------------------------

    def _besides(self, move: Move, more: int = 0, mechanism: Mechanism | None = None) -> None:
        """Adds ``more`` to the counters of the move's codes where the target counts so."""
        for key in {limit.key for code in move.codes for limit in code.held.limits}:
            if mechanism is not None and key in self.values and self._is(mechanism, key):
                self.values[key] = self.values[key].counted_besides(more)

    def _count_besides(self, move: Move) -> None:
        """A step that neither redeems nor gives back."""
        self._besides(move, *_BESIDES.get(move.kind, ()))
        if move.kind is MoveKind.OPEN_UPDATE:
            self._hold_open(move)
        elif move.kind is MoveKind.READ_FREE:
            self._each(lambda counter: counter.certainly_free_of(move.session))

    def _hold_open(self, move: Move) -> None:
        for key in {limit.key for code in move.codes for limit in code.held.limits}:
            if (
                self._is(Mechanism.OPEN_UPDATE_HOLDS, key)
                and key in self.values
                and not self._held(key, move.session)
            ):
                self.values[key] = self.values[key].unsure_of(move.session, (1,))

    def _unsure(self, move: Move) -> None:
        most = _codes_by_limit(move.codes)
        in_currency = {
            limit.key for code in move.codes for limit in code.held.limits if limit.in_currency
        }
        for key, counter in self.values.items():
            if key in in_currency:
                self.values[key] = counter.given_back(move.session)  # at least nothing
            elif key in most:
                self.values[key] = counter.unsure_of(move.session, range(most[key] + 1))
            else:
                self.values[key] = counter.given_back(move.session, perhaps=True)

    def _show(self, move: Move) -> Conflict | None:
        for code, value in zip(move.codes, move.values, strict=True):
            key = code.held.limits[0].key
            counter = self.values.get(key)
            if counter is None:
                continue
            changed = counter.shown(value, move.behind)
            if changed is None:
                return Conflict(side=Side.SHOWN, keys=(key,), code=code.held)
            self.values[key] = changed
        return None

    # --- small parts ---------------------------------------------------------------------------

    def _is_unknown(self, key: CounterKey) -> bool:
        """Whether a limit may be reached whatever its counter is."""
        return key in self._given_up or (self._undeclared and key.budget >= 0)

    def _is(self, mechanism: Mechanism, key: CounterKey) -> bool:
        fault = self._fault
        return fault is not None and fault.mechanism is mechanism and fault.scope is key.scope

    def _keeps_returned(self, move: Move, key: CounterKey) -> bool:
        is_returned = move.session in self._returned
        return is_returned and self._is(Mechanism.CANCEL_OF_RETURNED_KEEPS, key)

    def _held(self, key: CounterKey, session: int) -> bool:
        return key in self.values and self.values[key].holds(session)

    def _each(self, change: Callable[[Counter], Counter]) -> None:
        self.values = {key: change(counter) for key, counter in self.values.items()}


_BESIDES = {
    MoveKind.DRY_CLOSE: (1, Mechanism.DRY_CLOSE_COUNTS),
    MoveKind.REFUSED_CLOSE: (1, Mechanism.REFUSED_CLOSE_COUNTS),
    MoveKind.CLOSE_AGAIN: (1, Mechanism.CLOSE_AGAIN_COUNTS),
    MoveKind.OPEN_UPDATE: (1, Mechanism.OPEN_UPDATE_COUNTS),
    MoveKind.CANCEL_AGAIN: (-1, Mechanism.CANCEL_AGAIN_GIVES),
    MoveKind.CANCEL_OPEN: (-1, Mechanism.CANCEL_OPEN_GIVES),
}
"""What a target may count wrongly at steps that redeem and give back nothing."""


def _codes_by_limit(codes: Iterable[DecidedCode]) -> Mapping[CounterKey, int]:
    """How many of ``codes`` count towards each limit."""
    return Numbers(limit.key for code in codes for limit in code.held.limits)


def _by_limit(
    codes: Iterable[DecidedCode],
) -> Iterable[tuple[AppliedLimit, list[DecidedCode]]]:
    """Each limit, with the codes that count towards it and are not rejected."""
    found: dict[CounterKey, tuple[AppliedLimit, list[DecidedCode]]] = {}
    for code in codes:
        if code.decision is not Decision.REJECTED:
            for limit in code.held.limits:
                found.setdefault(limit.key, (limit, []))[1].append(code)
    return found.values()
