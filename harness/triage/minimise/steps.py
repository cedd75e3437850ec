"""Reduces the steps of a scenario: removes, merges and simplifies them, and simplifies session IDs.

Each function takes a scenario and a predicate, and returns the scenario or a simpler one for which
the predicate held when it was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ....contract import MARK, Fetch, Raw, Scenario, Step, Update
from ....contract.own_operations import is_own
from ....oracle.model import ordinary_step
from .searches import shrink_sequence
from .values import shrink_text

Shows = Callable[[Scenario], bool]
_MAX_PAIRS = 12
"""So many steps before the last one are tried, each alone with the last one."""


def select_steps(scenario: Scenario, step_indices: Sequence[int]) -> Scenario:
    """``scenario`` with the steps at ``step_indices`` alone, and the sessions that they use."""
    kept = [scenario.steps[step_index] for step_index in step_indices]
    used = sorted({step.session for step in kept})
    first, last = scenario.burst or (0, 0)
    members = [index for index, step_index in enumerate(step_indices) if first <= step_index < last]
    return msgspec.structs.replace(
        scenario,
        sessions=tuple(scenario.sessions[session] for session in used),
        steps=tuple(_moved(step, used.index(step.session)) for step in kept),
        burst=(members[0], members[-1] + 1) if len(members) > 1 else None,
    )


def with_plain_ids(scenario: Scenario) -> Scenario:
    """``scenario`` with plain session IDs."""
    plain = tuple(_plain_id(index) for index in range(len(scenario.sessions)))
    return msgspec.structs.replace(scenario, sessions=plain)


def with_plain_metadata(scenario: Scenario) -> Scenario:
    """``scenario`` with plain session IDs and without the aims of its steps."""
    return msgspec.structs.replace(
        with_plain_ids(scenario),
        steps=tuple(msgspec.structs.replace(step, aims=()) for step in scenario.steps),
    )


def remove_steps(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` without superfluous steps: no single step of the result can be left out.

    Small guesses come first, since a candidate costs as many requests as it has steps: the last
    step alone, the last step with one other, the steps on the last session.
    """
    size = len(scenario.steps)
    for step_indices in _guesses(scenario):
        candidate = select_steps(scenario, step_indices)
        if shows(candidate):
            return remove_steps(candidate, shows) if len(step_indices) < size else candidate
    kept = shrink_sequence(
        range(size),
        lambda step_indices: (
            0 < len(step_indices) < size and shows(select_steps(scenario, step_indices))
        ),
    )
    return select_steps(scenario, kept)


def replace_raw_steps(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` with ordinary requests in place of all raw ones, or else of single ones."""
    step_indices = [
        step_index for step_index, step in enumerate(scenario.steps) if _ordinary(step) is not None
    ]
    for chosen in dict.fromkeys(
        (tuple(step_indices), *((step_index,) for step_index in step_indices))
    ):
        candidate = _with_ordinary(scenario, chosen)
        if chosen and candidate != scenario and shows(candidate):
            scenario = candidate
    return scenario


def merge_steps(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` with pairs of updates merged, and reads replaced by the response of the update
    before them."""
    step_index = 0
    while step_index + 1 < len(scenario.steps):
        candidate = None
        if scenario.burst is None:
            candidate = _joined(scenario, step_index)
        if candidate is not None and shows(candidate):
            scenario = candidate
        else:
            step_index += 1
    return scenario


def shrink_session_ids(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` with the simplest session IDs."""
    for session_index in range(len(scenario.sessions)):
        scenario = _shrink_session_id(scenario, session_index, shows)
    return scenario


def _shrink_session_id(scenario: Scenario, session_index: int, shows: Shows) -> Scenario:
    before, plain = scenario.sessions[session_index], _plain_id(session_index)

    def named(text: str) -> Scenario:
        sessions = scenario.sessions
        changed = (*sessions[:session_index], text, *sessions[session_index + 1 :])
        return msgspec.structs.replace(scenario, sessions=changed)

    others = frozenset(
        text for index, text in enumerate(scenario.sessions) if index != session_index
    )

    def in_place(text: str) -> bool:
        # Two sessions with equal IDs would be one session.
        return text.count(MARK) == 1 and text not in others and shows(named(text))

    if before == plain or in_place(plain):
        return named(plain)
    return named(shrink_text(before, in_place))


def _with_ordinary(scenario: Scenario, step_indices: Sequence[int]) -> Scenario:
    steps = tuple(
        (_ordinary(step) or step) if step_index in step_indices else step
        for step_index, step in enumerate(scenario.steps)
    )
    return msgspec.structs.replace(scenario, steps=steps)


def _ordinary(step: Step) -> Step | None:
    """The ordinary request that is most like a raw one; None: there is none."""
    if not isinstance(step, Raw) or is_own(step):
        return None
    plain = msgspec.structs.replace(step, method=None, path=None, headers=(), omitted_headers=())
    nearest = ordinary_step(plain)
    return None if isinstance(nearest, Raw) else nearest


def _guesses(scenario: Scenario) -> Iterator[list[int]]:
    if scenario.burst is not None:
        return
    size, last = len(scenario.steps), len(scenario.steps) - 1
    if size < 3:
        return
    yield [last]
    for step_index in range(last - 1, max(last - 1 - _MAX_PAIRS, -1), -1):
        yield [step_index, last]
    session = scenario.steps[last].session
    own = [step_index for step_index, step in enumerate(scenario.steps) if step.session == session]
    if 2 < len(own) < size:
        yield own


def _joined(scenario: Scenario, step_index: int) -> Scenario | None:
    """``scenario`` with a step and the next one merged; None: they cannot be merged."""
    first, second = scenario.steps[step_index], scenario.steps[step_index + 1]
    if not isinstance(first, Update) or first.session != second.session:
        return None
    if first.credentials is not second.credentials or not isinstance(first.body, dict):
        return None
    body: dict[str, Any] | None = None
    if isinstance(second, Fetch) and "responseContent" not in first.body:
        body = {**first.body, "responseContent": ["customerSession"]}
    elif isinstance(second, Update) and first.dry == second.dry and isinstance(second.body, dict):
        before, after = first.body.get("customerSession"), second.body.get("customerSession")
        if isinstance(before, dict) and isinstance(after, dict):
            body = {**first.body, **second.body, "customerSession": {**before, **after}}
    if body is None:
        return None
    joined = msgspec.structs.replace(first, body=body)
    steps = (*scenario.steps[:step_index], joined, *scenario.steps[step_index + 2 :])
    return msgspec.structs.replace(scenario, steps=steps)


def _plain_id(session_index: int) -> str:
    return f"s{session_index}-{MARK}"


def _moved(step: Step, session: int) -> Step:
    return step if step.session == session else msgspec.structs.replace(step, session=session)
