"""EFF-03, EFF-04, EFF-05, REF-05, COUP-10: which codes effects accept and reject."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, CodeCase, Coupon, Environment, UnknownCodes
from cartfuzz.oracle.checks.effects.context import without_code
from cartfuzz.oracle.effects import EffectKind
from cartfuzz.record import AnyOf, Fits
from cartfuzz.wire import Delivery, NoResponse
from cartfuzz.wire.encoding import encode_json

from ...histories import answer, effect, update, view
from .histories import (
    CART,
    INVENTED,
    SHOP,
    accept,
    cancelled,
    discount,
    fetched,
    found,
    listed,
    quiet,
    reached,
    reject,
    reopened,
    rules,
    sent,
)


def cased(case: CodeCase) -> Environment:
    return msgspec.structs.replace(SHOP, code_case=case)


# --- EFF-03 -----------------------------------------------------------------------------------


def test_one_campaign_does_not_accept_and_reject_a_code() -> None:
    """Coupons and referrals alike."""
    both = accept("PLAIN"), reject("PLAIN", campaign=7, reason="CouponExpired")
    assert rules(sent({"couponCodes": ["PLAIN"]}, *both)) == ["EFF-03"]
    referral = (
        effect("acceptReferral", value="FRIEND"),
        effect("rejectReferral", value="FRIEND", rejectionReason="ReferralExpired"),
    )
    assert rules(sent({"referralCode": "FRIEND"}, *referral)) == ["EFF-03"]


def test_two_campaigns_may_disagree_and_so_may_two_codes() -> None:
    """A code may stand in several campaigns; a code that is sent twice may meet two fates."""
    apart = accept("PLAIN"), reject("PLAIN", campaign=8, reason="CouponExpired")
    assert rules(sent({"couponCodes": ["PLAIN"]}, *apart)) == []
    codes = accept("PLAIN"), reject("PLAIN ", campaign=7)
    assert rules(sent({"couponCodes": ["PLAIN", "PLAIN "]}, *codes)) == []
    twice = accept("PLAIN"), reject("PLAIN", campaign=7)
    assert rules(sent({"couponCodes": ["PLAIN", "PLAIN"]}, *twice)) == []


# --- EFF-04 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "strange",
    [
        accept("OTHER"),
        reject("OTHER"),
        reject(""),
        effect("acceptReferral", value="PLAIN"),
        effect("rejectReferral", value="x", rejectionReason="ReferralNotFound"),
    ],
)
def test_effects_name_codes_that_the_session_holds(strange: dict[str, Any]) -> None:
    """A text that is no code of the session is named, and the claim is about that effect."""
    assert rules(sent({"couponCodes": ["PLAIN"]}, accept("PLAIN"), strange)) == ["EFF-04"]


@pytest.mark.parametrize("code", ["PLAIN", " plain\t", "Plain", "\u3000PLAIN"])
def test_blanks_and_case_are_no_other_code(code: str) -> None:
    """Whether codes are trimmed is silent, and so is whether effects show them as sent or kept."""
    assert rules(sent({"couponCodes": [code]}, reject("PLAIN"))) == []
    assert rules(sent({"couponCodes": ["PLAIN"]}, reject(code))) == []


def test_a_blank_code_may_be_rejected_as_such() -> None:
    """A session that was sent an empty code may have it rejected."""
    assert rules(sent({"couponCodes": ["", "PLAIN"]}, reject(""), accept("PLAIN"))) == []


def test_codes_of_before_are_gone_once_they_are_replaced() -> None:
    """Effects are about the session as the step leaves it (stale effects)."""
    first = sent({"couponCodes": ["PLAIN"]}, accept("PLAIN"))
    assert rules(first, sent({"couponCodes": []}, accept("PLAIN"))) == ["EFF-04"]
    assert rules(first, sent({"couponCodes": ["TENTH"]}, reject("PLAIN"))) == ["EFF-04"]
    assert rules(first, sent({"profileId": "ann"}, accept("PLAIN"))) == []


def test_a_code_that_is_not_kept_is_rejected_where_it_is_sent() -> None:
    """By the answer to its own request; an answer to a later one names it no more (IDENT-U4)."""
    environment = msgspec.structs.replace(SHOP, unknown_codes=UnknownCodes.UNSPECIFIED)
    code = f"CODE-{MARK}"
    created: dict[str, Any] = {"createdCoupons": [], "createdReferrals": []}
    rejected = {**created, "effects": [reject(code, campaign=-1)]}
    shown = answer(200, {**rejected, "customerSession": view({}, updateCount=1)})
    first = update({"couponCodes": [code]}), shown
    assert rules(first, environment=environment) == []
    again = answer(200, {**rejected, "customerSession": view({}, updateCount=2)})
    assert rules(first, (update({}), again), environment=environment) == ["EFF-04"]


def test_codes_that_are_not_known_are_not_judged() -> None:
    """After a lost answer, and where null may have cleared them."""
    lost = (quiet(update({"couponCodes": ["x"]})), NoResponse(fate=Delivery.UNKNOWN, reason="cut"))
    strange = accept("OTHER")
    assert rules(lost, sent({"profileId": "ann"}, strange)) == []
    assert rules(sent({"couponCodes": None}, strange)) == []
    assert rules(sent({"couponCodes": ["a" * 101]}, strange), environment=SHOP) != ["EFF-04"]


def test_dry_and_closed_sessions_may_be_evaluated_with_either_codes() -> None:
    """Those that are stored, and those that were sent."""
    first = sent({"couponCodes": ["PLAIN"]}, accept("PLAIN"))
    dry = sent({"couponCodes": ["TENTH"]}, reject("PLAIN"), reject("TENTH"), dry=True)
    assert rules(first, dry) == []
    closed = sent({"couponCodes": ["PLAIN"], "state": "closed"}, accept("PLAIN"))
    again = sent({"couponCodes": ["TENTH"], "state": "closed"}, accept("PLAIN"), reject("TENTH"))
    assert rules(closed, again) == []
    assert rules(first, sent({}, accept("OTHER"), dry=True)) == ["EFF-04"]


def test_reads_are_judged_as_well() -> None:
    """The effects of a read are those of the session."""
    first = sent({"couponCodes": ["PLAIN"]}, accept("PLAIN"))
    held = {"couponCodes": ["PLAIN"]}
    assert rules(first, fetched(held, accept("PLAIN"))) == []
    assert rules(first, fetched(held, accept("OTHER"))) == ["EFF-04"]


def test_rejections_may_be_listed_after_a_cancellation() -> None:
    """Whether they still are is silent."""
    held = {"couponCodes": ["PLAIN"], "state": "closed"}
    rejected = reject("PLAIN", campaign=7, reason="CouponLimitReached")
    history = (sent(held, rejected), cancelled())
    assert rules(*history, fetched({**held, "state": "cancelled"}, rejected, updates=2)) == []
    assert rules(*history, fetched({**held, "state": "cancelled"}, updates=2)) == []


def test_a_cancellation_may_list_the_effects_of_before() -> None:
    """Whether it stores its codes and is evaluated with them is silent."""
    first = sent({"couponCodes": ["PLAIN"]}, accept("PLAIN"))
    again = {"couponCodes": ["TENTH"], "state": "cancelled"}
    for effects in ((accept("PLAIN"),), (reject("TENTH"),)):
        assert rules(first, sent(again, *effects)) == []
        assert rules(first, sent(again, *effects, dry=True)) == []
        read = fetched({"couponCodes": ["TENTH"], "state": "cancelled"}, *effects, updates=2)
        assert rules(first, sent(again), read) == []


# --- EFF-05, REF-05 ---------------------------------------------------------------------------


def test_an_invented_coupon_is_never_accepted() -> None:
    """Nobody can have made it."""
    assert rules(sent({"couponCodes": [INVENTED]}, accept(INVENTED))) == ["EFF-05"]
    assert rules(sent({"couponCodes": [INVENTED]}, accept(INVENTED.upper()))) == ["EFF-05"]
    dry = sent({"couponCodes": [INVENTED]}, accept(INVENTED), dry=True)
    assert rules(dry) == ["EFF-05"]


def test_an_invented_coupon_is_rejected_where_it_is_sent() -> None:
    """For whatever reason; later answers and dry ones may leave it out."""
    rejected = sent({"couponCodes": [INVENTED]}, reject(INVENTED, reason="Another"))
    assert rules(rejected) == []
    assert rules(sent({"couponCodes": [INVENTED]})) == ["EFF-05"]
    assert rules(rejected, sent({"couponCodes": [INVENTED]})) == []
    assert rules(sent({"couponCodes": [INVENTED]}, dry=True)) == []
    assert "EFF-05" in reached(rejected)


def test_codes_that_somebody_may_have_made_are_open() -> None:
    """What is not declared is open, unless it is the execution's own."""
    assert rules(sent({"couponCodes": ["SUMMER"]}, accept("SUMMER"))) == []
    assert rules(sent({"couponCodes": ["SUMMER"]})) == []
    assert rules(sent({"couponCodes": ["SALE-{n}"]}, accept("SALE-{n}"))) == []
    assert rules(sent({"couponCodes": [f"\u00e9 {MARK}"]}, accept(f"\u00e9 {MARK}"))) == []


