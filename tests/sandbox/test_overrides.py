"""Tests that faults and dialects override decisions that exist and are documented."""

from __future__ import annotations

import pytest

from cartfuzz.sandbox import DIALECTS, FAULTS
from cartfuzz.sandbox.service import Service

MIXINS = {name: member.mixin for members in (FAULTS, DIALECTS) for name, member in members.items()}
DECISIONS = [name for name in dir(Service) if not name.startswith("_")]


@pytest.mark.parametrize("name", MIXINS)
def test_public_methods_override_a_decision(name: str) -> None:
    """Every public method of a mixin has the name of a method of its base class."""
    mixin = MIXINS[name]
    (base,) = mixin.__bases__
    methods = {method for method in vars(mixin) if not method.startswith("_")}
    assert methods <= set(dir(base))


@pytest.mark.parametrize("decision", DECISIONS)
def test_decisions_are_documented(decision: str) -> None:
    """Every public method of the service has a docstring."""
    assert getattr(Service, decision).__doc__
