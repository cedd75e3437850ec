"""Environments that every strategy must serve."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment, UnknownCodes

ENVIRONMENTS = {
    "2.5.1": EXAMPLE_ENVIRONMENT,
    "2.5.1 flattening": msgspec.structs.replace(EXAMPLE_ENVIRONMENT, flattening=True),
    "current": msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT),
    "2.5.1 bare": Environment(),
    "current bare": Environment(contract=ContractVersion.CURRENT),
    "codes unspecified": msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, unknown_codes=UnknownCodes.UNSPECIFIED
    ),
}


@pytest.fixture(params=ENVIRONMENTS, scope="session")
def environment(request: pytest.FixtureRequest) -> Environment:
    """Each kind of environment in turn."""
    return ENVIRONMENTS[request.param]
