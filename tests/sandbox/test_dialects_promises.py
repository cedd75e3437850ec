"""Tests that dialects and mixtures keep what is promised about effects and redemptions."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.sandbox import DIALECTS, PROFILES, mixture

from .promises import Play

REQUESTS = 80
BASES = [
    msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening)
    for contract in ContractVersion
    for flattening in (False, True)
]
IN_PROCESS = [dialect.name for dialect in DIALECTS.values() if not dialect.needs_server]


def broken(environment: Environment, *dialects: str, seed: int = 0) -> list[str]:
    """The promises that are broken in one life of the sessions, first ones first."""
    return Play(environment, dialects, seed).run(REQUESTS)[:3]


@pytest.mark.parametrize("name", ["", *IN_PROCESS])
def test_a_dialect_keeps_its_promises(name: str) -> None:
    """In each version and with and without flattening; no name is the clean sandbox."""
    for seed, base in enumerate(BASES):
        if not name:
            assert broken(base, seed=seed) == []
        elif DIALECTS[name].exists_in(base):
            assert broken(DIALECTS[name].environment(base), name, seed=seed) == []


@pytest.mark.parametrize("seed", range(40))
def test_a_mixture_keeps_its_promises(seed: int) -> None:
    """Dialects that are spoken together break nothing that each of them keeps."""
    drawn = mixture(seed, BASES[seed % len(BASES)])
    assert broken(drawn.environment, *drawn.dialects, seed=seed) == []


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_keeps_its_promises(name: str) -> None:
    """In each version, with and without flattening."""
    for seed, base in enumerate(BASES):
        environment = PROFILES[name].environment(base)
        assert broken(environment, *PROFILES[name].dialects(environment), seed=seed) == []
