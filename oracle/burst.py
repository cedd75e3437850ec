"""A burst of concurrent steps, its responses, and the discrepancies that only a burst shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec

from ..contract import Fetch, Operation, Step, Update
from ..record import (
    CheckName,
    Claim,
    Discrepancy,
    Observation,
    OneValue,
    Outcome,
    Situation,
    discrepancy,
    signature_of,
)
from ..wire import Delivery, NoResponse, Response, session_view
from ..wire.encoding import encode_json, json_of
from .counters import OVER_LIMIT, situation_of_burst
from .linearizability import DeadEnd
from .refutations import readings_of

CHECK = CheckName.LINEARIZABILITY
_NO_ORDER = Outcome.other("no order explains the answers")
_TWO_IDS = Outcome.other("one session has two ids")
_DIFFERENT_SESSIONS = Situation.other("parallel requests to different sessions")
_ONE_SESSION = Situation.other("parallel requests to one session")
_CREATIONS = Situation.other("parallel creations of one session")
MAX_PARALLEL = 3
"""One request to a session is worked on and two wait; only one more is answered 409."""
_FEWEST_PARALLEL = 2
_CONFLICT_STATUS = 409
_FEW_PARALLEL = Situation.other("up to three parallel requests to one session")
_CONFLICT, _NO_CONFLICT = Outcome.other("an update answered 409"), Outcome.other("no 409")
_MAX_VALUE_LENGTH = 160
"""Characters of an expected or found value in an explanation: room for several orders."""
_MAX_ORDERS = 6
"""The most orders that an explanation names."""


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Concurrent steps and their responses."""

    first: int
    """Index of the first step in the scenario."""
    steps: tuple[Step, ...]
    outcomes: tuple[Response | NoResponse, ...]
    created: frozenset[int]
    """The sessions that cannot have existed before, by index."""

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
        """The operation under which the burst is reported: the rarest one among its steps."""
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
        """The index of each session that a response shows, and what it shows."""
        for step, outcome in zip(self.steps, self.outcomes, strict=True):
            view = _view(outcome)
            if view is not None and not step.dry:  # a dry run shows what would be
                yield step.session, view

    @cached_property
    def decisions(self) -> tuple[Response | NoResponse, ...]:
        """The responses, those to writes without the session that they show.

        A target may read the session anew to show it, and so show the effect of later steps. Only
        its decisions, and what reads show, must fit into one order.
        """
        return tuple(
            outcome if isinstance(step, Fetch) else _without_view(outcome)
            for step, outcome in zip(self.steps, self.outcomes, strict=True)
        )

    @property
    def lost_writes(self) -> frozenset[int]:
        """The sessions of writes without a response, by index: applied now, later or never."""
        return frozenset(
            step.session
            for step, outcome in zip(self.steps, self.outcomes, strict=True)
            if not isinstance(step, Fetch)
            and isinstance(outcome, NoResponse)
            and outcome.fate is Delivery.UNKNOWN
        )

    def name(self, step_index: int) -> str:
        """A step of the burst, in words: ``"update (step 3)"``."""
        return f"{self.steps[step_index - self.first].operation.value} (step {step_index + 1})"

    def in_words(self, order: Sequence[int]) -> str:
        """Steps of the burst, by index in the scenario, one after the other."""
        return ", then ".join(map(self.name, order)) or "nothing"


def burst_coverage(burst: Burst) -> Iterator[str]:
    """The keys of `cartfuzz.record.ScenarioRun.reached` for a burst that was judged.

    One accepted step leaves nothing to put in order.
    """
    if sum(isinstance(o, Response) and o.accepted for o in burst.outcomes) > 1:
        yield f"{burst.rule} show"
        if burst.created:
            yield "PAR-03 show"


def conflicts_of(burst: Burst) -> Iterator[Observation]:
    """PAR-U1: whether up to three parallel requests to one session are answered 409."""
    for session in burst.sessions:
        sent = [
            (step, outcome)
            for step, outcome in zip(burst.steps, burst.outcomes, strict=True)
            if step.session == session
        ]
        updates = [outcome for step, outcome in sent if isinstance(step, Update) and not step.dry]
        if len(sent) > MAX_PARALLEL or len(updates) < _FEWEST_PARALLEL:
            continue
        if all(isinstance(outcome, Response) for outcome in updates):
            statuses = {outcome.status for outcome in updates if isinstance(outcome, Response)}
            yield Observation(
                rule="PAR-U1",
                situation=_FEW_PARALLEL.key,
                outcome=(_CONFLICT if _CONFLICT_STATUS in statuses else _NO_CONFLICT).key,
                operation=Operation.UPDATE,
                step=burst.first,
            )


