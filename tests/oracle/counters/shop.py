"""Histories of closings and cancellations, and the answers of a target that counts redemptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cartfuzz.contract import (
    MARK,
    Coupon,
    Environment,
    Exclusive,
    Level,
    Reopen,
    ReturnItems,
    RuleLevel,
    Scenario,
    Step,
    Update,
)
from cartfuzz.contract.versions import ContractVersion
from cartfuzz.oracle.judgement import Judgement
from cartfuzz.oracle.nondeterministic import Oracle
from cartfuzz.wire import Delivery, NoResponse, Response

from ..histories import answer, refusal

CODE = "ONCE"
LIMITED = Environment(contract=ContractVersion.CURRENT, coupons=(Coupon(code=CODE, limit=1),))
ALONE = Exclusive(codes=frozenset((CODE,)))
SILENCE = NoResponse(fate=Delivery.UNKNOWN, reason="connection reset")
CONFLICT = refusal(409)

Event = tuple[Step, Response | NoResponse]


def environment(*coupons: Coupon, **options: Any) -> Environment:
    """An environment with these coupons."""
    return Environment(contract=ContractVersion.CURRENT, coupons=coupons, **options)


def effect(kind: str, code: str = CODE, **props: Any) -> dict[str, Any]:
    """An effect about a code."""
    if kind in ("rejectCoupon", "rejectReferral"):
        props.setdefault("rejectionReason", f"{kind[6:]}LimitReached")
    return {
        "campaignId": 1,
        "rulesetId": 1,
        "ruleIndex": 0,
        "ruleName": "rule",
        "effectType": kind,
        "props": {"value": code, **props},
    }


def said(*effects: dict[str, Any], **members: Any) -> Response:
    """200 with effects, and no session in it."""
    body = {"effects": list(effects), "createdCoupons": [], "createdReferrals": []}
    return answer(200, {**body, **members})


ACCEPTS = said(effect("acceptCoupon"))
REJECTS = said(effect("rejectCoupon"))


def close(session: int = 0, *codes: str, dry: bool = False, **fields: Any) -> Update:
    """A close of a session that holds codes; without one, `CODE`."""
    sent = {"couponCodes": list(codes or (CODE,)), "state": "closed", **fields}
    return Update(session=session, body={"customerSession": sent}, dry=dry)


def closed(session: int = 0, *codes: str, **fields: Any) -> Event:
    """A close that redeems its codes."""
    given = said(*(effect("acceptCoupon", code) for code in codes or (CODE,)))
    return close(session, *codes, **fields), given


def rejected(session: int = 0, **fields: Any) -> Event:
    """A close that redeems nothing."""
    return close(session, **fields), REJECTS


def opened(session: int = 0, **fields: Any) -> Event:
    """An update that enters the code, and does not close."""
    sent = {"couponCodes": [CODE], **fields}
    return Update(session=session, body={"customerSession": sent}), said()


GIVES_BACK = effect("rollbackCoupon")


def cancelled(session: int = 0) -> Event:
    """A cancellation of a session that holds the coupon's redemption."""
    sent = {"customerSession": {"state": "cancelled"}}
    return Update(session=session, body=sent), said(GIVES_BACK)


def reopened(session: int = 0) -> Event:
    """A reopening of such a session."""
    return Reopen(session=session), answer(200, {"effects": [GIVES_BACK]})


def returned(session: int = 0) -> Event:
    """A return of one unit."""
    body = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
    return ReturnItems(session=session, body=body), said()


def judge(
    history: Sequence[Event],
    environment: Environment = LIMITED,
    exclusive: Exclusive = ALONE,
    *,
    observed: Iterable[str] = (),
    burst: tuple[int, int] | None = None,
) -> list[Judgement]:
    """The judgements of a history; one for the burst."""
    steps = tuple(step for step, _ in history)
    count = max(step.session for step in steps) + 1
    scenario = Scenario(
        title="history",
        sessions=tuple(f"s{index}-{MARK}" for index in range(count)),
        steps=steps,
        burst=burst,
    )
    levels = {rule: RuleLevel(level=Level.OBSERVE) for rule in observed}
    oracle = Oracle(scenario, environment, levels, exclusive)
    outcomes = [outcome for _, outcome in history]
    judgements: list[Judgement] = []
    first, end = burst or (len(steps), len(steps))
    judgements.extend(oracle.judge(index, outcomes[index]) for index in range(first))
    if burst is not None:
        judgements.append(oracle.judge_burst(first, outcomes[first:end]))
    judgements.extend(oracle.judge(index, outcomes[index]) for index in range(end, len(steps)))
    return judgements


def found(judgements: Iterable[Judgement]) -> list[str]:
    """The rules of what the counters contradict, in order."""
    return [
        one.rule
        for judgement in judgements
        for one in judgement.discrepancies
        if one.check in ("counters", "shown_counters")
    ]


def rules(history: Sequence[Event], *args: Any, **options: Any) -> list[str]:
    """The rules that the counters accuse in a history."""
    return found(judge(history, *args, **options))
