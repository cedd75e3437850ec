"""Artefacts of findings that take more than one scenario."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import CrossScenarioFinding, Evidence
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut, Fetch, Scenario, Step, Update
from cartfuzz.record import (
    AtMost,
    Claim,
    Consistent,
    Discrepancy,
    Distinct,
    Exchange,
    Kind,
    StatusIn,
    Unchanged,
)
from cartfuzz.reports.reproduction import Artefact
from cartfuzz.reports.reproduction.claim_payload import record_breaks_claim
from cartfuzz.reports.reproduction.cross_scenario_artefact import (
    SECOND_MARK,
    build_cross_scenario_artefact,
)

from ...record.events import discrepancy

COUPON = "WELCOME"
LIMIT = 3
ENVIRONMENT = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupon_limits={COUPON: LIMIT})


def built(found: Discrepancy, *evidence: Evidence, sessions: int = 0) -> Artefact:
    """The artefact of a finding."""
    finding = CrossScenarioFinding(discrepancy=found, sides=evidence, sessions=sessions)
    return build_cross_scenario_artefact(finding, None, "http://x", ENVIRONMENT)


def of(rule: str, claim: Claim | None = None, **changes: Any) -> Discrepancy:
    """A discrepancy of ``rule``."""
    return msgspec.structs.replace(discrepancy(rule), claim=claim, **changes)


def evidence(
    steps: tuple[Step, ...],
    answers: tuple[dict[str, Any] | None, ...],
    *,
    step: int,
    **scenario: Any,
) -> Evidence:
    """A scenario of one session and the sessions that its answers show; None: no answer."""
    return Evidence(
        scenario=Scenario(title="", sessions=(f"s-{MARK}",), steps=steps, **scenario),
        exchanges=tuple(shown(index, session) for index, session in enumerate(answers)),
        step=step,
    )


def shown(step: int, session: dict[str, Any] | None) -> Exchange:
    """An exchange whose answer shows ``session``; None: no answer came."""
    return Exchange(
        step=step,
        method="GET",
        target=f"/s-{MARK}",
        status=None if session is None else 200,
        answer="" if session is None else json.dumps({"customerSession": session}),
    )


CONTRADICTION = of("MERGE-U1", kind=Kind.DRIFT)
UPDATE = Update(body={"customerSession": {}})
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


def test_repeated_ids_take_more_sessions_than_the_run_made() -> None:
    """One request, repeated for new sessions."""
    made = built(of("RESP-07"), sessions=100)
    (request,) = made.requests
    assert request.repetitions == 210
    assert request.target.endswith("-{n}")
    assert made.discrepancy.claim == Distinct(pointer="/customerSession/id")
    assert made.synthetic


def test_too_many_sessions_are_not_scripted() -> None:
    """The reason gives their number."""
    made = built(of("RESP-07"), sessions=9_000)
    assert made.no_script_reason == "the target needed 9,000 sessions to show it"


def test_a_coupon_is_redeemed_once_more_than_its_limit() -> None:
    """After one session that is cancelled; at the end all are, so that the script can run again."""
    made = built(of("LIMIT-01", AtMost(limit=LIMIT, coupon=COUPON, steps=())))
    claim = made.discrepancy.claim
    assert isinstance(claim, AtMost)
    assert (claim.limit, claim.coupon, len(claim.steps)) == (LIMIT, COUPON, LIMIT + 1)
    assert all(made.requests[step].method == "GET" for step in claim.steps)
    assert made.step == claim.steps[-1]
    states = [
        json.loads(request.body)["customerSession"].get("state")
        for request in made.requests
        if request.body
    ]
    assert states.count("closed") == states.count("cancelled") == LIMIT + 2


@pytest.mark.parametrize("claim", [None, AtMost(limit=1, coupon="unknown", steps=())])
def test_the_coupon_must_be_declared(claim: Claim | None) -> None:
    """Without a claim about a declared coupon there is no script."""
    assert not built(of("LIMIT-01", claim)).can_be_scripted


def test_a_large_limit_is_not_scripted() -> None:
    """It would take too many sessions."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupon_limits={COUPON: 40})
    found = of("LIMIT-01", AtMost(limit=40, coupon=COUPON, steps=()))
    finding = CrossScenarioFinding(discrepancy=found)
    made = build_cross_scenario_artefact(finding, None, "http://x", environment)
    assert made.no_script_reason == "it takes more than 40 closed sessions to show it"


def late_read(before: dict[str, Any], after: dict[str, Any] | int) -> Artefact:
    """The artefact of two reads of one session with many others between them."""
    last = shown(1, after if isinstance(after, dict) else {})
    if isinstance(after, int):
        last = msgspec.structs.replace(last, status=after)
    found = Evidence(
        scenario=Scenario(title="", sessions=(f"s-{MARK}",), steps=(UPDATE, Fetch())),
        exchanges=(shown(1, before), last),
        step=1,
    )
    return built(of("RESP-03"), found)


@pytest.mark.parametrize(
    ("before", "after", "claim"),
    [
        ({"total": 1}, {"total": 2}, Unchanged(pointer="/customerSession/total")),
        (
            {"updated": "a", "total": 1},
            {"updated": "b", "total": 2},
            Unchanged(pointer="/customerSession/updated"),
        ),
        ({"total": 1}, 404, StatusIn(statuses=(200,))),
    ],
)
def test_a_late_read_claims_what_changed_on_record(
    before: dict[str, Any], after: dict[str, Any] | int, claim: Claim
) -> None:
    """The scenario, new sessions, and the reads again; the claim is about the last of these."""
    made = late_read(before, after)
    assert made.discrepancy.claim == claim
    assert [request.repetitions for request in made.requests] == [1, 1, 100, 1]
    assert made.step == 3


def test_changed_attributes_are_not_scripted() -> None:
    """A target may change attributes of its own."""
    made = late_read({"attributes": {"a": 1}}, {"attributes": {"a": 2}})
    assert "no field that a script may compare" in made.no_script_reason


def test_a_late_read_without_evidence_has_no_script() -> None:
    """The record may not hold the scenario."""
    assert not built(of("RESP-03")).can_be_scripted
