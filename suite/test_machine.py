"""One test: a Hypothesis state machine over two sessions of one profile, each response judged."""

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
from ..pytest_plugin.state import state_of
from ..strategies import sessions

if TYPE_CHECKING:
    from ..pytest_plugin.client import Client

_SESSIONS = st.integers(0, 1)
_WITHOUT_SHRINKING = tuple(phase for phase in Phase if phase is not Phase.shrink)
"""Shrinking repeats runs of 20 requests hundreds of times, so it takes a profile of the user's."""


def machine_for(client: Client, version: ContractVersion) -> type[RuleBasedStateMachine]:
    """The state machine for the target of ``client``, which implements ``version``."""
    environment = client.environment
    current = version is ContractVersion.CURRENT

    class SessionMachine(RuleBasedStateMachine):
        @initialize()
        def meet(self) -> None:
            self.shop = client.open("first", "second")
            self.profile = self.shop.unique("profile")
            for session in (0, 1):
                self.shop.update({"profileId": self.profile}, at=session)

        @rule(at=_SESSIONS)
        def cancel(self, at: int) -> None:
            self.shop.update(state=SessionState.CANCELLED, at=at)

        @rule(at=_SESSIONS)
        def close(self, at: int) -> None:
            self.shop.update(state=SessionState.CLOSED, at=at)

        @rule(at=_SESSIONS, session=sessions(environment))
        def edit(self, at: int, session: Mapping[str, Any]) -> None:
            fields = {name: value for name, value in session.items() if name != "state"}
            self.shop.update({**fields, "profileId": self.profile}, at=at)

        @rule(at=_SESSIONS, state=st.sampled_from(SessionState))
        def ask(self, at: int, state: SessionState) -> None:
            self.shop.update(state=state, at=at)

        @rule(at=_SESSIONS)
        def read(self, at: int) -> None:
            self.shop.read(at=at)

        @rule(at=_SESSIONS, position=st.integers(0, 3), quantity=st.integers(1, 3))
        def give_back(self, at: int, position: int, quantity: int) -> None:
            self.shop.give_back({"position": position, "quantity": quantity}, at=at)

        @precondition(lambda self: current)  # noqa: ARG005 - Hypothesis hands the machine in
        @rule(at=_SESSIONS)
        def reopen(self, at: int) -> None:
            self.shop.reopen(at=at)

    return SessionMachine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    version = state_of(metafunc.config).target_run.plan.environment.contract
    metafunc.parametrize("version", [pytest.param(version, id=version.value)])


@pytest.mark.cartfuzz_machine
def test_machine(
    version: ContractVersion, cartfuzz_client: Client, pytestconfig: pytest.Config
) -> None:
    """No sequence of requests on two sessions of one profile breaks a rule."""
    profile = settings()
    if pytestconfig.getoption("--hypothesis-profile", None) is None:
        register_profiles()
        profile = settings(settings.get_profile("cartfuzz-dev"), phases=_WITHOUT_SHRINKING)
    machine = machine_for(cartfuzz_client, version)
    run_state_machine_as_test(machine, settings=profile)
