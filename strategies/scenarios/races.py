"""Scenarios with one burst: concurrent requests on one session, or on a few."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...contract import Environment, Fetch, Reopen, ReturnItems, Scenario, Step
from ..values.decisions import Decisions
from ..values.samples import Samples, return_body
from .race import MAX_BURST_REQUESTS, Race, RaceKind, update_step
from .scarce_races import scarce_kinds

Json = dict[str, Any]

_DECISIONS = st.binary(min_size=16, max_size=16)


def races(environment: Environment) -> st.SearchStrategy[Scenario]:
    """Scenarios with one burst: sessions are prepared, sent several requests at once, then read.

    A burst has 2 to 5 requests. Each is valid alone. Updates send different data, so that a read
    shows the order in which they were applied. Where scarce codes are declared that each execution
    has for itself, some bursts are about their last redemptions.

    Args:
        environment: declares what exists; its contract version decides what is legal.
    """
    samples = Samples(environment)
    kinds = (*(_KINDS if samples.current else _KINDS[:-1]), *scarce_kinds(environment))

    def build(data: bytes) -> Scenario:
        decisions = Decisions(data)
        return decisions.pick(kinds)(samples, decisions).build()

    return _DECISIONS.map(build)


def _updates(samples: Samples, decisions: Decisions) -> Race:
    """Updates of one open session, of one or two fields each."""
    return Race(
        title="parallel updates",
        before=(update_step(samples.session()), Fetch()),
        burst=tuple(update_step(part, show=False) for part in _parts(samples, decisions)),
    )


def _creations(samples: Samples, decisions: Decisions) -> Race:
    """First updates of one session."""
    return Race(
        title="parallel creations",
        burst=tuple(update_step(part) for part in _parts(samples, decisions)),
    )


def _reads(samples: Samples, decisions: Decisions) -> Race:
    """Updates of the whole session, and concurrent reads."""
    updates = [
        update_step(_whole_session(samples, n + 1), show=False)
        for n in range(1 + decisions.take(2))
    ]
    reads: list[Step] = [Fetch(aims=("PAR-01",))] * (1 + decisions.take(3))
    return Race(
        title="reads beside updates",
        before=(update_step(_whole_session(samples, 0)), Fetch()),
        burst=(*updates, *reads),
    )


def _closings(samples: Samples, decisions: Decisions) -> Race:
    """Updates that close one session, each with other data, and sometimes other updates."""
    parts = _parts(samples, decisions)
    closing = 2 + decisions.take(2)
    steps = [
        update_step({**part, "state": "closed"} if index < closing else part, show=False)
        for index, part in enumerate(parts)
    ]
    if decisions.one_in(3):
        steps[-1] = update_step({"state": "cancelled"}, show=False)
    return Race(
        title="parallel closings",
        before=(update_step(samples.session()), Fetch()),
        burst=tuple(steps),
    )


def _returns(samples: Samples, decisions: Decisions) -> Race:
    """The same return from one closed session several times, up to more than its cart holds."""
    units = 2 + decisions.take(3)
    cart = [samples.item(variant, quantity=units) for variant in range(2)]
    # Without flattening all units of an item are returned together.
    returned = 1 + decisions.take(units) if samples.environment.flattens else units
    line = {"position": 0, "quantity": returned}
    count = 2 + decisions.take(MAX_BURST_REQUESTS - 1)
    step = ReturnItems(body=return_body(line, show=False), aims=("PAR-01",))
    return Race(
        title="parallel returns",
        before=(update_step({**samples.session(), "cartItems": cart, "state": "closed"}), Fetch()),
        burst=(step,) * count,
    )


def _separate(samples: Samples, decisions: Decisions) -> Race:
    """One update for each of a few sessions."""
    count = 2 + decisions.take(3)
    before: list[Step] = []
    if decisions.take(2):
        before = [update_step(samples.session(n), session=n) for n in range(count)]
    steps = [
        update_step(
            _whole_session(samples, n + 4),
            session=n,
            show=bool(decisions.take(2)),
            aims=("PAR-02",),
        )
        for n in range(count)
    ]
    return Race(
        title="updates of sessions apart",
        before=tuple(before),
        burst=tuple(steps),
        sessions=count,
    )


def _reopenings(samples: Samples, decisions: Decisions) -> Race:
    """A reopening beside what else a closed session allows (current only)."""
    line = {"position": 0, "quantity": 1}
    choices: tuple[Step, ...] = (
        Reopen(aims=("PAR-01",)),
        ReturnItems(body=return_body(line, show=False), aims=("PAR-01",)),
        update_step({"state": "cancelled"}, show=False),
        Fetch(aims=("PAR-01",)),
    )
    picked = [decisions.pick(choices) for _ in range(1 + decisions.take(3))]
    cart = [samples.item(variant, quantity=3) for variant in range(2)]
    return Race(
        title="reopening beside others",
        before=(update_step({**samples.session(), "cartItems": cart, "state": "closed"}), Fetch()),
        burst=(Reopen(aims=("PAR-01",)), *picked),
    )


_KINDS: tuple[RaceKind, ...] = (
    _updates,
    _creations,
    _closings,
    _returns,
    _separate,
    _reads,
    _reopenings,
)


def _whole_session(samples: Samples, variant: int) -> Json:
    """A session with all fields; all variants have the same profile."""
    return samples.session(variant, profileId=samples.profile())


def _parts(samples: Samples, decisions: Decisions) -> list[Json]:
    """2 to 5 parts of sessions, of one or two fields each; no two are equal."""
    count = 2 + decisions.take(MAX_BURST_REQUESTS - 1)
    fields = [
        {name: value}
        for variant in (1, 2, 3)
        for name, value in samples.session(variant).items()
        if name != "profileId"
    ]
    start = decisions.take(len(fields))
    rotated = [*fields[start:], *fields[:start]]
    return [
        {**rotated[index], **rotated[-1]} if decisions.take(2) else rotated[index]
        for index in range(count)
    ]