def test_an_invented_referral_is_rejected() -> None:
    """As coupons are (REF-05)."""
    wrong = effect("acceptReferral", value=INVENTED)
    right = effect("rejectReferral", campaign=-1, value=INVENTED, rejectionReason="X")
    assert rules(sent({"referralCode": INVENTED}, wrong)) == ["REF-05"]
    assert rules(sent({"referralCode": INVENTED})) == ["REF-05"]
    assert rules(sent({"referralCode": INVENTED}, right)) == []
    assert rules(sent({"referralCode": "FRIEND"})) == []
    assert "REF-05" in reached(sent({"referralCode": INVENTED}, right))


def test_nothing_is_concluded_from_malformed_effects() -> None:
    """The rejection may be the one that cannot be read."""
    broken = {**reject(INVENTED), "ruleIndex": None}
    assert rules(sent({"couponCodes": [INVENTED]}, broken)) == ["EFF-01"]


def test_a_code_of_any_length_makes_no_long_discrepancy() -> None:
    """Its claim would hold the whole code, twice."""
    short, long = (
        found([sent({"couponCodes": ["PLAIN"]}, accept("z" * size))])[0] for size in (100, 10**6)
    )
    assert long.signature == short.signature
    assert short.claim is not None
    assert long.claim is None
    assert len(msgspec.json.encode(long)) < 2000


