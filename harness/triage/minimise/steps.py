"""Fewer and plainer operations: steps left out, put together, or shown at once; ordinary requests
in place of raw ones; and sessions with plain IDs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ....contract import MARK, Fetch, Raw, Scenario, Step, Update
from ....oracle.model import ordinary_step
from .searches import fewest
from .values import plainest_text

Shows = Callable[[Scenario], bool]
_NEAREST = 12
"""So many steps before the last are tried as the only other one."""


def part(scenario: Scenario, places: Sequence[int]) -> Scenario:
    """``scenario`` with the steps at ``places`` alone, and the sessions that they use."""
    kept = [scenario.steps[place] for place in places]
    used = sorted({step.session for step in kept})
    first, last = scenario.burst or (0, 0)
    members = [index for index, place in enumerate(places) if first <= place < last]
    return msgspec.structs.replace(
        scenario,
        sessions=tuple(scenario.sessions[session] for session in used),
        steps=tuple(_moved(step, used.index(step.session)) for step in kept),
        burst=(members[0], members[-1] + 1) if len(members) > 1 else None,
    )


def plain_frame(scenario: Scenario) -> Scenario:
    """``scenario`` with plain session IDs and without what only its author needs."""
    return msgspec.structs.replace(
        scenario,
        sessions=tuple(_plain_id(number) for number in range(len(scenario.sessions))),
        steps=tuple(msgspec.structs.replace(step, aims=()) for step in scenario.steps),
    )


def fewest_steps(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` without the steps that it does not take.

    Small guesses come first, as a candidate costs as many requests as it has steps: the last step
    alone, then with one other, then the last session's own steps. No single step can be left out
    of the result.
    """
    size = len(scenario.steps)
    for places in _guesses(scenario):
        candidate = part(scenario, places)
        if shows(candidate):
            return fewest_steps(candidate, shows) if len(places) < size else candidate
    kept = fewest(
        range(size), lambda places: 0 < len(places) < size and shows(part(scenario, places))
    )
    return part(scenario, kept)


def ordinary_steps(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` with ordinary requests in place of raw ones: all at once, or else each for
    itself."""
    places = [place for place, step in enumerate(scenario.steps) if _ordinary(step) is not None]
    for chosen in dict.fromkeys((tuple(places), *((place,) for place in places))):
        candidate = _with_ordinary(scenario, chosen)
        if chosen and candidate != scenario and shows(candidate):
            scenario = candidate
    return scenario


def fewer_requests(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` with updates put together, and reads done by the write before them."""
    place = 0
    while place + 1 < len(scenario.steps):
        candidate = None
        if scenario.burst is None:
            candidate = _joined(scenario, place)
        if candidate is not None and shows(candidate):
            scenario = candidate
        else:
            place += 1
    return scenario


def plain_sessions(scenario: Scenario, shows: Shows) -> Scenario:
    """``scenario`` with the plainest session IDs that do."""
    for number in range(len(scenario.sessions)):
        scenario = _plain_session(scenario, number, shows)
    return scenario


def _plain_session(scenario: Scenario, number: int, shows: Shows) -> Scenario:
    before, plain = scenario.sessions[number], _plain_id(number)

    def named(text: str) -> Scenario:
        return msgspec.structs.replace(scenario, sessions=_put(scenario.sessions, number, text))

    others = frozenset(text for place, text in enumerate(scenario.sessions) if place != number)

    def in_place(text: str) -> bool:
        # Under one ID two sessions would be one on every target.
        return text.count(MARK) == 1 and text not in others and shows(named(text))

    if before == plain or in_place(plain):
        return named(plain)
    return named(plainest_text(before, in_place))


def _with_ordinary(scenario: Scenario, places: Sequence[int]) -> Scenario:
    steps = tuple(
        (_ordinary(step) or step) if place in places else step
        for place, step in enumerate(scenario.steps)
    )
    return msgspec.structs.replace(scenario, steps=steps)


def _ordinary(step: Step) -> Step | None:
    """The ordinary request that comes nearest to a raw one; None if there is none."""
    if not isinstance(step, Raw):
        return None
    plain = msgspec.structs.replace(step, method=None, path=None, headers=(), without=())
    nearest = ordinary_step(plain)
    return None if isinstance(nearest, Raw) else nearest


def _guesses(scenario: Scenario) -> Iterator[list[int]]:
    if scenario.burst is not None:
        return
    size, last = len(scenario.steps), len(scenario.steps) - 1
    if size < 3:
        return
    yield [last]
    for place in range(last - 1, max(last - 1 - _NEAREST, -1), -1):
        yield [place, last]
    session = scenario.steps[last].session
    own = [place for place, step in enumerate(scenario.steps) if step.session == session]
    if 2 < len(own) < size:
        yield own


def _joined(scenario: Scenario, place: int) -> Scenario | None:
    """``scenario`` with one step in the place of two; None where they do not go together."""
    first, second = scenario.steps[place], scenario.steps[place + 1]
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
    steps = (*scenario.steps[:place], joined, *scenario.steps[place + 2 :])
    return msgspec.structs.replace(scenario, steps=steps)


def _plain_id(number: int) -> str:
    return f"s{number}-{MARK}"


def _moved(step: Step, session: int) -> Step:
    return step if step.session == session else msgspec.structs.replace(step, session=session)


def _put(texts: tuple[str, ...], number: int, text: str) -> tuple[str, ...]:
    return (*texts[:number], text, *texts[number + 1 :])
