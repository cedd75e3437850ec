"""One test for each phase; its marker selects it: ``-m "not cartfuzz_race"`` leaves it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..pytest_plugin.switched_off import plan_for_suite
from ..record import Phase

if TYPE_CHECKING:
    from ..pytest_plugin.verdicts import Verdicts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    plan = plan_for_suite(metafunc.config)
    if plan is None:
        return
    version = plan.environment.contract
    metafunc.parametrize(
        "phase",
        [
            pytest.param(phase, id=f"{version.value}-{phase.value}", marks=_marks(phase))
            for phase in plan.phases
        ],
    )


def _marks(phase: Phase) -> list[pytest.MarkDecorator]:
    if phase is Phase.EDGES:
        return []
    return [getattr(pytest.mark, f"cartfuzz_{phase.value}")]


def test_phase(phase: Phase, cartfuzz_verdicts: Verdicts) -> None:
    """What the phase sent breaks no rule, but for those whose own test was chosen too."""
    cartfuzz_verdicts.phase(phase)
