"""Keeps account of the shards on a cluster: which are under way, and which come next."""

from __future__ import annotations

from collections.abc import Iterator


class Dispatch:
    """Hands out shard numbers so that all threads are busy and a rate is kept.

    Args:
        threads: shards that the cluster can execute at the same time.
        rated: whether the target's rate is bounded. The bound is divided by `share`, so no more
            shards than that may ever be under way, whoever joins the cluster later.
        requests: how many the run is to send; None: no such bound. A shard that is under way
            counts as many as shards sent on average, so that few are under way at the bound.
    """

    def __init__(self, threads: int, *, rated: bool, requests: int | None = None) -> None:
        self.share = threads
        """A bound on the rate is divided by this."""
        self._window = threads if rated else 2 * threads
        self._under_way: set[int] = set()
        self._next = 0
        self._open = True
        self._bound = requests
        self._sent = 0
        self._counted = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and nothing will be."""
        return not self._under_way and not self._open

    def due(self) -> Iterator[int]:
        """The indexes of the shards to hand out now; they count as under way from then on."""
        while self._open and len(self._under_way) < self._window and not self._enough():
            shard = self._next
            self._next += 1
            self._under_way.add(shard)
            yield shard

    def ended(self, shard: int, *, last: bool = False, requests: int = 0) -> bool:
        """Notes that ``shard`` has ended.

        Args:
            shard: its index.
            last: there is no such shard, so all others were handed out.
            requests: that it sent.

        Returns:
            Whether its events count: a shard that was given to two workers counts once.
        """
        if last:
            self._open = False
        if shard not in self._under_way:
            return False
        self._under_way.remove(shard)
        self._sent += requests
        self._counted += requests > 0
        return True

    def halt(self) -> None:
        """Hands out nothing more."""
        self._open = False

    def _enough(self) -> bool:
        """Whether what was sent and what is under way reach the bound, by an estimate."""
        if self._bound is None or not self._under_way:
            return False
        average = self._sent / self._counted if self._counted else 0.0
        return self._sent + average * len(self._under_way) >= self._bound
