"""Races: what concurrent clients of one session, or of a few, do at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ...contract import MARK, Environment, Fetch, Reopen, ReturnItems, Scenario, Step, Update
from ..values.decisions import Decisions
from ..values.samples import Samples, request, return_request

Json = dict[str, Any]

MOST_AT_ONCE = 5
"""Requests in a burst. Every order of them may have to be tried."""

_DECISIONS = st.binary(min_size=16, max_size=16)
_AIMS = ("PAR-01", "PAR-03")


def races(environment: Environment) -> st.SearchStrategy[Scenario]:
    """Scenarios with one burst: sessions are led somewhere, hit at once, then read.

    A burst has 2 to 5 requests. Each is valid alone and sends other data than the rest, so that
    whoever reads the session can tell in which order they were applied.

    Args:
        environment: declares what exists; its contract version decides what is legal.
    """
    samples = Samples(environment)
    kinds = _KINDS if samples.current else _KINDS[:-1]

    def build(decisions: bytes) -> Scenario:
        digits = Decisions(decisions)
        return digits.pick(kinds)(samples, digits).scenario()

    return _DECISIONS.map(build)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Race:
    """The parts of a scenario with one burst."""

    title: str
    before: tuple[Step, ...] = ()
    burst: tuple[Step, ...]
    sessions: int = 1

    def scenario(self) -> Scenario:
        first = len(self.before)
        reads = tuple(Fetch(session=place, aims=("PAR-01",)) for place in range(self.sessions))
        return Scenario(
            title=self.title,
            sessions=tuple(f"race{place}-{MARK}" for place in range(self.sessions)),
            steps=(*self.before, *self.burst, *reads),
            burst=(first, first + len(self.burst)),
        )


def _updates(samples: Samples, digits: Decisions) -> _Race:
    """Updates of one open session, each of a field or two."""
    return _Race(
        title="parallel updates",
        before=(_put(samples.session()), Fetch()),
        burst=tuple(_put(part, show=False) for part in _parts(samples, digits)),
    )


def _creations(samples: Samples, digits: Decisions) -> _Race:
    """First updates of one session."""
    return _Race(
        title="parallel creations",
        burst=tuple(_put(part) for part in _parts(samples, digits)),
    )


def _reads(samples: Samples, digits: Decisions) -> _Race:
    """Updates of the whole session, and reads meanwhile."""
    updates = [_put(_whole(samples, n + 1), show=False) for n in range(1 + digits.take(2))]
    reads: list[Step] = [Fetch(aims=("PAR-01",))] * (1 + digits.take(3))
    return _Race(
        title="reads beside updates",
        before=(_put(_whole(samples, 0)), Fetch()),
        burst=(*updates, *reads),
    )


def _closings(samples: Samples, digits: Decisions) -> _Race:
    """Updates that close one session, each with other data, and perhaps others beside them."""
    parts = _parts(samples, digits)
    closing = 2 + digits.take(2)
    steps = [
        _put({**part, "state": "closed"} if place < closing else part, show=False)
        for place, part in enumerate(parts)
    ]
    if digits.once_in(3):
        steps[-1] = _put({"state": "cancelled"}, show=False)
    return _Race(
        title="parallel closings", before=(_put(samples.session()), Fetch()), burst=tuple(steps)
    )


def _returns(samples: Samples, digits: Decisions) -> _Race:
    """Returns from one closed session, more than its cart holds."""
    units = 2 + digits.take(3)
    cart = [samples.item(place, quantity=units) for place in range(2)]
    # Without flattening an item goes back whole.
    taken = 1 + digits.take(units) if samples.environment.flattens else units
    line = {"position": 0, "quantity": taken}
    count = 2 + digits.take(MOST_AT_ONCE - 1)
    step = ReturnItems(body=return_request(line, show=False), aims=("PAR-01",))
    return _Race(
        title="parallel returns",
        before=(_put({**samples.session(), "cartItems": cart, "state": "closed"}), Fetch()),
        burst=(step,) * count,
    )


def _apart(samples: Samples, digits: Decisions) -> _Race:
    """One update for each of a few sessions."""
    count = 2 + digits.take(3)
    before: list[Step] = []
    if digits.take(2):
        before = [_put(samples.session(n), session=n) for n in range(count)]
    steps = [
        _put(_whole(samples, n + 4), session=n, show=bool(digits.take(2)), aims=("PAR-02",))
        for n in range(count)
    ]
    return _Race(
        title="updates of sessions apart",
        before=tuple(before),
        burst=tuple(steps),
        sessions=count,
    )


def _reopenings(samples: Samples, digits: Decisions) -> _Race:
    """Whatever a closed session may meet (current)."""
    line = {"position": 0, "quantity": 1}
    choices: tuple[Step, ...] = (
        Reopen(aims=("PAR-01",)),
        ReturnItems(body=return_request(line, show=False), aims=("PAR-01",)),
        _put({"state": "cancelled"}, show=False),
        Fetch(aims=("PAR-01",)),
    )
    picked = [digits.pick(choices) for _ in range(1 + digits.take(3))]
    cart = [samples.item(place, quantity=3) for place in range(2)]
    return _Race(
        title="reopening beside others",
        before=(_put({**samples.session(), "cartItems": cart, "state": "closed"}), Fetch()),
        burst=(Reopen(aims=("PAR-01",)), *picked),
    )


_KINDS: tuple[Callable[[Samples, Decisions], _Race], ...] = (
    _updates,
    _creations,
    _closings,
    _returns,
    _apart,
    _reads,
    _reopenings,
)


def _put(
    data: Json,
    *,
    session: int = 0,
    show: bool = True,
    aims: tuple[str, ...] = _AIMS,
) -> Update:
    return Update(session=session, body=request(data, show=show), aims=aims)


def _whole(samples: Samples, number: int) -> Json:
    """A session with all of its fields, but for the profile, which several share."""
    return samples.session(number, profileId=samples.profile())


def _parts(samples: Samples, digits: Decisions) -> list[Json]:
    """2 to 5 parts of sessions, of one or two fields each; no two are the same."""
    count = 2 + digits.take(MOST_AT_ONCE - 1)
    fields = [
        {name: value}
        for number in (1, 2, 3)
        for name, value in samples.session(number).items()
        if name != "profileId"
    ]
    start = digits.take(len(fields))
    rotated = [*fields[start:], *fields[:start]]
    return [
        {**rotated[place], **rotated[-1]} if digits.take(2) else rotated[place]
        for place in range(count)
    ]
