"""The order in which a scenario is made smaller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import msgspec

from ....analysis.flakiness import SIGHTING_TRIES
from ....contract import Scenario, Step
from .steps import fewer_requests, fewest_steps, ordinary_steps, part, plain_frame, plain_sessions
from .trials import BoundHitError, Bounds, Execute, Trials
from .values import plainest, plainest_map

_KEPT_MEMBERS = frozenset(("customerSession", "return"))
_KEPT_FIELDS = frozenset(("session", "body", "aims", "what", "endpoint", "operation"))
"""Fields of a step that no default can replace, or that say what the step is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimal:
    """The smallest scenario that was found."""

    scenario: Scenario
    shown: bool
    """False: the discrepancy never came again, and ``scenario`` is the one that was given."""
    complete: bool
    """False: a bound was hit, so a smaller one may exist."""
    requests: int
    executions: int


def minimise(
    scenario: Scenario,
    execute: Execute,
    *,
    bounds: Bounds | None = None,
    clock: Callable[[], float] = monotonic,
) -> Minimal:
    """Looks for the smallest scenario that shows the discrepancy that ``execute`` looks for.

    First the fewest operations, then the plainest values. The order of the trials depends on
    ``scenario`` and the answers alone.

    Args:
        scenario: one that showed it.
        execute: executes a candidate afresh and says whether it showed that very discrepancy.
        bounds: what the search may cost; the best so far is the result when they are hit.
        clock: the time source, in seconds.
    """
    trials = Trials(execute, bounds or Bounds(), clock=clock)
    complete = True
    try:
        _search(scenario, trials)
    except BoundHitError:
        complete = False
    return Minimal(
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
    scenario = _cut(scenario, step, trials)
    size = 0
    while size != 1:
        scenario = fewest_steps(scenario, trials.shows)
        scenario = ordinary_steps(scenario, trials.shows)
        scenario = fewer_requests(scenario, trials.shows)
        if len(scenario.steps) == size:
            return  # plainer values made no further step superfluous
        size = len(scenario.steps)
        scenario = _plain_values(plain_sessions(scenario, trials.shows), trials)


def _cut(scenario: Scenario, step: int, trials: Trials) -> Scenario:
    """``scenario`` up to the step that shows it, in a plain frame if that does."""
    if scenario.burst is not None and scenario.burst[0] <= step < scenario.burst[1]:
        step = scenario.burst[1] - 1
    short = part(scenario, range(step + 1))
    candidates = [plain_frame(short), short, plain_frame(scenario)]
    if scenario.burst is not None:
        candidates.insert(0, msgspec.structs.replace(candidates[0], burst=None))
    return next((candidate for candidate in candidates if trials.shows(candidate)), scenario)


def _plain_values(scenario: Scenario, trials: Trials) -> Scenario:
    """``scenario`` with the plainest values in all steps, the last ones first.

    Steps with one and the same body, or one and the same value of a field, are changed together
    first: a repetition stays one.
    """
    for place in reversed(range(len(scenario.steps))):
        scenario = _plain_twins(scenario, place, trials)
    for field in dict.fromkeys(name for step in scenario.steps for name in _session(step)):
        scenario = _plain_shared(scenario, field, trials)
    for place in reversed(range(len(scenario.steps))):
        for field in scenario.steps[place].__struct_fields__:
            scenario = _plain_field(scenario, place, field, trials)
    return scenario


def _plain_twins(scenario: Scenario, place: int, trials: Trials) -> Scenario:
    body = getattr(scenario.steps[place], "body", None)
    twins = [number for number, step in enumerate(scenario.steps) if _body(step) == body]
    if not isinstance(body, dict) or len(twins) < 2 or place != twins[-1]:
        return scenario
    return _with_bodies(
        scenario,
        dict.fromkeys(
            twins,
            _plain_body(
                body,
                lambda new: trials.shows(_with_bodies(scenario, dict.fromkeys(twins, new))),
            ),
        ),
    )


def _plain_shared(scenario: Scenario, field: str, trials: Trials) -> Scenario:
    """``scenario`` with a value that several steps send as one field made plain in all of them."""
    sent = [_session(step) for step in scenario.steps]
    last = next((data[field] for data in reversed(sent) if field in data), None)
    twins = [number for number, data in enumerate(sent) if field in data and data[field] == last]
    if len(twins) < 2:
        return scenario

    def with_value(new: Any) -> Scenario:
        return _with_bodies(
            scenario,
            {
                number: {
                    **_body(scenario.steps[number]),
                    "customerSession": {**sent[number], field: new},
                }
                for number in twins
            },
        )

    return with_value(plainest(last, lambda new: trials.shows(with_value(new)), field=field))


def _with_bodies(scenario: Scenario, bodies: Mapping[int, Any]) -> Scenario:
    steps = list(scenario.steps)
    for number, body in bodies.items():
        steps[number] = msgspec.structs.replace(steps[number], body=body)
    return msgspec.structs.replace(scenario, steps=tuple(steps))


def _body(step: Step) -> Any:
    return step.body


def _session(step: Step) -> dict[str, Any]:
    body = _body(step)
    data = body.get("customerSession") if isinstance(body, dict) else None
    return data if isinstance(data, dict) else {}


def _plain_field(scenario: Scenario, place: int, field: str, trials: Trials) -> Scenario:
    step = scenario.steps[place]
    value = getattr(step, field)

    def with_value(new: Any) -> Scenario:
        changed = msgspec.structs.replace(step, **{field: new})
        steps = (*scenario.steps[:place], changed, *scenario.steps[place + 1 :])
        return msgspec.structs.replace(scenario, steps=steps)

    def shows(new: Any) -> bool:
        return trials.shows(with_value(new))

    if field == "body" and not isinstance(value, bytes):
        return with_value(_plain_body(value, shows))
    if field in _KEPT_FIELDS:
        return scenario
    default = next(f.default for f in msgspec.structs.fields(step) if f.name == field)
    if value == default or default is msgspec.NODEFAULT or not shows(default):
        return scenario
    return with_value(default)


def _plain_body(body: Any, shows: Callable[[Any], bool]) -> Any:
    """A body as plain as can be; that of a session keeps the object which the API asks for."""
    if not isinstance(body, dict):
        return plainest(body, shows)
    empty: dict[str, Any] = {"customerSession": {}}
    if "customerSession" in body and body != empty and shows(empty):
        return empty
    return plainest_map(body, shows, keep=_KEPT_MEMBERS & body.keys())
