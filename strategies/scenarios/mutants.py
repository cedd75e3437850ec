"""Mutants of a scenario: a few steps changed, and half of the time another end.

Mutants of recorded traffic hold data that no strategy would draw, and reach states that the traffic
did not reach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ...contract import (
    ContractVersion,
    Environment,
    Fetch,
    Operation,
    Reopen,
    ReturnItems,
    Ruling,
    Scenario,
    SessionState,
    Step,
    Update,
)
from ..values.decisions import Decisions
from ..values.value_pool import ScenarioValues, value_pool
from .actions import ScenarioDraft
from .edits import edit_cart, partial_session
from .explore import extend_draft
from .session_tracker import SessionTracker

Json = dict[str, Any]

_MAX_STEPS = 60
_DECISION_BYTES = 96


def mutators(environment: Environment) -> Callable[[Scenario], st.SearchStrategy[Scenario]]:
    """A function that returns a strategy for the mutants of a scenario.

    Each mutant has the scenario's sessions, at least one step, and at most 60 or as many as the
    scenario. Smaller choices make smaller changes.

    Args:
        environment: declares what may be put in; its contract version decides what is legal.
    """
    pool = value_pool(environment)

    def mutants(scenario: Scenario) -> st.SearchStrategy[Scenario]:
        def build(data: bytes) -> Scenario:
            decisions = Decisions(data)
            values = ScenarioValues(
                pool, decisions, items=_items(scenario), attributes=None, text=""
            )
            steps = list(scenario.steps)
            for _ in range(1 + decisions.take(3)):
                steps = decisions.pick(_EDITS)(steps, values, decisions)
            if decisions.take(2):
                steps = _another_end(scenario, steps, environment, values, decisions)
            return Scenario(
                title=f"mutant of {scenario.title}"[:200],
                sessions=scenario.sessions,
                steps=tuple(steps[: max(_MAX_STEPS, len(scenario.steps))]),
            )

        return st.binary(min_size=_DECISION_BYTES, max_size=_DECISION_BYTES).map(build)

    return mutants


def _items(scenario: Scenario) -> list[Json]:
    """Up to six cart items of the scenario, each with a valid quantity."""
    carts = (_cart(step) for step in scenario.steps if isinstance(step, Update))
    return [item for cart in carts if cart for item in cart][:6]


def _session(step: Step) -> Json | None:
    """The session in the body of an update; None: there is none, or it cannot be tracked."""
    if not isinstance(step, Update) or not isinstance(step.body, dict):
        return None
    session = step.body.get("customerSession")
    if not isinstance(session, dict) or session.get("state", "open") not in tuple(SessionState):
        return None
    if "cartItems" in session and not _has_quantities(session["cartItems"]):
        return None
    return session


def _has_quantities(cart: Any) -> bool:
    """Whether ``cart`` is a list of objects, each with a quantity of at least one unit."""
    return isinstance(cart, list) and all(
        isinstance(item, dict) and type(item.get("quantity")) is int and item["quantity"] >= 1
        for item in cart
    )


def _cart(step: Step) -> list[Json] | None:
    session = _session(step)
    return None if session is None else session.get("cartItems")


def _step_index(steps: list[Step], decisions: Decisions) -> int:
    return decisions.take(len(steps))


def _add_read(steps: list[Step], _: ScenarioValues, decisions: Decisions) -> list[Step]:
    """A read after one step."""
    step_index = _step_index(steps, decisions)
    read = Fetch(session=steps[step_index].session)
    return [*steps[: step_index + 1], read, *steps[step_index + 1 :]]


def _drop(steps: list[Step], values: ScenarioValues, decisions: Decisions) -> list[Step]:
    if len(steps) < 2:
        return _add_read(steps, values, decisions)
    step_index = _step_index(steps, decisions)
    return steps[:step_index] + steps[step_index + 1 :]


def _repeat(steps: list[Step], _: ScenarioValues, decisions: Decisions) -> list[Step]:
    step_index = _step_index(steps, decisions)
    return [*steps[: step_index + 1], *steps[step_index:]]


def _swap(steps: list[Step], values: ScenarioValues, decisions: Decisions) -> list[Step]:
    if len(steps) < 2:
        return _repeat(steps, values, decisions)
    step_index = decisions.take(len(steps) - 1)
    return [*steps[:step_index], steps[step_index + 1], steps[step_index], *steps[step_index + 2 :]]


def _dry(steps: list[Step], values: ScenarioValues, decisions: Decisions) -> list[Step]:
    """One write is sent dry before."""
    step_index = _step_index(steps, decisions)
    step = steps[step_index]
    if isinstance(step, Update) and not step.dry:
        dry: Step = Update(session=step.session, body=step.body, dry=True)
    elif isinstance(step, ReturnItems) and not step.dry:
        dry = ReturnItems(session=step.session, body=step.body, dry=True)
    else:
        return _repeat(steps, values, decisions)
    return [*steps[:step_index], dry, *steps[step_index:]]


def _change(steps: list[Step], values: ScenarioValues, decisions: Decisions) -> list[Step]:
    """Another cart, another state or other fields in one update."""
    step_indices = [
        step_index for step_index, step in enumerate(steps) if _session(step) is not None
    ]
    if not step_indices:
        return _add_read(steps, values, decisions)
    step_index = decisions.pick(step_indices)
    step, session = steps[step_index], _session(steps[step_index])
    if not isinstance(step, Update) or session is None:
        return steps
    tracker = SessionTracker(values.samples.environment.contract)
    tracker.cart = session.get("cartItems", [])
    kind = decisions.take(4)
    if kind == 1:
        changed = session | {"state": decisions.pick(tuple(SessionState)).value}
    elif kind == 2:
        changed = session | partial_session(tracker, values, decisions)
    else:
        changed = session | {"cartItems": edit_cart(tracker.cart, values, decisions)}
    body = step.body | {"customerSession": changed}
    update = Update(session=step.session, body=body, dry=step.dry, now=step.now)
    return [*steps[:step_index], update, *steps[step_index + 1 :]]


_EDITS = (_add_read, _change, _drop, _repeat, _swap, _dry, _change, _change)


def _another_end(
    scenario: Scenario,
    steps: list[Step],
    environment: Environment,
    values: ScenarioValues,
    decisions: Decisions,
) -> list[Step]:
    """The first steps, then actions from the states that they lead to."""
    kept = steps[: 1 + decisions.take(len(steps))]
    trackers = [SessionTracker(environment.contract) for _ in scenario.sessions]
    for step in kept:
        _track(trackers[step.session], step)
    profile = values.profile(decisions)
    draft = ScenarioDraft(environment, values, trackers, [profile] * len(trackers), steps=kept)
    draft.key_count = len(kept)  # the kept steps have used at most so many keys
    extend_draft(draft, decisions, 1 + decisions.take(6))
    return draft.steps


def _track(tracker: SessionTracker, step: Step) -> None:
    """Records ``step`` if the contract allows it, as far as the step alone shows that."""
    if isinstance(step, Update) and not step.dry:
        if _session(step) is not None:
            tracker.record_update(step.body)
    elif isinstance(step, ReturnItems) and not step.dry:
        units = _units(step.body)
        if (
            units is not None
            and tracker.ruling(Operation.RETURN) is Ruling.ACCEPT
            and all(position < len(tracker.remaining) for position in units)
        ):
            tracker.record_return(units)
    elif (
        isinstance(step, Reopen)
        and tracker.version is ContractVersion.CURRENT
        and tracker.ruling(Operation.REOPEN) is Ruling.ACCEPT
    ):
        tracker.record_reopen()


def _units(body: Any) -> dict[int, int] | None:
    """The returned units by position; None: the body is not a valid return by position."""
    try:
        items = body["return"]["returnedCartItems"]
        pairs = [(item["position"], item.get("quantity", 1)) for item in items]
    except (TypeError, KeyError, AttributeError):
        return None
    units: dict[int, int] = {}
    for position, count in pairs:
        if type(position) is not int or type(count) is not int or position < 0 or count < 1:
            return None
        units[position] = units.get(position, 0) + count
    return units
