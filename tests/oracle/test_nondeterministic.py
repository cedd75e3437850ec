"""Lost answers and bursts: what is explained, and what nothing explains."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Cut,
    Fetch,
    Scenario,
    Step,
    Update,
)
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.oracle.nondeterministic import Oracle
from cartfuzz.record import Discrepancy
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.strategies import draw_scenarios, lost_answers, races
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.marks import mark_of

from ..in_process import KEY, InProcessTransport
from .histories import DATA, ENVIRONMENT, answer, ok, read, update

SILENCE = NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")
UNSENT = NoResponse(fate=Delivery.NOT_SENT, reason="connection refused")
CONFLICT = answer(409, {"message": "parallel requests"})
PLAIN_200 = answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
CARDS = {"loyaltyCards": ["card"]}
NEW = {**DATA, **CARDS}


def judged(
    steps: Sequence[Step],
    outcomes: Sequence[Response | NoResponse],
    burst: tuple[int, int] | None = None,
) -> list[Discrepancy]:
    """What is found when ``outcomes`` answer ``steps``."""
    scenario = Scenario(title="history", sessions=(MARK,), steps=tuple(steps), burst=burst)
    oracle = Oracle(scenario, ENVIRONMENT, {})
    found: list[Discrepancy] = []
    step_index = 0
    while step_index < len(steps):
        if burst is not None and step_index == burst[0]:
            judgement = oracle.judge_burst(step_index, outcomes[burst[0] : burst[1]])
            step_index = burst[1]
        else:
            judgement = oracle.judge(step_index, outcomes[step_index])
            step_index += 1
        found.extend(judgement.discrepancies)
    return [*found, *oracle.finish()]


def rules(found: list[Discrepancy]) -> list[tuple[str, str]]:
    return [(discrepancy.rule, discrepancy.check) for discrepancy in found]


PART = Update(body={"customerSession": CARDS})


@pytest.mark.parametrize(
    "reads",
    [[DATA, DATA], [NEW, NEW], [DATA, NEW]],
    ids=["never applied", "applied", "applied late"],
)
def test_a_lost_update_may_be_applied_or_not(reads: list[dict[str, object]]) -> None:
    """Whatever became of it, now or later, is no discrepancy."""
    outcomes: list[Response | NoResponse] = [ok(DATA), SILENCE, *(read(shown) for shown in reads)]
    assert judged([update(DATA), PART, Fetch(), Fetch()], outcomes) == []


def test_a_lost_update_is_not_taken_back() -> None:
    """Once it was seen applied it stays."""
    found = judged(
        [update(DATA), PART, Fetch(), Fetch()], [ok(DATA), SILENCE, read(NEW), read(DATA)]
    )
    assert len(found) == 1


def test_a_lost_update_is_applied_whole() -> None:
    """Something between both is neither."""
    both = Update(body={"customerSession": {**CARDS, "identifiers": ["three"]}})
    found = judged([update(DATA), both, Fetch()], [ok(DATA), SILENCE, read(NEW)])
    assert rules(found) == [("RESP-03", "lost_answer")]


def test_what_was_never_sent_is_never_applied() -> None:
    """A connection that could not be made leaves one possibility only."""
    found = judged([update(DATA), PART, Fetch()], [ok(DATA), UNSENT, read(NEW)])
    assert len(found) == 1


def test_a_cut_body_is_never_applied() -> None:
    """A request that was not sent whole leaves no trace (ERR-06)."""
    cut = msgspec.structs.replace(PART, cut=Cut.BODY)
    found = judged([update(DATA), cut, Fetch()], [ok(DATA), UNSENT, read(NEW)])
    assert [rule for rule, _ in rules(found)] == ["ERR-06"]


def test_a_lost_update_that_must_be_refused_leaves_no_trace() -> None:
    """An answer that is missing does not make it lawful."""
    wrong = Update(body={"customerSession": {**CARDS, "cartItems": [{"sku": "x"}]}})
    assert judged([update(DATA), wrong, Fetch()], [ok(DATA), SILENCE, read(DATA)]) == []
    assert judged([update(DATA), wrong, Fetch()], [ok(DATA), SILENCE, read(NEW)]) != []


def test_a_lost_write_under_the_next_one() -> None:
    """Another write of the same field may come before the lost one or after it."""
    first = Update(body={"customerSession": {"loyaltyCards": ["first"]}})
    then = Update(body={"customerSession": {"loyaltyCards": ["then"]}})
    for last in ("first", "then"):
        shown = {**DATA, "loyaltyCards": [last]}
        history: list[Response | NoResponse] = [ok(DATA), SILENCE, PLAIN_200, read(shown)]
        assert judged([update(DATA), first, then, Fetch()], history) == []
    shown = {**DATA, "loyaltyCards": ["third"]}
    history = [ok(DATA), SILENCE, PLAIN_200, read(shown)]
    assert judged([update(DATA), first, then, Fetch()], history) != []


A = Update(body={"customerSession": {"loyaltyCards": ["a"]}})
B = Update(body={"customerSession": {"loyaltyCards": ["b"], "identifiers": ["b"]}})
AFTER_A_B = {**DATA, "loyaltyCards": ["b"], "identifiers": ["b"]}
AFTER_B_A = {**AFTER_A_B, "loyaltyCards": ["a"]}
LOST_B = {**DATA, "loyaltyCards": ["a"]}


@pytest.mark.parametrize(
    ("answers", "shown", "lawful"),
    [
        ((PLAIN_200, PLAIN_200), AFTER_A_B, True),
        ((PLAIN_200, PLAIN_200), AFTER_B_A, True),
        ((PLAIN_200, PLAIN_200), LOST_B, False),
        ((PLAIN_200, CONFLICT), LOST_B, True),
        ((PLAIN_200, CONFLICT), AFTER_A_B, False),
        ((PLAIN_200, SILENCE), LOST_B, True),
        ((PLAIN_200, SILENCE), AFTER_B_A, True),
        ((CONFLICT, CONFLICT), DATA, True),
        ((CONFLICT, CONFLICT), LOST_B, False),
    ],
)
def test_some_order_explains_a_burst(
    answers: tuple[Response | NoResponse, ...], shown: dict[str, object], *, lawful: bool
) -> None:
    """Each update is applied whole, or refused whole with a 409 (PAR-01)."""
    found = judged([update(DATA), A, B, Fetch()], [ok(DATA), *answers, read(shown)], burst=(1, 3))
    assert rules(found) == ([] if lawful else [("PAR-01", "linearizability")])


def test_an_explanation_names_the_orders() -> None:
    """Each order, and what it leads one to expect."""
    [found] = judged(
        [update(DATA), A, B, Fetch()],
        [ok(DATA), PLAIN_200, PLAIN_200, read(LOST_B)],
        burst=(1, 3),
    )
    assert "after update (step 2), then update (step 3): expected" in found.found
    assert "after update (step 3), then update (step 2): expected" in found.found
    assert found.step == 3


def test_reads_in_a_burst_see_whole_updates() -> None:
    """A read beside an update shows it whole or not at all."""
    history = [ok(DATA), PLAIN_200, read({**DATA, "loyaltyCards": ["b"]})]
    found = judged([update(DATA), B, Fetch()], history, burst=(1, 3))
    assert rules(found) == [("PAR-01", "linearizability")]


def test_a_write_of_a_burst_may_show_what_came_after_it() -> None:
    """Whether an answer is made before or after the next write is not said."""
    shows = update({"loyaltyCards": ["a"]})
    history = [ok(DATA), ok(AFTER_B_A), ok(AFTER_B_A), read(AFTER_B_A)]
    found = judged(
        [update(DATA), shows, update(B.body["customerSession"]), Fetch()], history, (1, 3)
    )
    assert found == []


def test_parallel_creations_make_one_session() -> None:
    """Two ids for one session (PAR-03)."""
    history = [ok(DATA, id=1), ok(DATA, id=2)]
    found = judged([update(DATA), update(DATA)], history, burst=(0, 2))
    assert [rule for rule, _ in rules(found)] == ["PAR-03"]


def test_a_server_error_in_a_burst_is_one() -> None:
    """ERR-02, and nothing about the order."""
    broken = answer(500, {"message": "oops"})
    for shown in (AFTER_A_B, LOST_B):
        found = judged(
            [update(DATA), A, B, Fetch()], [ok(DATA), PLAIN_200, broken, read(shown)], (1, 3)
        )
        assert [rule for rule, _ in rules(found)] == ["ERR-02"]


def test_possible_states_learn_apart() -> None:
    """Either of two lost writes may come first: what one state learns, the other does not.

    If they shared it, the second would take the wrong count for the one that it knew before.
    """
    environment = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
    steps = (update(DATA), A, B, Fetch())
    scenario = Scenario(title="history", sessions=(MARK,), steps=steps, burst=(1, 3))
    oracle = Oracle(scenario, environment)
    assert not oracle.judge(0, ok(DATA, updateCount=1)).discrepancies
    assert not oracle.judge_burst(1, (SILENCE, SILENCE)).discrepancies
    found = oracle.judge(3, read(DATA, updateCount=7)).discrepancies
    assert rules(list(found)) == [("PAR-01", "linearizability")]


def test_too_many_possible_states_are_not_followed() -> None:
    """A session with more lost writes than can be followed is no longer judged."""
    count = 5
    lost = [Update(body={"customerSession": {"loyaltyCards": [str(n)]}}) for n in range(count)]
    history: list[Response | NoResponse] = [
        ok(DATA),
        *[SILENCE] * count,
        PLAIN_200,
        read({**DATA, "loyaltyCards": ["odd"]}),
    ]
    steps: list[Step] = [update(DATA), *lost, PART, Fetch()]
    assert judged(steps, history) == []
    assert judged([*steps[:2], *steps[-2:]], [*history[:2], *history[-2:]]) != []


class LateTransport(InProcessTransport):
    """A target that takes its time: cut requests are carried out some requests later."""

    def __init__(self, *args: object, choice: random.Random) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._choice = choice
        self._waiting: list[tuple[Request, Cut]] = []

    def send(self, request: Request) -> Response:
        while self._waiting and self._choice.random() < 0.4:
            waiting = self._choice.randrange(len(self._waiting))
            super().cut(*self._waiting.pop(waiting))
        return super().send(request)

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        if not cut.whole:
            return super().cut(request, cut)
        self._waiting.append((request, cut))
        return NoResponse(fate=Delivery.UNKNOWN, reason="cut")


@pytest.mark.parametrize("flattening", [True, False], ids=["flattening", "plain"])
@pytest.mark.parametrize("version", ContractVersion)
def test_a_lawful_target_is_never_blamed(version: ContractVersion, *, flattening: bool) -> None:
    """However late it applies what was lost, and in whichever order it takes what came at once."""
    environment = msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, contract=version, flattening=flattening
    )
    service = assembled(environment, (), (), KEY)
    transport = LateTransport(service, choice=random.Random(1))
    engine = Engine(transport, environment=environment, levels={}, rate_limiter=RateLimiter(None))
    drawn = [
        *draw_scenarios(lost_answers(environment), seed=1, count=300),
        *draw_scenarios(races(environment), seed=1, count=100),
    ]
    for number, scenario in enumerate(drawn):
        run = engine.execute(
            scenario, phase="lost", scenario_id=f"lost/0/{number}", mark=mark_of("latelate", number)
        )
        assert run.discrepancies == ()
