"""The configuration: what is read, and how mistakes are answered."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cartfuzz.contract import (
    ConfigurationError,
    ContractVersion,
    CostScope,
    Environment,
    Level,
    UnknownCodes,
)
from cartfuzz.harness.configuration import read_configuration

WHOLE = """
[target]
url = "https://staging.example.com"
allow_hosts = ["staging.example.com"]
rps = 10
workers = 2

[environment]
contract = "current"
flattening = true
unknown_codes = "accepted"

[environment.session_attributes]
channel = { type = "string", enum = ["web", "app"] }

[environment.item_attributes]
color = { type = "string" }

[environment.additional_costs]
shipping = "session"
wrapping = "item"
handling = "both"

[environment.coupon_limits]
WELCOME = 100

[rules]
CART-02 = { level = "observe", reason = "raised limit" }
STATE-03 = "observe"
"""


def read(folder: Path, text: str) -> object:
    path = folder / "cartfuzz.toml"
    path.write_text(text, "utf-8")
    return read_configuration(path)


def test_a_whole_file(tmp_path: Path) -> None:
    """Every table and key is read into its place."""
    path = tmp_path / "cartfuzz.toml"
    path.write_text(WHOLE, "utf-8")
    configuration = read_configuration(path)
    environment = configuration.environment
    assert environment.contract is ContractVersion.CURRENT
    assert environment.unknown_codes is UnknownCodes.ACCEPTED
    assert environment.session_attributes["channel"]["enum"] == ["web", "app"]
    assert environment.additional_costs["wrapping"] is CostScope.ITEM
    assert environment.session_costs == ("shipping", "handling")
    assert environment.item_costs == ("wrapping", "handling")
    assert environment.coupon_limits == {"WELCOME": 100}
    assert configuration.target.rps == 10
    assert configuration.target.workers == 2
    assert configuration.rule_levels["CART-02"].reason == "raised limit"
    assert configuration.rule_levels["STATE-03"].level is Level.OBSERVE


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    """No table is required."""
    assert read(tmp_path, "") == read_configuration(tmp_path / "cartfuzz.toml")
    assert read_configuration(tmp_path / "cartfuzz.toml").environment == Environment()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[environment", "expected a TOML file, found"),
        ("[other]\n", "other: expected one of the keys target, environment, rules, found the"),
        ("environment = 3", "environment: expected a table, found 3"),
        ('[environment]\ncontract = "3"', "environment.contract: expected one of 2.5.1, current"),
        ('[environment]\nflattening = "yes"', "environment.flattening: expected true or false"),
        ("[environment]\nflatening = true", "environment.flatening: expected one of the keys"),
        (
            '[environment.additional_costs]\nshipping = "cart"',
            "environment.additional_costs.shipping: expected one of session, item, both",
        ),
        (
            '[environment.item_attributes]\ncolor = "string"',
            "environment.item_attributes.color: expected a JSON Schema as a table",
        ),
        (
            '[environment.item_attributes]\ncolor = { type = "text" }',
            "environment.item_attributes.color: expected a valid JSON Schema",
        ),
        (
            "[environment.coupon_limits]\nX = 0",
            "environment.coupon_limits.X: expected a whole number of at least 1, found 0",
        ),
        ('[rules]\nCART-99 = "observe"', "rules.CART-99: expected the ID of a rule"),
        ('[rules]\nCART-02 = "ignore"', "rules.CART-02: expected one of enforce, observe"),
        ('[rules]\nCART-02 = { level = "observe", why = "" }', "rules.CART-02.why: expected one"),
        ('[rules]\nSTATE-U1 = "enforce"', 'rules.STATE-U1: expected "observe"'),
        ("[target]\nrps = 0", "target.rps: expected a number above 0, found 0"),
        ("[target]\nworkers = 1.5", "target.workers: expected a whole number of at least 1"),
        ('[target]\nallow_hosts = "x"', "target.allow_hosts: expected a list of host names"),
    ],
)
def test_mistakes_name_file_key_expected_and_found(tmp_path: Path, text: str, message: str) -> None:
    """Each mistake is one line that says where, what was expected, and what was found."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "cartfuzz.toml"))
    assert message in str(caught.value)
    assert ", found " in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ConfigurationError, match="expected a readable file, found no such file"):
        read_configuration(tmp_path / "nowhere.toml")


def test_the_example_of_the_documentation_is_right() -> None:
    """The example in the module's docstring is a valid configuration."""
    from cartfuzz.harness import configuration  # noqa: PLC0415 - its docstring is the subject

    text = (configuration.__doc__ or "").partition("Example::")[2].partition("\n``[env")[0]
    assert tomllib.loads(text)["environment"]["contract"] == "2.5.1"
