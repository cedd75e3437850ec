"""The moves of a scenario: each writes something into its story and keeps the tracker true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...contract import (
    MARK,
    Credentials,
    Environment,
    Fetch,
    Operation,
    Reopen,
    ReturnItems,
    Ruling,
    SessionState,
    Step,
    Update,
)
from ..values.decisions import Decisions
from ..values.pools import Pools
from ..values.samples import request, return_request
from .edits import cleared_session, first_session, partial_session
from .session_tracker import SessionTracker

Json = dict[str, Any]

_BAD_CREDENTIALS = (Credentials.MISSING, Credentials.WRONG, Credentials.SCHEME)
_EDIT_AIMS = ("STATE-12", "MERGE-01", "MERGE-03")


@dataclass(slots=True)
class ScenarioDraft:
    """A scenario in the making."""

    environment: Environment
    pools: Pools
    lives: list[SessionTracker]
    profiles: list[str]
    """The profile that each session starts with."""
    steps: list[Step] = field(default_factory=list)
    keys: int = 0
    """Idempotency keys given out."""

    def update(
        self, place: int, session: Json, digits: Decisions, *aims: str, real: bool = True
    ) -> None:
        """A valid update; now and then it is tried dry before, or (``real`` false) dry only."""
        body = request(session, show=not digits.once_in(8))
        dry_aims = ("DRY-01", "DRY-02", *aims)
        if not real:
            self.steps.append(Update(session=place, body=body, dry=True, aims=dry_aims))
            return
        if digits.once_in(16):
            self.steps.append(Update(session=place, body=body, dry=True, aims=dry_aims))
            if not digits.take(2):
                self.fetch(place)
        self.steps.append(Update(session=place, body=body, aims=aims))
        self.lives[place].updated(body)

    def fetch(self, place: int) -> None:
        life = self.lives[place]
        aims = ("ERR-05",) if life.state is None else ("RESP-03",)
        self.steps.append(Fetch(session=place, aims=aims))

    def next_key(self, digits: Decisions) -> str | None:
        if not self.pools.samples.current or digits.take(3) != 1:
            return None
        self.keys += 1
        return f"key{self.keys}-{MARK}"


Move = Callable[[ScenarioDraft, int, Decisions], None]


def edit(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """The first data of a session, or a partial update of an open one."""
    life = story.lives[place]
    if life.state is None:
        session = first_session(story.pools, digits, story.profiles[place])
        if digits.take(2):
            session["state"] = "open"
        story.update(place, session, digits, "STATE-01", "IDENT-01", "IDENT-09")
    else:
        session = partial_session(life, story.pools, digits)
        if digits.take(2):
            session["state"] = "open"
        story.update(place, session, digits, *_EDIT_AIMS)


def close(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    life = story.lives[place]
    session: Json = {"state": "closed"}
    if life.state is None:
        session |= first_session(story.pools, digits, story.profiles[place])
    elif not life.cart or digits.take(4) == 1:
        session |= partial_session(life, story.pools, digits)
    story.update(place, session, digits, life.rule(Operation.UPDATE, SessionState.CLOSED))


def cancel(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    rule = story.lives[place].rule(Operation.UPDATE, SessionState.CANCELLED)
    story.update(place, {"state": "cancelled"}, digits, rule)


def clear(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    session = cleared_session(story.lives[place], digits)
    story.update(place, session, digits, "MERGE-01", "MERGE-02", "MERGE-03")


def repeat(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """The last update once more, word for word."""
    life = story.lives[place]
    if life.last_body is None or life.state is not SessionState.OPEN:
        edit(story, place, digits)
        return
    story.steps.append(Update(session=place, body=life.last_body, aims=("MERGE-04",)))
    life.updated(life.last_body)


def try_dry(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """A dry update that no real one follows: nothing may change."""
    life = story.lives[place]
    if life.state is None:
        session = first_session(story.pools, digits, story.profiles[place])
    else:
        session = partial_session(life, story.pools, digits)
    if digits.once_in(3):
        session["state"] = "closed"
    story.update(place, session, digits, real=False)
    story.fetch(place)


def break_one(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """An update that breaks exactly one rule."""
    life, pools = story.lives[place], story.pools
    if digits.once_in(12):
        body = digits.pick(pools.bank.wrong_bodies)
        story.steps.append(Update(session=place, body=body, aims=("ERR-04", "ERR-06")))
        return
    broken = digits.pick(digits.pick(pools.bank.invalid_requests))
    session = (
        {}
        if digits.take(2)
        else {"identifiers": pools.identifiers(digits)}
        if life.state is SessionState.OPEN
        else {"profileId": story.profiles[place]}
    )
    body = request({**session, **broken.changes})
    dry = digits.once_in(8)
    aims = (*broken.aims, "ERR-01", "ERR-06")
    story.steps.append(Update(session=place, body=body, dry=dry, aims=aims))
    if pools.big and not digits.take(2):
        break_size(story, place, digits)


def break_size(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """A cart just over a limit, but valid otherwise."""
    pools, limits = story.pools, story.environment.limits
    if digits.take(2) and story.environment.flattens:
        over = limits.quantity_sum + 1
        cart, aim = [{**pools.items[0], "quantity": over}], "CART-04"
    else:
        item = {**pools.items[0], "quantity": 1}
        cart, aim = [item] * (limits.cart_items + 1), "CART-02"
    story.steps.append(Update(session=place, body=request({"cartItems": cart}), aims=(aim,)))


def forbidden_state(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """An update to a state that cannot be reached, with changed data beside it."""
    life = story.lives[place]
    refused = [
        state for state in SessionState if life.ruling(Operation.UPDATE, state) is Ruling.REFUSE
    ]
    if not refused:
        edit(story, place, digits)
        return
    state = digits.pick(refused)
    session = partial_session(life, story.pools, digits) if digits.take(2) else {}
    aims = (life.rule(Operation.UPDATE, state), "STATE-13", "STATE-17", "ERR-06")
    body = request({**session, "state": state.value})
    story.steps.append(Update(session=place, body=body, dry=digits.once_in(8), aims=aims))


def open_question(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """An update on which the contract is silent: the data stands in any case (STATE-13)."""
    life = story.lives[place]
    choices: list[SessionState | None] = [
        state
        for state in (None, *SessionState)
        if life.ruling(Operation.UPDATE, state) is Ruling.SILENT
    ]
    if not choices:
        edit(story, place, digits)
        return
    state = digits.pick(choices)
    session = partial_session(life, story.pools, digits) if digits.take(2) else {}
    if state is not None:
        session["state"] = state.value
    aims = (life.rule(Operation.UPDATE, state), "STATE-13")
    story.steps.append(Update(session=place, body=request(session), aims=aims))


def give_back(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """A return of some units, mostly a few; seldom of everything (RET-U1)."""
    life = story.lives[place]
    open_places = life.returnable()
    legal = life.ruling(Operation.RETURN) is Ruling.ACCEPT
    if not legal or not open_places:
        body = return_request({"position": 0, "quantity": 1})
        rule = life.rule(Operation.RETURN) if not legal else "RET-03"
        story.steps.append(ReturnItems(session=place, body=body, aims=(rule,)))
        return
    units = _units(story, life, open_places, digits)
    body = return_request(
        *({"position": position, "quantity": count} for position, count in units.items()),
        show=not digits.once_in(8),
    )
    if digits.once_in(6):
        aims = ("DRY-03", "RET-01")
        story.steps.append(ReturnItems(session=place, body=body, dry=True, aims=aims))
        if not digits.take(2):
            return
    key = story.next_key(digits)
    step = ReturnItems(session=place, body=body, idempotency_key=key, aims=("RET-01", "RET-02"))
    story.steps.append(step)
    life.returned(units)
    if key is not None and not digits.take(2):
        again = ReturnItems(session=place, body=body, idempotency_key=key, aims=("RET-06",))
        story.steps.append(again)


def _units(
    story: ScenarioDraft, life: SessionTracker, open_places: list[int], digits: Decisions
) -> dict[int, int]:
    """Units by position, so that something is left unless all is asked for."""
    units = {}
    for _ in range(1 + digits.take(2)):
        position = digits.pick(open_places)
        left = life.remaining[position]
        units[position] = 1 + digits.take(left) if story.environment.flattens else left
    if units == {place: life.remaining[place] for place in open_places} and digits.take(4):
        last = next(reversed(units))
        if story.environment.flattens and units[last] > 1:
            units[last] -= 1
        elif len(units) > 1:
            del units[last]
    return units


def give_back_too_much(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """A return that RET-03 refuses."""
    life = story.lives[place]
    size = len(life.cart)
    position = digits.take(size) if size else 0
    left = life.remaining[position] if size else 0
    returns: tuple[tuple[Json, ...], ...] = (
        ({"position": position, "quantity": left + 1},),
        ({"position": size, "quantity": 1},),
        ({"position": position, "quantity": 0},),
        ({"position": position, "quantity": -1},),
        ({"position": -1, "quantity": 1},),
        (),
    )
    body = return_request(*digits.pick(returns))
    legal = life.ruling(Operation.RETURN) is Ruling.ACCEPT
    rule = "RET-03" if legal else life.rule(Operation.RETURN)
    dry = digits.once_in(8)
    story.steps.append(ReturnItems(session=place, body=body, dry=dry, aims=(rule, "ERR-06")))


def reopen(story: ScenarioDraft, place: int, _: Decisions) -> None:
    """Reopens (current only); where no session can be reopened, it is refused."""
    life = story.lives[place]
    if not story.pools.samples.current or life.ruling(Operation.REOPEN) is Ruling.SILENT:
        story.fetch(place)
        return
    story.steps.append(Reopen(session=place, aims=(life.rule(Operation.REOPEN),)))
    if life.ruling(Operation.REOPEN) is Ruling.ACCEPT:
        life.reopened()


def trespass(story: ScenarioDraft, place: int, digits: Decisions) -> None:
    """Any operation without a valid key."""
    bad = digits.pick(_BAD_CREDENTIALS)
    aims = ("AUTH-01",)
    body = request({"identifiers": [f"trespass-{MARK}"]})
    back = return_request({"position": 0, "quantity": 1})
    steps: list[Step] = [
        Update(session=place, body=body, credentials=bad, aims=aims),
        Fetch(session=place, credentials=bad, aims=aims),
        ReturnItems(session=place, body=back, credentials=bad, aims=aims),
    ]
    if story.pools.samples.current:
        steps.append(Reopen(session=place, credentials=bad, aims=aims))
    story.steps.append(digits.pick(steps))


def look(story: ScenarioDraft, place: int, _: Decisions) -> None:
    """A read."""
    story.fetch(place)
