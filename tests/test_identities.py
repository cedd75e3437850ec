"""Bugs keep their names: signatures are made of the same texts as before."""

from __future__ import annotations

import pytest

from cartfuzz.record import CheckName, Form, Outcome, OutcomeKind, Situation

from .identities import Collected, collected, stored


@pytest.fixture(scope="module")
def found() -> Collected:
    """What the executions make now."""
    return collected()


def test_identities_are_those_of_before(found: Collected) -> None:
    """None is new and none is gone; a rewording would rename bugs in users' baselines."""
    assert sorted(found.identities) == sorted(stored())


def test_situations_are_read_back_from_their_keys(found: Collected) -> None:
    """Whatever situation the oracle makes, records and summaries hold all of its parts."""
    assert {Situation.parse(key): key for key in found.situations.values()} == found.situations


def test_outcomes_are_read_back_from_their_keys(found: Collected) -> None:
    """Whatever outcome the oracle makes, records and summaries hold all of its parts."""
    assert {Outcome.parse(key): key for key in found.outcomes.values()} == found.outcomes


def test_executions_make_situations_of_each_form(found: Collected) -> None:
    """So the tests above look at every pattern of situations."""
    forms = {situation.form for situation in found.situations}
    assert forms == set(Form)


def test_executions_make_outcomes_of_each_kind(found: Collected) -> None:
    """So the tests above look at every pattern of outcomes."""
    assert {outcome.kind for outcome in found.outcomes} == set(OutcomeKind)


def test_checks_have_stored_names(found: Collected) -> None:
    """Every name that a signature holds is one of `CheckName`."""
    assert {identity.check for identity in found.identities} <= {name.value for name in CheckName}
