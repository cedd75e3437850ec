"""Steps: what all of them can be asked, whatever kind they are."""

from __future__ import annotations

import pytest

from cartfuzz.contract import (
    MARK,
    Cut,
    Fetch,
    OwnOperation,
    Raw,
    Reopen,
    ReturnItems,
    Scenario,
    Step,
    Update,
)
from cartfuzz.record import decode_value, encode_value

STEPS: list[Step] = [
    Update(body={}),
    Update(body={}, dry=True, cut=Cut.SENT),
    Fetch(),
    ReturnItems(body={}, dry=True),
    Reopen(cut=Cut.HEAD),
    Raw(oddity="odd", body=b"x"),
]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_a_cut_a_dry_form_and_a_body(step: Step) -> None:
    """Kinds that lack one give the neutral value, so that no caller has to ask for the kind."""
    assert step.cut is None or isinstance(step.cut, Cut)
    assert isinstance(step.dry, bool)
    assert step.body in (None, {}, b"x")


@pytest.mark.parametrize("step", STEPS)
def test_neutral_values_are_not_stored(step: Step) -> None:
    """They are properties: a step is written as before, and read back equal."""
    written = encode_value(step)
    assert decode_value(written, type(step)) == step
    if isinstance(step, Fetch):
        assert written == b'{"type":"get"}'


def test_no_operation_of_a_plugin_is_within_a_burst() -> None:
    """Whoever makes the scenario; before and after the burst it may be."""
    own = OwnOperation(name="health", method="GET", path="/health").step()
    steps = (own, Fetch(), Fetch(), own)
    with pytest.raises(ValueError, match="'health' of a plugin must not be within a burst"):
        Scenario(title="a", sessions=(MARK,), steps=steps, burst=(1, 4))
    assert Scenario(title="a", sessions=(MARK,), steps=steps, burst=(1, 3)).steps == steps
