"""What a discrepancy says beside its rule: its family, its claim, its outcome."""

from __future__ import annotations

import re

import pytest

from cartfuzz.contract import Fetch, Step
from cartfuzz.record import AnyOf, StatusIn, Without

from .histories import DATA, answer, judge, ok, refusal, update

CREATED = (update(DATA), ok(DATA))
CLOSED_DATA = {**DATA, "state": "closed"}
CLOSED = (update(CLOSED_DATA), ok(CLOSED_DATA))


def test_only_wrong_refusals_are_of_one_family() -> None:
    """Refusals with another status than they should have; not refusals that should not be."""
    wrong = judge([(update({"state": "partially_returned"}), refusal(422))])
    needless = judge([(update(DATA), refusal(422))])
    accepted = judge([(update({"state": "partially_returned"}), ok(DATA))])
    families = [one[0].discrepancies[0].family for one in (wrong, needless, accepted)]
    assert families == ["refusals are answered 422", "", ""]


def test_a_claim_about_what_is_open_allows_a_refusal() -> None:
    """A fixed target may refuse what this one accepted wrongly."""
    late = (update(), ok({**CLOSED_DATA, "state": "open"}))
    (found,) = [one for said in judge([CLOSED, late]) for one in said.discrepancies]
    assert found.rule == "STATE-07"
    assert isinstance(found.claim, AnyOf)
    assert any(isinstance(one, StatusIn) and 400 in one.statuses for one in found.claim.claims)


@pytest.mark.parametrize("text", ["Traceback (most recent call last)", "SELECT id\nFROM sessions"])
def test_a_leak_is_claimed_as_it_is_found(text: str) -> None:
    """The pattern of the claim finds what the check found, over lines where the check does."""
    told = answer(500, {"message": "failed", "errors": [{"title": text}]})
    raw = answer(500, raw=b'{"message": "' + text.encode() + b'"}')
    for given in (told, raw):
        found = [one for said in judge([(update(DATA), given)]) for one in said.discrepancies]
        leaks = [one.claim for one in found if one.rule == "ERR-03"]
        for claim in leaks:
            assert isinstance(claim, Without)
            assert re.search(claim.pattern, text) is not None
    assert leaks


@pytest.mark.parametrize("step", [Fetch(), update(DATA)])
def test_a_message_under_200_is_an_error_where_the_schema_has_no_room_for_it(step: Step) -> None:
    """IntegrationStateV2 requires effects; the answer to a read requires nothing."""
    said = judge([CREATED, (step, answer(200, {"message": "refused"}))])
    outcomes = [one.outcome for judgement in said for one in judgement.discrepancies]
    assert ("an error under the status 200" in outcomes) == (not isinstance(step, Fetch))
    assert outcomes
