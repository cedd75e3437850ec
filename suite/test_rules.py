"""One test for each rule of the target's contract version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..analysis.tested_rules import RACE_RULES
from ..contract import Rule, catalogue_with
from ..harness.plugins.loading import extensions_of
from ..pytest_plugin.switched_off import plan_for_suite

if TYPE_CHECKING:
    from ..pytest_plugin.verdicts import Verdicts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    plan = plan_for_suite(metafunc.config)
    if plan is None:
        return
    version = plan.environment.contract
    metafunc.parametrize(
        "rule",
        [
            pytest.param(rule, id=f"{version.value}-{rule.id}", marks=_marks(rule))
            for rule in catalogue_with(version, extensions_of(plan.plugins).rules).values()
        ],
    )


def _marks(rule: Rule) -> list[pytest.MarkDecorator]:
    marks = [pytest.mark.cartfuzz(rule=rule.id)]
    return [*marks, pytest.mark.cartfuzz_race] if rule.id in RACE_RULES else marks


def test_rule(rule: Rule, cartfuzz_verdicts: Verdicts) -> None:
    """Nothing that was sent breaks the rule."""
    cartfuzz_verdicts.rule(rule)
