"""Minimises a scenario: first the steps, then the values in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import msgspec

from ....analysis.flakiness import SIGHTING_TRIES
from ....contract import Scenario, Step
from ....contract.own_operations import is_own
from .steps import (
    merge_steps,
    remove_steps,
    replace_raw_steps,
    select_steps,
    shrink_session_ids,
    with_plain_metadata,
)
from .trials import BoundHitError, Bounds, Execute, Trials
from .values import shrink_object, shrink_value

_REQUIRED_MEMBERS = frozenset(("customerSession", "return"))
_FIXED_FIELDS = frozenset(("session", "body", "aims", "oddity", "endpoint", "operation"))
"""Fields of a step without a default value, or that define what the step is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimisationResult:
    """The result of a minimisation."""

    scenario: Scenario
    """The smallest scenario that was found."""
    shown: bool
    """False: no execution showed the discrepancy, and ``scenario`` is the original one."""
    complete: bool
    """False: a bound was hit, so that a smaller scenario may exist."""
    requests: int
    """How many requests were sent."""
    executions: int
    """How many scenarios were executed."""


def minimise(
    scenario: Scenario,
    execute: Execute,
    *,
    bounds: Bounds | None = None,
    clock: Callable[[], float] = monotonic,
) -> MinimisationResult:
    """Finds a smallest scenario that shows the discrepancy that ``execute`` looks for.

    No step of it can be left out, and no value has a simpler one that still shows the discrepancy.
    The order of the trials depends only on ``scenario`` and the results of the trials.

    Args:
        scenario: one that showed the discrepancy.
        execute: executes a candidate on new sessions and reports whether it showed the same one.
        bounds: what the search may cost; None: the default. When they are hit, the result is the
            smallest scenario so far.
        clock: the time source, in seconds.
    """
    trials = Trials(execute, bounds or Bounds(), clock=clock)
    complete = True
    try:
        _search(scenario, trials)
    except BoundHitError:
        complete = False
    return MinimisationResult(
        scenario=trials.best or scenario,
        shown=trials.best is not None,
        complete=complete,
        requests=trials.requests,
        executions=trials.executions,
    )


def _search(scenario: Scenario, trials: Trials) -> None:
    step = None
    for _ in range(SIGHTING_TRIES):
        step = trials.once(scenario)
        if step is not None:
            break
    if step is None:
        return
    scenario = _truncate(scenario, step, trials)
    size = 0
    while size != 1:
        scenario = remove_steps(scenario, trials.shows)
        scenario = replace_raw_steps(scenario, trials.shows)
        scenario = merge_steps(scenario, trials.shows)
        if len(scenario.steps) == size:
            return  # the simpler values did not make another step superfluous
        size = len(scenario.steps)
        scenario = _shrink_values(shrink_session_ids(scenario, trials.shows), trials)


def _truncate(scenario: Scenario, step: int, trials: Trials) -> Scenario:
    """``scenario`` up to the step that shows the discrepancy, with plain metadata if possible."""
    if scenario.burst is not None and scenario.burst[0] <= step < scenario.burst[1]:
        step = scenario.burst[1] - 1
    short = select_steps(scenario, range(step + 1))
    candidates = [with_plain_metadata(short), short, with_plain_metadata(scenario)]
    if scenario.burst is not None:
        candidates.insert(0, msgspec.structs.replace(candidates[0], burst=None))
    return next((candidate for candidate in candidates if trials.shows(candidate)), scenario)


def _shrink_values(scenario: Scenario, trials: Trials) -> Scenario:
    """``scenario`` with the simplest values in all steps, the last steps first.

    Steps with equal bodies, or with an equal value of a field, are first changed together, so that
    a repetition stays a repetition.
    """
    for step_index in reversed(range(len(scenario.steps))):
        scenario = _shrink_equal_bodies(scenario, step_index, trials)
    for field in dict.fromkeys(name for step in scenario.steps for name in _session(step)):
        scenario = _shrink_equal_fields(scenario, field, trials)
    for step_index in reversed(range(len(scenario.steps))):
        if is_own(scenario.steps[step_index]):
            continue  # its fields are the operation
        for field in scenario.steps[step_index].__struct_fields__:
            scenario = _shrink_field(scenario, step_index, field, trials)
    return scenario


def _shrink_equal_bodies(scenario: Scenario, step_index: int, trials: Trials) -> Scenario:
    body = scenario.steps[step_index].body
    equal_steps = [
        step_index for step_index, step in enumerate(scenario.steps) if _body(step) == body
    ]
    if not isinstance(body, dict) or len(equal_steps) < 2 or step_index != equal_steps[-1]:
        return scenario
    return _with_bodies(
        scenario,
        dict.fromkeys(
            equal_steps,
            _shrink_body(
                body,
                lambda new: trials.shows(_with_bodies(scenario, dict.fromkeys(equal_steps, new))),
            ),
        ),
    )


def _shrink_equal_fields(scenario: Scenario, field: str, trials: Trials) -> Scenario:
    """``scenario`` with the simplest value of ``field`` in all steps that send an equal one."""
    sent = [_session(step) for step in scenario.steps]
    last = next((data[field] for data in reversed(sent) if field in data), None)
    equal_steps = [
        step_index for step_index, data in enumerate(sent) if field in data and data[field] == last
    ]
    if len(equal_steps) < 2:
        return scenario

    def with_value(new: Any) -> Scenario:
        return _with_bodies(
            scenario,
            {
                step_index: {
                    **_body(scenario.steps[step_index]),
                    "customerSession": {**sent[step_index], field: new},
                }
                for step_index in equal_steps
            },
        )

    return with_value(shrink_value(last, lambda new: trials.shows(with_value(new)), field=field))


def _with_bodies(scenario: Scenario, bodies: Mapping[int, Any]) -> Scenario:
    steps = list(scenario.steps)
    for step_index, body in bodies.items():
        steps[step_index] = msgspec.structs.replace(steps[step_index], body=body)
    return msgspec.structs.replace(scenario, steps=tuple(steps))


def _body(step: Step) -> Any:
    return step.body


def _session(step: Step) -> dict[str, Any]:
    body = _body(step)
    data = body.get("customerSession") if isinstance(body, dict) else None
    return data if isinstance(data, dict) else {}


def _shrink_field(scenario: Scenario, step_index: int, field: str, trials: Trials) -> Scenario:
    step = scenario.steps[step_index]
    value = getattr(step, field)

    def with_value(new: Any) -> Scenario:
        changed = msgspec.structs.replace(step, **{field: new})
        steps = (*scenario.steps[:step_index], changed, *scenario.steps[step_index + 1 :])
        return msgspec.structs.replace(scenario, steps=steps)

    def shows(new: Any) -> bool:
        return trials.shows(with_value(new))

    if field == "body" and not isinstance(value, bytes):
        return with_value(_shrink_body(value, shows))
    if field in _FIXED_FIELDS:
        return scenario
    default = next(f.default for f in msgspec.structs.fields(step) if f.name == field)
    if value == default or default is msgspec.NODEFAULT or not shows(default):
        return scenario
    return with_value(default)


def _shrink_body(body: Any, shows: Callable[[Any], bool]) -> Any:
    """The simplest body; one with ``customerSession`` or ``return`` keeps these members."""
    if not isinstance(body, dict):
        return shrink_value(body, shows)
    empty: dict[str, Any] = {"customerSession": {}}
    if "customerSession" in body and body != empty and shows(empty):
        return empty
    return shrink_object(body, shows, keep=_REQUIRED_MEMBERS & body.keys())
