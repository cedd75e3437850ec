"""Makes scenarios fit a restriction of the traffic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ..contract import (
    Fetch,
    Operation,
    Raw,
    ReturnItems,
    Scenario,
    Step,
    Traffic,
    Update,
)

_OVERRIDE = "override"
"""Part of the names of header lines that turn a read into something else for some servers."""


def restricted(scenarios: Iterable[Scenario], traffic: Traffic) -> Iterator[Scenario]:
    """The scenarios of which only requests of ``traffic`` are left, each once.

    With `Traffic.DRY` updates and returns become dry. What has no such form is left out, and a
    scenario with a burst is left out whole: these requests do not meet each other.
    """
    if traffic is Traffic.ALL:
        yield from scenarios
        return
    seen: set[str] = set()
    for scenario in scenarios:
        steps = tuple(step for step in scenario.steps if _is_read(step))
        if traffic is Traffic.DRY:
            steps = tuple(step for step in map(_as_dry, scenario.steps) if step is not None)
        content = repr((scenario.sessions, steps))
        if steps and scenario.burst is None and content not in seen:
            seen.add(content)
            yield msgspec.structs.replace(scenario, steps=steps)


def _as_dry(step: Step) -> Step | None:
    """The step without an effect; None: it has no such form."""
    if isinstance(step, Update | ReturnItems) and step.cut is None:
        return msgspec.structs.replace(step, dry=True, idempotency_key=None)
    return step if _is_read(step) else None


def _is_read(step: Step) -> bool:
    if isinstance(step, Fetch):
        return True
    if not isinstance(step, Raw) or step.body:
        return False
    is_get = step.method == "GET" or (step.method is None and step.endpoint is Operation.GET)
    return is_get and not any(_OVERRIDE in name.lower() for name, _ in step.headers)
