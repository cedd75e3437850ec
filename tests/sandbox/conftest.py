"""Provides clients of a sandbox without faults."""

from __future__ import annotations

import pytest

from .environments import (
    ENVIRONMENT_2_5_1,
    ENVIRONMENT_CURRENT,
    ENVIRONMENT_FLATTENING,
    ENVIRONMENTS,
)
from .steps import Client


@pytest.fixture(params=ENVIRONMENTS)
def client(request: pytest.FixtureRequest) -> Client:
    """A client in each of the environments."""
    return Client(ENVIRONMENTS[request.param])


@pytest.fixture
def client_2_5_1() -> Client:
    """A client of version 2.5.1 without flattening."""
    return Client(ENVIRONMENT_2_5_1)


@pytest.fixture
def client_flattening() -> Client:
    """A client of version 2.5.1 with flattening."""
    return Client(ENVIRONMENT_FLATTENING)


@pytest.fixture
def client_current() -> Client:
    """A client of the current version."""
    return Client(ENVIRONMENT_CURRENT)
