"""Whether one discrepancy is another one in another garb: a variant of its scenario shows that.

- *Plainer*: with shorter texts, with ordinary numbers, or as an ordinary request in place of a raw
  one, the scenario shows the other with the same outcome.
- *The same difference*: for real in place of dry, or without a key in place of an odd one, the
  scenario shows the other, and what differs is the same.
- *A sibling field*: with another list of texts of the session it shows the other.
- *The same body*: what is no JSON in both is the same (`raw_variants.py`).
- *The same repetition*: a request that is sent again under its Idempotency-Key breaks the same rule
  in the other way as well, or when nothing comes between, or when it asks for no state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from functools import partial
from itertools import permutations
from typing import Any

import msgspec

from ...contract import (
    MARK,
    Credentials,
    Operation,
    Raw,
    ReturnItems,
    Scenario,
    Step,
    Update,
)
from ...record import Discrepancy, Element, Outcome, OutcomeKind, Unchanged
from .causes import Experiments, Sign
from .edits import with_bodies_changed, with_steps_changed
from .raw_variants import as_ordinary, has_same_oddity, is_cut_short, ordinary

_LISTS = ("identifiers", "couponCodes")
"""Fields of a session that hold texts, and that an update replaces."""
_SAME_TIME = Unchanged(pointer="/customerSession/updated")
_OF_REPETITIONS = frozenset(("IDEM-01", "RET-06"))
"""The rules of requests that are sent again under their Idempotency-Key."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)?")
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
        or _has_sibling_field(first, other, experiments)
        or has_same_oddity(first, other, experiments)
        or is_cut_short(first, other, experiments)
        or _are_same_repetition(first, other, known, experiments)
    )


# --- plainer ------------------------------------------------------------------------------------


def _is_plainer(first: Sign, other: Sign, known: Set[str], experiments: Experiments) -> bool:
    if (first.found.rule, first.found.outcome) != (other.found.rule, other.found.outcome):
        return False
    return any(bool(known & experiments.run(variant).shown) for variant in _plainer(other.scenario))


def _plainer(scenario: Scenario) -> Iterator[Scenario]:
    for change in (_shortened, as_ordinary):
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


# --- the same difference ------------------------------------------------------------------------


def _has_same_difference(first: Sign, other: Sign, experiments: Experiments) -> bool:
    """Whether ``first`` shows with the same difference for real in place of dry, or without a key
    in place of an odd one."""
    found = other.found
    expected = (first.found.signature, _timeless(found.expected), _timeless(found.found))
    for change in (_for_real, _without_key):
        variant = change(other.scenario)
        if variant != other.scenario:
            shown = experiments.run(variant).differences
            if expected in {(name, _timeless(one), _timeless(two)) for name, one, two in shown}:
                return True
    return False


def _timeless(text: str) -> str:
    """``text`` without times, which no two executions share."""
    return _TIME.sub("", text)


def _for_real(scenario: Scenario) -> Scenario:
    """``scenario`` with real requests in place of dry ones."""
    return with_steps_changed(
        scenario,
        lambda step: (
            msgspec.structs.replace(step, dry=False)
            if isinstance(step, Update | ReturnItems)
            else step
        ),
    )


def _without_key(scenario: Scenario) -> Scenario:
    """``scenario`` with updates without a key in place of raw ones with an odd one."""

    def keyless(step: Step) -> Step:
        if not isinstance(step, Raw) or step.endpoint is not Operation.UPDATE:
            return step
        if "authorization" not in {name.lower() for name, _ in step.headers}:
            return step
        plain = ordinary(msgspec.structs.replace(step, headers=()))
        if not isinstance(plain, Update):
            return step
        return msgspec.structs.replace(plain, credentials=Credentials.MISSING)

    return with_steps_changed(scenario, keyless)


def _has_sibling_field(first: Sign, other: Sign, experiments: Experiments) -> bool:
    """Whether both are the same of two lists of texts: each shows in the scenario of the other when
    its list has the name of that one."""
    one, two = first.found, other.found
    if (one.rule, one.check, one.operation) != (two.rule, two.check, two.operation):
        return False
    return any(
        _shows_renamed(one, other, name, new, experiments)
        and _shows_renamed(two, first, new, name, experiments)
        for name, new in permutations(_LISTS, 2)
    )


def _shows_renamed(
    found: Discrepancy, sign: Sign, name: str, new: str, experiments: Experiments
) -> bool:
    renamed = with_bodies_changed(sign.scenario, partial(_renamed, name=name, new=new))
    return renamed != sign.scenario and found.signature in experiments.run(renamed).shown


def _renamed(value: Any, name: str, new: str) -> Any:
    if isinstance(value, list):
        return [_renamed(member, name, new) for member in value]
    if not isinstance(value, dict):
        return value
    kept = {one: member for one, member in value.items() if one != new or name not in value}
    return {new if one == name else one: _renamed(two, name, new) for one, two in kept.items()}


# --- the same repetition ------------------------------------------------------------------------


def _are_same_repetition(
    first: Sign, other: Sign, known: Set[str], experiments: Experiments
) -> bool:
    one, two = first.found, other.found
    if one.rule not in _OF_REPETITIONS or (one.rule, one.operation) != (two.rule, two.operation):
        return False
    accepted = known - {one.signature} if _is_refusal(first) else known
    return (
        _shows_between(accepted, other)
        or _shows_stateless(known, other, experiments)
        or _shows_stateless({two.signature}, first, experiments)
    )


def _is_refusal(sign: Sign) -> bool:
    """Whether the repetition is refused which would be accepted without its key."""
    without_key = (trial for edit, trial in sign.trials if edit.cause.element is Element.PARAMETER)
    return Outcome.parse(sign.found.outcome).kind is OutcomeKind.ANSWERED and not any(
        key.endswith(" refuse") for trial in without_key for key in trial.reached
    )


def _shows_between(known: Set[str], other: Sign) -> bool:
    """Whether the repetition of ``other`` shows one of ``known`` too, or without a request between.

    The refusal of a used key proves nothing here: the target may overlook some repetitions.
    """
    trials = (trial for edit, trial in other.trials if edit.cause.element is Element.STEP)
    return any(known & trial.shown for trial in (other.whole, *trials))


def _shows_stateless(known: Set[str], sign: Sign, experiments: Experiments) -> bool:
    stateless = with_bodies_changed(sign.scenario, lambda body: _without(body, "state"))
    return stateless != sign.scenario and bool(known & experiments.run(stateless).shown)


def _without(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        return value
    return {one: _without(member, name) for one, member in value.items() if one != name}