def two_identities(burst: Burst) -> Discrepancy | None:
    """The discrepancy of responses that show one session under two ids (PAR-03, RESP-07)."""
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


def unexplained_burst(
    burst: Burst,
    dead_ends: Sequence[DeadEnd],
    contradictions: Iterable[Discrepancy],
    claim: Claim | None,
) -> Discrepancy:
    """The discrepancy of a burst whose responses no order explains.

    Args:
        burst: the steps and their responses.
        dead_ends: the orders that got furthest; operations are indexes in the burst.
        contradictions: what contradicts the orders.
        claim: that one of the orders explains the responses.
    """
    return _discrepancy(
        burst,
        rule=burst.rule,
        outcome=_NO_ORDER,
        expected="answers that some order of the requests, one after the other, explains",
        found="\n".join(_in_words(burst, dead_ends)),
        claim=claim,
        alternatives=readings_of(contradictions),
    )


def contradicted_counter(
    burst: Burst,
    contradictions: Sequence[Discrepancy],
    dead_ends: Sequence[DeadEnd],
    claim: Claim | None,
) -> Discrepancy:
    """The discrepancy of a burst in which only a counter of redemptions contradicts every order.

    Args:
        burst: the steps and their responses.
        contradictions: what the counters contradict in some orders; one at least.
        dead_ends: the orders that got furthest; operations are indexes in the burst.
        claim: that one of the orders explains the responses.
    """
    # Where one redemption was too many, some orders begin with a rejection that comes too early.
    exceeded = (one for one in contradictions if one.outcome == OVER_LIMIT.key)
    plain = next(exceeded, contradictions[0])
    unexplained = _discrepancy(
        burst,
        rule=plain.rule,
        outcome=Outcome.parse(plain.outcome),
        expected="answers that some order of the requests, one after the other, explains",
        found="\n".join(_in_words(burst, dead_ends)),
        claim=claim,
        check=CheckName.COUNTERS,
        situation=situation_of_burst(plain.rule),
        alternatives=readings_of(contradictions),
    )
    other = _discrepancy(burst, rule=burst.rule, outcome=_NO_ORDER, expected="", found="")
    return msgspec.structs.replace(
        unexplained, alternatives=(*unexplained.alternatives, other.signature)
    )


def unexplained_read(
    burst: Burst,
    step: int,
    readings: Sequence[tuple[tuple[int, ...], Discrepancy]],
    claim: Claim | None,
) -> Discrepancy:
    """The discrepancy of a burst after which a read shows what no order leaves.

    Args:
        burst: the steps and their responses.
        step: index of the read in the scenario.
        readings: orders of the burst's steps, each with what contradicts it.
        claim: that one of the orders explains the responses.
    """
    identity = any(reading.rule == "RESP-07" for _, reading in readings)
    lines = [
        f"after {burst.in_words(order)}: {difference(reading)}"
        for order, reading in readings[:_MAX_ORDERS]
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


def difference(found: Discrepancy) -> str:
    """What was expected and found, each cut to a length that leaves room for other orders."""
    expected, shown = found.expected[:_MAX_VALUE_LENGTH], found.found[:_MAX_VALUE_LENGTH]
    return f"expected {expected}, found {shown}"


def _in_words(burst: Burst, dead_ends: Sequence[DeadEnd]) -> Iterator[str]:
    for dead_end in dead_ends[:_MAX_ORDERS]:
        done = burst.in_words([burst.first + operation for operation in dead_end.order])
        for operation, reason in dead_end.reasons.items():
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
    check: CheckName = CHECK,
    situation: Situation | None = None,
    alternatives: Iterable[str] = (),
) -> Discrepancy:
    return discrepancy(
        rule=rule,
        check=check,
        operation=burst.operation,
        situation=situation or burst.situation,
        outcome=outcome,
        expected=expected,
        found=found,
        step=burst.first + len(burst.steps) - 1 if step is None else step,
        claim=claim,
        alternatives=(*alternatives, *(plain_races() if burst.rule == "PAR-01" else ())),
    )


def plain_races() -> Iterator[str]:
    """The signatures of the simplest races, as other readings of what a burst shows.

    A target that mixes up requests to different sessions mixes up those to one session too, and its
    responses may then break any rule.
    """
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
    """The session that an accepted response shows."""
    if not isinstance(outcome, Response) or not outcome.accepted:
        return None
    return session_view(json_of(outcome))


def _without_view(outcome: Response | NoResponse) -> Response | NoResponse:
    if not isinstance(outcome, Response) or _view(outcome) is None:
        return outcome
    body = json_of(outcome)
    return replace(
        outcome, body=encode_json({k: v for k, v in body.items() if k != "customerSession"})
    )
