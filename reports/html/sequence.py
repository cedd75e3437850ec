"""The picture of a scenario as values: each request, its answer, and the life of its session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ...contract import Raw, Step
from ...record import AnswerClass, Exchange
from ..plain import plain
from ..reproduction import Artefact, ArtefactRequest
from ..wording import counted

_MAX_STEPS = 24
_MAX_FIELDS = 5
_MAX_LANES = 3
_MAX_LETTERS = 26
_NO_SESSION = "no session"


class Together(StrEnum):
    """The place of a step among those that are sent at the same moment."""

    NO = ""
    FIRST = "first"
    BETWEEN = "between"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceStep:
    """One request, its answer, and what became of its session."""

    number: int
    """Counted from 1."""
    session: str
    """Which session, ``"A"`` for the first; ``"*"``: one of its own, or one of many."""
    request: str
    """``"update"``, ``"dry update"``."""
    details: tuple[str, ...]
    """What the request asks for: ``"state: closed"``, ``"1001 cartItems"``."""
    line: str
    """Method and target."""
    answer: str
    """The status, or why there is none."""
    answer_class: AnswerClass | None
    """None: the answer is not on record."""
    elapsed_ms: float
    """How long the answer took; 0: not on record."""
    before: str
    """State of the session before, as its answers show it."""
    after: str
    is_shown: bool
    """Whether an answer shows ``after``; else it follows from what was accepted before."""
    is_blamed: bool
    """Whether its answer shows the discrepancy."""
    together: Together
    second: bool = False
    """Of a contradiction: whether it belongs to the second scenario, and is the first of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A whole scenario, or its end where it is long."""

    steps: tuple[SequenceStep, ...]
    left_out: int
    """Steps before the first of ``steps``."""
    lanes: tuple[str, ...]
    """The sessions, each with a line of its own; one entry where they share a line."""


class _State(NamedTuple):
    name: str
    is_shown: bool = True


def sequence_of(artefact: Artefact) -> Sequence:
    """The picture of what ``artefact`` sends."""
    steps = tuple(_steps(artefact))
    left_out = max(0, len(steps) - _MAX_STEPS)
    sessions = tuple(dict.fromkeys(step.session for step in steps))
    return Sequence(
        steps=steps[left_out:],
        left_out=left_out,
        lanes=sessions if len(sessions) <= _MAX_LANES else ("",),
    )


def _steps(artefact: Artefact) -> Iterator[SequenceStep]:
    exchanges = {} if artefact.synthetic else artefact.exchange_by_step
    states: dict[int, _State] = {}
    letters: dict[int, str] = {}
    first, last = artefact.burst or (0, 0)
    second = artefact.second_scenario
    own = (*artefact.scenario.steps, *(second.steps if second is not None else ()))
    second_from = len(artefact.requests) - len(second.steps) if second is not None else -1
    for index, request in enumerate(artefact.requests):
        exchange = exchanges.get(index)
        before = states.get(request.session_index, _State(_NO_SESSION))
        after = _state_after(before, request, exchange)
        states[request.session_index] = after
        step = own[index] if len(own) == len(artefact.requests) else None
        yield SequenceStep(
            number=index + 1,
            session=_letter(request.session_index, letters),
            request=_request(request, step),
            details=tuple(_details(request)),
            line=plain(f"{request.method} {request.target}", longest=160),
            answer=_answer(exchange),
            answer_class=None if exchange is None else AnswerClass.of(exchange.status),
            elapsed_ms=0.0 if exchange is None else exchange.elapsed_ms,
            before=before.name,
            after=after.name,
            is_shown=after.is_shown,
            is_blamed=index == artefact.step,
            together=_together(index, first, last),
            second=index == second_from,
        )


def _letter(session_index: int, letters: dict[int, str]) -> str:
    """The name of a session, ``"A"`` for the first that is used; ``letters`` keeps it."""
    if session_index < 0 or len(letters) >= _MAX_LETTERS:
        return letters.get(session_index, "*")
    return letters.setdefault(session_index, chr(ord("A") + len(letters)))


def _request(request: ArtefactRequest, step: Step | None) -> str:
    if step is None:
        return request.method
    if isinstance(step, Raw) and step.own:
        return step.own
    if request.is_raw:
        return f"raw {step.operation.value}"
    return f"dry {step.operation.value}" if request.dry else step.operation.value


def _details(request: ArtefactRequest) -> Iterator[str]:
    """The members of the body in a few words, the state first."""
    if request.cut is not None:
        yield f"connection cut {request.cut.value}"
    if request.repetitions > 1:
        yield f"sent {request.repetitions} times, each to another session"
    fields = _fields(request.body)
    state = fields.pop("state", None)
    if state is not None:
        yield f"state: {plain(str(state), longest=30)}"
    for name, value in list(fields.items())[:_MAX_FIELDS]:
        yield _field(plain(name, longest=40), value)
    if len(fields) > _MAX_FIELDS:
        yield f"and {counted(len(fields) - _MAX_FIELDS, 'field')} more"


def _field(name: str, value: object) -> str:
    if isinstance(value, list):
        return f"{name}: {counted(len(value), 'member') if value else 'empty'}"
    if isinstance(value, dict):
        names = ", ".join(plain(one, longest=30) for one in list(value)[:3])
        return f"{name}: {names}{', …' if len(value) > 3 else ''}" if value else f"{name}: empty"
    return f"{name}: {plain(json.dumps(value, ensure_ascii=False), longest=40)}"


def _fields(body: bytes | None) -> dict[str, object]:
    value = _json(body or b"")
    session = value.get("customerSession") if isinstance(value, dict) else None
    if isinstance(session, dict):
        return dict(session)
    returned = value.get("return") if isinstance(value, dict) else None
    return dict(returned) if isinstance(returned, dict) else {}


def _answer(exchange: Exchange | None) -> str:
    if exchange is None:
        return "answer not on record"
    if exchange.status is None:
        return f"no answer: {plain(exchange.failure, longest=80)}"
    return str(exchange.status)


def _state_after(before: _State, request: ArtefactRequest, exchange: Exchange | None) -> _State:
    """The state that the answer shows; a dry or refused request leaves the one before."""
    if exchange is None or exchange.status is None or request.dry:
        return before
    if AnswerClass.of(exchange.status) is not AnswerClass.ACCEPTED:
        return before
    value = _json(exchange.answer.encode("utf-8", "replace"))
    session = value.get("customerSession") if isinstance(value, dict) else None
    state = session.get("state") if isinstance(session, dict) else None
    if isinstance(state, str) and state:
        return _State(plain(state, longest=30))
    asked = _fields(request.body).get("state")
    if isinstance(asked, str):
        return _State(plain(asked, longest=30), is_shown=False)
    return _State("open", is_shown=False) if before.name == _NO_SESSION else before


def _together(index: int, first: int, last: int) -> Together:
    if not first <= index < last:
        return Together.NO
    if index == first:
        return Together.FIRST
    return Together.LAST if index == last - 1 else Together.BETWEEN


def _json(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
