"""One test for each cell of the state machine: a state, an operation and the state asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..contract import Ruling, Transition, transitions
from ..pytest_plugin.state import state_of
from ..strategies.edges.states import cell_title

if TYPE_CHECKING:
    from ..pytest_plugin.verdicts import Verdicts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    version = state_of(metafunc.config).target_run.plan.environment.contract
    metafunc.parametrize(
        ("cell", "rule_id"),
        [
            pytest.param(
                cell_title(row),
                row.rule,
                id=f"{version.value}-{_words(row)}",
                marks=pytest.mark.cartfuzz(rule=row.rule),
            )
            for row in transitions(version)
            if row.ruling is not Ruling.SILENT
        ],
    )


def _words(row: Transition) -> str:
    return cell_title(row).replace(": ", "-").replace(" ", "_")


def test_cell(cell: str, rule_id: str, cartfuzz_verdicts: Verdicts) -> None:
    """In this state the target answers this operation as the contract demands."""
    cartfuzz_verdicts.cell(cell, rule_id)
