"""What a check is given: one answer, what was expected of it, and what happened before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..contract import Environment, Fetch, ReturnItems, Step, Update
from ..record import CheckName, Claim, Outcome, Situation
from ..wire import Response
from .model import Expectation, SessionModel, Verdict

VIEW: Final = Fetch()
"""The operation of findings that do not hang on one: a session as any answer shows it, the form of
refusals, raw requests."""
UPDATE: Final = Update(body={})
"""Stands for all updates in readings; it is never sent."""
REFUSAL: Final = Situation.other("refusal")
"""Any refusal, where its form is what matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStep:
    """A step that was answered, as later steps look back at it."""

    session: int
    step: Step
    expectation: Expectation
    accepted: bool
    before: SessionModel

    @property
    def dry(self) -> bool:
        return isinstance(self.step, Update | ReturnItems) and self.step.dry


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedResponse:
    """One answered step of a scenario, ready to be checked."""

    step: Step
    session_id: str
    answer: Response
    json: Any
    """The body's JSON value, or `NOT_JSON`."""
    expectation: Expectation
    before: SessionModel
    """The session before the step."""
    after: SessionModel
    """The session as it must be now, given whether the target accepted."""
    others: Mapping[str, SessionModel]
    """The scenario's other sessions, by their IDs."""
    since: tuple[PastStep, ...]
    """What was done since an answer last showed this session as it must be; oldest first. Ends
    with this step if it is an accepted write."""
    repeats: bool
    """The step is the very update that this session accepted last."""
    environment: Environment
    earlier: Mapping[str, Any] | None = None
    """The session as the last answer before showed it; None: none did."""
    shown: Mapping[str, Any] | None = field(init=False)
    """The ``customerSession`` of an accepted answer; None where there is none, or where it is
    that of an earlier answer (RET-06) and the session was written to since."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", self._shown())  # most checks ask for it

    @property
    def accepted(self) -> bool:
        return 200 <= self.answer.status < 300

    @property
    def refused(self) -> bool:
        return 400 <= self.answer.status < 500

    @property
    def dry(self) -> bool:
        return isinstance(self.step, Update | ReturnItems) and self.step.dry

    @property
    def open_status(self) -> bool:
        return self.expectation.verdict is Verdict.UNSPECIFIED

    def _shown(self) -> Mapping[str, Any] | None:
        if not self.accepted or self._outdated or not isinstance(self.json, dict):
            return None
        session = self.json.get("customerSession")
        return session if isinstance(session, dict) else None

    @property
    def _outdated(self) -> bool:
        """Whether a right answer is one that was given before, and no longer true."""
        return (
            isinstance(self.step, ReturnItems)
            and not self.step.dry
            and self.step.idempotency_key in self.before.outdated_keys
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One deviation that a check found."""

    rule: str
    situation: Situation
    outcome: Outcome
    expected: str = ""
    found: str = ""
    """Empty, as ``expected``, in readings that only name what else it may be."""
    operation: Step | None = None
    """The step that did it, where it is an earlier one than the one that shows it."""
    claim: Claim | None = None
    """What a right answer to the judged step would have satisfied."""
    check: CheckName | None = None
    """The name under which it is reported; None: that of the check which found it."""
    field_name: str = ""
    """The data field that differs; empty: none, or several."""
    family: str = ""
    """What all findings with the same text are sights of, whatever rule each breaks."""
    alternatives: tuple[Finding, ...] = ()
    """Other readings: what else would show like this. If the run holds one of them, it is that."""


def brief(value: object, *, longest: int = 200) -> str:
    """``value`` as a finding quotes it: short, and printable whatever a target sent."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
