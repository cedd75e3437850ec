"""Which codes an execution has to itself, which it must wait for, and which it gives back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    NOTHING_EXCLUSIVE,
    Budget,
    BudgetScope,
    ContractVersion,
    Coupon,
    Environment,
    Exclusive,
    Raw,
    Referral,
    Scenario,
    Update,
)
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.leases import removing_leases
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.scarce_codes import ScarceCodes
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.strategies import draw_scenarios, edge_scenarios, lost_answers, races, scenarios
from cartfuzz.wire import Use, mark_of

from ..in_process import KEY, InProcessTransport

SHOP = Environment(
    coupons=(
        Coupon(code="WELCOME"),
        Coupon(code="ONCE", limit=1),
        Coupon(code="SALE-{n}", first=1, last=99_999_999, limit=2, campaign="sale"),
        Coupon(code="FEW-{n}", first=1, last=50, limit=1),
        Coupon(code="SPRING", campaign="spring"),
    ),
    referrals=(Referral(code="FRIEND", limit=1),),
    budgets=(Budget(campaign="spring", per=BudgetScope.CAMPAIGN, limit=10),),
)
MARK_OF_RUN = mark_of("scarceco", 3)


def reserved(
    *sessions: dict[str, Any],
    environment: Environment = SHOP,
    one_machine: bool = True,
    stopped: bool = False,
    mark: str = MARK_OF_RUN,
) -> Exclusive:
    """What an execution that sends ``sessions`` has to itself."""
    steps = tuple(Update(body={"customerSession": session}) for session in sessions)
    scenario = Scenario(title="codes", sessions=(MARK,), steps=steps)
    codes = ScarceCodes(environment, stopped=lambda: stopped, one_machine=one_machine)
    own = codes.own_codes(scenario.steps, mark)
    with removing_leases("scarceco"), codes.reserved(scenario, own, mark) as reservation:
        return reservation.exclusive


@pytest.mark.parametrize(
    ("session", "codes"),
    [
        ({"couponCodes": ["WELCOME"]}, set()),
        ({"couponCodes": ["never heard of"]}, set()),
        ({"couponCodes": ["ONCE"]}, {"ONCE"}),
        ({"couponCodes": ["once "]}, {"ONCE", "once "}),
        ({"couponCodes": "ONCE"}, {"ONCE"}),
        ({"referralCode": "FRIEND"}, {"FRIEND"}),
        ({"couponCodes": ["SALE-{n}"]}, {"SALE-{n}"}),
        ({"couponCodes": ["SALE-{n}", "sale-{n+1}"]}, {"SALE-{n}", "SALE-{n+1}", "sale-{n+1}"}),
        ({"couponCodes": ["FEW-{n}"]}, {"FEW-{n}"}),
        ({"couponCodes": ["FEW-7"]}, set()),
        ({"couponCodes": ["SPRING"]}, set()),
        ({}, set()),
    ],
)
def test_an_execution_has_its_numbers_and_what_it_leases(
    session: dict[str, Any], codes: set[str]
) -> None:
    """Codes of patterns, and codes whose redemptions are counted; not those without a limit."""
    assert reserved(session).codes == codes


def test_a_budget_of_all_sessions_is_exclusive_as_well() -> None:
    """The campaigns of the codes that the scenario holds, where they have such a budget."""
    assert reserved({"couponCodes": ["SPRING"]}).campaigns == {"spring"}
    assert reserved({"couponCodes": ["SALE-{n}"]}).campaigns == frozenset()


def test_raw_bodies_count() -> None:
    """A limited code in a request that is odd is used as well."""
    step = Raw(oddity="odd", body=b'{"customerSession":{"couponCodes":["ONCE"]}')
    scenario = Scenario(title="raw", sessions=(MARK,), steps=(step,))
    codes = ScarceCodes(SHOP, stopped=lambda: False, one_machine=True)
    own = codes.own_codes(scenario.steps, MARK_OF_RUN)
    with removing_leases("scarceco"), codes.reserved(scenario, own, MARK_OF_RUN) as reservation:
        assert reservation.exclusive.codes == {"ONCE"}
        assert reservation.shared_by == {0}


def test_without_leases_numbers_alone_are_exclusive() -> None:
    """On several machines, or once the run was stopped: codes of a small range are not, either."""
    session = {"couponCodes": ["SALE-{n}", "FEW-{n}", "ONCE", "SPRING"], "referralCode": "FRIEND"}
    assert reserved(session, one_machine=False) == Exclusive(codes=frozenset({"SALE-{n}"}))
    assert reserved(session, stopped=True) == Exclusive(codes=frozenset({"SALE-{n}"}))


def test_a_number_that_was_used_before_is_not_exclusive() -> None:
    """A run can make more executions than the range has codes."""
    late = mark_of("scarceco", 36**6 - 1)
    assert reserved({"couponCodes": ["SALE-{n}"]}, mark=late) == NOTHING_EXCLUSIVE
    triage = mark_of("scarceco", 5, 77, use=Use.TRIAGE)
    assert reserved({"couponCodes": ["SALE-{n}"]}, mark=triage).codes == {"SALE-{n}"}


@pytest.mark.parametrize("sole_user", [True, False])
@pytest.mark.parametrize("one_machine", [True, False])
@pytest.mark.parametrize("stopped", [True, False])
def test_sessions_with_codes_that_are_used_again_are_shared(
    sole_user: bool, one_machine: bool, stopped: bool
) -> None:
    """Whether or not others can be kept from the codes meanwhile."""
    shop = msgspec.structs.replace(SHOP, sole_user=sole_user)
    bodies = (["WELCOME"], ["SALE-{n}"], ["FEW-{n}"], ["ONCE"], ["SPRING"], ["WELCOME", "FEW-7"])
    steps = tuple(
        Update(session=index, body={"customerSession": {"couponCodes": codes}})
        for index, codes in enumerate(bodies)
    )
    names = tuple(f"one{index}-{MARK}" for index in range(len(steps)))
    scenario = Scenario(title="codes", sessions=names, steps=steps)
    codes = ScarceCodes(shop, stopped=lambda: stopped, one_machine=one_machine)
    own = codes.own_codes(scenario.steps, MARK_OF_RUN)
    with removing_leases("scarceco"), codes.reserved(scenario, own, MARK_OF_RUN) as reservation:
        assert reservation.shared_by == {2, 3, 4, 5}


def test_a_number_that_a_scenario_holds_itself_is_shared() -> None:
    """Where nothing but a pattern is declared, too."""
    shop = Environment(coupons=(Coupon(code="FEW-{n}", first=1, last=50, limit=1),))
    steps = (Update(body={"customerSession": {"couponCodes": ["FEW-7"]}}),)
    scenario = Scenario(title="codes", sessions=(MARK,), steps=steps)
    codes = ScarceCodes(shop, stopped=lambda: False, one_machine=True)
    own = codes.own_codes(steps, MARK_OF_RUN)
    with removing_leases("scarceco"), codes.reserved(scenario, own, MARK_OF_RUN) as reservation:
        assert not own
        assert reservation.shared_by == {0}


@pytest.mark.parametrize("contract", ContractVersion)
@pytest.mark.parametrize(("sole_user", "one_machine"), [(True, True), (True, False), (False, True)])
def test_no_scenario_leaves_a_code_redeemed_that_is_used_again(
    contract: ContractVersion, sole_user: bool, one_machine: bool
) -> None:
    """Scenarios of each phase on a target that counts: all counters are 0 afterwards."""
    shop = msgspec.structs.replace(
        SHOP,
        contract=contract,
        sole_user=sole_user,
        coupons=(
            Coupon(code="ONCE", limit=1),
            Coupon(code="SPRING", amount=1, campaign="spring"),
            Coupon(code="TEA-{n}", first=1, last=5000, limit=3, per_profile=1, discount=0.25),
            Coupon(code="FEW-{n}", first=1, last=5000, limit=2, amount=5, campaign="few"),
        ),
        referrals=(Referral(code="PAL-{n}", first=1, last=5000, limit=1),),
        budgets=(*SHOP.budgets, Budget(campaign="few", per=BudgetScope.PROFILE, limit=3)),
    )
    found = (
        *edge_scenarios(shop),
        *draw_scenarios(scenarios(shop), seed=1, count=20),
        *draw_scenarios(races(shop), seed=1, count=20),
        *draw_scenarios(lost_answers(shop), seed=1, count=20),
    )
    redeemed = 0
    for index, scenario in enumerate(found):
        service = assembled(shop, (), (), KEY)
        engine = Engine(
            InProcessTransport(service),
            environment=shop,
            levels={},
            rate_limiter=RateLimiter(None, pause=lambda _: None),
            one_machine=one_machine,
        )
        mark = mark_of("scarceco", index)
        with removing_leases("scarceco"):
            engine.execute(scenario, phase="edges", scenario_id="edges/0/0", mark=mark)
        redeemed += bool(service.store.counts)
        assert not any(service.store.counts.values()), scenario.title
    assert redeemed > 30


def test_where_others_redeem_nothing_is_exclusive() -> None:
    """``sole_user = false``."""
    shared = msgspec.structs.replace(SHOP, sole_user=False)
    session = {"couponCodes": ["SALE-{n}", "ONCE"]}
    assert reserved(session, environment=shared) == NOTHING_EXCLUSIVE
