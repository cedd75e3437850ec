"""The situation of each step: what was asked of a session in which state."""

from __future__ import annotations

from typing import Any

from ...contract import Operation, Raw, Reopen, ReturnItems, SessionState, Step, Update
from ...record import Situation
from ...record.situation import MOVES, SESSION_KINDS, Form, SessionKind
from ...wire import session_view
from .answers import Answer

_STATES = {state.value: state for state in SessionState}


class SessionKinds:
    """The state of each session of a scenario, as far as the answers of the old target show it.

    Args:
        sessions: how many there are.
    """

    def __init__(self, sessions: int) -> None:
        self._kinds = [SessionKind.NONEXISTENT] * sessions

    def situation(self, step: Step) -> Situation:
        """The situation of the next step."""
        if isinstance(step, Raw):
            return Situation(form=Form.RAW, subject=f"{step.oddity} ({step.operation.value})")
        move = MOVES[_requested(step)] if isinstance(step, Update) else None
        return Situation(
            form=Form.REQUEST,
            operation=step.operation,
            dry=step.dry,
            session=self._kinds[step.session],
            move=move,
        )

    def learn(self, step: Step, answer: Answer) -> None:
        """Takes in the answer of the old target."""
        if not answer.accepted or step.dry:
            return
        view = session_view(answer.body)
        shown = _state(view.get("state")) if view is not None else None
        if shown is not None:
            self._kinds[step.session] = SESSION_KINDS[shown]
        elif isinstance(step, Reopen):
            self._kinds[step.session] = SessionKind.OPEN
        elif isinstance(step, Update):
            asked = _requested(step)
            if asked is not None:
                self._kinds[step.session] = SESSION_KINDS[asked]
            elif self._kinds[step.session] is SessionKind.NONEXISTENT:
                self._kinds[step.session] = SessionKind.OPEN
        elif isinstance(step, ReturnItems) or step.operation is not Operation.GET:
            self._kinds[step.session] = SessionKind.UNCERTAIN


def _requested(step: Update) -> SessionState | None:
    sent = session_view(step.body)
    return _state(sent.get("state")) if sent is not None else None


def _state(value: Any) -> SessionState | None:
    return _STATES.get(value) if isinstance(value, str) else None
