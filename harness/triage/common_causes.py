"""Groups confirmed discrepancies by what makes them: one cause is one entry.

Four experiments show that two discrepancies have one cause.

- *The same part*: what makes the one is found in the scenario of the other, which vanishes without
  it. Each still shows with the part of the other in place of its own. The outcome is the same.
- *One scenario*: it shows both, and without any part of it both show or none does. Without some
  part both are judged and both vanish.
- *The same request*: from one scenario with the data of both, two wrong totals vanish when one
  request is left out.
- *A number*: one that makes a total wrong makes another total wrong in its place, and the other
  way round. Or the outcome is the same, and the number below shows the one in place of the other.

Variants of a scenario show further ones (`variants.py`).

A discrepancy that nothing but its own rule explains has no cause, and is never put under another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import msgspec

from ...analysis import ContradictionOccurrence, contradict, parts_of
from ...contract import MARK, Scenario
from ...record import Cause, Element, Outcome, OutcomeKind
from .causes import Experiments, Sign, is_asked, vanishes
from .edits import edit_of, edits_of, merged, with_member, with_parameter, with_value
from .minimise import BoundHitError
from .variants import is_variant

_COARSE = (Element.SESSION_ID, Element.BURST)
"""Parts that hold many: a scenario without them says little about two discrepancies, unless the one
shows in the smallest scenario of the other."""
_MAX_CONTRADICTIONS = 12
"""So many contradictions are executed again."""


@dataclass(slots=True)
class _Groups:
    """The first sign of each cause, with its further signs."""

    firsts: list[Sign]
    further: dict[str, list[str]]

    def has(self, first: Sign, other: Sign, experiments: Experiments) -> bool:
        """Whether ``other`` is a further sign of what makes ``first``."""
        known = {first.found.signature, *self.further.get(first.found.signature, ())}
        return (
            _show_together(first, other)
            or _have_same_part(first, other, experiments)
            or _have_same_number(first, other, experiments)
            or _need_same_request(first, other, experiments)
            or _is_larger_number(first, other, known, experiments)
            or is_variant(first, other, known, experiments)
        )

    def put(self, first: Sign, signature: str) -> None:
        self.further.setdefault(first.found.signature, []).append(signature)


def further_signs(
    signs: Iterable[Sign],
    contradictions: Iterable[ContradictionOccurrence],
    experiments: Experiments,
) -> Mapping[str, tuple[str, ...]]:
    """By signature those that have the same cause; of each cause the simplest sign is the key.

    Where the bounds of ``experiments`` end it, the rest stays apart.
    """
    groups = _Groups([], {})
    try:
        for sign in sorted(signs, key=lambda one: one.size):
            first = next((one for one in groups.firsts if groups.has(one, sign, experiments)), None)
            if first is None:
                groups.firsts.append(sign)
            else:
                groups.put(first, sign.found.signature)
        for one, _ in zip(contradictions, range(_MAX_CONTRADICTIONS), strict=False):
            _put_contradiction(groups, one, experiments)
    except BoundHitError:
        pass
    return {signature: tuple(names) for signature, names in groups.further.items()}


def independent_signs(
    signs: Iterable[Sign], experiments: Experiments
) -> Mapping[str, tuple[str, ...]]:
    """By signature the alternatives of it that do not show with its session IDs.

    Two bugs about session IDs need different characters. All that is known of an ID is that a plain
    one shows nothing, so the IDs of the one are tried in the scenario of the other.
    """
    every = [sign for sign in signs if _is_about_ids(sign)]
    found: dict[str, list[str]] = {}
    try:
        for sign in every:
            for other in every:
                if _may_explain(other, sign) and not _shows_with_ids(other, sign, experiments):
                    found.setdefault(sign.found.signature, []).append(other.found.signature)
    except BoundHitError:
        pass
    return {signature: tuple(names) for signature, names in found.items()}


def _is_about_ids(sign: Sign) -> bool:
    return [element for element, _ in parts_of(sign.causes)] == [Element.SESSION_ID]


def _may_explain(other: Sign, sign: Sign) -> bool:
    return (
        other.found.signature in sign.found.alternatives
        and other.found.check != sign.found.check
        and len(other.scenario.sessions) == 1
    )


def _shows_with_ids(other: Sign, sign: Sign, experiments: Experiments) -> bool:
    """Whether ``other`` shows with one of the session IDs of ``sign``."""
    return any(
        other.found.signature in experiments.run(_with_ids(other.scenario, (one,))).shown
        for one in sign.scenario.sessions
    )


# --- one scenario -------------------------------------------------------------------------------


def _show_together(first: Sign, other: Sign) -> bool:
    return any(
        first.found.signature in one.whole.shown
        and other.found.signature in one.whole.shown
        and _vary_together(one, first, other)
        for one in (first, other)
    )


def _vary_together(place: Sign, first: Sign, other: Sign) -> bool:
    """Whether both vanish from the scenario of ``place`` with the same parts."""
    both = False
    for edit, trial in place.trials:
        if not trial.conclusive:
            continue
        if (first.found.signature in trial.shown) != (other.found.signature in trial.shown):
            return False
        if place is other and edit.cause.element in _COARSE:
            continue
        both = both or (
            vanishes(other.found, place.whole, trial)
            and (_is_accepted(first) or is_asked(first.found, place.whole, trial))
        )
    return both


def _is_accepted(sign: Sign) -> bool:
    """Whether a request was accepted that should be refused: whatever follows from it, follows."""
    return _outcome(sign).kind is OutcomeKind.ACCEPTED


def _outcome(sign: Sign) -> Outcome:
    return Outcome.parse(sign.found.outcome)


# --- the same part ------------------------------------------------------------------------------


def _have_same_part(first: Sign, other: Sign, experiments: Experiments) -> bool:
    if first.found.outcome != other.found.outcome:
        return False
    parts, others = parts_of(first.causes), parts_of(other.causes)
    if not parts or not parts.keys() <= others.keys():
        return False
    return all(
        _are_exchangeable(first, other, parts[key], others[key], experiments) for key in parts
    )


def _are_exchangeable(
    first: Sign, other: Sign, part: Cause, counterpart: Cause, experiments: Experiments
) -> bool:
    """Whether each still shows with the part of the other in place of its own."""
    if part.element is Element.SESSION_ID:
        return _have_same_ids(first, other, experiments)
    if part.value == counterpart.value:
        return part.value is not None
    return _shows_with(first, part, counterpart.value, experiments) and _shows_with(
        other, counterpart, part.value, experiments
    )


def _shows_with(sign: Sign, part: Cause, value: Any, experiments: Experiments) -> bool:
    """Whether ``sign`` still shows with ``value`` in place of that of its part."""
    if value is None:
        return False
    if part.element is Element.PARAMETER:
        changed = with_parameter(sign.scenario, part.path[0], value)
    else:
        changed = with_value(sign.scenario, part.path, value)
    return sign.found.signature in experiments.run(changed).shown


def _have_same_ids(first: Sign, other: Sign, experiments: Experiments) -> bool:
    """Whether the other shows with the session IDs of the first."""
    ids = first.scenario.sessions
    if len(ids) < len(other.scenario.sessions):
        return False
    changed = _with_ids(other.scenario, ids[: len(other.scenario.sessions)])
    same = changed.sessions == other.scenario.sessions
    return same or other.found.signature in experiments.run(changed).shown


def _with_ids(scenario: Scenario, ids: tuple[str, ...]) -> Scenario:
    assert all(MARK in one for one in ids)  # noqa: S101 - a scenario guarantees it
    return msgspec.structs.replace(scenario, sessions=ids)


# --- a wrong total ------------------------------------------------------------------------------


def _have_same_number(first: Sign, other: Sign, experiments: Experiments) -> bool:
    if not all(_outcome(sign).kind is OutcomeKind.TOTAL_IS_WRONG for sign in (first, other)):
        return False
    return any(
        (
            part.value == counterpart.value
            or (
                _shows_with(first, part, counterpart.value, experiments)
                and _shows_with(other, counterpart, part.value, experiments)
            )
        )
        # Otherwise any number shows both, and that theirs are equal says nothing.
        and not _shows_with(first, part, _plain(part.value), experiments)
        and not _shows_with(other, counterpart, _plain(counterpart.value), experiments)
        for part in _numbers(first)
        for counterpart in _numbers(other)
    )


def _plain(number: float) -> int:
    """A whole number next to ``number``, and larger."""
    return int(number) + 1


def _is_larger_number(first: Sign, other: Sign, known: Set[str], experiments: Experiments) -> bool:
    """Whether the other is the first with a larger number, which only its situation makes special.

    Then the next smaller number shows the first, or one of its signs that are ``known``.
    """
    if first.found.outcome != other.found.outcome:
        return False
    smaller = {part.path: part.value for part in _numbers(first)}
    for part in _numbers(other):
        if isinstance(part.value, int) and smaller.get(part.path, part.value) < part.value:
            below = with_value(other.scenario, part.path, part.value - 1)
            return bool(known & experiments.run(below).shown)
    return False


def _need_same_request(first: Sign, other: Sign, experiments: Experiments) -> bool:
    """Whether both vanish from one scenario with the data of both when one request is left out.

    Of several wrong totals one is shown, so the scenario need not show both.
    """
    if not all(_outcome(sign).kind is OutcomeKind.TOTAL_IS_WRONG for sign in (first, other)):
        return False
    together = merged(first.scenario, other.scenario)
    if together is None:
        return False
    both = {first.found.signature, other.found.signature}
    whole = experiments.run(together)
    if not both & whole.shown:
        return False
    trials = (
        experiments.run(edit.apply(together))
        for edit in edits_of(together)
        if edit.cause.element is Element.STEP
    )
    return any(
        not trial.shown and all(is_asked(sign.found, whole, trial) for sign in (first, other))
        for trial in trials
    )


def _numbers(sign: Sign) -> Iterator[Cause]:
    for cause in sign.causes:
        if cause.element is Element.VALUE and isinstance(cause.value, int | float):
            yield cause


# --- contradictions -----------------------------------------------------------------------------


def _put_contradiction(
    groups: _Groups, one: ContradictionOccurrence, experiments: Experiments
) -> None:
    """Puts a contradiction under the sign without whose cause the target does not contradict
    itself."""
    before = _outcomes(one, one.scenario, experiments)
    if not any(contradict(outcome, one.former_outcome) for outcome in before):
        return
    # A scenario that shows both outcomes must keep to one, whichever it is.
    kept = () if _is_inconsistent(before) else (one.former_outcome,)
    resolving = (
        sign
        for signs in (*((sign,) for sign in groups.firsts), tuple(groups.firsts))
        if any(
            bool(after) and not _is_inconsistent((*kept, *after))
            for after in _outcomes_without(signs, one, experiments)
        )
        for sign in signs
    )
    first = next((sign for sign in resolving if sign.causes), None)
    if first is not None:
        groups.put(first, one.discrepancy.signature)


def _outcomes_without(
    signs: Iterable[Sign], one: ContradictionOccurrence, experiments: Experiments
) -> Iterator[set[str]]:
    """What comes of it without the causes of ``signs``, or with a cause if it was not there."""
    parts = [part for sign in signs for part in parts_of(sign.causes).values()]
    changed = one.scenario
    for edit in map(edit_of, parts):
        changed = changed if edit is None else edit.apply(changed)
    if changed == one.scenario and len(parts) == 1 and _is_addable(parts[0]):
        changed = with_member(one.scenario, parts[0].path, parts[0].value)
    if changed != one.scenario:
        yield _outcomes(one, changed, experiments)


def _is_addable(part: Cause) -> bool:
    return part.element is Element.MEMBER and part.value is not None


def _is_inconsistent(outcomes: Iterable[str]) -> bool:
    return any(contradict(one, other) for one, other in combinations(outcomes, 2))


def _outcomes(
    one: ContradictionOccurrence, scenario: Scenario, experiments: Experiments
) -> set[str]:
    """The outcomes of the situation in question that an execution shows."""
    found = one.discrepancy
    return {
        outcome
        for rule, situation, outcome in experiments.run(scenario).observed
        if (rule, situation) == (found.rule, found.situation)
    }
