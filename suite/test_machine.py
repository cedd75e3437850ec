"""Two sessions of one profile as a state machine of Hypothesis, each answer judged as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..contract import ContractVersion, SessionState
from ..pytest_plugin.profiles import register_profiles
from ..pytest_plugin.state import plan_of
from ..strategies import sessions

if TYPE_CHECKING:
    from ..pytest_plugin.client import Client

_PLACES = st.integers(0, 1)
_WITHOUT_SHRINKING = tuple(phase for phase in Phase if phase is not Phase.shrink)
"""Unless a profile is asked for: shrinking would repeat runs of 20 requests hundreds of times."""


def machine_for(client: Client, version: ContractVersion) -> type[RuleBasedStateMachine]:
    """The machine for the target of ``client``, which speaks ``version``."""
    environment = client.environment
    current = version is ContractVersion.CURRENT

    class SessionMachine(RuleBasedStateMachine):
        @initialize()
        def meet(self) -> None:
            self.shop = client.open("first", "second")
            self.profile = self.shop.unique("profile")
            for place in (0, 1):
                self.shop.update({"profileId": self.profile}, at=place)

        @rule(at=_PLACES)
        def cancel(self, at: int) -> None:
            self.shop.update(state=SessionState.CANCELLED, at=at)

        @rule(at=_PLACES)
        def close(self, at: int) -> None:
            self.shop.update(state=SessionState.CLOSED, at=at)

        @rule(at=_PLACES, session=sessions(environment))
        def edit(self, at: int, session: Mapping[str, Any]) -> None:
            fields = {name: value for name, value in session.items() if name != "state"}
            self.shop.update({**fields, "profileId": self.profile}, at=at)

        @rule(at=_PLACES, state=st.sampled_from(SessionState))
        def ask(self, at: int, state: SessionState) -> None:
            self.shop.update(state=state, at=at)

        @rule(at=_PLACES)
        def read(self, at: int) -> None:
            self.shop.read(at=at)

        @rule(at=_PLACES, position=st.integers(0, 3), quantity=st.integers(1, 3))
        def give_back(self, at: int, position: int, quantity: int) -> None:
            self.shop.give_back({"position": position, "quantity": quantity}, at=at)

        @precondition(lambda self: current)  # noqa: ARG005 - Hypothesis hands the machine in
        @rule(at=_PLACES)
        def reopen(self, at: int) -> None:
            self.shop.reopen(at=at)

    return SessionMachine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    version = plan_of(metafunc.config).environment.contract
    metafunc.parametrize("version", [pytest.param(version, id=version.value)])


@pytest.mark.cartfuzz_machine
def test_machine(
    version: ContractVersion, cartfuzz_client: Client, pytestconfig: pytest.Config
) -> None:
    profile = settings()
    if pytestconfig.getoption("--hypothesis-profile", None) is None:
        register_profiles()
        profile = settings(settings.get_profile("cartfuzz-dev"), phases=_WITHOUT_SHRINKING)
    machine = machine_for(cartfuzz_client, version)
    run_state_machine_as_test(machine, settings=profile)
