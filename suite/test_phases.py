"""One test for each phase: what it sends can be left out with ``-m "not cartfuzz_race"``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..pytest_plugin.corpus import phases_of
from ..pytest_plugin.state import settings_for
from ..pytest_plugin.target import environment_of
from ..record import Phase

if TYPE_CHECKING:
    from ..pytest_plugin.verdicts import Verdicts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    settings = settings_for(metafunc.config)
    version = environment_of(settings).contract
    metafunc.parametrize(
        "phase",
        [
            pytest.param(phase, id=f"{version.value}-{phase.value}", marks=_marks(phase))
            for phase in phases_of(settings)
        ],
    )


def _marks(phase: Phase) -> list[pytest.MarkDecorator]:
    if phase is Phase.EDGES:
        return []
    return [getattr(pytest.mark, f"cartfuzz_{phase.value}")]


def test_phase(phase: Phase, cartfuzz_verdicts: Verdicts) -> None:
    cartfuzz_verdicts.phase(phase)
