"""Whole scenarios made smaller: with predicates, and on the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Environment,
    Fetch,
    Operation,
    Raw,
    Scenario,
    Step,
    Update,
)
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.triage.minimise import Bounds, MinimisationResult, TrialResult, minimise
from cartfuzz.record import Discrepancy, ScenarioRun, encode_value
from cartfuzz.sandbox import FAULTS
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.strategies import scenarios
from cartfuzz.wire.marks import mark_of

from ....in_process import KEY, InProcessTransport, campaign

ITEMS = [{"name": "Cap", "sku": f"s{n}", "quantity": 2, "price": 9.5} for n in range(1500)]


def update(on: int = 0, **fields: Any) -> Update:
    return Update(session=on, body={"customerSession": fields, "responseContent": ["x"]})


def scenario(*steps: Step, **changes: Any) -> Scenario:
    sessions = tuple(f"odd {n} {MARK}" for n in range(1 + max(s.session for s in steps)))
    return Scenario(title="t", sessions=sessions, steps=steps, **changes)


class Target:
    """Stands for a target: shows the discrepancy at the first step that ``wrong`` says so of."""

    def __init__(self, wrong: Callable[[Scenario, int], bool]) -> None:
        self._wrong = wrong
        self.executed: list[Scenario] = []

    def __call__(self, candidate: Scenario) -> TrialResult:
        self.executed.append(candidate)
        steps = range(len(candidate.steps))
        step = next((n for n in steps if self._wrong(candidate, n)), None)
        return TrialResult(step=step, requests=len(candidate.steps))


def _cart(step: Step) -> list[Any]:
    body = getattr(step, "body", None)
    return body["customerSession"].get("cartItems", []) if isinstance(body, dict) else []


LONG = scenario(
    update(on=1, profileId="ann"),
    update(profileId="ann", state="open"),
    Fetch(),
    update(cartItems=ITEMS, couponCodes=["ONE"]),
    Fetch(session=1),
    update(on=1, state="closed"),
)


def test_one_operation_at_its_boundary() -> None:
    """Steps after it, before it, other sessions, odd IDs and other fields: all gone."""
    target = Target(lambda s, n: len(_cart(s.steps[n])) > 1000)
    minimal = minimise(LONG, target)
    plain = {"name": "a", "sku": "a", "quantity": 1, "price": 1}
    assert minimal.scenario.sessions == (f"s0-{MARK}",)
    assert minimal.scenario.steps == (
        Update(body={"customerSession": {"cartItems": [plain] * 1001}}),
    )
    assert (minimal.shown, minimal.complete) == (True, True)
    assert minimal.requests == sum(len(s.steps) for s in target.executed) < 60
    assert minimal.executions == len(target.executed)


def test_what_is_needed_stays() -> None:
    """Two sessions, an odd ID and an order of steps that matter."""

    def wrong(s: Scenario, n: int) -> bool:
        profiles = [
            (step.session, step.body["customerSession"].get("profileId"))
            for step in s.steps[: n + 1]
            if isinstance(step, Update)
        ]
        return len({index for index, name in profiles if name}) == 2 and " " in s.sessions[0]

    minimal = minimise(LONG, Target(wrong)).scenario
    assert len(minimal.steps) == 2
    assert {step.session for step in minimal.steps} == {0, 1}
    assert minimal.sessions == (f" {MARK}", f"s1-{MARK}")


def test_raw_requests_become_ordinary_ones_where_those_do() -> None:
    """And are made as plain as any other, whatever was odd about the rest of them."""
    cart = b'{"customerSession": {"cartItems": [{"price": -0.0}, {"price": 1e0}]}}'
    given = scenario(
        Raw(oddity="odd number", body=cart, headers=(("X-Odd", "1"),)),
        Raw(oddity="odd line", endpoint=Operation.GET, omitted_headers=("accept",)),
    )

    def cart_and_read(s: Scenario, n: int) -> bool:
        first = s.steps[0]
        text = first.body if isinstance(first, Raw) else encode_value(first)
        return n == 1 and b"price" in text

    def raw_read(s: Scenario, n: int) -> bool:
        return n == 1 and isinstance(s.steps[1], Raw)

    first, second = minimise(given, Target(cart_and_read)).scenario.steps
    assert isinstance(first, Update)
    plain = {"name": "a", "sku": "a", "quantity": 1, "price": 1}
    assert first.body == {"customerSession": {"cartItems": [plain]}}
    assert second == Fetch()
    first, second = minimise(given, Target(raw_read)).scenario.steps
    assert (type(first), type(second)) == (Update, Raw)


def test_what_is_no_json_stays_raw() -> None:
    """There is no ordinary request with such a body."""
    for body in (b"", b"{", b"\xff", b'{"customerSession": NaN}'):
        step = Raw(oddity="odd", body=body)
        target = Target(lambda _scenario, _step: True)
        assert minimise(scenario(step), target).scenario.steps == (step,)


def test_two_sessions_never_get_one_id() -> None:
    """What is shown of two sessions is never shown of one session under two numbers."""

    def two(scenario: Scenario, step: int) -> bool:
        odd = not any(text.startswith("s") for text in scenario.sessions)
        return odd and step == 1 and scenario.steps[1].session == 1

    target = Target(two)
    minimal = minimise(scenario(update(0), update(1)), target)
    assert len(set(minimal.scenario.sessions)) == 2
    assert all(len(set(tried.sessions)) == len(tried.sessions) for tried in target.executed)


def test_nothing_is_tried_twice() -> None:
    """Trials are remembered: but for the first one, no scenario is executed again."""
    target = Target(lambda s, n: len(_cart(s.steps[n])) > 1000)
    minimise(LONG, target)
    seen = [repr(executed) for executed in target.executed]
    assert len(seen) == len(set(seen))


def test_the_same_every_time() -> None:
    """The trials depend on the scenario and the answers alone."""
    first, second = (Target(lambda s, n: len(_cart(s.steps[n])) > 700) for _ in range(2))
    assert minimise(LONG, first) == minimise(LONG, second)
    assert first.executed == second.executed


def test_what_never_comes_again_is_left_as_it_is() -> None:
    """Three tries, then it counts as gone."""
    target = Target(lambda _s, _n: False)
    minimal = minimise(LONG, target)
    assert (minimal.shown, minimal.complete, minimal.scenario) == (False, True, LONG)
    assert minimal.executions == 3


@pytest.mark.parametrize("requests", [1, 6, 12, 20])
def test_a_bound_of_requests_is_kept(requests: int) -> None:
    """The best so far is the result, and it did show the discrepancy."""
    target = Target(lambda s, n: len(_cart(s.steps[n])) > 1000)
    minimal = minimise(LONG, target, bounds=Bounds(requests=requests))
    assert minimal.requests <= requests
    assert not minimal.complete
    assert minimal.shown == (requests >= 6)
    assert len(_cart(minimal.scenario.steps[-1])) > 1000 or not minimal.shown or requests == 6


def test_a_bound_of_time_is_kept() -> None:
    """A clock that runs: the search ends."""
    ticks = iter(range(1000))
    target = Target(lambda s, n: len(_cart(s.steps[n])) > 1000)
    minimal = minimise(LONG, target, bounds=Bounds(seconds=5), clock=lambda: next(ticks))
    assert not minimal.complete
    assert len(target.executed) < 6


def test_repeated_bodies_stay_repeated() -> None:
    """A bug of a repetition: both bodies become plain together."""
    body: dict[str, Any] = {"profileId": "ann", "cartItems": ITEMS[:3], "state": "open"}

    def wrong(s: Scenario, n: int) -> bool:
        return n > 0 and s.steps[n] == s.steps[n - 1] and bool(_cart(s.steps[n]))

    minimal = minimise(scenario(update(**body), update(**body)), Target(wrong)).scenario
    assert [len(_cart(step)) for step in minimal.steps] == [1, 1]
    assert minimal.steps[0] == minimal.steps[1]
    assert "profileId" not in repr(minimal)


def test_a_burst_is_tried_more_than_once() -> None:
    """It shows by chance: one failure does not rule a candidate out, and members stay together."""
    burst = scenario(update(), update(a=1), update(b=2), update(c=3), Fetch(), burst=(1, 4))
    count = 0

    def wrong(s: Scenario, n: int) -> bool:
        nonlocal count
        members = range(*s.burst) if s.burst else ()
        if n != len(s.steps) - 1 or len(members) < 2:
            return False
        count += 1
        return count % 3 != 0

    minimal = minimise(burst, Target(wrong)).scenario
    assert minimal.burst is not None
    assert minimal.burst[1] - minimal.burst[0] == 2
    assert len(minimal.steps) == 2


@given(scenarios(EXAMPLE_ENVIRONMENT), st.data())
def test_random_lives_shrink_to_the_steps_that_matter(drawn: Scenario, data: st.DataObject) -> None:
    """Whichever step of a drawn scenario shows the discrepancy, one step is left."""
    blamed = data.draw(st.sampled_from(drawn.steps)).operation
    minimal = minimise(drawn, Target(lambda s, n: s.steps[n].operation is blamed))
    assert [step.operation for step in minimal.scenario.steps] == [blamed]
    assert len(minimal.scenario.sessions) == 1


class Sandbox:
    """The real sandbox in process, watched for one signature."""

    def __init__(self, environment: Environment, fault: str, signature: str) -> None:
        transport = InProcessTransport(assembled(environment, (fault,), (), KEY))
        self._engine = Engine(
            transport, environment=environment, levels={}, rate_limiter=RateLimiter(None)
        )
        self._signature = signature
        self._number = 0

    def run(self, candidate: Scenario) -> ScenarioRun:
        self._number += 1
        mark = mark_of("minimise", self._number)
        return self._engine.execute(candidate, phase="minimise", scenario_id="m", mark=mark)

    def __call__(self, candidate: Scenario) -> TrialResult:
        run = self.run(candidate)
        steps = [d.step for d in run.discrepancies if d.signature == self._signature]
        return TrialResult(step=min(steps, default=None), requests=run.requests)


def found(fault: str) -> tuple[Environment, Scenario, Discrepancy]:
    """Minimises the first scenario that shows ``fault`` under a rule that it breaks."""
    environment = FAULTS[fault].environment(EXAMPLE_ENVIRONMENT)
    for run in campaign(environment, seed=2, requests=5_000, faults=(fault,)):
        for discrepancy in run.discrepancies:
            if discrepancy.rule in FAULTS[fault].rules and run.scenario is not None:
                return environment, run.scenario, discrepancy
    raise AssertionError(f"{fault} was not found")


def minimised(fault: str) -> tuple[MinimisationResult, ScenarioRun, str]:
    environment, first, discrepancy = found(fault)
    sandbox = Sandbox(environment, fault, discrepancy.signature)
    minimal = minimise(first, sandbox)
    return minimal, sandbox.run(minimal.scenario), discrepancy.signature


@pytest.mark.parametrize(
    ("fault", "operations"),
    [
        ("has-no-item-limit", 1),
        ("limits-items-on-creation-only", 2),
        ("accepts-one-unit-too-many", 1),
        ("refuses-to-create-closed", 1),
        ("counts-bytes-for-characters", 2),
        ("forgets-costs-when-repeated", 3),
        ("closes-the-other-sessions-of-a-profile", 4),
        ("ignores-coupons-from-the-fourth-update", 4),
        ("dry-updates-store", 3),
        ("returns-only-once", 3),
    ],
)
def test_seeded_faults(fault: str, operations: int) -> None:
    """As few operations as can be, still the same bug, at a fair price."""
    minimal, run, signature = minimised(fault)
    assert minimal.shown
    assert signature in {d.signature for d in run.discrepancies}
    assert len(minimal.scenario.steps) <= operations
    assert minimal.requests <= 400


def test_the_boundary_of_a_real_fault_is_exact() -> None:
    """No limit at all: 1001 items are the smallest cart that shows it, all of them plain."""
    minimal, _, _ = minimised("has-no-item-limit")
    (step,) = minimal.scenario.steps
    assert len(_cart(step)) == 1001
    assert {repr(item) for item in _cart(step)} == {
        "{'name': 'a', 'sku': 'a', 'quantity': 1, 'price': 1}"
    }
