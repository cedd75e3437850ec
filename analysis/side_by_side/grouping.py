"""Groups differences by their cause, from what their smallest scenarios show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ...contract import Fetch, Raw, ReturnItems, Scenario, Step, Update
from .differences import PartDifference

_SHOWN = "customerSession"
_NO_CAUSE = frozenset(("responseContent", "customerSession", "return", "state"))
"""Members that say nothing of a cause: the situation has the state."""
_FREE_NAMES = frozenset(("attributes", "additionalCosts"))
"""Maps whose names the client chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One difference with its smallest scenario."""

    signature: str
    part: PartDifference
    scenario: Scenario
    exposed_parts: frozenset[PartDifference]
    """What the smallest scenario shows where it hides nothing, see `exposed`."""


def exposed(scenario: Scenario) -> Scenario:
    """``scenario`` with all that it does shown: writes show the session, and a read follows."""
    steps = tuple(map(_showing, scenario.steps))
    sessions = dict.fromkeys(step.session for step in steps)
    reads = tuple(Fetch(session=session) for session in sessions)
    return msgspec.structs.replace(scenario, steps=(*steps, *reads))


def groups(signs: Sequence[Sign]) -> dict[str, str]:
    """By signature, the signature of the first sign with the same cause.

    Two signs have one cause if the smallest scenario of each shows the difference of the other as
    well, or that of one does and both need the same members of requests; or if they are the same
    difference in two situations, and one scenario needs no member of a request that the other one
    does not need; or if one target lacks the same member in both, or effects of two kinds differ in
    one member. Each sign is compared with the
    first ones alone: in a chain of signs the last one may have nothing in common with the first.
    """
    leaders: list[Sign] = []
    causes: dict[str, str] = {}
    for sign in signs:
        leader = next((one for one in leaders if _have_one_cause(one, sign)), None)
        if leader is None:
            leaders.append(sign)
        causes[sign.signature] = (leader or sign).signature
    return causes


def _have_one_cause(one: Sign, other: Sign) -> bool:
    member = one.part.member_of_effects
    if member and member == other.part.member_of_effects:
        return (one.part.old, one.part.new) == (other.part.old, other.part.new)
    if one.part == other.part and one.part.is_about_presence:
        return True
    first, second = needs(one.scenario), needs(other.scenario)
    if one.part.coarse == other.part.coarse:
        if one.part.is_status:  # a request may be refused for many reasons
            return first == second
        return first <= second or second <= first
    ways = _shows(one, other) + _shows(other, one)
    return ways == 2 or (ways == 1 and first == second)


def _shows(one: Sign, other: Sign) -> bool:
    """Whether the smallest scenario of ``one`` shows the difference of ``other``."""
    return any(part.coarse == other.part.coarse for part in one.exposed_parts)


def needs(scenario: Scenario) -> frozenset[str]:
    """The members and the oddities of the requests in ``scenario``."""
    return frozenset(need for step in scenario.steps for need in _needs(step))


def _needs(step: Step) -> Iterator[str]:
    if isinstance(step, Raw):
        yield f"raw: {step.oddity}"
        return
    if isinstance(step, Update | ReturnItems):
        yield from _members("", step.body)


def _members(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        is_map = path.rpartition(".")[2] in _FREE_NAMES
        for name, part in value.items():
            shown = "*" if is_map else name
            below = f"{path}.{shown}" if path else shown
            if name not in _NO_CAUSE:
                yield below
            yield from _members(below, part)
    elif isinstance(value, list):
        for part in value:
            yield from _members(f"{path}[]", part)


def _showing(step: Step) -> Step:
    if not isinstance(step, Update | ReturnItems) or not isinstance(step.body, dict):
        return step
    content = step.body.get("responseContent", [])
    if not isinstance(content, list) or _SHOWN in content:
        return step
    return msgspec.structs.replace(step, body={**step.body, "responseContent": [*content, _SHOWN]})
