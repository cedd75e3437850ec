"""Campaigns on targets that share no code with the sandbox: silence, and their bugs by name."""

from __future__ import annotations

import ast
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cartfuzz import Plan, run_campaign, summarise
from cartfuzz.analysis import Summary
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, CodeCase, ContractVersion, Environment
from cartfuzz.contract.campaigns import (
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    DiscountBase,
    Loyalty,
    Referral,
)
from cartfuzz.record import Phase, ScenarioRun

from .relational.configuration import Bug
from .targets import API_KEY, INDEPENDENT, serve_relational

HERE = Path(__file__).parent
SHOP = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT,
    session_attributes={**EXAMPLE_ENVIRONMENT.session_attributes, "PickupTime": "time"},
)
CAMPAIGNS = msgspec.structs.replace(
    SHOP,
    code_case=CodeCase.LOWER,
    coupons=(
        *SHOP.coupons,
        Coupon(code="FIVE", discount=0.05, base=DiscountBase.CART_ITEMS, campaign_id=5),
        Coupon(code="RICH-{n}", first=1, last=10**6, amount=7.5, campaign="rich"),
        Coupon(code="RARE-{n}", first=1, last=10**6, limit=1, item_discount=0.3, campaign="rare"),
        Coupon(code="OPEN-{n}", first=1, last=10**6, limit=2, campaign="rare"),
    ),
    referrals=(
        *SHOP.referrals,
        Referral(code="OWNED", limit=3, campaign="friends", advocate="the-advocate"),
    ),
    budgets=(
        *SHOP.budgets,
        Budget(campaign="rich", counts=BudgetCount.DISCOUNT, limit=100),
        Budget(campaign="rare", per=BudgetScope.PROFILE, limit=2),
        Budget(campaign="sale", limit=40),
        Budget(campaign="friends", limit=10),
    ),
    loyalty=(*SHOP.loyalty, Loyalty(points=0.5)),
)


def _environments() -> Iterator[Environment]:
    for contract in ContractVersion:
        for flattening in (False, True):
            yield msgspec.structs.replace(SHOP, contract=contract, flattening=flattening)


def _name_of(value: object) -> str:
    if isinstance(value, Environment):
        return f"{value.contract.value}-{'flattening' if value.flattening else 'whole'}"
    return str(getattr(value, "name", value))


def _campaign(url: str, environment: Environment, requests: int, *phases: Phase) -> Summary:
    plan = Plan(url=url, environment=environment, requests=requests, phases=phases or tuple(Phase))
    return summarise(run_campaign(plan, API_KEY))


@pytest.mark.parametrize("name", INDEPENDENT)
@pytest.mark.parametrize("environment", list(_environments()), ids=_name_of)
def test_a_lawful_target_is_not_accused(name: str, environment: Environment) -> None:
    """Whatever the target chooses where the contract is silent, no rule is broken."""
    with INDEPENDENT[name](environment) as url:
        summary = _campaign(url, environment, 2500)
    assert [bug.title for bug in summary.discrepancies] == []
    assert summary.outcome == "passed"


@pytest.mark.parametrize("name", INDEPENDENT)
def test_a_coupon_that_is_used_up_is_no_bug(name: str) -> None:
    """A close that is answered with ``rejectCoupon``, or with 409, redeems nothing."""
    environment = msgspec.structs.replace(SHOP, coupon_limits={"SCARCE": 5})
    with INDEPENDENT[name](environment) as url:
        summary = _campaign(url, environment, 1500, Phase.EDGES)
    assert [bug.title for bug in summary.discrepancies] == []


@pytest.mark.parametrize("name", INDEPENDENT)
@pytest.mark.parametrize("contract", ContractVersion)
def test_every_kind_of_campaign_may_be_declared(name: str, contract: ContractVersion) -> None:
    """Limits and budgets of every scope, folded codes and owned referrals: no rule is broken."""
    environment = msgspec.structs.replace(CAMPAIGNS, contract=contract)
    with INDEPENDENT[name](environment) as url:
        summary = _campaign(url, environment, 2500)
    assert [bug.title for bug in summary.discrepancies] == []


@pytest.mark.parametrize(
    ("bug", "rule", "phase"),
    [
        (Bug.NO_TRANSACTION, "PAR-01", Phase.RACE),
        (Bug.RETURN_KEY_LOST, "RET-06", Phase.EDGES),
        (Bug.CART_TORN, "PAR-01", Phase.RACE),
        (Bug.INSERT_RACE, "ERR-02", Phase.RACE),
    ],
    ids=_name_of,
)
def test_a_bug_of_a_database_is_found(bug: Bug, rule: str, phase: Phase) -> None:
    """The first discrepancy names the rule that the bug breaks."""
    environment = msgspec.structs.replace(SHOP, contract=ContractVersion.CURRENT, flattening=True)
    plan = Plan(url="", environment=environment, requests=6000, phases=(phase,))
    with serve_relational(environment, bug) as url:
        stop = threading.Event()
        events = run_campaign(msgspec.structs.replace(plan, url=url), API_KEY, stop=stop)
        found = (
            one.rule
            for event in events
            if isinstance(event, ScenarioRun)
            for one in event.discrepancies
        )
        assert next(found, None) == rule
        stop.set()
        deque(events, maxlen=0)


def test_the_targets_know_nothing_of_the_project() -> None:
    """They import the standard library and themselves."""
    for path in [*HERE.glob("document_store/*.py"), *HERE.glob("relational/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level <= 1, path
                assert not (node.module or "").startswith("cartfuzz"), path
            elif isinstance(node, ast.Import):
                assert not any(name.name.startswith("cartfuzz") for name in node.names), path
