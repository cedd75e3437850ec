"""What is known of one counter of redemptions: immutable arithmetic, whatever is counted.

A counter's value is not shown as a rule, so several *possibilities* are kept. In each it is certain
which sessions of the scenario hold redemptions, and an interval holds what others redeemed before.
Every accepted redemption, every rejection and every shown value makes the interval smaller. A
counter without a possibility is a contradiction: nothing explains the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec
from msgspec.structs import replace

NO_LIMIT = 10**18
"""The limit of what has none."""
MOST_POSSIBILITIES = 32
"""A counter with more is given up."""


class Possibility(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may be the case."""

    held: frozenset[tuple[int, int]] = frozenset()
    """(session, redemptions): what the sessions of the scenario hold."""
    extra: int = 0
    """What was counted besides, or given back too often, where a target counts wrongly."""
    low: int = 0
    """The least that others may have redeemed before."""
    high: int = 0
    """The most."""

    @property
    def own(self) -> int:
        """What this scenario has added to the counter."""
        return sum(count for _, count in self.held) + self.extra

    def of(self, session: int) -> int:
        """The redemptions that ``session`` holds."""
        return sum(count for holder, count in self.held if holder == session)

    def without(self, session: int) -> Possibility:
        """The same once ``session`` holds nothing."""
        left = frozenset(one for one in self.held if one[0] != session)
        return self if len(left) == len(self.held) else replace(self, held=left)

    def holding(self, session: int, more: int) -> Possibility:
        """The same once ``session`` holds ``more`` redemptions than before."""
        if not more:
            return self
        held = {(session, self.of(session) + more)}
        return replace(self, held=self.without(session).held | held)

    def within(self, low: int, high: int) -> Possibility | None:
        """The same if others redeemed at least ``low`` and at most ``high``; None: impossible."""
        low, high = max(self.low, low), min(self.high, high)
        if low > high:
            return None
        return self if (low, high) == (self.low, self.high) else replace(self, low=low, high=high)


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """The possible values of a counter, and its limit."""

    limit: int
    alone: bool
    """Whether nobody else redeems meanwhile. Else what others redeemed is not followed, and only
    the redemptions of the scenario itself can exceed the limit."""
    possible: frozenset[Possibility]

    @classmethod
    def starting(cls, limit: int, *, most_before: int, alone: bool) -> Counter:
        """A counter before the scenario.

        Args:
            limit: the most redemptions at a time.
            most_before: the most that others may have redeemed by now.
            alone: whether nobody else redeems from now on.
        """
        possible = frozenset((Possibility(high=most_before if alone else 0),))
        return cls(limit=limit, alone=alone, possible=possible)

    @property
    def may_be_used_up(self) -> bool:
        """Whether the limit may be reached."""
        return self.may_reject(1)

    def may_reject(self, wanted: int) -> bool:
        """Whether the limit may leave no room for ``wanted`` redemptions at once, 1 or more."""
        if self.limit >= NO_LIMIT:
            return False
        return not self.alone or any(
            one.high + one.own + wanted > self.limit for one in self.possible
        )

    @property
    def is_used_up(self) -> bool:
        """Whether the limit is surely reached."""
        return all(one.low + one.own >= self.limit for one in self.possible)

    def holds(self, session: int) -> bool:
        """Whether ``session`` may hold a redemption."""
        return any(holder == session for one in self.possible for holder, _ in one.held)

    def redeemed(self, session: int, counts: Collection[int]) -> Counter | None:
        """After ``session`` redeemed one of these numbers; None: the limit forbids each."""
        return self._of(
            changed
            for one in self.possible
            for count in counts
            if (
                changed := one.holding(session, count).within(0, self.limit - count - one.own)
                if count
                else one
            )
        )

    def rejected(self) -> Counter | None:
        """After a redemption was rejected because the limit is reached; None: it cannot be."""
        if not self.alone:
            return self
        return self._of(
            changed
            for one in self.possible
            if (changed := one.within(self.limit - one.own, NO_LIMIT))
        )

    def shown(self, value: int, not_yet: Collection[int] = (0,)) -> Counter | None:
        """After an answer showed ``value``; None: the counter cannot be there.

        Args:
            value: what was shown.
            not_yet: by how much the shown value may be behind.
        """
        if not self.alone:
            return self
        return self._of(
            changed
            for one in self.possible
            for behind in not_yet
            if (changed := one.within(value + behind - one.own, value + behind - one.own))
        )

    def given_back(self, session: int, *, perhaps: bool = False) -> Counter:
        """After ``session`` gave back what it holds, or perhaps did."""
        if not self.holds(session):
            return self
        released = (one.without(session) for one in self.possible)
        kept = self.possible if perhaps else ()
        return replace(self, possible=frozenset((*released, *kept)))

    def certainly_free_of(self, session: int) -> Counter:
        """After it turned out that ``session`` holds nothing."""
        free = frozenset(one for one in self.possible if not one.of(session))
        if len(free) == len(self.possible):
            return self
        return replace(self, possible=free) if free else self.given_back(session)

    def unsure_of(self, session: int, counts: Collection[int]) -> Counter:
        """After it became open which of these numbers ``session`` holds."""
        return replace(
            self,
            possible=frozenset(
                one.without(session).holding(session, count)
                for one in self.possible
                for count in counts
            ),
        )

    # --- ways of counting wrongly --------------------------------------------------------------

    def given_back_times(self, session: int, times: int) -> Counter:
        """After ``session`` gave back what it holds, and this was counted so many times."""
        return self._of_any(
            changed
            for one in self.possible
            for changed in self._counted(one.without(session), one.of(session) * (1 - times))
        )

    def counted_besides(self, more: int) -> Counter:
        """After ``more`` were counted, a negative number too."""
        return self._of_any(
            changed for one in self.possible for changed in self._counted(one, more)
        )

    def _counted(self, one: Possibility, more: int) -> Iterator[Possibility]:
        """A counter may stop at zero, and at its limit."""
        yield replace(one, extra=one.extra + more) if more else one
        if (more < 0 and one.low + one.own + more < 0) or (
            more > 0 and one.high + one.own + more > self.limit
        ):
            yield one

    def _of_any(self, possible: Iterable[Possibility]) -> Counter:
        return replace(self, possible=frozenset(possible))

    def _of(self, possible: Iterable[Possibility]) -> Counter | None:
        left = frozenset(possible)
        if not left:
            return None
        return self if left == self.possible else replace(self, possible=left)
