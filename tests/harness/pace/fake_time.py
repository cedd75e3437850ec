"""Time that passes only where somebody waits."""

from __future__ import annotations


class FakeTime:
    """A clock, and the way to wait on it, in seconds."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        """Waits."""
        self.now += seconds
