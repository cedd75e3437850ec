"""What each step asked of the state machine, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Credentials,
    Cut,
    Fetch,
    Operation,
    Raw,
    Reopen,
    Scenario,
    Step,
    Update,
)
from cartfuzz.oracle import Oracle
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import DATA, ENVIRONMENT, answer, ok, read, refusal, update

CLOSED = {**DATA, "state": "closed"}
CLOSE = update({"state": "closed"})
CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
"""It can reopen sessions, and knows Idempotency-Keys of updates."""
SILENCE = NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")
UNSENT = NoResponse(fate=Delivery.NOT_SENT, reason="connection refused")
Outcome = Response | NoResponse


def keys(*history: tuple[Step, Outcome]) -> list[str]:
    """The key of each step, one after the other; empty where it is not counted."""
    steps = tuple(step for step, _ in history)
    oracle = Oracle(Scenario(title="history", sessions=(MARK,), steps=steps), CURRENT)
    judgements = [oracle.judge(index, given) for index, (_, given) in enumerate(history)]
    return [" ".join(judgement.transitions) for judgement in judgements]


def test_the_states_of_a_session_are_those_of_the_model() -> None:
    """From its creation to its reopening."""
    assert keys(
        (Fetch(), refusal(404)),
        (update(DATA), ok(DATA)),
        (CLOSE, ok(CLOSED)),
        (update({"state": "open"}), refusal()),
        (Fetch(), read(CLOSED)),
        (Reopen(), ok(DATA)),
        (update({"state": "cancelled"}), ok({**DATA, "state": "cancelled"})),
        (CLOSE, refusal()),
    ) == [
        "none get none refuse refused",
        "none update none accept accepted",
        "open update closed accept accepted",
        "closed update open refuse refused",
        "closed get none accept accepted",
        "closed reopen none accept accepted",
        "open update cancelled accept accepted",
        "cancelled update closed refuse refused",
    ]


@pytest.mark.parametrize(
    ("outcome", "answered"),
    [
        (refusal(), "refused"),
        (answer(500, {}), "crashed"),
        (answer(429, {}), "other"),
        (answer(302, {}), "other"),
        (UNSENT, "none"),
    ],
)
def test_wrong_answers_are_counted_as_what_they_are(outcome: Outcome, answered: str) -> None:
    """A status that says nothing about the rules is no refusal."""
    assert keys((update(DATA), outcome)) == [f"none update none accept {answered}"]


@pytest.mark.parametrize("outcome", [SILENCE, answer(504, {})])
def test_after_a_lost_write_the_state_is_unknown(outcome: Outcome) -> None:
    """Of the write and, where both of its fates explain the next answer, of the next step."""
    lost, after = keys((update(DATA), ok(DATA)), (CLOSE, outcome), (CLOSE, ok(CLOSED)))[1:]
    assert lost.startswith("unknown update closed silent")
    assert after == "unknown update closed silent accepted"


def test_possible_states_that_agree_are_no_doubt() -> None:
    """A lost update of an open session leaves it open, whether it was applied or not."""
    *_, after = keys(
        (update(DATA), ok(DATA)), (update({"profileId": "bob"}), SILENCE), (CLOSE, answer(200, {}))
    )
    assert after == "open update closed accept accepted"


def test_a_dry_run_is_marked() -> None:
    """It changes no state, so it is no edge of the state machine."""
    (key,) = keys((update(DATA, dry=True), ok(DATA)))
    assert key == "none update none accept accepted dry"


def test_a_state_that_is_none_is_another_one() -> None:
    """An update may ask for any JSON value."""
    for state in ("lost", 7, ["open"]):
        (key,) = keys((update({"state": state}), refusal()))
        assert key.split()[2] == "other"


NOT_COUNTED: Sequence[tuple[Step, Outcome]] = (
    (update(DATA, credentials=Credentials.MISSING), refusal(401)),
    (Raw(endpoint=Operation.UPDATE, oddity="truncated JSON", body=b"{"), refusal()),
    (update(DATA, cut=Cut.BODY), UNSENT),
    (update(DATA, cut=Cut.SENT), SILENCE),
)


@pytest.mark.parametrize(("step", "outcome"), NOT_COUNTED)
def test_what_the_state_does_not_decide_is_not_counted(step: Step, outcome: Outcome) -> None:
    """Without the valid key, malformed, or cut on purpose."""
    assert keys((step, outcome)) == [""]


def test_a_repeated_request_is_not_counted() -> None:
    """The answer comes again under its Idempotency-Key, whatever the state is by now."""
    create = update(DATA, idempotency_key="k")
    assert keys((create, ok(DATA)), (CLOSE, ok(CLOSED)), (create, ok(DATA)))[2] == ""


def test_the_steps_of_a_burst_have_no_known_state() -> None:
    """What came first is not known."""
    steps = (update(DATA), CLOSE, Update(body={"customerSession": {"state": "cancelled"}}))
    scenario = Scenario(title="burst", sessions=(MARK,), steps=steps, burst=(1, 3))
    oracle = Oracle(scenario, EXAMPLE_ENVIRONMENT)
    oracle.judge(0, ok(DATA))
    judgement = oracle.judge_burst(1, [ok(CLOSED), ok({**DATA, "state": "cancelled"})])
    assert judgement.transitions == (
        "unknown update closed silent accepted",
        "unknown update cancelled silent accepted",
    )


@pytest.mark.parametrize("status", [429, 413, 401, 403, 504])
def test_a_status_that_decides_nothing_is_no_refusal_in_a_burst(status: int) -> None:
    """As it is none of a step that was sent alone."""
    steps = (update(DATA), CLOSE, CLOSE)
    scenario = Scenario(title="burst", sessions=(MARK,), steps=steps, burst=(1, 3))
    oracle = Oracle(scenario, EXAMPLE_ENVIRONMENT)
    oracle.judge(0, ok(DATA))
    judgement = oracle.judge_burst(1, [ok(CLOSED), refusal(status)])
    assert judgement.transitions[1] == "unknown update closed silent other"


@pytest.mark.parametrize("before", [0, 1])
def test_a_repeated_request_is_not_counted_in_a_burst(before: int) -> None:
    """Neither where the first one is in the burst, nor where it came before."""
    create = update(DATA, idempotency_key="k")
    steps = (*(create,) * before, create, CLOSE, create)
    scenario = Scenario(title="burst", sessions=(MARK,), steps=steps, burst=(before, len(steps)))
    oracle = Oracle(scenario, CURRENT)
    for index in range(before):
        oracle.judge(index, ok(DATA))
    judgement = oracle.judge_burst(before, [ok(DATA), ok(CLOSED), ok(DATA)])
    first = ("unknown update none silent accepted",) * (1 - before)
    assert judgement.transitions == (*first, "unknown update closed silent accepted")


def test_an_answer_that_no_possible_state_explains_has_an_unknown_state() -> None:
    """The state that is contradicted least may still be the wrong one."""
    wrong = read({**DATA, "profileId": "bob"})
    *_, after = keys((update(DATA), ok(DATA)), (CLOSE, SILENCE), (Fetch(), wrong))
    assert after == "unknown get none silent accepted"
