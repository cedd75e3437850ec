"""One test: a Hypothesis state machine over two sessions of one profile, each response judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..contract import ContractVersion, SessionState, Traffic
from ..pytest_plugin.client import ContractBrokenError
from ..pytest_plugin.conversation import NoAnswerError
from ..pytest_plugin.profiles import register_profiles
from ..pytest_plugin.state import state_of
from ..pytest_plugin.switched_off import plan_for_suite
from ..strategies import sessions

if TYPE_CHECKING:
    from ..pytest_plugin.client import Client
    from ..pytest_plugin.verdicts import Verdicts

_SESSIONS = st.integers(0, 1)
_LEFT_OUT = (Phase.shrink, Phase.explain)
"""Hypothesis would repeat the failure hundreds of times. The minimiser of Cartfuzz looks for the
smallest scenario, within a budget."""


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
    plan = plan_for_suite(metafunc.config)
    if plan is None:
        return
    version = plan.environment.contract
    marks = pytest.mark.cartfuzz_machine
    metafunc.parametrize("version", [pytest.param(version, id=version.value, marks=marks)])


def test_machine(
    version: ContractVersion, cartfuzz_client: Client, request: pytest.FixtureRequest
) -> None:
    """No sequence of requests on two sessions of one profile breaks a rule."""
    if cartfuzz_client.traffic is not Traffic.ALL:
        pytest.skip(f"what a machine needs may not be sent: only {cartfuzz_client.traffic}")
    machine = machine_for(cartfuzz_client, version)
    seeded = seed(cartfuzz_client.seed)(machine)
    failure = _failure_of(seeded, _profile(request.config), cartfuzz_client)
    if isinstance(failure, ContractBrokenError):
        smallest = cartfuzz_client.smallest(failure)
        if smallest.rules & state_of(request.config).chosen_rules:
            verdicts: Verdicts = request.getfixturevalue("cartfuzz_verdicts")
            other = verdicts.test_that_reports(smallest.signatures)
            if other:
                pytest.xfail(f"the same bug as in {other}")
        raise smallest
    if failure is not None:
        raise failure


def _profile(config: pytest.Config) -> settings:
    """The settings of the machine: those of the profile that the user names, if any."""
    profile = settings()
    if config.getoption("--hypothesis-profile", None) is None:
        register_profiles()
        # A database would replay what an older run found, and hide what the seed draws.
        profile = settings(settings.get_profile("cartfuzz-dev"), database=None)
    phases = tuple(phase for phase in profile.phases if phase not in _LEFT_OUT)
    return settings(profile, phases=phases, report_multiple_bugs=False)


def _failure_of(
    machine: type[RuleBasedStateMachine], profile: settings, client: Client
) -> ContractBrokenError | NoAnswerError | None:
    """What the machine fails with, without the calls that Hypothesis would list; None: nothing.

    Hypothesis runs the failure again before it reports it. Where it does not show again, the first
    one is still what there is to report.
    """
    try:
        run_state_machine_as_test(machine, settings=profile)
    except (ContractBrokenError, NoAnswerError, Flaky):
        failure = client.first_failure
        if failure is None:
            raise
    else:
        return None
    vars(failure).pop("__notes__", None)
    return failure.with_traceback(None)