@pytest.mark.parametrize("code", ["PLAIN", "\u00c9T\u00c9", 'a"b', "a.b\\c"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_claim_about_a_code_finds_its_effects(code: str, times: int) -> None:
    """So many of them, in the text of an answer; fewer, and those of another code, it leaves."""
    claim = without_code(EffectKind.ACCEPT_COUPON, code, times=times)
    assert claim is not None
    for listed_times, found_any in ((times, True), (times - 1, False)):
        effects = [*[accept(code)] * listed_times, reject(code), accept("other")]
        text = encode_json({"effects": effects}).decode()
        assert (re.search(claim.pattern, text) is not None) is found_any


# --- COUP-10 ----------------------------------------------------------------------------------


def test_another_case_is_another_coupon_where_case_matters() -> None:
    """It is unknown then: rejected, not accepted."""
    assert rules(sent({"couponCodes": ["plain"]}, accept("PLAIN"))) == ["COUP-10"]
    assert rules(sent({"couponCodes": ["half"]}, accept("half", campaign=8))) == ["COUP-10"]
    assert rules(sent({"couponCodes": ["plain"]})) == ["COUP-10"]
    assert rules(sent({"couponCodes": ["plain"]}, reject("plain"))) == []
    assert "COUP-10" in reached(sent({"couponCodes": ["plain"]}, reject("plain")))


@pytest.mark.parametrize("code", ["Plain ", " Plain"])
def test_whether_a_blank_is_part_of_a_declared_code_is_open(code: str) -> None:
    """A target that cuts it off does not know the code, in whatever case."""
    shop = msgspec.structs.replace(SHOP, coupons=(Coupon(code=code),), code_case=CodeCase.UPPER)
    held = code.upper()
    history = sent({"couponCodes": [held]}, reject(held))
    assert rules(history, environment=shop) == []
    assert "COUP-10" not in reached(history, environment=shop)


def test_another_campaign_may_have_a_code_in_another_case() -> None:
    """It is the declared coupon where its campaign or its discount is the declared one."""
    assert rules(sent({"couponCodes": ["half"]}, accept("half", campaign=9))) == []
    small = {"cartItems": CART, "couponCodes": ["plain"]}
    assert rules(sent(small, accept("plain"))) == []
    before = sent({"couponCodes": ["PLAIN"]}, accept("PLAIN"))
    assert rules(before, sent(small, accept("plain"))) == ["COUP-10"]
    assert rules(before, sent(small, accept("plain", campaign=9))) == []
    tenth = {"cartItems": CART, "couponCodes": ["tenth"]}
    assert rules(sent(tenth, accept("tenth"), discount(3.555))) == ["COUP-10"]
    assert rules(sent(tenth, accept("tenth"), discount(3))) == []
    units = {"cartItems": CART[1:], "couponCodes": ["units"]}
    item = effect("setDiscountPerItem", name="off", value=3.8875, position=0)
    assert rules(sent(units, accept("units"), item)) == ["COUP-10"]
    assert rules(sent(units, accept("units"))) == []


@pytest.mark.parametrize(("last", "broken"), [(99_999_999, ["COUP-10"]), (99, [])])
def test_a_large_pattern_is_of_one_campaign(last: int, broken: list[str]) -> None:
    """Another one does not have the same numbers by chance."""
    sale = Coupon(code="SALE-{n}", first=1, last=last)
    shop = msgspec.structs.replace(SHOP, coupons=(sale,))
    history = sent({"couponCodes": ["sale-{n}"]}, accept("sale-{n}"))
    assert rules(history, environment=shop) == broken


def test_the_declared_spelling_beside_it_may_be_accepted() -> None:
    """Which of the two an effect means is not clear."""
    assert rules(sent({"couponCodes": ["PLAIN", "plain"]}, accept("PLAIN"))) == []


@pytest.mark.parametrize("case", [CodeCase.UPPER, CodeCase.LOWER])
def test_another_case_is_the_same_coupon_where_case_does_not_matter(case: CodeCase) -> None:
    """It cannot be unknown; other reasons are its limits."""
    shop = cased(case)
    assert rules(sent({"couponCodes": ["plain"]}, reject("plain")), environment=shop) == ["COUP-10"]
    limited = reject("PLAIN", campaign=7, reason="CouponLimitReached")
    assert rules(sent({"couponCodes": ["plain"]}, limited), environment=shop) == []
    assert rules(sent({"couponCodes": ["plain"]}, accept("PLAIN")), environment=shop) == []
    assert "COUP-10" in reached(sent({"couponCodes": ["plain"]}, limited), environment=shop)


def test_nothing_is_demanded_where_the_case_is_not_declared() -> None:
    """Any of the three settings is possible."""
    shop = cased(CodeCase.UNSPECIFIED)
    for one in (accept("plain"), reject("plain")):
        assert rules(sent({"couponCodes": ["plain"]}, one), environment=shop) == []


def test_answers_that_come_again_are_not_judged_anew() -> None:
    """Under a used Idempotency-Key the effects are those of the first answer (IDEM-01)."""
    step = msgspec.structs.replace(quiet(update({"couponCodes": ["PLAIN"]})), idempotency_key="k")
    history = ((step, listed(accept("PLAIN"))), sent({"couponCodes": []}))
    assert rules(*history, (step, listed(accept("PLAIN")))) == []
    assert rules(sent({"state": "closed"}), reopened()) == []


def test_the_claim_about_a_code_that_is_not_rejected() -> None:
    """A right answer lists an effect at least."""
    (one,) = found([sent({"couponCodes": [INVENTED]})])
    assert one.claim == AnyOf(claims=(Fits(pointer="/effects", types=("array",), shortest=1),))
