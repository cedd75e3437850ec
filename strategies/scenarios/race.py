"""The form of a scenario with one burst of concurrent requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...contract import MARK, Fetch, Scenario, Step, Update
from ..values.decisions import Decisions
from ..values.samples import Samples, update_body

Json = dict[str, Any]

MAX_BURST_REQUESTS = 5
"""Most requests in a burst: the oracle may have to try every order of them."""
AIMS = ("PAR-01", "PAR-03")


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """The parts of a scenario with one burst. Between burst and ``after`` each session is read."""

    title: str
    before: tuple[Step, ...] = ()
    burst: tuple[Step, ...]
    after: tuple[Step, ...] = ()
    sessions: int = 1

    def build(self) -> Scenario:
        """The scenario."""
        first = len(self.before)
        reads = tuple(
            Fetch(session=session_index, aims=("PAR-01",)) for session_index in range(self.sessions)
        )
        return Scenario(
            title=self.title,
            sessions=tuple(f"race{session_index}-{MARK}" for session_index in range(self.sessions)),
            steps=(*self.before, *self.burst, *reads, *self.after),
            burst=(first, first + len(self.burst)),
        )


RaceKind = Callable[[Samples, Decisions], Race]


def update_step(
    data: Json, *, session: int = 0, show: bool = True, aims: tuple[str, ...] = AIMS
) -> Update:
    """An update of ``session`` that sends ``data``."""
    return Update(session=session, body=update_body(data, show=show), aims=aims)
