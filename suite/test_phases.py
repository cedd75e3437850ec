"""One test for each phase: what it sends can be left out with ``-m "not cartfuzz_race"``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..harness.plan import Phase
from ..pytest_plugin.state import plan_of

if TYPE_CHECKING:
    from ..pytest_plugin.verdicts import Verdicts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    plan = plan_of(metafunc.config)
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
    cartfuzz_verdicts.phase(phase)
