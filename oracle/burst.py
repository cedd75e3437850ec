"""A burst of concurrent steps: what they were answered, and what to say if no order explains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..contract import Fetch, Operation, Step
from ..record import (
    CheckName,
    Claim,
    Discrepancy,
    OneValue,
    Outcome,
    Situation,
    discrepancy,
    signature_of,
)
from ..wire import NoResponse, Response
from ..wire.encoding import decode_json, encode_json
from .linearizability import Attempt

CHECK = CheckName.LINEARIZABILITY
_NO_ORDER = Outcome.other("no order explains the answers")
_TWO_IDS = Outcome.other("one session has two ids")
_DIFFERENT_SESSIONS = Situation.other("parallel requests to different sessions")
_ONE_SESSION = Situation.other("parallel requests to one session")
_CREATIONS = Situation.other("parallel creations of one session")
_LONGEST = 160
_MOST_REASONS = 6
"""An explanation names at most so many orders."""


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Concurrent steps and their answers."""

    first: int
    """Index of the first of them in the scenario."""
    steps: tuple[Step, ...]
    outcomes: tuple[Response | NoResponse, ...]
    created: frozenset[int]
    """The sessions that cannot have existed before."""

    @property
    def sessions(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(step.session for step in self.steps))

    @property
    def rule(self) -> str:
        """PAR-02 where no two writes meet in one session, else PAR-01."""
        writing = [step.session for step in self.steps if not isinstance(step, Fetch)]
        return "PAR-01" if len(set(writing)) < len(writing) or len(self.sessions) == 1 else "PAR-02"

    @property
    def operation(self) -> Operation:
        """The rarest operation among them: it tells most about the burst."""
        found = {step.operation for step in self.steps}
        order = (Operation.RETURN, Operation.REOPEN, Operation.UPDATE, Operation.GET)
        return next(operation for operation in order if operation in found)

    @property
    def situation(self) -> Situation:
        if self.rule == "PAR-02":
            return _DIFFERENT_SESSIONS
        if self.created:
            return _CREATIONS
        return _ONE_SESSION

    def views(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Each session shown in an answer, with the number of the session."""
        for step, outcome in zip(self.steps, self.outcomes, strict=True):
            view = _view(outcome)
            if view is not None and not getattr(step, "dry", False):
                yield step.session, view

    @cached_property
    def decisions(self) -> tuple[Response | NoResponse, ...]:
        """The answers without the session that those to writes show.

        A target may read the session again to show it, and so show what came after: only what it
        decided, and what reads show, must fit into one order.
        """
        return tuple(
            outcome if isinstance(step, Fetch) else _without_view(outcome)
            for step, outcome in zip(self.steps, self.outcomes, strict=True)
        )

    def name(self, number: int) -> str:
        """A step of the burst, in words: ``"update (step 3)"``."""
        return f"{self.steps[number - self.first].operation.value} (step {number + 1})"

    def in_words(self, order: Sequence[int]) -> str:
        return ", then ".join(self.name(number) for number in order) or "nothing"


def reached(burst: Burst) -> Iterator[str]:
    """The keys of `cartfuzz.record.ScenarioRun.reached` for a burst that was judged."""
    accepted = sum(isinstance(o, Response) and 200 <= o.status < 300 for o in burst.outcomes)
    if accepted > 1:
        yield f"{burst.rule} show"
        if burst.created:
            yield "PAR-03 show"


def two_identities(burst: Burst) -> Discrepancy | None:
    """PAR-03: the answers show one session under two ids."""
    ids: dict[int, Any] = {}
    for session, view in burst.views():
        known = ids.setdefault(session, view.get("id"))
        if view.get("id") != known:
            return _discrepancy(
                burst,
                rule="PAR-03" if session in burst.created else "RESP-07",
                outcome=_TWO_IDS,
                expected=f"id {known} in every answer about the session",
                found=f"id {view.get('id')!r}",
                claim=OneValue(pointer="/customerSession/id"),
            )
    return None


def unexplained(
    burst: Burst,
    attempts: Sequence[Attempt],
    against: Iterable[Discrepancy],
    claim: Claim | None,
) -> Discrepancy:
    """No order explains the answers.

    Args:
        burst: the burst.
        attempts: the orders that got furthest.
        against: what speaks against the orders.
        claim: that one of them explains the answers.
    """
    return _discrepancy(
        burst,
        rule=burst.rule,
        outcome=_NO_ORDER,
        expected="answers that some order of the requests, one after the other, explains",
        found="\n".join(_attempts(burst, attempts)),
        claim=claim,
        alternatives=readings_of(against),
    )


def unexplained_read(
    burst: Burst,
    step: int,
    readings: Sequence[tuple[tuple[int, ...], Discrepancy]],
    claim: Claim | None,
) -> Discrepancy:
    """What is read after the burst is what no order leaves.

    Args:
        burst: the burst.
        step: index of the read.
        readings: orders of the burst's steps, each with what contradicts it.
        claim: that one of them explains the answers.
    """
    identity = any(reading.rule == "RESP-07" for _, reading in readings)
    lines = [
        f"after {burst.in_words(order)}: {difference(reading)}"
        for order, reading in readings[:_MOST_REASONS]
    ]
    return _discrepancy(
        burst,
        rule="PAR-03" if identity and burst.created else burst.rule,
        outcome=_NO_ORDER,
        expected="the session as some order of the requests, one after the other, leaves it",
        found="\n".join(lines),
        step=step,
        claim=claim,
        alternatives=readings_of(reading for _, reading in readings),
    )


def readings_of(found: Iterable[Discrepancy]) -> tuple[str, ...]:
    """The signatures of ``found`` and of their other readings."""
    each = tuple(found)
    return (
        *(one.signature for one in each),
        *(other for one in each for other in one.alternatives),
    )


def difference(found: Discrepancy) -> str:
    """What was expected and found, each cut to a length that leaves room for other orders."""
    return f"expected {found.expected[:_LONGEST]}, found {found.found[:_LONGEST]}"


def _attempts(burst: Burst, attempts: Sequence[Attempt]) -> Iterator[str]:
    for attempt in attempts[:_MOST_REASONS]:
        for operation, reason in attempt.refuted.items():
            done = burst.in_words([burst.first + place for place in attempt.order])
            yield f"after {done}, {burst.name(burst.first + operation)} does not fit: {reason}"


def _discrepancy(
    burst: Burst,
    *,
    rule: str,
    outcome: Outcome,
    expected: str,
    found: str,
    step: int | None = None,
    claim: Claim | None = None,
    alternatives: Iterable[str] = (),
) -> Discrepancy:
    operation, situation = burst.operation, burst.situation
    return discrepancy(
        rule=rule,
        check=CHECK,
        operation=operation,
        situation=situation,
        outcome=outcome,
        expected=expected,
        found=found,
        step=burst.first + len(burst.steps) - 1 if step is None else step,
        claim=claim,
        alternatives=(*alternatives, *(plain_races() if burst.rule == "PAR-01" else ())),
    )


def plain_races() -> Iterator[str]:
    """Signatures of the plainest races: who mixes up different sessions, mixes up one as well, and
    may answer in any odd way."""
    for rule, situation in (("PAR-02", _DIFFERENT_SESSIONS), ("PAR-01", _ONE_SESSION)):
        for operation in Operation if rule == "PAR-02" else (Operation.UPDATE,):
            yield signature_of(
                rule=rule,
                check=CHECK,
                operation=operation.value,
                situation=situation.key,
                outcome=_NO_ORDER.key,
            )


def _view(outcome: Response | NoResponse) -> Mapping[str, Any] | None:
    """The session that an accepted answer shows."""
    if not isinstance(outcome, Response) or not 200 <= outcome.status < 300:
        return None
    body = decode_json(outcome.body)
    view = body.get("customerSession") if isinstance(body, dict) else None
    return view if isinstance(view, dict) else None


def _without_view(outcome: Response | NoResponse) -> Response | NoResponse:
    if not isinstance(outcome, Response) or _view(outcome) is None:
        return outcome
    body = decode_json(outcome.body)
    return replace(
        outcome, body=encode_json({k: v for k, v in body.items() if k != "customerSession"})
    )
