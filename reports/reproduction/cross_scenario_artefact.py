"""Makes artefacts of what no single scenario shows: contradictions, later reads, whole-run bounds.

The script of a contradiction sends both scenarios again. The others are made from what the rule
says: so many sessions with a coupon, or so many sessions between two reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from ...analysis import CrossScenarioFinding, Evidence
from ...contract import MARK, Environment, Fetch, Rule, Scenario, Step, Update
from ...oracle.model import DATA_FIELDS
from ...record import AtMost, Claim, Consistent, Distinct, Kind, ShownThen, StatusIn, Unchanged
from ...wire.encoding import decode_json
from . import Artefact, Sent
from .request_texts import sent

SECOND_MARK = "cf-11111111-1111111111"
"""Stands in the second scenario of two, so that each is executed with a mark of its own."""
_OTHERS = 100
"""Sessions that are made between two reads."""
_MOST_SESSIONS = 3_000
_MOST_COUPONS = 40
_COMPARED = ("state", "total", "cartItemTotal", "additionalCostTotal", "updateCount", *DATA_FIELDS)
_UNKNOWN = "the run saw it across scenarios of which its record does not hold enough"


def beyond_artefact(
    beyond: CrossScenarioFinding, rule: Rule | None, target: str, environment: Environment
) -> Artefact:
    """The artefact of ``beyond``; without a script where the record cannot say it."""
    found = beyond.discrepancy
    base = Artefact(
        discrepancy=found,
        rule=rule,
        scenario=beyond.evidence[-1].scenario if beyond.evidence else _nothing(found.title),
        requests=(),
        exchanges=(),
        confirmed="",
        target=target,
        made=True,
        unscripted=_UNKNOWN,
    )
    if found.kind is Kind.CONTRADICTION:
        return _contradiction(base, beyond.evidence) if len(beyond.evidence) == 2 else base
    if found.rule == "RESP-07":
        return _many_sessions(base, beyond.sessions)
    if found.rule == "LIMIT-01":
        return _many_redemptions(base, environment)
    return _later_read(base, beyond.evidence[0]) if beyond.evidence else base


def _nothing(title: str) -> Scenario:
    return Scenario(title=title, sessions=(MARK,), steps=())


def _with(base: Artefact, scenario: Scenario, step: int, claim: Claim, **changes: Any) -> Artefact:
    changes.setdefault("requests", _requests(scenario))
    found = msgspec.structs.replace(base.discrepancy, step=step, claim=claim)
    return replace(base, discrepancy=found, scenario=scenario, unscripted="", **changes)


def _requests(scenario: Scenario) -> tuple[Sent, ...]:
    return tuple(sent(step, scenario.sessions[step.session]) for step in scenario.steps)


# --- contradictions -----------------------------------------------------------------------------


def _contradiction(base: Artefact, sides: tuple[Evidence, ...]) -> Artefact:
    first, second = (_trimmed(side) for side in sides)
    if first is None or second is None:
        return base
    offset, sessions = len(first.scenario.steps), len(first.scenario.sessions)
    moved = tuple(
        replace(_second(one), session=one.session + sessions) for one in _requests(second.scenario)
    )
    then = [*_then(first, 0), *(_renamed(one) for one in _then(second, offset))]
    exchanges = [
        _renamed(msgspec.structs.replace(one, step=one.step + offset)) for one in second.exchanges
    ]
    return _with(
        base,
        first.scenario,
        offset + second.step,
        Consistent(then=tuple(then)),
        requests=(*_requests(first.scenario), *moved),
        exchanges=(*first.exchanges, *exchanges),
        second=second.scenario,
        marks=(MARK, SECOND_MARK),
        made=False,
    )


def _trimmed(side: Evidence) -> Evidence | None:
    """``side`` up to the answer that shows it; None where a burst is in it."""
    shown = _shown_at(side)
    scenario = side.scenario
    steps = scenario.steps[: max(shown, side.step) + 1]
    if scenario.burst is not None or _answers(side).get(side.step, (None,))[0] is None:
        return None
    return Evidence(
        scenario=msgspec.structs.replace(scenario, steps=steps),
        exchanges=tuple(one for one in side.exchanges if one.step < len(steps)),
        step=side.step,
    )


def _answers(side: Evidence) -> dict[int, tuple[int | None, Any]]:
    """By step: status, and the members of the session in the answer that are compared."""
    found: dict[int, tuple[int | None, Any]] = {}
    for exchange in side.exchanges:
        body = decode_json(exchange.answer.encode())
        view = body.get("customerSession") if isinstance(body, dict) else None
        members = {n: view.get(n) for n in _COMPARED} if isinstance(view, dict) else None
        found.setdefault(exchange.step, (exchange.status, members))
    return found


def _shown_at(side: Evidence) -> int:
    """The first step from ``side.step`` on whose answer shows the session."""
    steps, answers = side.scenario.steps, _answers(side)
    for number in range(side.step, len(steps)):
        own = number == side.step or not getattr(steps[number], "dry", False)
        same = steps[number].session == steps[side.step].session
        if own and same and answers.get(number, (None, None))[1] is not None:
            return number
    return side.step


def _then(side: Evidence, offset: int) -> Iterator[ShownThen]:
    """What must come again before the target is said to answer as it did then.

    Beside the answer in question that is the session as it showed it. What became of a request
    whose answer was lost only the other answers tell, so all of them must come again.
    """
    answers = _answers(side)
    cut = any(getattr(step, "cut", None) for step in side.scenario.steps)
    places = sorted(answers) if cut else sorted({side.step, _shown_at(side)})
    for place in places:
        status, view = answers[place]
        if status is not None:
            yield ShownThen(step=place + offset, status=status, view=view)


def _second(one: Sent) -> Sent:
    return replace(
        one,
        target=one.target.replace(MARK, SECOND_MARK),
        headers=tuple((name, line.replace(MARK, SECOND_MARK)) for name, line in one.headers),
        body=one.body and one.body.replace(MARK.encode(), SECOND_MARK.encode()),
    )


_Named = TypeVar("_Named")


def _renamed(value: _Named) -> _Named:
    text = json.dumps(msgspec.to_builtins(value)).replace(MARK, SECOND_MARK)
    return msgspec.convert(json.loads(text), type(value))


# --- what takes many sessions -------------------------------------------------------------------


def _others(times: int) -> Sent:
    """So many sessions of their own, created one after the other."""
    request = sent(
        Update(body={"customerSession": {}, "responseContent": ["customerSession"]}), MARK
    )
    return replace(request, session=-1, target=f"{request.target}-{{n}}", times=times)


def _many_sessions(base: Artefact, sessions: int) -> Artefact:
    if sessions > _MOST_SESSIONS:
        return replace(base, unscripted=f"it took {sessions:,} sessions to come about")
    # Not each session that a run makes has an id on record.
    requests = (_others(2 * sessions + 10),)
    return _with(base, base.scenario, 0, Distinct(pointer="/customerSession/id"), requests=requests)


def _many_redemptions(base: Artefact, environment: Environment) -> Artefact:
    """One session more than the limit allows, and one that is closed and cancelled before them."""
    code = next((c for c in environment.coupon_limits if repr(c) in base.discrepancy.expected), "")
    limit = environment.coupon_limits.get(code, _MOST_COUPONS)
    if limit >= _MOST_COUPONS:
        return replace(base, unscripted=f"it takes more than {limit} closed sessions")
    count = limit + 2
    later = range(1, count)

    def update(session: int, **fields: Any) -> Update:
        return Update(session=session, body={"customerSession": fields})

    def entered(session: int) -> Update:
        return update(session, profileId=f"p{session}-{MARK}", couponCodes=[code])

    steps: tuple[Step, ...] = (
        *(entered(0), update(0, state="closed"), update(0, state="cancelled")),
        *(entered(session) for session in later),
        *(update(session, state="closed") for session in later),
        *(Fetch(session=session) for session in later),
        *(update(session, state="cancelled") for session in later),
    )
    reads = tuple(place for place, step in enumerate(steps) if isinstance(step, Fetch))
    scenario = Scenario(
        title=base.discrepancy.title,
        sessions=tuple(f"s{session}-{MARK}" for session in range(count)),
        steps=steps,
    )
    return _with(base, scenario, reads[-1], AtMost(limit=limit, coupon=code, steps=reads))


def _later_read(base: Artefact, side: Evidence) -> Artefact:
    """The scenario, a read of its sessions, many other sessions, and the same read again."""
    field = base.discrepancy.outcome.removesuffix(" differs")
    if field == "attributes":
        return replace(base, unscripted="attributes that the target keeps by itself may change")
    gone = field == base.discrepancy.outcome
    claim = StatusIn(statuses=(200,)) if gone else Unchanged(pointer=f"/customerSession/{field}")
    before = _requests(side.scenario)
    count = len(side.scenario.sessions)
    again = tuple(
        sent(Fetch(session=session), side.scenario.sessions[session]) for session in range(count)
    )
    return _with(
        base,
        side.scenario,
        side.step + 1 + count,
        claim,
        requests=(*before, _others(_OTHERS), *again),
    )
