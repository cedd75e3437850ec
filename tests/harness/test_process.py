"""How a process treats memory during a campaign."""

from __future__ import annotations

import gc

import pytest

from cartfuzz.harness.process import tuned


def fail_inside() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with tuned():
        assert gc.get_threshold() > before
        assert gc.get_freeze_count() > frozen
        raise LookupError


def test_the_collector_is_as_it_was_afterwards() -> None:
    """While it lasts cycles are looked for less often; then as before, even after an error."""
    before = gc.get_threshold()
    with pytest.raises(LookupError):
        fail_inside()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
