"""What an artefact knows about itself."""

from __future__ import annotations

import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Scenario
from cartfuzz.record import StatusIn

from .examples import artefact, exchange, found, request

REFUSED = StatusIn(statuses=(400,))
RACE = Scenario(title="race", sessions=(MARK,), steps=(Fetch(),) * 2, burst=(0, 2))


def test_chance_gets_several_attempts() -> None:
    """A burst and a cut are tried more often than requests that always show the same."""
    plain = artefact(REFUSED)
    cut = artefact(REFUSED, requests=(request(cut=Cut.BODY),))
    race = artefact(REFUSED, scenario=RACE)
    assert plain.attempts == 1
    assert plain.attempts < cut.attempts < race.attempts


@pytest.mark.parametrize(
    ("claim", "reason", "scripted"), [(REFUSED, "", True), (None, "", False), (REFUSED, "x", False)]
)
def test_a_script_needs_a_claim(claim: StatusIn | None, reason: str, scripted: bool) -> None:
    """And no reason against it."""
    assert artefact(claim, no_script_reason=reason).can_be_scripted is scripted


def test_the_step_is_one_of_the_requests() -> None:
    """A read that the run added after the last step is shown by the last request."""
    assert artefact(None, discrepancy=found(None, step=3)).step == 0
    assert artefact(None, discrepancy=found(None, step=1), requests=(request(),) * 3).step == 1


def test_the_first_exchange_of_a_step_counts() -> None:
    """Reads that the run added have the index of the step before."""
    first, second = exchange(0, 200), exchange(0, 404)
    assert artefact(None, exchanges=(first, second)).exchange_by_step == {0: first}
