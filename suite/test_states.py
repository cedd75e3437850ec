"""One test for each cell of the state machine: a state, an operation and the state asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..contract import Ruling, transitions
from ..pytest_plugin.findings import cell_words
from ..pytest_plugin.switched_off import plan_for_suite
from ..strategies.edges.states import cell_title

if TYPE_CHECKING:
    from ..pytest_plugin.verdicts import Verdicts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    plan = plan_for_suite(metafunc.config)
    if plan is None:
        return
    version = plan.environment.contract
    metafunc.parametrize(
        ("cell", "rule_id"),
        [
            pytest.param(
                cell_title(row),
                row.rule,
                id=f"{version.value}-{cell_words(cell_title(row))}",
                marks=pytest.mark.cartfuzz(rule=row.rule),
            )
            for row in transitions(version)
            if row.ruling is not Ruling.SILENT
        ],
    )


def test_cell(cell: str, rule_id: str, cartfuzz_verdicts: Verdicts) -> None:
    """In this state the target answers this operation as the contract demands."""
    cartfuzz_verdicts.cell(cell, rule_id)
