"""Fixtures for the tests of several rooms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture
def no_time_limits() -> Iterator[None]:
    """Hypothesis' default settings without time limits, so that a busy machine is no failure."""
    default = settings.get_profile(settings.get_current_profile_name())
    settings.register_profile(
        "page", parent=default, deadline=None, suppress_health_check=list(HealthCheck)
    )
    name = settings.get_current_profile_name()
    settings.load_profile("page")
    yield
    settings.load_profile(name)
