"""What a run tells while it goes on: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.status import Status

from ..record import Activity, Event, Minimised, RunStarted, ScenarioRun

_PLAIN_EVERY_SEC = 10.0
_LIVE_EVERY_SEC = 0.2


class Progress(Protocol):
    """Follows the events of a run."""

    def tell(self, event: Event) -> None: ...

    def close(self) -> None: ...


def progress_on(console: Console, *, verbosity: int) -> Progress:
    """The kind of progress that fits ``console``."""
    if verbosity < 0:
        return Silent()
    return Live(console) if console.is_terminal else Plain(console)


class Silent:
    """Tells nothing."""

    def tell(self, event: Event) -> None: ...

    def close(self) -> None: ...


class _Counting:
    """Counts what both kinds show."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.started = monotonic()
        self.shown = 0.0
        self.phase = ""
        self.scenarios = 0
        self.requests = 0
        self.signatures: set[str] = set()

    def count(self, event: Event) -> bool:
        """Takes ``event`` in; whether it changes what is shown."""
        if isinstance(event, RunStarted):
            self.started = monotonic()
            self.console.print(
                f"cartfuzz {event.cartfuzz}: {event.target}, contract {event.contract.value}, "
                f"seed {event.seed}, {event.workers} worker{'s' if event.workers > 1 else ''}",
                markup=False,
                soft_wrap=True,
            )
        if isinstance(event, Minimised):
            self.phase = Activity.TRIAGE
            self.requests += event.requests
            return True
        if not isinstance(event, ScenarioRun):
            return False
        self.phase = event.phase
        self.scenarios += not event.is_late_read
        self.requests += event.requests
        self.signatures.update(found.signature for found in event.discrepancies)
        return True

    def line(self) -> str:
        seconds = max(monotonic() - self.started, 0.001)
        return (
            f"{self.phase}: {self.scenarios} scenarios, {self.requests} requests, "
            f"{self.requests / seconds:.0f}/s, {len(self.signatures)} discrepancies"
        )


class Live(_Counting):
    """One line that is kept up to date."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._status = Status("starting", console=console)
        self._status.start()

    def tell(self, event: Event) -> None:
        if self.count(event) and monotonic() - self.shown >= _LIVE_EVERY_SEC:
            self.shown = monotonic()
            self._status.update(self.line())

    def close(self) -> None:
        self._status.stop()


class Plain(_Counting):
    """A line now and then."""

    def tell(self, event: Event) -> None:
        if self.count(event) and monotonic() - max(self.shown, self.started) >= _PLAIN_EVERY_SEC:
            self.shown = monotonic()
            self.console.print(self.line(), markup=False, soft_wrap=True)

    def close(self) -> None: ...
