"""The data file of the rules, beyond the form of each rule."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from cartfuzz.contract import ContractVersion, catalogue


def test_the_data_file_names_each_rule_once() -> None:
    """No second table with the same ID hides a first one, and every rule holds somewhere."""
    text = files("cartfuzz.contract").joinpath("data", "rules.toml").read_text("utf-8")
    counts = Counter(entry["id"] for entry in tomllib.loads(text)["rule"])
    assert [rule_id for rule_id, count in counts.items() if count > 1] == []
    assert set(counts) == {rule_id for version in ContractVersion for rule_id in catalogue(version)}


@pytest.mark.parametrize("version", list(ContractVersion))
def test_statements_fit_a_line(version: ContractVersion) -> None:
    """Reports print a statement on one line; it holds no line break and nothing to strip."""
    for rule in catalogue(version).values():
        assert rule.statement == " ".join(rule.statement.split()), rule.id


@pytest.mark.parametrize("version", list(ContractVersion))
def test_refusals_are_client_errors(version: ContractVersion) -> None:
    """No rule takes a server error for a refusal."""
    for rule in catalogue(version).values():
        assert all(400 <= status <= 499 for status in rule.statuses), rule.id


@pytest.mark.parametrize("version", list(ContractVersion))
def test_the_catalogue_is_a_mapping(version: ContractVersion) -> None:
    """Lookup, iteration and length agree, and an unknown ID is a KeyError."""
    rules = catalogue(version)
    assert rules.version is version
    assert len(rules) == len(list(rules))
    with pytest.raises(KeyError):
        rules["CART-99"]
