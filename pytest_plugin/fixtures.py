"""The fixtures. Their imports wait until a test asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from . import state

if TYPE_CHECKING:
    from ..contract import Environment
    from .client import Client
    from .target import Target
    from .verdicts import Verdicts


@pytest.fixture(scope="session")
def cartfuzz_target(pytestconfig: pytest.Config) -> Target:
    """The target of this run: ``url``, ``environment``, ``seed``, ``run``.

    Without ``--cartfuzz-url`` the embedded sandbox, one for all workers.
    """
    return state.target_of(pytestconfig)


@pytest.fixture(scope="session")
def cartfuzz_environment(pytestconfig: pytest.Config) -> Environment:
    """What the target has configured; needs no target."""
    return state.plan_of(pytestconfig).environment


@pytest.fixture(scope="session")
def cartfuzz_client(pytestconfig: pytest.Config, cartfuzz_target: Target) -> Iterator[Client]:
    """Sends requests to the target and has each answer judged; one for all tests of a worker."""
    from .client import Client  # noqa: PLC0415

    client = Client(
        cartfuzz_target,
        worker=state.worker_number(pytestconfig),
        record=state.shared_folder(pytestconfig),
        known=state.known_failures(pytestconfig),
    )
    state.register_client(pytestconfig, client)
    yield client
    client.close()


@pytest.fixture(scope="session")
def cartfuzz_verdicts(pytestconfig: pytest.Config, cartfuzz_target: Target) -> Verdicts:
    """What the ready-made suite found, once all workers have sent what it needs."""
    from .executions import Executions  # noqa: PLC0415
    from .verdicts import Verdicts  # noqa: PLC0415

    executions = Executions(cartfuzz_target, state.shared_folder(pytestconfig))
    return Verdicts.of(
        executions,
        state.selection(pytestconfig),
        known=state.known_failures(pytestconfig),
        strict=state.settings_for(pytestconfig).baseline_strict,
    )
