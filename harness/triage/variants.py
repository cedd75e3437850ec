"""Whether one discrepancy is another one in another garb: a variant of its scenario shows that.

- *Plainer*: with shorter texts, with ordinary numbers, or as an ordinary request in place of a raw
  one, the scenario shows the other with the same outcome.
- *The same difference*: for real in place of dry, or with another list of texts of the session, the
  scenario shows the other, and what differs is the same.
- *The same repetition*: a request that is sent again under its Idempotency-Key breaks the same rule
  in the other way as well, or when nothing comes between, or when it asks for no state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Set
from typing import Any

import msgspec

from ...contract import MARK, Operation, Raw, ReturnItems, Scenario, Step, Update
from ...record import Discrepancy, Element
from .causes import Experiments, Sign
from .edits import with_bodies_changed

_MAX_NUMBER = 2**31 - 1
_LISTS = ("identifiers", "couponCodes")
"""Fields of a session that hold texts, and that an update replaces."""
_OF_REPETITIONS = frozenset(("IDEM-01", "RET-06"))
"""The rules of requests that are sent again under their Idempotency-Key."""
_NAMES = frozenset(("state", "type", "responseContent"))
"""Members whose values are names of a fixed set."""


def is_variant(first: Sign, other: Sign, known: Set[str], experiments: Experiments) -> bool:
    """Whether a variant of the scenario of ``other`` shows ``first``, so that both are one bug.

    Args:
        first: has the simpler scenario.
        other: may be a further sign of what makes ``first``.
        known: the signatures of ``first`` and its further signs.
        experiments: executes the variants.

    Raises:
        BoundHitError: the bounds allow no execution.
    """
    return (
        _is_plainer(first, other, known, experiments)
        or _has_same_difference(first, other, experiments)
        or _is_same_repetition(first, other, experiments)
    )


# --- plainer ------------------------------------------------------------------------------------


def _is_plainer(first: Sign, other: Sign, known: Set[str], experiments: Experiments) -> bool:
    if (first.found.rule, first.found.outcome) != (other.found.rule, other.found.outcome):
        return False
    return any(
        bool(known & experiments.run(variant).shown) for variant in _plainer(other.scenario)
    )


def _plainer(scenario: Scenario) -> Iterator[Scenario]:
    for change in (_shortened, _as_ordinary):
        changed = change(scenario)
        if changed != scenario:
            yield changed


def _shortened(scenario: Scenario) -> Scenario:
    """``scenario`` with each character of a text once, but for the mark."""
    return with_bodies_changed(scenario, lambda body: _with_texts(body, _short))


def _short(text: str) -> str:
    before, mark, after = text.partition(MARK)
    return "".join((*dict.fromkeys(before), mark, *dict.fromkeys(after)))


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_with_texts(member, change) for member in value]
    if isinstance(value, dict):
        return {
            name: member if name in _NAMES else _with_texts(member, change)
            for name, member in value.items()
        }
    return change(value) if isinstance(value, str) else value


def _as_ordinary(scenario: Scenario) -> Scenario:
    """``scenario`` with the ordinary step in place of each raw one that only its body makes odd."""
    steps = tuple(_ordinary(step) if isinstance(step, Raw) else step for step in scenario.steps)
    return msgspec.structs.replace(scenario, steps=steps)


def _ordinary(step: Raw) -> Step:
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


# --- the same difference ------------------------------------------------------------------------


def _has_same_difference(first: Sign, other: Sign, experiments: Experiments) -> bool:
    return any(
        (first.found.signature, *difference) in experiments.run(variant).differences
        for variant, difference in _alike(first.found, other)
    )


def _alike(first: Discrepancy, other: Sign) -> Iterator[tuple[Scenario, tuple[str, str]]]:
    """Scenarios that show ``first`` if it is the same, with what must be expected and found."""
    found = other.found
    real = _for_real(other.scenario)
    if real != other.scenario:
        yield real, (found.expected, found.found)
    names = (first.field_name, found.field_name)
    if names[0] != names[1] and set(names) <= set(_LISTS) and first.rule == found.rule:
        renamed = with_bodies_changed(other.scenario, lambda body: _renamed(body, *names[::-1]))
        expected, shown = (
            text.replace(names[1], names[0]) for text in (found.expected, found.found)
        )
        yield renamed, (expected, shown)


def _for_real(scenario: Scenario) -> Scenario:
    """``scenario`` with real requests in place of dry ones."""
    steps = tuple(
        msgspec.structs.replace(step, dry=False)
        if isinstance(step, Update | ReturnItems)
        else step
        for step in scenario.steps
    )
    return msgspec.structs.replace(scenario, steps=steps)


def _renamed(value: Any, name: str, new: str) -> Any:
    if isinstance(value, list):
        return [_renamed(member, name, new) for member in value]
    if not isinstance(value, dict):
        return value
    kept = {one: member for one, member in value.items() if one != new or name not in value}
    return {new if one == name else one: _renamed(two, name, new) for one, two in kept.items()}


# --- the same repetition ------------------------------------------------------------------------


def _is_same_repetition(first: Sign, other: Sign, experiments: Experiments) -> bool:
    found, signature = other.found, first.found.signature
    if found.rule not in _OF_REPETITIONS:
        return False
    if (first.found.rule, first.found.operation) != (found.rule, found.operation):
        return False
    trials = (trial for edit, trial in other.trials if edit.cause.element is Element.STEP)
    if any(signature in trial.shown for trial in (other.whole, *trials)):
        return True
    stateless = with_bodies_changed(other.scenario, lambda body: _without(body, "state"))
    return stateless != other.scenario and signature in experiments.run(stateless).shown


def _without(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        return value
    return {one: _without(member, name) for one, member in value.items() if one != name}
