"""A read that shows an older accepted state is a stale read, if a later one shows the present."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Fetch,
    Level,
    ReturnItems,
    RuleLevel,
    Scenario,
    Step,
)
from cartfuzz.oracle import Oracle
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import DATA, ENVIRONMENT, answer, ok, read, refusal, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
History = list[tuple[Step, Response | NoResponse]]

EARLIER, LATER = "2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"
BEFORE, AFTER = DATA, {**DATA, "profileId": "bob"}
CREATED = (update(BEFORE), ok(BEFORE, updated=EARLIER))
CHANGED = (update({"profileId": "bob"}), ok(AFTER, updated=LATER))
OLD, NEW = read(BEFORE, updated=EARLIER), read(AFTER, updated=LATER)
CARL, LAST = {**DATA, "profileId": "carl"}, "2026-01-01T00:00:03Z"
BACK = ReturnItems(body={"return": {"returnedCartItems": [{"position": 0}]}})
CLOSED = {**DATA, "state": "closed"}


def judged(history: History, **options: Any) -> tuple[Oracle, Any]:
    """The oracle of a history, and its judgement of the last response."""
    steps = tuple(step for step, _ in history)
    scenario = Scenario(title="history", sessions=(MARK,), steps=steps)
    oracle = Oracle(scenario, options.get("environment", ENVIRONMENT))
    judgements = [oracle.judge(index, outcome) for index, (_, outcome) in enumerate(history)]
    assert [one.discrepancies for one in judgements[:-1]] == [()] * (len(history) - 1)
    return oracle, judgements[-1]


@pytest.mark.parametrize(
    ("history", "stale", "later", "texts"),
    [
        ([CREATED, CHANGED], OLD, NEW, ("after step 2", "after step 1")),
        ([CREATED], refusal(404), OLD, ("after step 1", "before it was created")),
        ([CREATED, CHANGED], refusal(404), NEW, ("after step 2", "before it was created")),
        (
            [CREATED, CHANGED, (Fetch(), NEW)],
            OLD,
            NEW,
            ("after step 2", "after step 1"),
        ),
        (
            [CREATED, CHANGED, (update({"profileId": "carl"}), ok(CARL, updated=LAST))],
            OLD,
            read(CARL, updated=LAST),
            ("after step 3", "after step 1"),
        ),
        (
            [CREATED, (update({"state": "closed"}), ok(CLOSED, updated=LATER))],
            OLD,
            read(CLOSED, updated=LATER),
            ("after step 2", "after step 1"),
        ),
    ],
)
def test_an_older_state_is_a_stale_read(
    history: History, stale: Response, later: Response, texts: tuple[str, str]
) -> None:
    """It is reported once, as what it is, and the model keeps what was accepted."""
    oracle, judgement = judged([*history, (Fetch(), stale), (Fetch(), later)][:-1])
    assert judgement.discrepancies != ()
    assert judgement.stale_read is not None
    settled = oracle.settle_read(later)
    assert settled is not None
    (found,) = settled.discrepancies
    assert (found.rule, found.check, found.alternatives) == ("RESP-03", "stale_read", ())
    assert found.title.startswith("stale read")
    assert (found.expected, found.found.split(";")[0]) == tuple(f"the session {t}" for t in texts)
    assert not settled.must_read
    # What follows is judged by what was accepted, not by the stale read.
    steps = (*(step for step, _ in history), Fetch(), Fetch())
    oracle.extend(Scenario(title="longer", sessions=(MARK,), steps=steps))
    assert oracle.judge(len(history) + 1, later).discrepancies == ()


def test_a_lost_update_is_no_stale_read() -> None:
    """Where every read shows the older state the target has lost the write: the rule stays."""
    oracle, judgement = judged([CREATED, CHANGED, (Fetch(), OLD)])
    assert oracle.settle_read(OLD) is None
    assert {found.rule for found in judgement.discrepancies} >= {"RESP-07"}
    assert oracle.settle_read(NoResponse(fate=Delivery.UNKNOWN, reason="timeout")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        read({**DATA, "profileId": "carl"}, updated=EARLIER),
        read(BEFORE, updated=LATER),
        read({**AFTER, "couponCodes": []}, updated=LATER),
        read(BEFORE, updated="2025-12-31T00:00:00Z"),
    ],
)
def test_what_no_state_was_is_not_stale(wrong: Response) -> None:
    """Another value, a mixture of two states, or the time of another one: the rule is to blame."""
    _, judgement = judged([CREATED, CHANGED, (Fetch(), wrong)])
    assert judgement.discrepancies != ()
    assert judgement.stale_read is None


def test_a_wrong_answer_to_a_write_is_not_stale() -> None:
    """Only reads may come from a replica; the answer to a write shows what it did."""
    _, judgement = judged([CREATED, (CHANGED[0], ok(BEFORE, updated=EARLIER))])
    assert judgement.discrepancies != ()
    assert judgement.stale_read is None


def test_a_count_of_updates_tells_states_apart() -> None:
    """An older state with the new count was never shown; with its own count it is stale."""
    history: History = [
        (update(BEFORE), ok(BEFORE, updateCount=1, cartItemAdditionalCostTotal=0)),
        (update({"profileId": "bob"}), ok(AFTER, updateCount=2, cartItemAdditionalCostTotal=0)),
    ]
    for count, stale in ((1, True), (2, False)):
        shown = read(BEFORE, updateCount=count, cartItemAdditionalCostTotal=0)
        read_again: History = [(Fetch(), shown)]
        _, judgement = judged([*history, *read_again], environment=CURRENT)
        assert (judgement.stale_read is not None) == stale


def test_a_settled_read_accuses_nothing_later() -> None:
    """What the stale read contradicted is found again when it is really wrong."""
    history: History = [CREATED, CHANGED, (Fetch(), OLD)]
    oracle, first = judged(history)
    oracle.settle_read(NEW)
    steps = (CREATED[0], CHANGED[0], Fetch(), Fetch())
    oracle.extend(Scenario(title="longer", sessions=(MARK,), steps=steps))
    again = oracle.judge(3, OLD)
    assert [found.rule for found in again.discrepancies] == [
        found.rule for found in first.discrepancies
    ]


def test_a_stale_read_is_observed_where_its_rule_is() -> None:
    """A deployment that is known to lag turns RESP-03 into an observation."""
    steps = (CREATED[0], CHANGED[0], Fetch())
    scenario = Scenario(title="history", sessions=(MARK,), steps=steps)
    oracle = Oracle(scenario, ENVIRONMENT, {"RESP-03": RuleLevel(level=Level.OBSERVE)})
    for index, outcome in enumerate((CREATED[1], CHANGED[1], OLD)):
        oracle.judge(index, outcome)
    settled = oracle.settle_read(NEW)
    assert settled is not None
    assert settled.discrepancies == ()
    assert [one.rule for one in settled.observations] == ["RESP-03"]


@pytest.mark.parametrize("status", [408, 502, 503, 504])
@pytest.mark.parametrize(
    "reads",
    [[OLD], [NEW], [OLD, OLD], [OLD, NEW], [NEW, NEW], [read({**AFTER, "couponCodes": []})]],
)
def test_a_write_that_a_gateway_answered_accuses_nobody(status: int, reads: list[Response]) -> None:
    """It may be processed at once, later, never or twice."""
    history: History = [CREATED, (CHANGED[0], refusal(status)), *((Fetch(), one) for one in reads)]
    scenario = Scenario(title="", sessions=(MARK,), steps=tuple(step for step, _ in history))
    oracle = Oracle(scenario, ENVIRONMENT)
    judgements = [oracle.judge(index, outcome) for index, (_, outcome) in enumerate(history)]
    assert [found for one in judgements for found in one.discrepancies] == []
    assert judgements[1].inconclusive == (f"update: answered {status}",)


def test_a_return_that_a_gateway_answered_may_come_late() -> None:
    """The units go back after a read that does not show it yet."""
    line = {"position": 0, "returnedQuantity": 2, "remainingQuantity": 0}
    closed = {**DATA, "state": "closed"}
    returned = {
        **closed,
        "state": "partially_returned",
        "cartItems": [{**DATA["cartItems"][0], **line}],
    }
    history: History = [
        (update(closed), ok(closed)),
        (BACK, answer(504, {"message": "timeout"})),
        (Fetch(), read(closed)),
        (Fetch(), read(returned)),
    ]
    scenario = Scenario(title="", sessions=(MARK,), steps=tuple(step for step, _ in history))
    oracle = Oracle(scenario, ENVIRONMENT)
    for index, (_, outcome) in enumerate(history):
        assert oracle.judge(index, outcome).discrepancies == ()
