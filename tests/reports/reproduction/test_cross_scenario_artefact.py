"""Each finding across scenarios gets the script of its kind, or a reason."""

from __future__ import annotations

import pytest

from cartfuzz.contract import MARK
from cartfuzz.record import AtMost, Claim, Consistent, Discrepancy, Distinct, Kind, Unchanged

from .findings import COUPON, LIMIT, UPDATE, built, evidence, of

READ_TWICE = evidence((UPDATE,), ({"total": 1}, {"total": 2}), step=0, same_step=True)


@pytest.mark.parametrize(
    ("found", "claim"),
    [
        (of("MERGE-U1", kind=Kind.CONTRADICTION), Consistent),
        (of("RESP-07"), Distinct),
        (of("COUP-02", AtMost(limit=LIMIT, coupon=COUPON, steps=())), AtMost),
        (of("RESP-03"), Unchanged),
    ],
)
def test_each_kind_has_its_claim(found: Discrepancy, claim: type[Claim]) -> None:
    """By its kind, or by its rule."""
    made = built(found, READ_TWICE, READ_TWICE)
    assert isinstance(made.discrepancy.claim, claim)
    assert made.can_be_scripted


def test_a_finding_without_evidence_is_explained() -> None:
    """Its artefact has a scenario without steps and no requests."""
    made = built(of("RESP-03", title="a title"))
    assert made.scenario.title == "a title"
    assert made.scenario.sessions == (MARK,)
    assert made.requests == ()
    assert made.synthetic
    assert made.no_script_reason == "the record does not hold the scenarios that showed it"
