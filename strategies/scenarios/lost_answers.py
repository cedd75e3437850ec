"""Scenarios in which the client cuts the connection of a write, so that its response is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from ...contract import (
    MARK,
    Addition,
    Cut,
    Environment,
    Fetch,
    Operation,
    Reopen,
    ReturnItems,
    Scenario,
    Step,
    Update,
)
from ..values.decisions import Decisions
from ..values.samples import Samples, return_body, update_body
from .lost_redemptions import lost_redemption, lost_redemptions

Json = dict[str, Any]

_DECISIONS = st.binary(min_size=16, max_size=16)
_CUTS = (Cut.SENT, Cut.ANSWER, Cut.BODY, Cut.HEAD)
_ADDITIONS = {
    Operation.RETURN: Addition.KEYED_RETURNS,
    Operation.UPDATE: Addition.KEYED_WRITES,
    Operation.REOPEN: Addition.KEYED_WRITES,
}
"""What a write with an Idempotency-Key needs."""
_REPEATED_CUTS = (Cut.SENT, Cut.SENT)
"""Tried again: it depends on timing whether the target is still busy when the client leaves."""
_AIMS = ("RESP-03", "MERGE-04", "ERR-06")


def lost_answers(environment: Environment) -> st.SearchStrategy[Scenario]:
    """Scenarios in which one write, or the same write twice, loses its response and is sent again.

    The read after a lost write shows whether it was applied. The repetition must not count twice
    where the contract says so (MERGE-04, RET-06). A later read shows whether a lost write was
    applied late. Some of the writes redeem a scarce code, which another session then asks for.

    Args:
        environment: declares what exists; its contract version decides what is legal.
    """
    samples = Samples(environment)
    codes = lost_redemptions(environment)

    def build(data: bytes) -> Scenario:
        decisions = Decisions(data)
        if codes and decisions.one_in(5):
            code, cut = decisions.pick(codes), decisions.pick(_CUTS)
            return lost_redemption(environment, code, cut, decisions)
        before, write = decisions.pick(_KINDS)(samples, decisions)
        cut = decisions.pick(_CUTS)
        lost = msgspec.structs.replace(write, cut=cut)
        middle = [lost] * (1 + decisions.one_in(4))
        reads: list[Step] = [Fetch(aims=_AIMS)] * (1 + cut.whole)
        repetition: list[Step] = [write, *reads] if decisions.take(4) else []
        another = (
            [_update_step(samples.session(6), ("RESP-03",)), *reads] if decisions.one_in(3) else []
        )
        return Scenario(
            title=f"lost {write.operation.value}",
            sessions=(f"lost-{MARK}",),
            steps=(*before, *middle, *(reads if decisions.take(4) else []), *repetition, *another),
        )

    return _DECISIONS.map(build)


def lost_answer_scenarios(environment: Environment) -> tuple[Scenario, ...]:
    """The deterministic sweep: each kind of write, cut at each place, read, sent again, read.

    A write that was sent whole is read twice, since the first read may overtake it.

    Args:
        environment: as for `lost_answers`.
    """
    samples = Samples(environment)
    simplest = [build(samples, Decisions(b"")) for build in dict.fromkeys(_KINDS)]
    keyed = [
        (before, msgspec.structs.replace(write, idempotency_key=f"lost-{MARK}"))
        for before, write in simplest
        if samples.environment.has(_ADDITIONS[write.operation])
    ]
    read = Fetch(aims=_AIMS)
    codes = lost_redemptions(environment)[:1]
    scarce = (
        lost_redemption(environment, code, cut, Decisions(b"")) for code in codes for cut in _CUTS
    )
    plain = (
        Scenario(
            title=f"lost {write.operation.value}",
            sessions=(f"lost-{MARK}",),
            steps=(
                *(*before, msgspec.structs.replace(write, cut=cut)),
                *(*[read] * (1 + cut.whole), write, read),
            ),
        )
        for before, write in (*simplest, *keyed)
        for cut in (*_CUTS, *_REPEATED_CUTS)
    )
    return (*plain, *scarce)


def _creation(samples: Samples, decisions: Decisions) -> tuple[list[Step], Update]:
    return [], _update_step(samples.session(decisions.take(4)))


def _update(samples: Samples, decisions: Decisions) -> tuple[list[Step], Update]:
    fields = list(samples.session(3).items())
    picked = dict(decisions.pick(fields) for _ in range(1 + decisions.take(3)))
    return [_update_step(samples.session()), Fetch()], _update_step(picked)


def _closing(samples: Samples, decisions: Decisions) -> tuple[list[Step], Update]:
    state = decisions.pick(("closed", "cancelled"))
    return [_update_step(samples.session()), Fetch()], _update_step({"state": state})


def _return(samples: Samples, decisions: Decisions) -> tuple[list[Step], ReturnItems]:
    units = 2 + decisions.take(4)
    cart = [samples.item(variant, quantity=units) for variant in range(2)]
    returned = 1 + decisions.take(units - 1) if samples.environment.flattens else units
    keyed = samples.environment.has(Addition.KEYED_RETURNS)
    write = ReturnItems(
        body=return_body({"position": 0, "quantity": returned}),
        idempotency_key=f"lost-{MARK}" if keyed and decisions.take(3) else None,
        aims=("RET-02", "RET-06"),
    )
    closed = {**samples.session(), "cartItems": cart, "state": "closed"}
    return [_update_step(closed), Fetch()], write


def _reopening(samples: Samples, decisions: Decisions) -> tuple[list[Step], Update | Reopen]:
    if not samples.current:
        return _closing(samples, decisions)
    return [_update_step({**samples.session(), "state": "closed"}), Fetch()], Reopen(
        aims=("STATE-15",)
    )


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
"""Returns have two entries, as a return that is applied twice does the most harm."""


def _update_step(data: Json, aims: tuple[str, ...] = _AIMS) -> Update:
    return Update(body=update_body(data), aims=aims)
