"""A consistent renaming: which of one target's own values is which of the other's."""

from __future__ import annotations

from collections.abc import Hashable


class Renaming:
    """The pairs of own values that two targets showed in the same places of one execution.

    It is one to one within a namespace: whatever one target shows twice, the other one must show
    twice as well, and two things of the one are never one thing of the other.
    """

    def __init__(self) -> None:
        self._forward: dict[tuple[str, Hashable], Hashable] = {}
        self._backward: dict[tuple[str, Hashable], Hashable] = {}

    def fits(self, namespace: str, old: Hashable, new: Hashable) -> bool:
        """Whether the pair contradicts none that was shown before."""
        known_new = self._forward.get((namespace, old), new)
        known_old = self._backward.get((namespace, new), old)
        return known_new == new and known_old == old

    def take(self, namespace: str, old: Hashable, new: Hashable) -> bool:
        """`fits`; the pair counts from now on if neither value was shown before."""
        if not self.fits(namespace, old, new):
            return False
        self._forward[namespace, old] = new
        self._backward[namespace, new] = old
        return True

    def forms(self, namespace: str, old: Hashable, new: Hashable) -> tuple[str, str]:
        """The forms of a pair that does not fit."""
        old_known = (namespace, old) in self._forward
        new_known = (namespace, new) in self._backward
        if old_known and new_known:
            return "one of before", "another one of before"
        return ("one of before", "a new one") if old_known else ("a new one", "one of before")

    def copy(self) -> Renaming:
        """Another renaming with the same pairs."""
        other = Renaming()
        other._forward, other._backward = dict(self._forward), dict(self._backward)
        return other
