"""What is worked out once for an environment."""

from __future__ import annotations

from cartfuzz.contract import ContractVersion, Environment
from cartfuzz.oracle.of_environment import OfEnvironment


def test_is_worked_out_once() -> None:
    """The same environment gets the same value, and another one its own, be it equal."""
    made: list[Environment] = []

    def make(environment: Environment) -> int:
        made.append(environment)
        return len(made)

    values, one, other = OfEnvironment(make), Environment(), Environment()
    assert [values(one), values(other), values(one)] == [1, 2, 1]


def test_many_environments_are_not_kept() -> None:
    """A process that judges by ever new environments forgets the old ones, and is right still."""
    values = OfEnvironment(lambda environment: environment.since)
    environments = [
        Environment(contract=ContractVersion.CURRENT, since="26.03" if even else "")
        for even in (True, False) * 20
    ]
    assert [values(one) for one in environments] == [one.since for one in environments]
    assert len(values._known) < len(environments)
