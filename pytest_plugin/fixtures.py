"""The fixtures: each asks the plugin's state, which imports what is slow to import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .state import state_of

if TYPE_CHECKING:
    from ..contract import Environment
    from .client import Client
    from .target import Target
    from .verdicts import Verdicts


@pytest.fixture(scope="session")
def cartfuzz_target(pytestconfig: pytest.Config) -> Target:
    """The target of this run: ``url``, ``environment``, ``seed``, ``run``.

    With ``--cartfuzz-sandbox`` it is the embedded sandbox, one for all workers.
    """
    state_of(pytestconfig).require_target()
    return state_of(pytestconfig).target_run.target


@pytest.fixture(scope="session")
def cartfuzz_environment(pytestconfig: pytest.Config) -> Environment:
    """What the target has configured; needs no target."""
    return state_of(pytestconfig).target_run.plan.environment


@pytest.fixture(scope="session")
def cartfuzz_client(pytestconfig: pytest.Config, cartfuzz_target: Target) -> Iterator[Client]:
    """Sends requests to the target and judges each response; one for all tests of a worker."""
    client = state_of(pytestconfig).open_client(cartfuzz_target)
    yield client
    client.close()


@pytest.fixture(scope="session")
def cartfuzz_verdicts(pytestconfig: pytest.Config, cartfuzz_target: Target) -> Verdicts:
    """What the ready-made suite found, once all workers together have sent what it needs."""
    return state_of(pytestconfig).verdicts(cartfuzz_target)
