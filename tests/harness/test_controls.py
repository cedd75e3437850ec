"""Controls: does the bug need the race, or the lost response, at all?"""

from __future__ import annotations

from collections import Counter

import msgspec

from cartfuzz.contract import MARK, Cut, Fetch, Scenario, Update
from cartfuzz.harness.controls import (
    ExecutionResult,
    control_scenarios,
    controlled,
    needs_control,
)
from cartfuzz.harness.exchange_log import ExchangeLog
from cartfuzz.oracle.burst import CHECK
from cartfuzz.oracle.run_facts import RunFacts
from cartfuzz.record import Discrepancy

from ..record.events import discrepancy

RACE = msgspec.structs.replace(discrepancy("CONC-01"), check=CHECK, signature="CONC-01-race")
PLAIN = discrepancy("CART-02")
OTHER = discrepancy("MERGE-01")


def body(name: str) -> dict[str, object]:
    return {"customerSession": {"profileId": name}}


A, B, C = (Update(body=body(name)) for name in "abc")
BURST = Scenario(title="race", sessions=(MARK,), steps=(A, B, C, Fetch()), burst=(1, 3))


def result(
    *found: Discrepancy, statuses: tuple[int, ...] = (200,), blamed: tuple[str, ...] = ()
) -> ExecutionResult:
    log = ExchangeLog(
        statuses=list(statuses),
        discrepancies=list(found),
        blamed_rules=set(blamed),
        elapsed_sec=1.0,
        latency=Counter({"update 40": 2}),
    )
    return ExecutionResult(scenario=BURST, log=log, facts=RunFacts(ids=(), redeemed=Counter()))


def test_only_races_and_lost_responses_need_a_control() -> None:
    """An ordinary discrepancy was shown in the ordinary way."""
    assert needs_control(result(PLAIN, RACE).log)
    assert not needs_control(result(PLAIN).log)


def test_controls_send_a_burst_in_both_orders() -> None:
    """One after the other: as listed, and in reverse; what comes before and after stays."""
    forward, back = control_scenarios(BURST)
    assert (forward.steps, forward.burst) == (BURST.steps, None)
    assert (back.steps, back.burst) == ((A, C, B, Fetch()), None)


def test_controls_send_a_cut_request_whole_or_not_at_all() -> None:
    """Once as if it had arrived, once as if it had not; what never was whole is never sent."""
    part = msgspec.structs.replace(A, cut=Cut.BODY)
    whole = msgspec.structs.replace(B, cut=Cut.ANSWER)
    scenario = Scenario(title="lost", sessions=(MARK,), steps=(part, whole, Fetch()))
    first, second = control_scenarios(scenario)
    assert first.steps == (B, Fetch())
    assert second.steps == (Fetch(),)


def test_a_control_with_another_bug_is_reported() -> None:
    """It stands for the race, with the statuses and the times of all requests."""
    controls = [result(statuses=(201,)), result(OTHER, statuses=(202,))]
    reported = controlled(result(RACE, PLAIN, statuses=(1, 2)), lambda _s, index: controls[index])
    assert reported is controls[1]
    assert reported.log.statuses == [1, 2, 201, 202]
    assert reported.log.elapsed_sec == 3.0
    assert reported.log.latency == {"update 40": 6}


def test_a_control_that_breaks_a_blamed_rule_is_reported() -> None:
    """The same discrepancy as before, but its rule is what spoke against an order."""
    control = result(PLAIN)
    first = result(RACE, PLAIN, blamed=(PLAIN.rule,))
    assert controlled(first, lambda _s, _i: control) is control


def test_a_race_that_no_control_shows_stays_one() -> None:
    """Both controls are sent; what they show as well is not new."""
    sent: list[int] = []

    def execute(_scenario: Scenario, index: int) -> ExecutionResult:
        sent.append(index)
        return result(PLAIN, statuses=(300 + index,))

    first = result(RACE, PLAIN, statuses=(200,))
    assert controlled(first, execute) is first
    assert sent == [0, 1]
    assert first.log.statuses == [200, 300, 301]
    assert first.log.latency == {"update 40": 6}
