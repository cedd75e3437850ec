"""Finds which earlier step is to blame for what a response shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from ...contract import Credentials, Fetch, Reopen, ReturnItems, SessionState, Step, Update
from ...record import Form, Situation
from ..judged_response import JudgedResponse, PastStep
from ..model import lacks_key, same_json, sent_session


class Cause(Enum):
    """What kind of step it was."""

    UPDATED = auto()
    RETURNED = auto()
    REOPENED = auto()
    REFUSED = auto()
    DRY = auto()
    REPEATED = auto()
    """An update or a reopen that was applied before under its Idempotency-Key (IDEM-01)."""
    OTHER = auto()
    """A step on another session."""
    NOTHING = auto()
    """No step at all: two responses without a write between them differ."""


_NO_WRITE = Situation.other("read with no write since the last answer")
_FORMS = {
    Cause.OTHER: Form.AFTER_OTHER,
    Cause.DRY: Form.AFTER_DRY,
    Cause.REFUSED: Form.AFTER_REFUSED,
    Cause.REPEATED: Form.AFTER_REPEATED,
}
"""The causes that are no accepted write of the same session for the first time."""
_CHANGE_NOTHING = frozenset((Cause.REFUSED, Cause.DRY, Cause.REPEATED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """The step that is to blame, and the rules under which it is reported."""

    kind: Cause
    past: PastStep | None = None

    @property
    def step(self) -> Step | None:
        return self.past.step if self.past else None

    @property
    def situation(self) -> Situation:
        """What was done."""
        if self.past is None:
            return _NO_WRITE
        form = _FORMS.get(self.kind, Form.AFTER_ACCEPTED)
        return Situation(form=form, operation=self.past.step.operation)

    @property
    def must_change_nothing(self) -> bool:
        """Whether the step is one that leaves its session as it was."""
        return self.kind in _CHANGE_NOTHING

    @property
    def side_effect_rule(self) -> str:
        """The rule against a change by a step that must change nothing."""
        past = self.past
        if past is None:
            return "RESP-03"
        if self.kind is Cause.REPEATED:
            return "IDEM-01"
        if self.kind is Cause.DRY:
            return "DRY-03" if isinstance(past.step, ReturnItems) else "DRY-01"
        if past.step.credentials is not Credentials.VALID or lacks_key(past.step):
            return "AUTH-01"
        if past.expectation.refused_by_state and isinstance(past.step, Update):
            return "STATE-17"
        return "ERR-06"

    @property
    def frozen(self) -> bool:
        """The session was no longer open when the step came, so its data could not change."""
        past = self.past
        return (
            past is not None
            and self.kind is not Cause.REPEATED
            and isinstance(past.step, Update)
            and past.before.state not in (None, SessionState.OPEN)
        )


def blame(response: JudgedResponse, *, explains: Callable[[PastStep], bool] | None = None) -> Blame:
    """The step since the session was last shown that best explains what is shown now.

    Args:
        response: the response that shows it.
        explains: whether a step that should have changed nothing would explain it; such a step is
            blamed first. Without it only the order counts: the last accepted write, then the last
            step that should have changed nothing, then steps on other sessions.
    """
    own = [past for past in response.unseen_steps if past.session == response.step.session]
    foreign = [past for past in response.unseen_steps if past.session != response.step.session]
    if explains is not None:
        for past in reversed(response.unseen_steps):
            if explains(past) and not (past in own and _stores(past)):
                return cause_of(past, response)
    stored = [past for past in own if _stores(past)]
    for candidates in (stored, own, foreign):
        if candidates:
            return cause_of(candidates[-1], response)
    return Blame(kind=Cause.NOTHING)


def other_causes(response: JudgedResponse, cause: Blame) -> Iterator[Blame]:
    """What else may be to blame, the latest first: any step in between, or the read itself."""
    for past in reversed(response.unseen_steps):
        other = cause_of(past, response)
        if other.past is not cause.past:
            yield other
    if isinstance(response.step, Fetch) and cause.kind is not Cause.NOTHING:
        yield Blame(kind=Cause.NOTHING)


def sends(field: str, found: Any) -> Callable[[PastStep], bool]:
    """Whether a step is an update that sends ``found`` as ``field``."""

    def explains(past: PastStep) -> bool:
        sent = sent_fields(past.step)
        return field in sent and same_json(sent[field], found)

    return explains


def sent_fields(step: Step) -> Mapping[str, Any]:
    """The session fields that ``step`` sends; empty where it is no update."""
    return sent_session(step) if isinstance(step, Update) else {}


def _stores(past: PastStep) -> bool:
    return past.accepted and not past.dry and not past.expectation.repeats_write


def cause_of(past: PastStep, response: JudgedResponse) -> Blame:
    """``past`` as the one to blame for what ``response`` shows."""
    if past.session != response.step.session:
        kind = Cause.OTHER
    elif not past.accepted:
        kind = Cause.REFUSED
    elif past.dry:
        kind = Cause.DRY
    elif past.expectation.repeats_write:
        kind = Cause.REPEATED
    elif isinstance(past.step, ReturnItems):
        kind = Cause.RETURNED
    elif isinstance(past.step, Reopen):
        kind = Cause.REOPENED
    else:
        kind = Cause.UPDATED
    return Blame(kind=kind, past=past)
