"""Declared codes before a run: a slip in a declaration is named, not reported as bugs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Coupon, Environment, Referral
from cartfuzz.harness.declared_codes import codes_of
from cartfuzz.harness.errors import DeclarationRefusedError
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.preflight import check_target
from cartfuzz.harness.sender import Sender
from cartfuzz.harness.target import begin_run
from cartfuzz.harness.transport import Transport
from cartfuzz.sandbox import start
from cartfuzz.wire import Request, Response
from cartfuzz.wire.secrets import TargetSecrets

SHOP = Environment(
    coupons=(
        Coupon(code="FUZZ-{n}", first=7, last=90, limit=1),
        Coupon(code="WELCOME"),
    ),
    referrals=(Referral(code="FRIEND"),),
    coupon_limits={"ONCE": 3},
)
CODES = ("FUZZ-7", "FUZZ-90", "WELCOME", "FRIEND", "ONCE")
PLACES = (
    "environment.coupons[0].from",
    "environment.coupons[0].to",
    "environment.coupons[1].code",
    "environment.referrals[0].code",
    "environment.coupon_limits.ONCE",
)


class Rejecting:
    """A transport of a target that rejects some codes by an effect, each for a reason."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self._reasons = reasons
        self.updates: list[dict[str, Any]] = []

    def send(self, request: Request) -> Response:
        if request.method == "GET":
            return Response(status=404, body=b'{"message":"not found"}')
        session = json.loads(request.body or b"{}").get("customerSession", {})
        if "dry=true" in request.target:
            self.updates.append(session)
        effects = [self._effect("Coupon", code) for code in session.get("couponCodes", ())] + [
            self._effect("Referral", code) for code in [session.get("referralCode")] if code
        ]
        return Response(status=200, body=json.dumps({"effects": effects}).encode())

    def _effect(self, kind: str, code: str) -> dict[str, Any]:
        reason = self._reasons.get(code)
        props = {"value": code} if reason is None else {"value": code, "rejectionReason": reason}
        return {
            "campaignId": 1,
            "rulesetId": 1,
            "ruleIndex": 0,
            "ruleName": "",
            "effectType": f"{'accept' if reason is None else 'reject'}{kind}",
            "props": props,
        }


def checked(transport: Rejecting) -> int:
    """The requests of a check of everything that `SHOP` declares."""
    sender = Sender(
        cast("Transport", transport), rate_limiter=RateLimiter(None), stopped=lambda: False
    )
    result = check_target(sender, url="http://t", run_id="abcdefgh", codes=codes_of(SHOP))
    return result.requests


def test_every_declared_code_is_tried_dry() -> None:
    """Of a pattern the first and the last one; each in a dry update, with a profile and a cart."""
    assert tuple((one.code, one.where) for one in codes_of(SHOP)) == tuple(
        zip(CODES, PLACES, strict=True)
    )
    transport = Rejecting({})
    assert checked(transport) == 3 + len(CODES)
    assert len(transport.updates) == len(CODES)
    assert all(update["profileId"] and update["cartItems"] for update in transport.updates)


@pytest.mark.parametrize(("code", "where"), list(zip(CODES, PLACES, strict=True)))
def test_a_code_that_the_target_does_not_have_is_named(code: str, where: str) -> None:
    """Its reason, and the key to correct."""
    reason = "ReferralNotFound" if code == "FRIEND" else "CouponNotFound"
    with pytest.raises(DeclarationRefusedError) as error:
        checked(Rejecting({code: reason}))
    kind = "referral" if code == "FRIEND" else "coupon"
    expected = f"the target rejects the declared {kind} {code}: {reason}; correct {where} in"
    assert expected in str(error.value)


@pytest.mark.parametrize("reason", ["CouponLimitReached", "ProfileLimitReached", "SomethingNew"])
def test_what_a_run_before_may_have_caused_is_no_slip(reason: str) -> None:
    """A code that is used up, and an undocumented reason, say nothing of the declaration."""
    assert checked(Rejecting({"WELCOME": reason})) == 3 + len(CODES)


def test_effects_about_other_codes_say_nothing() -> None:
    """Of another kind, or of a code that was not asked for: the run judges that (EFF-04)."""
    coupon = codes_of(SHOP)[2]
    of_all = Rejecting(
        {"OTHER": "CouponNotFound", "FRIEND": "ReferralNotFound", "WELCOME": "CouponNotFound"}
    )
    other = of_all._effect("Coupon", "OTHER")
    referral = of_all._effect("Referral", "FRIEND")
    own = of_all._effect("Coupon", " welcome")
    assert coupon.code == "WELCOME"
    assert coupon.rejection({"effects": [other, referral]}) == ""
    accepted = {**other, "effectType": "acceptCoupon", "props": {"value": "OTHER"}}
    named = {
        **own,
        "effectType": "rejectCoupon",
        "props": {"value": " welcome", "rejectionReason": "CouponNotFound"},
    }
    assert coupon.rejection({"effects": [accepted, named]}) == "CouponNotFound"


def test_the_requests_are_bounded() -> None:
    """Whatever is declared."""
    many = Environment(coupon_limits={f"C{index}": 1 for index in range(500)})
    assert len(codes_of(many)) == 12


def test_the_embedded_sandbox_has_what_its_environment_declares() -> None:
    """All codes of the example environment can be used."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        plan = Plan(url=sandbox.url, environment=Environment())
        secrets = TargetSecrets(sandbox.api_key)
        begin_run(plan, secrets, codes=codes_of(EXAMPLE_ENVIRONMENT))
        other = codes_of(Environment(coupons=(Coupon(code="NEVER"),)))
        with pytest.raises(DeclarationRefusedError, match="coupon NEVER: CouponNotFound"):
            begin_run(plan, secrets, codes=other)
