"""Makes the script of a contradiction: it sends both scenarios, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import msgspec

from ...analysis import Evidence
from ...contract import MARK
from ...contract.fields import DATA_FIELDS
from ...record import Consistent, Exchange, ShownThen
from ...wire.encoding import decode_json
from .artefact import Artefact
from .artefact_request import requests_of

SECOND_MARK = "cf-11111111-1111111111"
"""The placeholder mark of a second scenario, so that a script gives each its own fresh mark."""
_COMPARED_FIELDS = (
    "state",
    "total",
    "cartItemTotal",
    "additionalCostTotal",
    "updateCount",
    *DATA_FIELDS,
)


def contradiction(unscripted: Artefact, evidence: tuple[Evidence, ...]) -> Artefact:
    """Both scenarios, one after the other; it holds that they are not answered as they were."""
    if len(evidence) != 2:
        return unscripted
    first, second = (_trimmed(one) for one in evidence)
    if first is None or second is None:
        return unscripted
    steps, sessions = len(first.scenario.steps), len(first.scenario.sessions)
    requests = (
        replace(request.with_mark(SECOND_MARK), session_index=request.session_index + sessions)
        for request in requests_of(second.scenario)
    )
    exchanges = (
        _with_second_mark(msgspec.structs.replace(exchange, step=exchange.step + steps))
        for exchange in second.exchanges
    )
    answers = (
        *_answers_to_repeat(first, 0),
        *(_with_second_mark(answer) for answer in _answers_to_repeat(second, steps)),
    )
    made = unscripted.with_script(
        scenario=first.scenario,
        requests=(*requests_of(first.scenario), *requests),
        step=steps + second.step,
        claim=Consistent(then=answers),
    )
    return replace(
        made,
        exchanges=(*first.exchanges, *exchanges),
        second_scenario=second.scenario,
        marks=(MARK, SECOND_MARK),
        synthetic=False,
    )


def _trimmed(evidence: Evidence) -> Evidence | None:
    """``evidence`` up to the answer that shows it; None if a script cannot repeat it.

    Chance decides what a burst shows, and a step without an answer shows nothing.
    """
    scenario = evidence.scenario
    answer = _recorded_answers(evidence).get(evidence.step)
    if scenario.burst is not None or answer is None or answer.status is None:
        return None
    steps = scenario.steps[: _showing_step(evidence) + 1]
    return Evidence(
        scenario=msgspec.structs.replace(scenario, steps=steps),
        exchanges=tuple(one for one in evidence.exchanges if one.step < len(steps)),
        step=evidence.step,
    )


class _RecordedAnswer(NamedTuple):
    status: int | None
    view: dict[str, Any] | None
    """The compared members of the session in the answer; None: it shows no session."""


def _recorded_answers(evidence: Evidence) -> dict[int, _RecordedAnswer]:
    """The first answer to each step."""
    answers: dict[int, _RecordedAnswer] = {}
    for exchange in evidence.exchanges:
        if exchange.step not in answers:
            answers[exchange.step] = _RecordedAnswer(exchange.status, _compared_view(exchange))
    return answers


def _compared_view(exchange: Exchange) -> dict[str, Any] | None:
    body = decode_json(exchange.answer.encode())
    view = body.get("customerSession") if isinstance(body, dict) else None
    if not isinstance(view, dict):
        return None
    return {name: view.get(name) for name in _COMPARED_FIELDS}


def _showing_step(evidence: Evidence) -> int:
    """The first step from the one in question on whose answer shows its session as it is."""
    steps, answers = evidence.scenario.steps, _recorded_answers(evidence)
    for index in range(evidence.step, len(steps)):
        # The answer to a dry update shows a session that the target does not store.
        is_real = index == evidence.step or not getattr(steps[index], "dry", False)
        same_session = steps[index].session == steps[evidence.step].session
        if is_real and same_session and index in answers and answers[index].view is not None:
            return index
    return evidence.step


def _answers_to_repeat(evidence: Evidence, offset: int) -> Iterator[ShownThen]:
    """The answers that a target must give again before it counts as behaving as it did.

    These are the answer in question and the one that shows the session. What became of a request
    without an answer can be seen from the other answers only, so then all of them must come again.
    """
    answers = _recorded_answers(evidence)
    has_cut = any(getattr(step, "cut", None) for step in evidence.scenario.steps)
    steps = sorted(answers) if has_cut else sorted({evidence.step, _showing_step(evidence)})
    for step in steps:
        answer = answers[step]
        if answer.status is not None:
            yield ShownThen(step=step + offset, status=answer.status, view=answer.view)


_Value = TypeVar("_Value", Exchange, ShownThen)


def _with_second_mark(value: _Value) -> _Value:
    text = json.dumps(msgspec.to_builtins(value)).replace(MARK, SECOND_MARK)
    return msgspec.convert(json.loads(text), type(value))
