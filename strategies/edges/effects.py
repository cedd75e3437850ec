"""Effects of whole lives: their form, the codes that they name, and what reads show of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Addition, Scenario, UnknownCodes
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples, return_body
from ..values.scarce_codes import fresh_patterns, own_session, shown

Json = dict[str, Any]

_FORM = ("EFF-01", "EFF-02", "EFF-03", "EFF-04")


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Lives with declared codes and with unknown ones; the same body again; dry eligibility."""
    yield _life(samples)
    yield _again(samples)
    if samples.environment.unknown_codes is not UnknownCodes.REFUSED:
        yield _unknown(samples)
    if samples.environment.has(Addition.CAMPAIGN_ELIGIBILITY):
        yield _eligibility(samples)


def _codes(samples: Samples) -> Json:
    """A code of each kind, declared where there is one that no other execution needs."""
    environment = samples.environment
    patterns = fresh_patterns(environment, environment.declared_coupons)
    coupons = [one.written() for one in patterns]
    codes = [*samples.known_coupons[:1], *coupons[:1]]
    referrals = [one.written() for one in fresh_patterns(environment, environment.referrals)]
    fields: Json = {"couponCodes": codes} if codes else {}
    return {**fields, "referralCode": referrals[0]} if referrals else fields


def _life(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("effects of a whole life", f"one-{MARK}", f"two-{MARK}")
    reads = ("EFF-01", "EFF-08") if samples.current else ("RESP-03",)
    codes = _codes(samples)
    builder.update_with_body(shown(own_session(0, **codes)), *_FORM).get(*reads)
    builder.update_with_body(shown(CLOSED), *_FORM).get(*reads)
    line = return_body({"position": 0, "quantity": 1})
    builder.return_with_body(line, "EFF-01", "EFF-02").get(*reads)
    builder.update_with_body(shown(CANCELLED), "EFF-01", "EFF-02").get(*reads)
    bare = shown(own_session(1))
    builder.update_with_body(bare, *_FORM, session_index=1)
    if samples.current:
        builder.update_with_body(shown({**codes, **CLOSED}), *_FORM, session_index=1)
        builder.reopen("EFF-01", "EFF-02", session_index=1).get(*reads, session_index=1)
    return builder.build()


def _again(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("the same cart and codes again")
    session = shown(own_session(0, **_codes(samples)))
    builder.update_with_body(session, "EFF-01").update_with_body(session, "EFF-09", "MERGE-04")
    builder.update_with_body(shown({}), "STATE-12")
    return builder.update_with_body(session, "EFF-09").build()


def _unknown(samples: Samples) -> Scenario:
    """Codes that the run invents: rejected while the session is open, when it closes, and later."""
    open_code = () if samples.unknown_codes_accepted else ("IDENT-U4",)
    builder = ScenarioBuilder("codes that no campaign has", f"one-{MARK}", f"two-{MARK}")
    coupon: Json = {"couponCodes": [f"NEVER-{MARK}"]}
    referral: Json = {"referralCode": f"NEVER-{MARK}"}
    for index, (fields, rule) in enumerate(((coupon, "EFF-05"), (referral, "REF-05"))):
        aims = (rule, "EFF-U1", *open_code)
        session = own_session(index, **fields)
        builder.update_with_body(shown(session), *aims, session_index=index)
        builder.update_with_body(shown(CLOSED), *aims, session_index=index)
    return builder.build()


def _eligibility(samples: Samples) -> Scenario:
    """Only a dry update that requests it shows which campaigns a session is eligible for."""
    builder = ScenarioBuilder("eligibility for campaigns")
    asked = ["customerSession", Addition.CAMPAIGN_ELIGIBILITY.value]
    session = own_session(0, **_codes(samples))
    body = {"customerSession": session, "responseContent": asked}
    builder.update_with_body(body, "DRY-05", dry=True)
    builder.update_with_body(shown(session), "DRY-05", dry=True)
    return builder.update_with_body(shown(session), "DRY-05").get("DRY-05").build()
