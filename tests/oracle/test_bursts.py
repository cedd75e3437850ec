"""Bursts on lawful targets, of any order, and bursts that leave more ends than can be followed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from cartfuzz.contract import MARK, Fetch, Scenario, Step, Update
from cartfuzz.oracle.judgement import Judgement
from cartfuzz.oracle.nondeterministic import Oracle
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import DATA, ENVIRONMENT, answer, ok, read, refusal, update

PLAIN_200 = answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
SILENCE = NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")
LISTS = ("loyaltyCards", "identifiers", "couponCodes")
IGNORES, REFUSES = "ignores", "refuses"


class Shop:
    """A lawful target: one session, one request after the other.

    Args:
        closed: what it does with updates of a session that is no longer open.
        choice: decides what the contract leaves open.
    """

    def __init__(self, closed: str, choice: random.Random) -> None:
        self._closed = closed
        self._choice = choice
        self._session: dict[str, Any] = {}

    def answer(self, step: Step) -> Response:
        """The response to one request."""
        if not isinstance(step, Update):
            return read(self._session)
        sent = step.body["customerSession"]
        state = self._session.get("state", "open")
        if state == "open":
            self._session = {**self._session, **sent}
        elif sent.get("state") == "cancelled" and state == "closed":
            self._session["state"] = "cancelled"
        elif self._closed == REFUSES or sent.get("state", state) != state:
            return refusal()
        return PLAIN_200

    def answer_burst(self, steps: Sequence[Step]) -> list[Response | NoResponse]:
        """The responses to concurrent requests, carried out in any order; some are lost."""
        order = self._choice.sample(range(len(steps)), len(steps))
        responses: dict[int, Response | NoResponse] = {
            place: self.answer(steps[place]) for place in order
        }
        for place in order:
            if self._choice.random() < 0.05 and isinstance(steps[place], Update):
                responses[place] = SILENCE
        return [responses[place] for place in range(len(steps))]


def some_update(choice: random.Random, states: Sequence[str | None]) -> Update:
    """An update of one or two lists, and perhaps of the state."""
    names = choice.sample(LISTS, choice.randint(1, 2))
    body: dict[str, Any] = {name: [f"{name}{choice.randint(0, 99)}"] for name in names}
    state = choice.choice(states)
    if state is not None:
        body["state"] = state
    return Update(body={"customerSession": body})


def some_history(choice: random.Random) -> tuple[list[Step], tuple[int, int]]:
    """Steps with a burst of 2 to 5 in the middle, and where it is."""
    burst: list[Step] = [
        some_update(choice, (None, None, "closed", "closed", "cancelled"))
        if choice.random() < 0.9
        else Fetch()
        for _ in range(choice.randint(2, 5))
    ]
    after: list[Step] = [
        choice.choice((Fetch(), some_update(choice, (None, "closed", "cancelled"))))
        for _ in range(5)
    ]
    first = Update(body={"customerSession": DATA})
    return [first, *burst, *after, Fetch()], (1, 1 + len(burst))


def judged(
    steps: Sequence[Step], outcomes: Sequence[Response | NoResponse], burst: tuple[int, int]
) -> list[Judgement]:
    """One judgement for the burst, one for each other step."""
    scenario = Scenario(title="history", sessions=(MARK,), steps=tuple(steps), burst=burst)
    oracle = Oracle(scenario, ENVIRONMENT)
    judgements = [oracle.judge(index, outcomes[index]) for index in range(burst[0])]
    judgements.append(oracle.judge_burst(burst[0], outcomes[slice(*burst)]))
    judgements += [oracle.judge(index, outcomes[index]) for index in range(burst[1], len(steps))]
    return [*judgements, Judgement(discrepancies=tuple(oracle.finish()))]


@pytest.mark.parametrize("closed", [IGNORES, REFUSES])
def test_no_burst_on_a_lawful_target_is_blamed(closed: str) -> None:
    """Whatever the order, however many ends are possible, and whatever is lost."""
    for seed in range(30):
        choice = random.Random(seed)
        steps, burst = some_history(choice)
        shop = Shop(closed, choice)
        outcomes = [
            *(shop.answer(step) for step in steps[: burst[0]]),
            *shop.answer_burst(steps[slice(*burst)]),
            *(shop.answer(step) for step in steps[burst[1] :]),
        ]
        judgements = judged(steps, outcomes, burst)
        assert [found for one in judgements for found in one.discrepancies] == [], seed


CLOSING = [
    Update(body={"customerSession": {"loyaltyCards": [str(n)], "state": "closed"}})
    for n in range(2)
]
PARTS = [
    Update(body={"customerSession": {"identifiers": ["0"]}}),
    Update(body={"customerSession": {"couponCodes": ["1"]}}),
    Update(body={"customerSession": {"referralCode": "2"}}),
]
FIVE: list[Step] = [update(DATA), CLOSING[0], PARTS[0], CLOSING[1], PARTS[1], PARTS[2]]
SIXTH = {**DATA, "loyaltyCards": ["0"], "state": "closed"}


def test_too_many_ends_are_not_judged() -> None:
    """The burst says so, and asks for a read; what the read shows is believed."""
    history = [ok(DATA), *[PLAIN_200] * 5, read(SIXTH), read(SIXTH)]
    judgements = judged([*FIVE, Fetch(), Fetch()], history, (1, 6))
    assert judgements[1].inconclusive == (
        "parallel requests: more ends are possible than are followed",
    )
    assert judgements[1].must_read
    assert [found for one in judgements for found in one.discrepancies] == []


def test_a_session_is_judged_again_once_it_was_read() -> None:
    """After a burst that was not judged, a session that changes by itself is found."""
    history = [ok(DATA), *[PLAIN_200] * 5, read(SIXTH), read({**SIXTH, "profileId": "bob"})]
    judgements = judged([*FIVE, Fetch(), Fetch()], history, (1, 6))
    assert [found.rule for one in judgements for found in one.discrepancies] == ["RESP-03"]


def test_a_lost_write_among_too_many_ends_is_never_blamed() -> None:
    """It may be applied after any read, so the session is not judged any more."""
    history: list[Response | NoResponse] = [
        ok(DATA),
        *[PLAIN_200] * 4,
        SILENCE,
        read({**DATA, "identifiers": ["0"], "couponCodes": ["1"]}),
        read({**DATA, "identifiers": ["0"], "couponCodes": ["1"], "referralCode": "2"}),
    ]
    judgements = judged([*FIVE, Fetch(), Fetch()], history, (1, 6))
    assert [found for one in judgements for found in one.discrepancies] == []


def test_an_end_that_no_order_leaves_is_found() -> None:
    """Where the ends can be followed, a closed session that shows neither closing is PAR-01."""
    history = [ok(DATA), *[PLAIN_200] * 2, read({**SIXTH, "loyaltyCards": ["other"]})]
    judgements = judged([update(DATA), *CLOSING, Fetch()], history, (1, 3))
    assert [found.rule for one in judgements for found in one.discrepancies] == ["PAR-01"]


@pytest.mark.parametrize("shown", [DATA, SIXTH])
def test_a_408_in_a_burst_may_come_after_the_write(shown: dict[str, Any]) -> None:
    """A server that gave up waiting may have carried the update out, or not."""
    history: list[Response | NoResponse] = [ok(DATA), answer(408), answer(408), read(shown)]
    judgements = judged([update(DATA), CLOSING[0], PARTS[0], Fetch()], history, (1, 3))
    assert [found for one in judgements for found in one.discrepancies] == []
