"""What a check takes and returns: a response with its context, and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ..contract import Environment, Fetch, Reopen, ReturnItems, Step, Update
from ..record import CheckName, Claim, Outcome, Situation
from ..wire import Response
from .effects import Effects, read_effects
from .model import Expectation, SessionModel, Verdict

_Result = TypeVar("_Result")

VIEW: Final = Fetch()
"""The operation of findings that do not depend on one: a session as any response shows it, the form
of refusals, raw requests."""
UPDATE: Final = Update(body={})
"""Represents all updates in other readings; it is never sent."""
REFUSAL: Final = Situation.other("refusal")
"""Any refusal, where its form is what matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStep:
    """An earlier step that was answered."""

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
    """One answered step of a scenario, with all that a check needs to judge it."""

    step: Step
    session_id: str
    received: Response
    json: Any
    """The body's JSON value, or `NOT_JSON`."""
    expectation: Expectation
    before: SessionModel
    """The session before the step."""
    after: SessionModel
    """The session as it must be now, given whether the target accepted."""
    other_sessions: Mapping[str, SessionModel]
    """The scenario's other sessions, by their IDs."""
    unseen_steps: tuple[PastStep, ...]
    """The steps since a response last showed this session as it must be, oldest first: no response
    could show yet what they did. The last is this step if it is an accepted write."""
    repeats_update: bool
    """The step is the same update that this session accepted last."""
    environment: Environment
    earlier_view: Mapping[str, Any] | None = None
    """The session as the last response before showed it; None: none did."""
    earlier_effects: Effects | None = None
    """The effects of the answer to the last accepted update of this session, if nothing that may
    count for campaigns came since; None: they are not known, or something did."""
    shown: Mapping[str, Any] | None = field(init=False)
    """The ``customerSession`` of an accepted response; None where there is none, or where the
    response repeats an earlier one (RET-06) and the session was written to since."""

    dry: bool = field(init=False)
    """Whether the step asks for a dry run."""
    _effects: Effects | None = field(default=None, init=False, repr=False, compare=False)
    _worked_out: dict[Callable[..., Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        # Most checks need both.
        is_dry = isinstance(self.step, Update | ReturnItems) and self.step.dry
        object.__setattr__(self, "dry", is_dry)
        object.__setattr__(self, "shown", self._shown())

    def once(self, work: Callable[[JudgedResponse], _Result]) -> _Result:
        """What ``work`` makes of the response: several checks need it, and it is done once."""
        known = self._worked_out
        result: _Result
        if work in known:
            result = known[work]
        else:
            result = known[work] = work(self)
        return result

    @property
    def status(self) -> int:
        return self.received.status

    @property
    def body(self) -> bytes:
        return self.received.body

    @property
    def accepted(self) -> bool:
        return 200 <= self.received.status < 300

    @property
    def refused(self) -> bool:
        return 400 <= self.received.status < 500

    @property
    def open_status(self) -> bool:
        return self.expectation.verdict is Verdict.UNSPECIFIED

    @property
    def effects(self) -> Effects:
        """The effects of the answer, read when they are first asked for."""
        effects = self._effects
        if effects is None:
            effects = read_effects(self.json)
            object.__setattr__(self, "_effects", effects)
        return effects

    @property
    def stored_view(self) -> Mapping[str, Any] | None:
        """`shown`, where it must show what is stored; a dry response need not (DRY-U1)."""
        if self.dry or self.after.lost or self.after.state is None:
            return None
        return self.shown

    @property
    def answered_view(self) -> Mapping[str, Any] | None:
        """The ``customerSession`` of an accepted response, be it one that comes again."""
        if not self.accepted or not isinstance(self.json, dict):
            return None
        session = self.json.get("customerSession")
        return session if isinstance(session, dict) else None

    def _shown(self) -> Mapping[str, Any] | None:
        return None if self._outdated else self.answered_view

    @property
    def _outdated(self) -> bool:
        """Whether a right response repeats an earlier one, which is no longer true."""
        return (
            isinstance(self.step, ReturnItems | Update | Reopen)
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
    """The step that caused it, where it is an earlier one than the one that shows it."""
    claim: Claim | None = None
    """What a right response to the judged step would have satisfied."""
    check: CheckName | None = None
    """The name under which it is reported; None: that of the check which found it."""
    field_name: str = ""
    """The data field that differs; empty: none, or several."""
    family: str = ""
    """All findings with the same text show the same bug, whatever rule each breaks."""
    alternatives: tuple[Finding, ...] = ()
    """Other bugs that would show like this one. If the run holds one of them, it is that bug."""


def brief(value: object, *, longest: int = 200) -> str:
    """``value`` as a finding quotes it: short, and printable whatever a target sent."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
