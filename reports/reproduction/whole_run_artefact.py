"""Makes scripts for findings about a whole run, from requests that the rule suggests.

These are many sessions, many redemptions of one code, or many sessions between two reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from ...analysis import Evidence
from ...contract import MARK, Coupon, Environment, Fetch, Redeemable, Scenario, Step, Update
from ...contract.fields import DATA_FIELDS
from ...record import AtMost, Claim, Distinct, StatusIn, Unchanged
from .artefact import Artefact
from .artefact_request import ArtefactRequest, requests_of
from .runtime.claim_checker import Answer, problem

_SESSIONS_BETWEEN_READS = 100
_MAX_SESSIONS = 3_000
_MAX_REDEMPTIONS = 40
_RIVALS = 4
"""How many sessions are closed at the same moment: a limit may hold only one after the other."""
_LASTING_FIELDS = (
    "id",
    "created",
    "updated",
    "updateCount",
    "state",
    "total",
    "cartItemTotal",
    *(field for field in DATA_FIELDS if field != "attributes"),
)
"""Fields of a session that only a write changes. A target may change attributes of its own."""
_NO_LASTING_FIELD = "it concerns no field that a script may compare between two reads"


def _new_sessions(count: int) -> ArtefactRequest:
    """A request that creates ``count`` sessions, one after the other."""
    body = {"customerSession": {}, "responseContent": ["customerSession"]}
    request = ArtefactRequest.of(Update(body=body), MARK)
    return replace(request, session_index=-1, target=f"{request.target}-{{n}}", repetitions=count)


def many_sessions(unscripted: Artefact, sessions: int) -> Artefact:
    """Twice as many sessions as the run made until two had one id."""
    if sessions > _MAX_SESSIONS:
        reason = f"the target needed {sessions:,} sessions to show it"
        return replace(unscripted, no_script_reason=reason)
    # The record does not have the id of each session of a run, so the number is too low.
    requests = (_new_sessions(2 * sessions + 10),)
    claim = Distinct(pointer="/customerSession/id")
    return unscripted.with_script(
        scenario=unscripted.scenario, requests=requests, step=0, claim=claim
    )


def many_redemptions(unscripted: Artefact, environment: Environment) -> Artefact:
    """One closed session more than the code allows, after one that is closed and cancelled.

    The last closings are sent at the same moment.
    """
    claim = unscripted.discrepancy.claim
    if not isinstance(claim, AtMost):
        return unscripted
    declared = _declared(claim, environment)
    if declared is None or not declared.limit or declared.is_pattern:
        return unscripted
    limit = declared.limit
    if limit >= _MAX_REDEMPTIONS:
        reason = f"it takes more than {limit:,} closed sessions to show it"
        return replace(unscripted, no_script_reason=reason)
    count = limit + 2
    fields: dict[str, Any] = {"couponCodes": [declared.code]}
    if not isinstance(declared, Coupon):
        fields = {"referralCode": declared.code}
    steps = tuple(_redemptions(fields, count))
    # The first session is closed and cancelled; then the others enter the code, and close.
    closings = tuple(range(count + 2, 2 * count + 1))
    rivals = min(_RIVALS, count - 1)
    scenario = Scenario(
        title=unscripted.discrepancy.title,
        sessions=tuple(f"s{session}-{MARK}" for session in range(count)),
        steps=steps,
        burst=(closings[-1] + 1 - rivals, closings[-1] + 1),
    )
    repeated = AtMost(limit=limit, steps=closings, coupon=claim.coupon, referral=claim.referral)
    return unscripted.with_script(
        scenario=scenario, requests=requests_of(scenario), step=closings[-1], claim=repeated
    )


def _declared(claim: AtMost, environment: Environment) -> Redeemable | None:
    """The declared code that a claim is about."""
    if claim.referral:
        return environment.referral(claim.referral)
    return environment.coupon(claim.coupon)


def _redemptions(fields: dict[str, Any], count: int) -> Iterator[Step]:
    """Closes and cancels session 0, then closes all others, and cancels them."""

    def update(session: int, **changed: Any) -> Update:
        return Update(session=session, body={"customerSession": changed})

    def enter_code(session: int) -> Update:
        return update(session, profileId=f"p{session}-{MARK}", **fields)

    others = range(1, count)
    yield enter_code(0)
    yield update(0, state="closed")
    yield update(0, state="cancelled")
    yield from (enter_code(session) for session in others)
    yield from (update(session, state="closed") for session in others)
    # The code must be free again for the next run of the script.
    yield from (update(session, state="cancelled") for session in others)


def late_read(unscripted: Artefact, evidence: tuple[Evidence, ...]) -> Artefact:
    """The scenario with a read of its sessions, many new sessions, and the same reads again."""
    if not evidence:
        return unscripted
    shown = evidence[0]
    claim = _claim_of_late_read(shown)
    if claim is None:
        return replace(unscripted, no_script_reason=_NO_LASTING_FIELD)
    sessions = shown.scenario.sessions
    reads = (
        ArtefactRequest.of(Fetch(session=index), session) for index, session in enumerate(sessions)
    )
    others = _new_sessions(_SESSIONS_BETWEEN_READS)
    return unscripted.with_script(
        scenario=shown.scenario,
        requests=(*requests_of(shown.scenario), others, *reads),
        step=shown.step + 1 + len(sessions),
        claim=claim,
    )


def _claim_of_late_read(evidence: Evidence) -> Claim | None:
    """The claim that fails on the first and the last read of the session on record."""
    answers: list[Answer] = [
        {"session": 0, "dry": False, "status": exchange.status, "body": exchange.answer}
        for exchange in evidence.exchanges
        if exchange.step == evidence.step and exchange.status is not None
    ]
    claims: Iterator[Claim] = iter(
        (
            StatusIn(statuses=(200,)),
            *(Unchanged(pointer=f"/customerSession/{field}") for field in _LASTING_FIELDS),
        )
    )
    reads = [*answers[:1], *answers[-1:]]
    return next((one for one in claims if problem(msgspec.to_builtins(one), reads, 1)), None)
