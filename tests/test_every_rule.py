"""The catalogue, walked: no rule without somebody who tries it, and something that it catches."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.cli import main
from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    Budget,
    CodeCase,
    ContractVersion,
    Coupon,
    Demand,
    Environment,
    Sureness,
    catalogue,
)
from cartfuzz.oracle.rule_examples import Examples, examples
from cartfuzz.sandbox import FAULTS
from cartfuzz.strategies import draw_scenarios, edge_scenarios, lost_answers, races


@pytest.fixture(scope="module", params=ContractVersion, ids=lambda version: version.value)
def version(request: pytest.FixtureRequest) -> ContractVersion:
    chosen: ContractVersion = request.param
    return chosen


def _with_everything(environment: Environment) -> Environment:
    """``environment`` with the declarations that change what all scenarios do."""
    return msgspec.structs.replace(
        environment,
        code_case=CodeCase.UPPER,
        coupons=(*environment.coupons, Coupon(code="SPRING", amount=2, campaign="spring")),
        budgets=(*environment.budgets, Budget(campaign="spring", limit=3)),
    )


@pytest.fixture(scope="module")
def tried(version: ContractVersion) -> Examples:
    """What the default campaign tries in this version, with flattening and without."""
    found: Examples = {}
    plain, flattening = (
        msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version, flattening=flattening)
        for flattening in (False, True)
    )
    for environment in (plain, flattening, _with_everything(plain)):
        scenarios = (
            *edge_scenarios(environment),
            *draw_scenarios(races(environment), seed=0, count=60),
            *draw_scenarios(lost_answers(environment), seed=0, count=60),
        )
        found |= examples(scenarios, environment)
    return found


def test_every_rule_is_tried_on_every_side(version: ContractVersion, tried: Examples) -> None:
    """Requests that must be accepted, that must be refused, and answers that must show it."""
    untried = [
        (rule.id, demand.value)
        for rule in catalogue(version).values()
        if not rule.untestable
        for demand in rule.demands
        if demand is not Demand.NOTHING and (rule.id, demand) not in tried
    ]
    assert untried == []


def test_every_rule_has_a_fault_that_breaks_it(version: ContractVersion) -> None:
    """Each fault is found under one of its rules by the tests of the sandbox."""
    broken = {
        rule for fault in FAULTS.values() if version in fault.versions for rule in fault.rules
    }
    missing = [
        rule.id
        for rule in catalogue(version).values()
        if rule.sureness is not Sureness.SILENT and not rule.untestable and rule.id not in broken
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("contract", "rule"),
    [("2.5.1", "CART-02"), ("current", "IDENT-04"), ("2.5.1", "PAR-01"), ("current", "STATE-U3")],
)
def test_a_rule_explains_itself(
    contract: str, rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Statement, source and certainty; an example a side; the faults that break it."""
    assert main(["explain", rule, "--contract", contract]) == 0
    text = capsys.readouterr().out
    known = catalogue(ContractVersion(contract))[rule]
    assert known.statement in text
    assert f"{known.sureness.value}: {known.source}" in text
    for fault in FAULTS.values():
        assert (f"  {fault.name}: " in text) == (rule in fault.rules)
    if Demand.REFUSE in known.demands:
        assert "\nrefused:\n  P" in text
    if Demand.ACCEPT in known.demands:
        assert "\naccepted:\n  P" in text


def test_an_unknown_rule_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the pen is answered with the ID that was meant, and code 2."""
    assert main(["explain", "CARD-02"]) == 2
    assert 'did you mean "CART-02"' in capsys.readouterr().err
