"""The situation of a step follows from what the old target answered before."""

from __future__ import annotations

from typing import Any

from cartfuzz.analysis.side_by_side import Answer, SessionKinds
from cartfuzz.contract import Fetch, Operation, Raw, Reopen, ReturnItems, Step, Update


def update(state: str | None = None, *, dry: bool = False) -> Update:
    return Update(body={"customerSession": {"state": state} if state else {}}, dry=dry)


def answer(status: int = 200, state: str | None = None) -> Answer:
    body: dict[str, Any] = {"customerSession": {"state": state}} if state else {}
    return Answer(status=status, body=body)


def last_situation(*steps: tuple[Step, Answer], then: Step) -> str:
    kinds = SessionKinds(1)
    for step, given in steps:
        kinds.learn(step, given)
    return kinds.situation(then).key


def test_the_state_follows_the_answers() -> None:
    """Shown states count, then those that were asked for; refusals and dry runs change none."""
    assert last_situation(then=update()) == "update of an unknown session without a state"
    created = (update(), answer())
    assert last_situation(created, then=Fetch()) == "get of an open session"
    closed = (update("closed"), answer())
    assert (
        last_situation(created, closed, then=update("open")) == "update of a closed session to open"
    )
    refused = (update("closed"), answer(400))
    assert last_situation(created, refused, then=Fetch()) == "get of an open session"
    dry = (update("closed", dry=True), answer())
    assert last_situation(created, dry, then=update(dry=True)).startswith("dry update of an open")
    shown = (Fetch(), answer(state="cancelled"))
    assert last_situation(created, shown, then=Reopen()) == "reopen of a cancelled session"
    reopened = (Reopen(), answer())
    assert last_situation(created, closed, reopened, then=Fetch()) == "get of an open session"


def test_after_a_return_the_state_is_not_known() -> None:
    """A return may leave a session closed or partially returned."""
    steps = ((update("closed"), answer()), (ReturnItems(body={"return": {}}), answer()))
    assert "not known" in last_situation(*steps, then=Fetch())


def test_a_raw_request_is_named_by_its_oddity() -> None:
    """Whatever the state of the session."""
    raw = Raw(endpoint=Operation.UPDATE, oddity="truncated JSON")
    assert last_situation(then=raw) == "raw request: truncated JSON (update)"
