"""Defines what a `ScenarioRun` holds of the answers: discrepancies, observations, exchanges, and
errors of judging."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ..contract import Operation
from .claims import Claim


class Kind(StrEnum):
    """What sort of discrepancy it is."""

    VIOLATION = "violation"
    """A rule of the contract is broken."""
    CONTRADICTION = "drift"
    """The target contradicts itself where the contract is silent."""
    FLAKY = "flaky"
    """Seen, but not every time."""


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer that a rule does not allow."""

    signature: str
    """Identity of the bug: equal for equal (rule, check, operation, situation, outcome)."""
    kind: Kind
    rule: str
    """The rule that is broken, such as ``CART-02``."""
    check: str
    """The check that found it, a `CheckName`."""
    operation: Operation
    """The operation that was answered wrongly."""
    situation: str
    """What was asked of what, the key of a `Situation`: ``"update of an open session"``."""
    outcome: str
    """What happened instead, the key of an `Outcome`: ``"accepted"``, ``"couponCodes differ"``."""
    title: str
    """One line for people."""
    expected: str
    found: str
    step: int
    """Index of the step of the scenario whose answer showed it."""
    claim: Claim | None = None
    """What a right answer to that step would have satisfied; None: it takes the model to say."""
    field_name: str = msgspec.field(default="", name="about")
    """The data field that differs; empty: none, or several. ``about`` in JSON."""
    family: str = ""
    """Names the bug that all discrepancies with the same text are symptoms of; empty: none."""
    alternatives: tuple[str, ...] = msgspec.field(default=(), name="perhaps")
    """Signatures of other readings: if the run holds one of them, this may be the same bug."""


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a target did where the contract is silent, or where a rule is only observed."""

    rule: str
    situation: str
    """The key of a `Situation`."""
    outcome: str
    """The key of an `Outcome`."""
    operation: Operation | None = None
    field_name: str = msgspec.field(default="", name="about")
    """The data field that it is about; empty: none, or several. ``about`` in JSON."""
    comparable: bool = False
    """Whether the situation says all that a target which keeps to one behaviour may look at, so
    that another outcome of it contradicts this one."""
    between_runs: bool = False
    """Whether one run may lawfully see several outcomes of the situation, and two runs that share
    none of them have met targets that behave otherwise."""
    step: int = 0
    """Index of the step of the scenario that was answered so."""
    signature: str = ""
    """Of the discrepancy that it would be if its rule were not only observed; empty: none."""


class AnswerClass(StrEnum):
    """What sort of answer a step got."""

    ACCEPTED = "a"
    REFUSED = "r"
    CRASHED = "x"
    """A 5xx."""
    OTHER = "o"
    NONE = "-"

    @classmethod
    def of(cls, status: int | None) -> AnswerClass:
        """The class of an answer with ``status``; None: no answer came."""
        if status is None:
            return cls.NONE
        return _ANSWER_CLASSES.get(status // 100, cls.OTHER)


_ANSWER_CLASSES = {2: AnswerClass.ACCEPTED, 4: AnswerClass.REFUSED, 5: AnswerClass.CRASHED}


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request and its answer, or the reason why there is none."""

    step: int
    """Index of the step of the scenario that was sent."""
    method: str
    target: str
    """Path and query as sent, percent-encoded."""
    status: int | None = None
    """None: no answer came."""
    failure: str = ""
    """Why no answer came; empty if one did."""
    answer: str = ""
    """The body of the answer: bounded, the key redacted, undecodable bytes replaced."""
    elapsed_ms: float = 0.0


class JudgingError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error of Cartfuzz itself in judging a response; what came later was not judged."""

    step: int
    """Index of the step of the scenario that was answered."""
    error: str
    """Its kind and text, shortened: ``"OverflowError: int too large to convert to float"``."""
    place: str
    """Where: ``"knowledge.py:66"``."""
    trace: str = ""
    """The innermost calls, as Python writes them."""
    plugin: str = ""
    """The plugin whose check raised it; empty: it is an error of Cartfuzz."""
