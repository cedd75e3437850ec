"""Mutants of a scenario: a few steps of it changed, and now and then another end.

They start from traffic as somebody's shop has it, which no strategy would draw, and lead it where
that shop has not been.
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
from ..values.pools import Pools, bank_of
from .actions import ScenarioDraft
from .edits import edit_cart, partial_session
from .explore import continued
from .session_tracker import SessionTracker

Json = dict[str, Any]

_MOST_STEPS = 60
_DECISIONS = 96


def mutators(environment: Environment) -> Callable[[Scenario], st.SearchStrategy[Scenario]]:
    """What makes of a scenario a strategy for its mutants.

    Each mutant has the scenario's sessions and at least one step. Smaller choices make smaller
    changes.

    Args:
        environment: declares what may be put in; its contract version decides what is legal.
    """
    bank = bank_of(environment)

    def mutants(scenario: Scenario) -> st.SearchStrategy[Scenario]:
        def build(decisions: bytes) -> Scenario:
            digits = Decisions(decisions)
            pools = Pools(bank, digits, items=_items(scenario), attributes=None, text="")
            steps = list(scenario.steps)
            for _ in range(1 + digits.take(3)):
                steps = digits.pick(_EDITS)(steps, pools, digits)
            if digits.take(2):
                steps = _another_end(scenario, steps, environment, pools, digits)
            return Scenario(
                title=f"mutant of {scenario.title}"[:200],
                sessions=scenario.sessions,
                steps=tuple(steps[: max(_MOST_STEPS, len(scenario.steps))]),
            )

        return st.binary(min_size=_DECISIONS, max_size=_DECISIONS).map(build)

    return mutants


def _items(scenario: Scenario) -> list[Json]:
    """The scenario's own cart items, as far as they are whole."""
    carts = (_cart(step) for step in scenario.steps if isinstance(step, Update))
    return [item for cart in carts if cart for item in cart][:6]


def _session(step: Step) -> Json | None:
    """The session in a plain update's body; None: there is none, or it cannot be followed."""
    if not isinstance(step, Update) or not isinstance(step.body, dict):
        return None
    session = step.body.get("customerSession")
    if not isinstance(session, dict) or session.get("state", "open") not in tuple(SessionState):
        return None
    if "cartItems" in session and _whole(session["cartItems"]) is None:
        return None
    return session


def _whole(cart: Any) -> list[Json] | None:
    if not isinstance(cart, list):
        return None
    for item in cart:
        if not isinstance(item, dict) or type(item.get("quantity")) is not int:
            return None
        if item["quantity"] < 1:
            return None
    return cart


def _cart(step: Step) -> list[Json] | None:
    session = _session(step)
    return None if session is None else session.get("cartItems")


def _place(steps: list[Step], digits: Decisions) -> int:
    return digits.take(len(steps))


def _look(steps: list[Step], _: Pools, digits: Decisions) -> list[Step]:
    """A read after one step."""
    place = _place(steps, digits)
    look = Fetch(session=steps[place].session)
    return [*steps[: place + 1], look, *steps[place + 1 :]]


def _drop(steps: list[Step], pools: Pools, digits: Decisions) -> list[Step]:
    if len(steps) < 2:
        return _look(steps, pools, digits)
    place = _place(steps, digits)
    return steps[:place] + steps[place + 1 :]


def _repeat(steps: list[Step], _: Pools, digits: Decisions) -> list[Step]:
    place = _place(steps, digits)
    return [*steps[: place + 1], *steps[place:]]


def _swap(steps: list[Step], pools: Pools, digits: Decisions) -> list[Step]:
    if len(steps) < 2:
        return _repeat(steps, pools, digits)
    place = digits.take(len(steps) - 1)
    return [*steps[:place], steps[place + 1], steps[place], *steps[place + 2 :]]


def _dry(steps: list[Step], pools: Pools, digits: Decisions) -> list[Step]:
    """One write is tried dry before."""
    place = _place(steps, digits)
    step = steps[place]
    if isinstance(step, Update) and not step.dry:
        tried: Step = Update(session=step.session, body=step.body, dry=True)
    elif isinstance(step, ReturnItems) and not step.dry:
        tried = ReturnItems(session=step.session, body=step.body, dry=True)
    else:
        return _repeat(steps, pools, digits)
    return [*steps[:place], tried, *steps[place:]]


def _change(steps: list[Step], pools: Pools, digits: Decisions) -> list[Step]:
    """The cart, the state or a few fields of one update are others."""
    places = [place for place, step in enumerate(steps) if _session(step) is not None]
    if not places:
        return _look(steps, pools, digits)
    place = digits.pick(places)
    step, session = steps[place], _session(steps[place])
    if not isinstance(step, Update) or session is None:
        return steps
    life = SessionTracker(pools.samples.environment.contract)
    life.cart = session.get("cartItems", [])
    kind = digits.take(4)
    if kind == 1:
        changed = session | {"state": digits.pick(tuple(SessionState)).value}
    elif kind == 2:
        changed = session | partial_session(life, pools, digits)
    else:
        changed = session | {"cartItems": edit_cart(life.cart, pools, digits)}
    body = step.body | {"customerSession": changed}
    update = Update(session=step.session, body=body, dry=step.dry, now=step.now)
    return [*steps[:place], update, *steps[place + 1 :]]


_EDITS = (_look, _change, _drop, _repeat, _swap, _dry, _change, _change)


def _another_end(
    scenario: Scenario, steps: list[Step], environment: Environment, pools: Pools, digits: Decisions
) -> list[Step]:
    """The first steps, then moves from where they led."""
    kept = steps[: 1 + digits.take(len(steps))]
    lives = [SessionTracker(environment.contract) for _ in scenario.sessions]
    for step in kept:
        _follow(lives[step.session], step)
    profile = pools.profile(digits)
    story = ScenarioDraft(environment, pools, lives, [profile] * len(lives), steps=kept)
    story.keys = len(kept)  # no key of theirs is given out once more
    continued(story, digits, 1 + digits.take(6))
    return story.steps


def _follow(life: SessionTracker, step: Step) -> None:
    """Takes note of ``step`` if the contract lets it pass, as far as that can be seen."""
    if isinstance(step, Update) and not step.dry:
        if _session(step) is not None:
            life.updated(step.body)
    elif isinstance(step, ReturnItems) and not step.dry:
        units = _units(step.body)
        if (
            units is not None
            and life.ruling(Operation.RETURN) is Ruling.ACCEPT
            and all(place < len(life.remaining) for place in units)
        ):
            life.returned(units)
    elif (
        isinstance(step, Reopen)
        and life.version is ContractVersion.CURRENT
        and life.ruling(Operation.REOPEN) is Ruling.ACCEPT
    ):
        life.reopened()


def _units(body: Any) -> dict[int, int] | None:
    """The units by position that a return gives back; None: it cannot be followed."""
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
