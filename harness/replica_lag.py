"""How long it is worth waiting for a read that shows the present state of a session.

A read that shows an older state is either stale, and then a later read is right; or the target has
lost the write, and then every read is wrong. Only waiting can tell. A worker remembers what its
waits brought, so that a target that loses writes is not waited for again and again.
"""

from __future__ import annotations

from collections.abc import Iterator

_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Seconds before each further read: lags of up to three quarters of a second are seen."""
_PATIENCE = 2
"""Waits in vain, before any brought something."""
_MORE_PATIENCE = 20
"""For each wait that did, further ones in vain."""


class ReplicaLag:
    """What the waits of one worker brought so far. Threads may share one."""

    def __init__(self) -> None:
        self._in_vain = self._worthwhile = 0

    @property
    def is_known(self) -> bool:
        """Whether a read was stale."""
        return self._worthwhile > 0

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before each further read; without a reason to wait just one, at once."""
        patient = self._in_vain < _PATIENCE + _MORE_PATIENCE * self._worthwhile
        yield from _PAUSES if patient else _PAUSES[:1]

    def note(self, *, stale: bool) -> None:
        """Remembers whether further reads showed that one was stale."""
        if stale:
            self._worthwhile += 1
        else:
            self._in_vain += 1
