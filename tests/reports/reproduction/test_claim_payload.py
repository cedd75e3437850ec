"""The claim that a script checks, and on which recorded answers it depends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Scenario
from cartfuzz.record import Fits, NoServerError, StatusIn
from cartfuzz.reports.reproduction import Artefact
from cartfuzz.reports.reproduction.claim_payload import (
    claim_payload,
    record_breaks_claim,
    recorded_answers,
)
from cartfuzz.reports.reproduction.runtime.claim_checker import Answer, problem

from .examples import artefact, exchange, found, request

GONE = StatusIn(statuses=(404, 400))
STATUSES = (None, 400, 200)
"""A cut update, a refused one, and a read that finds the session: it must not exist."""
RACE = Scenario(title="race", sessions=(MARK,), steps=(Fetch(),) * 3, burst=(0, 2))


def cut_and_refused() -> Artefact:
    """An artefact whose answers had `STATUSES`."""
    return artefact(
        GONE,
        discrepancy=found(GONE, step=2),
        exchanges=tuple(exchange(step, status) for step, status in enumerate(STATUSES)),
        requests=(request(cut=Cut.BODY), request(), request()),
    )


def breaks(claim: dict[str, Any], *statuses: int | None) -> bool:
    """Whether answers with ``statuses`` break ``claim`` in the last one."""
    answers: list[Answer] = [
        {"session": 0, "dry": False, "status": status, "body": "{}"} for status in statuses
    ]
    return bool(problem(claim, answers, len(answers) - 1))


def test_a_claim_depends_on_the_answers_before() -> None:
    """It holds if the target accepts a request that it refused when the bug was found."""
    claim = claim_payload(cut_and_refused())
    assert claim["accepted"] == [(1, False)]
    assert breaks(claim, *STATUSES)
    assert breaks(claim, 200, 404, 200)
    assert not breaks(claim, None, 200, 200)


@pytest.mark.parametrize("status", [None, 401, 403, 429, 500])
def test_an_answer_that_judges_nothing_hides_no_bug(status: int | None) -> None:
    """Missing answers, refused keys, rate limits and server errors are no acceptance."""
    assert breaks(claim_payload(cut_and_refused()), None, status, 200)


@pytest.mark.parametrize("changes", [{"synthetic": True}, {"scenario": RACE}])
def test_what_chance_decides_is_no_precondition(changes: Any) -> None:
    """Neither concurrent requests, nor requests that the run did not send."""
    shown = artefact(
        GONE,
        discrepancy=found(GONE, step=2),
        exchanges=tuple(exchange(step) for step in range(3)),
        requests=(request(),) * 3,
    )
    assert claim_payload(shown)["accepted"] == [(0, True), (1, True)]
    assert "accepted" not in claim_payload(replace(shown, **changes))


def test_a_claim_that_always_holds_has_no_precondition() -> None:
    """No earlier answer allows a server error."""
    shown = replace(cut_and_refused(), discrepancy=found(NoServerError(), step=2))
    assert claim_payload(shown) == msgspec.to_builtins(NoServerError())


def test_recorded_answers_have_one_for_each_request() -> None:
    """A request without an exchange has no status."""
    shown = artefact(GONE, requests=(request(session_index=3, dry=True), request()))
    shown = replace(shown, exchanges=(exchange(0, 201, "x"),))
    assert recorded_answers(shown) == [
        {"session": 3, "dry": True, "status": 201, "body": "x"},
        {"session": 0, "dry": False, "status": None, "body": ""},
    ]


def test_the_record_decides_whether_a_script_would_report_the_bug() -> None:
    """It would not if the answer on record satisfies the claim."""
    assert record_breaks_claim(artefact(GONE))
    assert not record_breaks_claim(artefact(GONE, exchanges=(exchange(status=404),)))


CLOSED, REJECTED = (
    f'{{"effects":[{{"effectType":"{kind}","props":{{"value":"ONCE"}}}}]}}'
    for kind in ("acceptCoupon", "rejectCoupon")
)
ROLLED_BACK = Fits(pointer="/effects", types=("array",), shortest=1)


def about_a_coupon(rule: str) -> Artefact:
    """A close that redeems a coupon, and a cancel that rolls nothing back."""
    return artefact(
        ROLLED_BACK,
        discrepancy=found(ROLLED_BACK, step=1, rule=rule),
        exchanges=(exchange(0, 200, CLOSED), exchange(1, 200, '{"effects":[]}')),
        requests=(request(), request()),
    )


@pytest.mark.parametrize(
    ("rule", "depends"), [("COUP-04", True), ("DISC-03", True), ("RESP-01", False)]
)
def test_a_claim_about_a_campaign_depends_on_its_decisions(rule: str, depends: bool) -> None:
    """Where a code is used up nothing is redeemed, so a cancel owes nothing."""
    claim = claim_payload(about_a_coupon(rule))
    assert claim.get("decided") == ([(0, ["acceptCoupon"])] if depends else None)
    for before, is_reported in ((CLOSED, True), (REJECTED, not depends), ("", not depends)):
        answers: list[Answer] = [
            {"session": 0, "dry": False, "status": 200, "body": body}
            for body in (before, '{"effects":[]}')
        ]
        assert bool(problem(claim, answers, 1)) is is_reported
    assert record_breaks_claim(about_a_coupon(rule))
