"""Losses: connections that are cut while a write is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from ...contract import MARK, Cut, Environment, Fetch, Reopen, ReturnItems, Scenario, Step, Update
from ..values.decisions import Decisions
from ..values.samples import Samples, request, return_request

Json = dict[str, Any]

_DECISIONS = st.binary(min_size=16, max_size=16)
_CUTS = (Cut.SENT, Cut.ANSWER, Cut.BODY, Cut.HEAD)
_BY_CHANCE = (Cut.SENT, Cut.SENT)
"""Once more: whether a target is still at it when the client goes is a matter of chance."""
_AIMS = ("RESP-03", "MERGE-04", "ERR-06")


def lost_answers(environment: Environment) -> st.SearchStrategy[Scenario]:
    """Scenarios in which one write, or a few, lose their connection, and are then sent again.

    The read behind a lost write tells what became of it; the same write again must not count twice
    where the contract says so (MERGE-04, RET-06), and a later read must not find it applied late
    beyond what one lost write explains.

    Args:
        environment: declares what exists; its contract version decides what is legal.
    """
    samples = Samples(environment)

    def build(decisions: bytes) -> Scenario:
        digits = Decisions(decisions)
        before, write = digits.pick(_KINDS)(samples, digits)
        cut = digits.pick(_CUTS)
        lost = msgspec.structs.replace(write, cut=cut)
        middle = [lost] * (1 + digits.once_in(4))
        reads: list[Step] = [Fetch(aims=_AIMS)] * (1 + cut.whole)
        again: list[Step] = [write, *reads] if digits.take(4) else []
        more = [_put(samples.session(6), ("RESP-03",)), *reads] if digits.once_in(3) else []
        return Scenario(
            title=f"lost {write.operation.value}",
            sessions=(f"lost-{MARK}",),
            steps=(*before, *middle, *(reads if digits.take(4) else []), *again, *more),
        )

    return _DECISIONS.map(build)


def lost_answer_scenarios(environment: Environment) -> tuple[Scenario, ...]:
    """Each kind of write, cut at each place: read, sent again, read.

    What was sent whole is read twice, since the first read may overtake it.

    Args:
        environment: as for `lost_answers`.
    """
    samples = Samples(environment)
    simplest = [build(samples, Decisions(b"")) for build in dict.fromkeys(_KINDS)]
    keyed = [
        (before, msgspec.structs.replace(write, idempotency_key=f"lost-{MARK}"))
        for before, write in simplest
        if samples.current and isinstance(write, ReturnItems)
    ]
    read = Fetch(aims=_AIMS)
    return tuple(
        Scenario(
            title=f"lost {write.operation.value}",
            sessions=(f"lost-{MARK}",),
            steps=(
                *(*before, msgspec.structs.replace(write, cut=cut)),
                *(*[read] * (1 + cut.whole), write, read),
            ),
        )
        for before, write in (*simplest, *keyed)
        for cut in (*_CUTS, *_BY_CHANCE)
    )


def _creation(samples: Samples, digits: Decisions) -> tuple[list[Step], Update]:
    return [], _put(samples.session(digits.take(4)))


def _update(samples: Samples, digits: Decisions) -> tuple[list[Step], Update]:
    fields = list(samples.session(3).items())
    picked = dict(digits.pick(fields) for _ in range(1 + digits.take(3)))
    return [_put(samples.session()), Fetch()], _put(picked)


def _closing(samples: Samples, digits: Decisions) -> tuple[list[Step], Update]:
    state = digits.pick(("closed", "cancelled"))
    return [_put(samples.session()), Fetch()], _put({"state": state})


def _return(samples: Samples, digits: Decisions) -> tuple[list[Step], ReturnItems]:
    units = 2 + digits.take(4)
    cart = [samples.item(place, quantity=units) for place in range(2)]
    taken = 1 + digits.take(units - 1) if samples.environment.flattens else units
    write = ReturnItems(
        body=return_request({"position": 0, "quantity": taken}),
        idempotency_key=f"lost-{MARK}" if samples.current and digits.take(3) else None,
        aims=("RET-02", "RET-06"),
    )
    closed = {**samples.session(), "cartItems": cart, "state": "closed"}
    return [_put(closed), Fetch()], write


def _reopening(samples: Samples, digits: Decisions) -> tuple[list[Step], Update | Reopen]:
    if not samples.current:
        return _closing(samples, digits)
    return [_put({**samples.session(), "state": "closed"}), Fetch()], Reopen(aims=("STATE-15",))


_KINDS: tuple[
    Callable[[Samples, Decisions], tuple[list[Step], Update | ReturnItems | Reopen]], ...
] = (
    _update,
    _creation,
    _closing,
    _return,
    _return,
    _reopening,
)
"""Returns twice: they are what must not be done again."""


def _put(data: Json, aims: tuple[str, ...] = _AIMS) -> Update:
    return Update(body=request(data), aims=aims)
