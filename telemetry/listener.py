"""What follows a run for machines."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Protocol, Self

from ..analysis import RunOutcome
from ..contract import CartfuzzError
from ..harness.pace.pacing import Notice
from ..record import Event


class Listener(Protocol):
    """Follows the events of a run. No method raises an error or waits for a network."""

    def add(self, event: Event) -> None:
        """Takes one event in."""

    def notice(self, notice: Notice) -> None:
        """Takes in what happened to the run besides its events."""

    def finish(self, outcome: RunOutcome) -> None:
        """Takes the verdict in: nothing more comes."""

    def not_started(self, reason: str) -> None:
        """Takes in why the run did not begin: nothing more comes."""

    def close(self) -> None:
        """Lets go of files, ports and threads, within a few seconds."""


class Listeners:
    """Several listeners as one. They are closed at the end of a ``with`` block."""

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._listeners = tuple(listeners)
        self._has_begun = False

    def add(self, event: Event) -> None:
        """Takes one event in."""
        self._has_begun = True
        for one in self._listeners:
            one.add(event)

    def notice(self, notice: Notice) -> None:
        """Takes in what happened to the run besides its events."""
        for one in self._listeners:
            one.notice(notice)

    def finish(self, outcome: RunOutcome) -> None:
        """Takes the verdict in."""
        for one in self._listeners:
            one.finish(outcome)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and not self._has_begun:
            reason = str(error) if isinstance(error, CartfuzzError) else type(error).__name__
            for one in self._listeners:
                one.not_started(reason)
        for one in self._listeners:
            one.close()
