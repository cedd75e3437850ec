"""Takes single parts out of a scenario, so that one can see what a discrepancy depends on.

An edit changes all places of a scenario alike: a member is taken out of every request that has it,
and out of every member of a list. So an edit made of one scenario can be applied to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ...contract import MARK, Fetch, ReturnItems, Scenario, Step, Update
from ...record import Cause, Element
from .minimise.steps import select_steps, with_plain_ids
from .minimise.values import PLAIN_MEMBERS

_MAX_MEMBERS = 8
"""So many members of a list are looked at."""
_MAX_VALUE = 400
"""Characters of a value that a cause keeps."""
_KEPT = frozenset(
    (
        ("customerSession",),
        ("customerSession", "state"),
        ("return",),
        ("return", "returnedCartItems"),
        ("responseContent",),
    )
)
"""Members that decide what a request is, or that only choose what the response shows."""
_PARAMETERS = ("now", "idempotency_key", "cut")
_NAMES = frozenset(("state", "type"))
"""Members whose values are names of a fixed set, of which none is plainer than another."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One part, and the way to take it out of any scenario."""

    cause: Cause
    apply: Callable[[Scenario], Scenario]
    """The scenario without the part; the same scenario if it does not have it."""


def edits_of(scenario: Scenario) -> Iterator[Edit]:
    """The edits that change ``scenario``, the largest parts first."""
    if scenario.burst is not None:
        yield Edit(Cause(element=Element.BURST), _without_burst)
    if len(scenario.steps) > 1:
        yield from (_step_edit(index) for index in range(len(scenario.steps) - 1))
    edits = (
        Edit(Cause(element=Element.SESSION_ID), with_plain_ids),
        *(_parameter_edit(scenario, name) for name in _PARAMETERS),
        *_body_edits(scenario),
    )
    yield from (edit for edit in edits if edit.apply(scenario) != scenario)


def edit_of(cause: Cause) -> Edit | None:
    """The edit that takes out what ``cause`` names; None: it means nothing in another scenario."""
    if cause.element is Element.MEMBER:
        return Edit(cause, _without_member(cause.path))
    if cause.element is Element.VALUE:
        return Edit(cause, _with_plain_value(cause.path))
    if cause.element is Element.PARAMETER:
        return Edit(cause, _without_parameter(cause.path[0]))
    return Edit(cause, with_plain_ids) if cause.element is Element.SESSION_ID else None


def with_value(scenario: Scenario, path: tuple[str, ...], value: Any) -> Scenario:
    """``scenario`` with ``value`` at all places of ``path`` that have one."""
    return _with_bodies(scenario, path, lambda member: {**member, path[-1]: value})


def with_parameter(scenario: Scenario, name: str, value: str | None) -> Scenario:
    """``scenario`` with ``value`` where a request has the parameter ``name``; None: without it."""
    steps = (
        msgspec.structs.replace(step, **{name: value})
        if name in step.__struct_fields__ and getattr(step, name) is not None
        else step
        for step in scenario.steps
    )
    return msgspec.structs.replace(scenario, steps=tuple(steps))


def with_member(scenario: Scenario, path: tuple[str, ...], value: Any) -> Scenario:
    """``scenario`` with ``value`` at ``path`` in each update, in all members of lists."""
    steps = tuple(
        msgspec.structs.replace(step, body=_with_member(step.body, path, value))
        if isinstance(step, Update)
        else step
        for step in scenario.steps
    )
    return msgspec.structs.replace(scenario, steps=steps)


def with_steps_changed(scenario: Scenario, change: Callable[[Step], Step]) -> Scenario:
    """``scenario`` with ``change`` applied to each step."""
    return msgspec.structs.replace(scenario, steps=tuple(map(change, scenario.steps)))


def with_bodies_changed(scenario: Scenario, change: Callable[[Any], Any]) -> Scenario:
    """``scenario`` with ``change`` applied to the body of each update and return."""
    return with_steps_changed(
        scenario,
        lambda step: (
            msgspec.structs.replace(step, body=change(step.body))
            if isinstance(step, Update | ReturnItems)
            else step
        ),
    )


def merged(one: Scenario, other: Scenario) -> Scenario | None:
    """The requests of ``one`` with the data of both; None: they are not alike, or data differ."""
    if len(one.steps) != len(other.steps) or one.burst != other.burst:
        return None
    pairs = tuple(zip(one.steps, other.steps, strict=True))
    steps = tuple(_with_data_of(step, counterpart) for step, counterpart in pairs)
    if steps != tuple(_with_data_of(counterpart, step) for step, counterpart in pairs):
        return None
    return msgspec.structs.replace(one, steps=steps)


def _with_data_of(step: Step, other: Step) -> Step:
    if not isinstance(step, Update) or not isinstance(other, Update):
        return step
    return msgspec.structs.replace(step, body=_joined(step.body, other.body))


