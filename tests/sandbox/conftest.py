"""Clients of a clean sandbox."""

from __future__ import annotations

import pytest

from .environments import ALL, CURRENT, FIRST, FLATTENED
from .steps import Client


@pytest.fixture(params=ALL)
def client(request: pytest.FixtureRequest) -> Client:
    """A client of each version."""
    return Client(ALL[request.param])


@pytest.fixture
def first() -> Client:
    """A client of 2.5.1 without flattening."""
    return Client(FIRST)


@pytest.fixture
def flattened() -> Client:
    """A client of 2.5.1 with flattening."""
    return Client(FLATTENED)


@pytest.fixture
def current() -> Client:
    """A client of the current version."""
    return Client(CURRENT)
