"""The order in which discrepancies matter."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from cartfuzz.analysis import Bug, summarise
from cartfuzz.analysis.importance import (
    MONEY_AND_STATES,
    TOTALS,
    by_importance,
    concerns_money_or_states,
    for_artefacts,
)
from cartfuzz.contract import ContractVersion, catalogue
from cartfuzz.record import Kind

from ..record.events import discrepancy, scenario_run, started

RULES = catalogue(ContractVersion.CURRENT)


def bug(rule: str, **changes: object) -> Bug:
    (made,) = summarise(
        [started(), scenario_run(0, discrepancies=(discrepancy(rule),))]
    ).discrepancies
    return msgspec.structs.replace(made, **{"signature": f"{rule}-00", **changes})


def test_the_order() -> None:
    """Confirmed before not confirmed before flaky; then documented first, then money and states."""
    right = [
        bug("STATE-02"),  # documented, a state
        bug("IDENT-05", count=7),  # documented
        bug("IDENT-03"),
        bug("STATE-08"),  # implied, a state
        bug("CART-02", count=90),  # implied
        bug("NEW-99"),  # a rule that the catalogue does not have
        bug("STATE-02", signature="STATE-02-01", unconfirmed=True),
        bug("STATE-02", signature="STATE-02-02", kind=Kind.FLAKY),
    ]
    assert by_importance(reversed(right), RULES) == right
    assert by_importance(right, RULES) == right


def test_the_order_of_artefacts() -> None:
    """That of doubt, sureness and money; then small scenarios first, however frequent the others
    are. Contradictions come last."""
    right = [
        bug("STATE-02", signature="small"),
        bug("STATE-02", signature="large", count=90),
        bug("IDENT-05", signature="data"),
        bug("CART-02", signature="implied"),
        bug("STATE-02", signature="doubtful", unconfirmed=True),
        bug("STATE-02", signature="flaky", kind=Kind.FLAKY),
        bug("STATE-U1", signature="contradiction", kind=Kind.CONTRADICTION),
    ]
    steps = {one.signature: 2 for one in right} | {"small": 1}
    names = [one.signature for one in right]
    assert for_artefacts(reversed(right), RULES, steps) == names
    assert for_artefacts(right, RULES, steps) == names


def test_equal_ones_are_ordered_by_signature() -> None:
    """So that one record has one order."""
    bugs = [bug("CART-02", signature=f"CART-02-{number}") for number in range(4)]
    ordered = by_importance([bugs[2], bugs[0], bugs[3], bugs[1]], RULES)
    assert all(one.signature < other.signature for one, other in pairwise(ordered))


@pytest.mark.parametrize("rule", ["RESP-04", "COUP-01", "EFF-07", "STATE-08", "REF-01"])
def test_money_and_states(rule: str) -> None:
    """Totals, coupons, effects, states."""
    assert concerns_money_or_states(rule)
    assert not concerns_money_or_states("IDENT-05")
    assert not concerns_money_or_states("RESP-01")


def test_the_groups_are_those_of_the_catalogue() -> None:
    """No group or rule is named that the contract does not have."""
    assert {rule.partition("-")[0] for rule in RULES} >= MONEY_AND_STATES
    assert RULES.keys() >= TOTALS