def _joined(one: Any, other: Any) -> Any:
    """The members of both objects; where both have one that is no object, that of ``one``."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one
    both = {name: _joined(one[name], other[name]) for name in one if name in other}
    return {**other, **one, **both}


def views(scenario: Scenario) -> Iterator[Scenario]:
    """``scenario`` with responses that show more of the session: of each write, and a last read; of
    the last write; as it is. Each is another one."""
    every = tuple(map(_shown, scenario.steps))
    last = scenario.steps[-1]
    tried = []
    if scenario.burst is None:
        tried.append(every if isinstance(last, Fetch) else (*every, Fetch(session=last.session)))
    tried += [(*scenario.steps[:-1], every[-1]), scenario.steps]
    for index, steps in enumerate(tried):
        if steps not in tried[:index]:
            yield msgspec.structs.replace(scenario, steps=steps)


def _shown(step: Step) -> Step:
    """``step`` with a response that shows the session, where its request may ask for that."""
    if not isinstance(step, Update | ReturnItems) or not isinstance(step.body, dict):
        return step
    return msgspec.structs.replace(step, body={**step.body, "responseContent": ["customerSession"]})


def _step_edit(index: int) -> Edit:
    def apply(scenario: Scenario) -> Scenario:
        return select_steps(scenario, [at for at in range(len(scenario.steps)) if at != index])

    return Edit(Cause(element=Element.STEP, path=(str(index),)), apply)


def _without_burst(scenario: Scenario) -> Scenario:
    return msgspec.structs.replace(scenario, burst=None)


def _parameter_edit(scenario: Scenario, name: str) -> Edit:
    sent = (getattr(step, name, None) for step in scenario.steps)
    value = next((one for one in sent if one is not None), None)
    return Edit(_cause(Element.PARAMETER, (name,), value), _without_parameter(name))


def _without_parameter(name: str) -> Callable[[Scenario], Scenario]:
    return lambda scenario: with_parameter(scenario, name, None)


# --- request bodies -----------------------------------------------------------------------------


def _body_edits(scenario: Scenario) -> Iterator[Edit]:
    values: dict[tuple[str, ...], Any] = {}
    for step in scenario.steps:
        for path, value in _members(step.body, ()):
            values.setdefault(path, value)
    for path, value in values.items():
        if not _is_needed(path):
            yield Edit(_cause(Element.MEMBER, path, value), _without_member(path))
    for path, value in values.items():
        if path not in _KEPT:
            yield Edit(_cause(Element.VALUE, path, value), _with_plain_value(path))


def _is_needed(path: tuple[str, ...]) -> bool:
    """Whether a request without the member would be another request, or a wrong one."""
    parents = path[:-1][-2:]  # a cost has a name between
    return path in _KEPT or any(path[-1] in PLAIN_MEMBERS.get(name, ()) for name in parents)


def _cause(element: Element, path: tuple[str, ...], value: Any) -> Cause:
    return Cause(element=element, path=path, value=value if len(repr(value)) < _MAX_VALUE else None)


def _members(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The members of all objects in ``value``, with the names that lead to them."""
    if isinstance(value, list):
        for member in value[:_MAX_MEMBERS]:
            yield from _members(member, path)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield (*path, name), member
            yield from _members(member, (*path, name))


def _without_member(path: tuple[str, ...]) -> Callable[[Scenario], Scenario]:
    def without(parent: dict[str, Any]) -> dict[str, Any]:
        return {name: member for name, member in parent.items() if name != path[-1]}

    return lambda scenario: _with_bodies(scenario, path, without)


def _with_plain_value(path: tuple[str, ...]) -> Callable[[Scenario], Scenario]:
    def with_plain(parent: dict[str, Any]) -> dict[str, Any]:
        return {**parent, path[-1]: _plain_value(path[-1], parent[path[-1]])}

    return lambda scenario: _with_bodies(scenario, path, with_plain)


def _plain_value(name: str, value: Any) -> Any:
    """The plainest value of the type of ``value``."""
    if isinstance(value, bool) or name in _NAMES:
        return value
    if isinstance(value, int | float):
        return 1
    if isinstance(value, str):
        return value if MARK in value else "a"
    return value[:1] if isinstance(value, list) else value


def _with_bodies(
    scenario: Scenario,
    path: tuple[str, ...],
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> Scenario:
    """``scenario`` with each object changed that has the member which ``path`` leads to."""
    steps = tuple(
        msgspec.structs.replace(step, body=_edited(step.body, path, change))
        if isinstance(step, Update | ReturnItems)
        else step
        for step in scenario.steps
    )
    return msgspec.structs.replace(scenario, steps=steps)


def _edited(
    value: Any, path: tuple[str, ...], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Any:
    if isinstance(value, list):
        return [_edited(member, path, change) for member in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return change(value)
    return {**value, path[0]: _edited(value[path[0]], path[1:], change)}


def _with_member(parent: Any, path: tuple[str, ...], value: Any) -> Any:
    if isinstance(parent, list):
        return [_with_member(member, path, value) for member in parent]
    if not isinstance(parent, dict):
        return parent
    if len(path) == 1:
        return {**parent, path[0]: value}
    return {**parent, path[0]: _with_member(parent.get(path[0], {}), path[1:], value)}
