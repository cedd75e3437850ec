"""EFF-01, EFF-02, DRY-05."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import ContractVersion, Fetch, Raw
from cartfuzz.record import AnyOf, Claim, Fits, Present

from ...histories import answer, effect, update, view
from .histories import (
    SHOP,
    Told,
    accept,
    discount,
    fetched,
    found,
    listed,
    quiet,
    reached,
    reject,
    rules,
    sent,
)

OLD = msgspec.structs.replace(SHOP, contract=ContractVersion.V2_5_1)


def test_members_and_properties_are_demanded() -> None:
    """Each problem once, whatever else is in the answer; the claim fails on this answer."""
    nameless = {**accept("PLAIN"), "ruleName": None}
    reasonless = effect("rejectCoupon", value="PLAIN")
    history = [sent({"couponCodes": ["PLAIN"]}, nameless, reasonless, reasonless)]
    first, second = found(history)
    assert (first.rule, second.rule) == ("EFF-01", "EFF-02")
    assert first.claim is not None
    assert second.claim is not None
    assert {"EFF-01", "EFF-02"} <= reached(*history)
    assert "EFF-01" not in reached(sent({}))


def test_claims_about_members() -> None:
    """What is missing must be there; what is there must be of another type."""
    missing = {name: value for name, value in accept("PLAIN").items() if name != "ruleName"}
    (absent,) = found([sent({"couponCodes": ["PLAIN"]}, missing)])
    assert Present(pointer="/effects/0/ruleName") in _parts(absent.claim)
    (odd,) = found([sent({"couponCodes": ["PLAIN"]}, {**accept("PLAIN"), "ruleName": 1})])
    assert Fits(pointer="/effects/0/ruleName", types=("string",)) in _parts(odd.claim)


def _parts(claim: Claim | None) -> tuple[Claim | None, ...]:
    return claim.claims if isinstance(claim, AnyOf) else (claim,)


def test_only_answers_that_list_effects_are_looked_at() -> None:
    """No refusals, and no answers to what no well-behaved client sends."""
    malformed = {"message": "no", "effects": [{"effectType": "acceptCoupon"}]}
    invalid = quiet(update({"cartItems": [{"quantity": 0}]}))
    assert rules((invalid, answer(400, malformed))) == []
    raw = Raw(oddity="odd", method="POST")
    assert not any(rule.startswith("EFF") for rule in rules((raw, answer(200, malformed))))


def test_a_malformed_effect_counts_for_nothing_else() -> None:
    """Not for the codes that it names, nor for what is missing without it."""
    broken = {**accept("NEVER-SENT"), "campaignId": None}
    assert rules(sent({"couponCodes": [f"c-{'x' * 5}"]}, broken)) == ["EFF-01"]


def test_unknown_kinds_and_members_are_left_alone() -> None:
    """Other effects have properties of their own, or none."""
    odd = {**effect("customEffect", value=[1], position="x"), "selectedPriceType": "base"}
    empty = {**effect("another"), "props": None}
    assert rules(sent({}, odd, empty)) == []


def test_reads_list_effects_in_current_only() -> None:
    """In 2.5.1 the list is no part of a read."""
    history = (
        sent({}),
        fetched({}, {"effectType": "acceptCoupon", "props": {"value": "x"}}),
    )
    assert set(rules(*history)) == {"EFF-01"}
    assert rules(*history, environment=OLD) == []


@pytest.mark.parametrize(
    ("dry", "content", "shown", "broken"),
    [
        (False, None, [{"campaignId": 1}], True),
        (False, ["campaignEligibility"], [{"campaignId": 1}], True),
        (True, ["customerSession"], {"a": 1}, True),
        (True, ["campaignEligibility"], [{"campaignId": 1}], False),
        (True, None, None, False),
        (False, None, [], False),
        (False, None, None, False),
    ],
)
def test_eligibility_is_shown_where_it_was_asked_for(
    *, dry: bool, content: list[str] | None, shown: object, broken: bool
) -> None:
    """Nothing at all and an empty list are as good as none (DRY-05)."""
    step = quiet(update({}, dry=dry))
    body = step.body if content is None else {**step.body, "responseContent": content}
    state: dict[str, Any] = {"effects": [], "createdCoupons": [], "createdReferrals": []}
    given = answer(200, {**state, "campaignEligibility": shown})
    step = msgspec.structs.replace(step, body=body)
    assert ("DRY-05" in rules((step, given))) == broken
    assert "DRY-05" not in rules((step, given), environment=OLD)


def test_a_list_of_something_else_is_a_wrong_schema() -> None:
    """One bug, one finding: RESP-01 has it."""
    assert rules((quiet(update({})), answer(200, {"effects": [1]}))) == ["RESP-01"]
    assert rules((quiet(update({})), listed(reject("PLAIN")))) == ["EFF-04"]


def test_a_read_shows_what_a_close_has_redeemed() -> None:
    """It may leave the list out where nothing is valid, and always in 2.5.1."""
    closed = sent({"couponCodes": ["FIVE"], "state": "closed"}, accept("FIVE"), discount(5))
    plain = sent({"state": "closed"})

    def read(*codes: str) -> Told:
        session = {"couponCodes": list(codes), "state": "closed"}
        return Fetch(), answer(200, {"customerSession": view(session, updateCount=1)})

    assert rules(closed, read("FIVE")) == ["EFF-01"]
    assert rules(plain, read()) == []
    assert rules(closed, read("FIVE"), environment=OLD) == []
