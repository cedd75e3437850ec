"""A contradiction is shown by both of its scenarios."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.analysis import Evidence
from cartfuzz.contract import MARK, Cut, Fetch, Update
from cartfuzz.record import (
    Consistent,
    Kind,
)
from cartfuzz.reports.reproduction.claim_payload import record_breaks_claim
from cartfuzz.reports.reproduction.contradiction_artefact import SECOND_MARK

from .findings import UPDATE, built, evidence, of

CONTRADICTION = of("MERGE-U1", kind=Kind.CONTRADICTION)
KEPT = evidence((UPDATE, Fetch(), Fetch()), ({}, {"total": 1}, {"total": 1}), step=1)
REPLACED = evidence((UPDATE, Fetch()), ({}, {"total": 2, "profileId": f"p-{MARK}"}), step=1)


def test_a_contradiction_sends_both_scenarios() -> None:
    """Up to the answers in question, the second with a mark and sessions of its own."""
    made = built(CONTRADICTION, KEPT, REPLACED)
    assert made.marks == (MARK, SECOND_MARK)
    assert [request.session_index for request in made.requests] == [0, 0, 1, 1]
    assert [SECOND_MARK in request.target for request in made.requests] == [False] * 2 + [True] * 2
    assert made.second_scenario == REPLACED.scenario
    assert made.step == 3
    assert not made.synthetic
    claim = made.discrepancy.claim
    assert isinstance(claim, Consistent)
    assert [answer.step for answer in claim.then] == [1, 3]
    assert claim.then[0].view["total"] == 1
    assert claim.then[1].view["profileId"] == f"p-{SECOND_MARK}"


def test_the_record_shows_the_contradiction() -> None:
    """So that its script is written."""
    assert record_breaks_claim(built(CONTRADICTION, KEPT, REPLACED))


def test_a_session_is_shown_by_a_later_answer() -> None:
    """If the one in question does not show it: the scenario goes on to the next that does."""
    steps = (UPDATE, Update(body={"customerSession": {}}, dry=True), Fetch(), Fetch())
    later = evidence(steps, ({}, {"total": 7}, {"total": 1}, {"total": 1}), step=0)
    silent = msgspec.structs.replace(later.exchanges[0], answer="{}")
    later = Evidence(scenario=later.scenario, exchanges=(silent, *later.exchanges[1:]), step=0)
    claim = built(CONTRADICTION, later, REPLACED).discrepancy.claim
    assert isinstance(claim, Consistent)
    assert [answer.step for answer in claim.then] == [0, 2, 4]


def test_after_a_cut_all_answers_must_come_again() -> None:
    """Only they show what became of the cut request."""
    cut = Update(body={"customerSession": {}}, cut=Cut.SENT)
    lost = evidence((UPDATE, cut, Fetch()), ({}, None, {"total": 1}), step=2)
    claim = built(CONTRADICTION, lost, REPLACED).discrepancy.claim
    assert isinstance(claim, Consistent)
    assert [answer.step for answer in claim.then] == [0, 2, 4]


@pytest.mark.parametrize(
    "evidences",
    [
        (KEPT,),
        (KEPT, evidence((UPDATE, UPDATE), ({}, {}), step=1, burst=(0, 2))),
        (KEPT, evidence((UPDATE,), (None,), step=0)),
        (),
    ],
)
def test_a_contradiction_without_evidence_has_no_script(evidences: tuple[Evidence, ...]) -> None:
    """One scenario, a burst, or no answer: the explanation says so."""
    made = built(CONTRADICTION, *evidences)
    assert not made.can_be_scripted
    assert made.no_script_reason == "the record does not hold the scenarios that showed it"
