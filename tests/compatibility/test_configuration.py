"""A configuration file of version 0.1.0 means what it meant."""

from __future__ import annotations

import msgspec

from cartfuzz.contract import (
    ContractVersion,
    CostScope,
    Environment,
    Level,
    RuleLevel,
    UnknownCodes,
)
from cartfuzz.harness.configuration import read_configuration

from .format_0_1 import EXPECTED, FOLDER, differences

CONFIGURATION = FOLDER / "cartfuzz.toml"


def test_the_environment_is_read() -> None:
    """Every key of ``[environment]`` has its value."""
    assert read_configuration(CONFIGURATION).environment == Environment(
        contract=ContractVersion.V2_5_1,
        flattening=True,
        unknown_codes=UnknownCodes.ACCEPTED,
        session_attributes={
            "channel": {"type": "string", "enum": ["web", "app"]},
            "loyaltyYears": {"type": "integer", "minimum": 0, "maximum": 100},
        },
        item_attributes={"color": {"type": "string"}},
        additional_costs={
            "shipping": CostScope.SESSION,
            "handling": CostScope.BOTH,
            "engraving": CostScope.ITEM,
        },
        coupon_limits={"WELCOME": 1000},
    )


def test_the_levels_of_rules_are_read() -> None:
    """A rule is given a level by a text, or by a table with a reason."""
    raised = "the limit is raised on this deployment"
    assert read_configuration(CONFIGURATION).rule_levels == {
        "CART-02": RuleLevel(level=Level.OBSERVE, reason=raised),
        "CART-04": RuleLevel(level=Level.ENFORCE),
        "STATE-03": RuleLevel(level=Level.OBSERVE),
        "STATE-04": RuleLevel(level=Level.ENFORCE),
    }


def test_the_target_is_read() -> None:
    """Every key of ``[target]`` has its value."""
    target = read_configuration(CONFIGURATION).target
    assert target.url == "https://staging.example.com"
    assert target.allow_hosts == ("staging.example.com", "backup.example.com")
    assert (target.rps, target.timeout_sec) == (10, 2.5)
    assert (target.workers, target.in_flight) == (2, 8)


def test_names_and_shapes_are_the_same() -> None:
    """The values have the names and the shapes that version 0.1.0 gave them."""
    found = msgspec.to_builtins(read_configuration(CONFIGURATION))
    assert (
        differences(EXPECTED["configuration"], msgspec.json.decode(msgspec.json.encode(found)))
        == []
    )


def test_the_configurations_of_the_stored_runs_are_read() -> None:
    """Each describes the contract version that its runs were judged by."""
    current = read_configuration(FOLDER / "current.toml").environment
    released = read_configuration(FOLDER / "released.toml").environment
    assert current.contract is ContractVersion.CURRENT
    assert released.contract is ContractVersion.V2_5_1
    assert current.coupon_limits == released.coupon_limits == {"WELCOME": 5}
