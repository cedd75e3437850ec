"""Findings about a whole run are shown by requests that are made from their rule."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import CrossScenarioFinding, Evidence
from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Environment,
    Fetch,
    Referral,
    Scenario,
    Update,
)
from cartfuzz.record import (
    AtMost,
    Claim,
    Distinct,
    StatusIn,
    Unchanged,
)
from cartfuzz.reports.reproduction import Artefact
from cartfuzz.reports.reproduction.cross_scenario_artefact import build_cross_scenario_artefact

from .findings import COUPON, LIMIT, UPDATE, built, of, shown


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
    made = built(of("COUP-02", AtMost(limit=LIMIT, coupon=COUPON, steps=())))
    claim = made.discrepancy.claim
    assert isinstance(claim, AtMost)
    assert (claim.limit, claim.coupon, len(claim.steps)) == (LIMIT, COUPON, LIMIT + 1)
    assert made.burst is not None
    raced = made.scenario.steps[slice(*made.burst)]
    assert {step.session for step in raced if isinstance(step, Update)} <= set(range(1, LIMIT + 2))
    assert [step.body for step in raced] == [{"customerSession": {"state": "closed"}}] * len(raced)
    assert made.burst[1] - 1 == made.step == claim.steps[-1]
    closing = {"customerSession": {"state": "closed"}}
    assert all(json.loads(made.requests[step].body or "") == closing for step in claim.steps)
    states = [
        json.loads(request.body)["customerSession"].get("state")
        for request in made.requests
        if request.body
    ]
    assert states.count("closed") == states.count("cancelled") == LIMIT + 2


def test_a_referral_is_redeemed_once_more_than_its_limit() -> None:
    """As a coupon, entered as a referral code."""
    environment = Environment(referrals=(Referral(code="FRIEND", limit=1),))
    found = of("REF-01", AtMost(limit=1, referral="FRIEND", steps=()))
    finding = CrossScenarioFinding(discrepancy=found)
    made = build_cross_scenario_artefact(finding, None, "http://x", environment)
    assert made.discrepancy.claim == AtMost(limit=1, referral="FRIEND", steps=(5, 6))
    entered = [request for request in made.requests if b"FRIEND" in (request.body or b"")]
    assert len(entered) == 3


def test_a_retired_rule_is_shown_as_its_successor() -> None:
    """A record may hold a finding of it."""
    assert built(of("LIMIT-01", AtMost(limit=LIMIT, coupon=COUPON, steps=()))).can_be_scripted


@pytest.mark.parametrize("claim", [None, AtMost(limit=1, coupon="unknown", steps=())])
def test_the_coupon_must_be_declared(claim: Claim | None) -> None:
    """Without a claim about a declared coupon there is no script."""
    assert not built(of("COUP-02", claim)).can_be_scripted


def test_a_large_limit_is_not_scripted() -> None:
    """It would take too many sessions."""
    environment = msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, coupons=(), budgets=(), coupon_limits={COUPON: 40}
    )
    found = of("COUP-02", AtMost(limit=40, coupon=COUPON, steps=()))
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
