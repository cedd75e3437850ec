"""Recognises a read that shows an older accepted state of its session.

A replica that lags, or a cache, shows what was true some requests ago. Whatever rule the old values
contradict, the cause is one: the read is stale. A target that has lost the write for good shows the
same, so only a later read decides: `cartfuzz.oracle.Oracle.settle_read`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
from msgspec.structs import replace as replace_struct

from ..contract import Fetch
from ..record import CheckName, Discrepancy, Outcome, Situation, discrepancy
from .checks import STATE_CHECKS, STATUS_CHECKS
from .discrepancies import found_by
from .judged_response import JudgedResponse
from .model import Expectation, SessionModel, same_instant

_MOST_STATES = 32
"""The most accepted states of a session that are remembered: the latest."""
_SITUATION = Situation.other("read after an accepted write")
_OUTCOME = Outcome.other("an older accepted state is shown")


class AcceptedState(msgspec.Struct, frozen=True):
    """What a session held after a write that was accepted."""

    step_index: int
    """Of the write."""
    model: SessionModel


NOT_CREATED = AcceptedState(-1, SessionModel())
"""What every session holds before its first write."""


def with_accepted(
    states: tuple[AcceptedState, ...], step_index: int, model: SessionModel
) -> tuple[AcceptedState, ...]:
    """``states`` and the one after the write at ``step_index``; nothing that is not known."""
    if model.lost:
        return states
    return (*states, AcceptedState(step_index, model))[-_MOST_STATES:]


def stale_read(
    step_index: int,
    judged: JudgedResponse,
    states: Sequence[AcceptedState],
    expect: Callable[[SessionModel], Expectation],
) -> Discrepancy | None:
    """The discrepancy if a read that does not fit is stale; None where it shows no older state.

    Args:
        step_index: index of the read in the scenario.
        judged: the read and its response.
        states: what the session held after each accepted write, oldest first.
        expect: the verdict on the read of a session that is as a model says.
    """
    if not isinstance(judged.step, Fetch) or len(states) < 2:
        return None
    *older, latest = states
    shown = next((one for one in reversed(older) if _shows(judged, one.model, expect)), None)
    if shown is None:
        return None
    return discrepancy(
        rule="RESP-03",
        check=CheckName.STALE_READ,
        operation=judged.step.operation,
        situation=_SITUATION,
        outcome=_OUTCOME,
        title=f"stale read: {_SITUATION.text}: {_OUTCOME.text}",
        expected=f"the session {_after(latest)}",
        found=f"the session {_after(shown)}; a read a little later shows it {_after(latest)}",
        step=step_index,
    )


def _after(state: AcceptedState) -> str:
    index = state.step_index
    return "before it was created" if index < 0 else f"after step {index + 1}"


def _shows(
    judged: JudgedResponse, older: SessionModel, expect: Callable[[SessionModel], Expectation]
) -> bool:
    """Whether a read shows the session as it was once, its times and counts included."""
    if judged.accepted and not _is_of_that_time(judged, older):
        return False
    then = replace_struct(older, identity=judged.before.identity, latest_updated=older.updated)
    read = replace(
        judged,
        expectation=expect(then),
        before=then,
        after=then,
        unseen_steps=(),
        repeats_update=False,
        earlier_view=None,
    )
    return not found_by((*STATUS_CHECKS, *STATE_CHECKS), read)


def _is_of_that_time(judged: JudgedResponse, older: SessionModel) -> bool:
    """Whether ``updated`` is that of the older state, as far as both are known.

    A target that has lost a part of the write mostly shows when it was written.
    """
    updated = (judged.shown or {}).get("updated")
    if judged.before.updated is not None and same_instant(judged.before.updated, updated):
        return older.updated is not None and same_instant(older.updated, updated)
    return older.updated is None or same_instant(older.updated, updated)
