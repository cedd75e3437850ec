"""Tests that several faults at once are all found, each under its own rule."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.oracle.burst import CHECK as LINEARIZABILITY
from cartfuzz.oracle.lost_write import CHECK as LOST_ANSWER
from cartfuzz.sandbox import FAULTS
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.strategies import draw_scenarios, lost_answers, races
from cartfuzz.wire.marks import mark_of

from ..in_process import KEY, InProcessTransport, campaign

RULES_BY_FAULT = {
    "accepts-one-item-too-many": "CART-02",
    "opens-cancelled-sessions": "STATE-08",
    "ignores-quantities": "RESP-04",
    "trims-ids": "IDENT-01",
    "forgets-first-session": "RESP-01",
    "stays-closed-after-returns": "RET-01",
    "takes-any-key": "AUTH-01",
    "loses-updates": "PAR-01",
    "takes-empty-bodies": "ERR-04",
    "accepts-quantity-zero": "CART-06",
}


def test_ten_faults_are_found_in_one_run() -> None:
    """One run reports a discrepancy of the rule of each of ten faults."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, flattening=False)
    missing = dict(RULES_BY_FAULT)
    for run in campaign(environment, seed=1, requests=12_000, faults=tuple(RULES_BY_FAULT)):
        for found in run.discrepancies:
            missing = {name: rule for name, rule in missing.items() if rule != found.rule}
        if not missing:
            return
    assert missing == {}


@pytest.mark.parametrize(
    "name",
    [
        "ignores-quantities",
        "drops-the-weight",
        "sorts-items-by-sku",
        "stays-closed-after-returns",
        "forgets-to-reopen",
        "reads-without-coupons",
    ],
)
def test_what_shows_one_after_the_other_is_no_race(name: str) -> None:
    """A sequential fault is never reported as one of a burst or of a lost answer."""
    fault = FAULTS[name]
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    transport = InProcessTransport(assembled(environment, (name,), (), KEY))
    engine = Engine(transport, environment=environment, levels={}, rate_limiter=RateLimiter(None))
    rules: set[str] = set()
    drawn = [
        *draw_scenarios(races(environment), seed=1, count=40),
        *draw_scenarios(lost_answers(environment), seed=1, count=40),
    ]
    for number, scenario in enumerate(drawn):
        run = engine.execute(
            scenario, phase="race", scenario_id=f"race/0/{number}", mark=mark_of("onebyone", number)
        )
        assert {found.check for found in run.discrepancies}.isdisjoint(
            (LINEARIZABILITY, LOST_ANSWER)
        )
        rules.update(found.rule for found in run.discrepancies)
    assert rules
