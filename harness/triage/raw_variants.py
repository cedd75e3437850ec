"""Variants of raw and of cut requests: as ordinary ones, as whole ones, with another odd body."""

from __future__ import annotations

import json

import msgspec

from ...contract import MARK, Cut, Operation, Raw, ReturnItems, Scenario, Step, Update
from ...record import Outcome, OutcomeKind
from .causes import Experiments, Sign
from .edits import with_steps_changed

_MAX_NUMBER = 2**31 - 1
_BODY = {"customerSession": {"identifiers": [f"wire-{MARK}"]}}


def as_ordinary(scenario: Scenario) -> Scenario:
    """``scenario`` with the ordinary step in place of each raw one that only its body makes odd."""
    return with_steps_changed(
        scenario, lambda step: ordinary(step) if isinstance(step, Raw) else step
    )


def ordinary(step: Raw) -> Step:
    """The ordinary step with the body of ``step``; the same step if more than that is odd."""
    kinds = {Operation.UPDATE: Update, Operation.RETURN: ReturnItems}
    kind = kinds.get(step.endpoint)
    around = (step.method, step.path, step.query, step.headers, step.omitted_headers)
    if kind is None or any(around):
        return step
    try:
        body = json.loads(step.body, parse_int=_number, parse_float=_number)
    except ValueError:
        return step
    return kind(session=step.session, body=body) if isinstance(body, dict) else step


def _number(text: str) -> float:
    """The number next to ``text`` that each reader of JSON reads alike."""
    value = float(text)
    within = max(-_MAX_NUMBER, min(value, _MAX_NUMBER))
    return int(within) if within == int(within) else within


def has_same_oddity(first: Sign, other: Sign, experiments: Experiments) -> bool:
    """Whether both accept a body with the same thing in it that is no JSON, at different places.

    Then other bodies of the same kind as that of ``other`` are refused.
    """
    if (first.found.rule, first.found.outcome) != (other.found.rule, other.found.outcome):
        return False
    if first.found.rule != "ERR-04":
        return False
    at = other.found.step
    raws = (first.scenario.steps[first.found.step], other.scenario.steps[at])
    details = {one.oddity.partition(": ")[2] if isinstance(one, Raw) else "" for one in raws}
    raw = raws[1]
    if len(details) > 1 or details == {""} or not isinstance(raw, Raw):
        return False
    if raw.endpoint is not Operation.UPDATE or first.found.operation is not other.found.operation:
        return False  # `_BODY` is an update, and each endpoint may have a parser of its own
    # With it comes Hypothesis, which must not be imported while pytest configures itself.
    from ...strategies.malformed.bodies import broken_texts  # noqa: PLC0415

    kind = raw.oddity.partition(":")[0]
    for oddity, text in broken_texts(json.dumps(_BODY)):
        if oddity.partition(":")[0] == kind and oddity != raw.oddity:
            step = msgspec.structs.replace(raw, oddity=oddity, body=text.encode())
            steps = (*other.scenario.steps[:at], step, *other.scenario.steps[at + 1 :])
            variant = msgspec.structs.replace(other.scenario, steps=steps)
            if other.found.signature in experiments.run(variant).shown:
                return False
    return True


def is_cut_short(first: Sign, other: Sign, experiments: Experiments) -> bool:
    """Whether ``other`` is about a request that was not sent whole, and ``first`` accepts the same
    body when nothing more is to come."""
    if Outcome.parse(first.found.outcome).kind is not OutcomeKind.ACCEPTED:
        return False
    variant = with_steps_changed(other.scenario, _whole_without_end)
    return variant != other.scenario and first.found.signature in experiments.run(variant).shown


def _whole_without_end(step: Step) -> Step:
    if not isinstance(step, Update) or step.cut is not Cut.BODY:
        return step
    body = json.dumps(step.body).encode()[:-1]
    return Raw(session=step.session, oddity="truncated JSON", body=body)
