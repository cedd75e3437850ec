"""What the target may hold, where more than one thing is possible.

A write whose answer never came was applied, will be applied, or never is; concurrent writes were
applied in some order. Each possibility is an oracle of its own. An answer drops those that it
cannot come from; only an answer that none of them explains is a discrepancy. Where everything was
answered, one after the other, there is one oracle and nothing more to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from ..contract import Environment, RuleLevel, Scenario, Step
from ..record import MOST_READINGS, Claim, Discrepancy, explained
from ..wire import Delivery, NoResponse, Response
from .burst import (
    Burst,
    difference,
    plain_races,
    reached,
    readings_of,
    two_identities,
    unexplained,
    unexplained_read,
)
from .checks import ORDERLESS_CHECKS
from .judgement import Judgement
from .linearizability import Attempt, Refuted, linearizations
from .lost_write import neither
from .model import SessionModel
from .sequential import SequentialOracle, writes

MOST_MEMBERS = 24
"""More possibilities than these are not followed: the sessions count as unknown until read."""


@dataclass(frozen=True, slots=True)
class PossibleState:
    """One possibility."""

    oracle: SequentialOracle
    pending: tuple[int, ...] = ()
    """Steps that were sent and may still be applied at any time."""
    order: tuple[int, ...] = ()
    """The order of the last burst's steps that leads here."""

    def same_as(self, other: PossibleState) -> bool:
        return self.pending == other.pending and self.oracle.memory.agrees_with(other.oracle.memory)


class Oracle:
    """Judges one execution of a scenario, including lost responses and concurrent bursts.

    It keeps a set of possible states, each with a `SequentialOracle` of its own.

    Args:
        scenario: what is executed.
        environment: what the target has configured.
        levels: the rules whose level the user changed.
    """

    def __init__(
        self, scenario: Scenario, environment: Environment, levels: Mapping[str, RuleLevel]
    ) -> None:
        self._scenario = scenario
        self._members = [PossibleState(SequentialOracle(scenario, environment, levels))]
        self._bursts: dict[int, Burst] = {}
        """By session: the last burst, until a read tells which order it was."""
        self._lost: dict[int, int] = {}
        """By session: the last write whose answer was lost."""
        self._known: set[str] = set()
        """Signatures of what the target was seen doing wrong."""
        self._refuting: dict[str, Discrepancy] = {}
        """By signature: what spoke against orders of the burst in hand."""
        self._doubts: dict[str, None] = {}
        """Signatures of what spoke against possibilities that were dropped."""
        self._statuses: dict[int, int | None] = {}
        """By step: the statuses of the answers so far."""
        self._refuted: list[tuple[int, Claim | None]] = []
        """Of each possibility that was dropped: the step that refutes it, and what failed there."""
        self._abandoned: set[int] = set()
        """Sessions with more possibilities than can be followed."""

    def judge(self, number: int, outcome: Response | NoResponse) -> Judgement:
        """What the answer to step ``number`` means. Call it once a step, in order."""
        judgement = self._judged(number, outcome)
        judgement.discrepancies = [self._with_doubts(found) for found in judgement.discrepancies]
        self._statuses[number] = outcome.status if isinstance(outcome, Response) else None
        self._known.update(found.signature for found in judgement.discrepancies)
        return judgement

    def _judged(self, number: int, outcome: Response | NoResponse) -> Judgement:
        step = self._scenario.steps[number]
        if step.session in self._abandoned:
            return Judgement(inconclusive=[f"{step.operation.value}: too much is possible"])
        if isinstance(outcome, NoResponse) and outcome.fate is Delivery.UNKNOWN and writes(step):
            return self._widened(number, outcome)
        members = self._expanded(self._members, step.session)
        judged = [(member, member.oracle.judge(number, outcome)) for member in members]
        against = [self._refutes(number, judgement) for _, judgement in judged]
        fitting = [pair for pair, wrong in zip(judged, against, strict=True) if not wrong]
        burst = self._bursts.get(step.session)
        if fitting:
            self._doubt(found for wrong in against for found in wrong)
            self._keep(member for member, _ in fitting)
            if burst is not None and isinstance(outcome, Response) and not writes(step):
                del self._bursts[step.session]
            _, judgement = min(fitting, key=lambda pair: len(pair[1].discrepancies))
            if len(judged) > 1:
                judgement.observations = []  # of which state it was asked is not known
            return judgement
        return self._unexplained(number, judged)

    def judge_burst(self, first: int, outcomes: Sequence[Response | NoResponse]) -> Judgement:
        """What the answers to the concurrent steps from number ``first`` on mean."""
        self._refuting = {}
        burst = self._burst(first, outcomes)
        for place, outcome in enumerate(outcomes, start=first):
            self._statuses[place] = outcome.status if isinstance(outcome, Response) else None
        judgement = Judgement(discrepancies=self._orderless(burst), reached=list(reached(burst)))
        ends: list[PossibleState] = []
        attempts: list[Attempt] = []
        for member in self._members:
            result = linearizations(
                len(burst.steps),
                replace(member, order=()),
                lambda state, place: self._taken_next(state, burst, place),
                same=PossibleState.same_as,
            )
            ends.extend(result.ends)
            attempts.extend(result.attempts)
        identities = two_identities(burst)
        if identities is not None:
            judgement.discrepancies.append(identities)
        elif not ends:
            against = self._refuting.values()
            judgement.discrepancies.append(unexplained(burst, attempts, against, self._claim()))
            judgement.blamed_rules = {found.rule for found in against}
        if identities is not None or not ends:
            judgement.must_read = True
            self._give_up(burst.sessions)
            return judgement
        self._doubt(self._refuting.values())
        self._keep(ends)
        for session, view in burst.views():
            for member in self._members:
                member.oracle.recognise(session, view)
        self._bursts.update(dict.fromkeys(burst.sessions, burst))
        return judgement

    def relearn(self, session: int, outcome: Response | NoResponse) -> None:
        """Takes over what a read of session number ``session`` shows, believing all of it."""
        self._bursts.pop(session, None)
        for member in self._members:
            member.oracle.relearn(session, outcome)
        self._keep(self._members)

    def models(self) -> Sequence[SessionModel]:
        """What the sessions hold by now; empty where more than one thing is possible."""
        sure = len(self._members) == 1 and not self._members[0].pending and not self._abandoned
        return self._members[0].oracle.memory.models if sure else ()

    def extend(self, scenario: Scenario) -> None:
        """Goes on with ``scenario``: the one so far and further steps, none of them judged."""
        self._scenario = scenario
        for member in self._members:
            member.oracle.extend(scenario)

    def finish(self) -> list[Discrepancy]:
        """What was held back for steps that did not come; nothing is held back any more."""
        held_back = [member.oracle.finish() for member in self._members]
        return held_back[0]

    def _contradictions(self, judgement: Judgement) -> list[Discrepancy]:
        """The discrepancies that show that the target holds something else than was thought.

        What it was seen doing wrong before, it does in every case: that tells nothing apart.
        """
        return [
            found
            for found in judgement.discrepancies
            if found.check not in ORDERLESS_CHECKS and found.signature not in self._known
        ]

    def _doubt(self, contradictions: Iterable[Discrepancy]) -> None:
        """Remembers why a possibility was dropped: if that was a bug, it was dropped wrongly."""
        self._doubts.update(dict.fromkeys(readings_of(contradictions)))

    def _with_doubts(self, found: Discrepancy) -> Discrepancy:
        if not self._doubts:
            return found
        others = dict.fromkeys((*found.alternatives, *self._doubts))
        others.pop(found.signature, None)
        return msgspec.structs.replace(found, alternatives=tuple(others)[:MOST_READINGS])

    def _refutes(self, number: int, judgement: Judgement) -> list[Discrepancy]:
        """The contradictions in what step ``number`` was answered, noted for `_claim`."""
        wrong = self._contradictions(judgement)
        if wrong:
            claims = (found.claim for found in wrong if found.claim is not None)
            self._refuted.append((number, next(claims, None)))
        return wrong

    def _claim(self) -> Claim | None:
        """That one of the possibilities explains the answers so far."""
        return explained(self._statuses, self._refuted, self._scenario.burst)

    def _unexplained(self, number: int, judged: list[tuple[PossibleState, Judgement]]) -> Judgement:
        """No possibility explains the answer to step ``number``."""
        session = self._scenario.steps[number].session
        member, judgement = min(judged, key=lambda pair: len(self._contradictions(pair[1])))
        self._keep([member])
        readings = [(other.order, self._contradictions(j)[0]) for other, j in judged]
        burst, lost = self._bursts.pop(session, None), self._lost.get(session)
        if burst is not None:
            found = unexplained_read(burst, number, readings, self._claim())
        elif lost is not None and len(judged) > 1:
            step = self._scenario.steps[lost]
            found = neither(step, number, [reading for _, reading in readings], self._claim())
        else:
            return judgement
        orderless = [d for d in judgement.discrepancies if d.check in ORDERLESS_CHECKS]
        judgement.discrepancies = [*orderless, found]
        judgement.blamed_rules = {reading.rule for _, reading in readings}
        judgement.must_read = True
        return judgement

    # --- possibilities ---------------------------------------------------------------------

    def _widened(self, number: int, outcome: NoResponse) -> Judgement:
        """A write without an answer: it may be applied now, later or never."""
        step = self._scenario.steps[number]
        self._lost[step.session] = number
        self._members = [
            replace(member, pending=(*member.pending, number)) for member in self._members
        ]
        if getattr(step, "cut", None) is not None:
            return Judgement()
        return Judgement(inconclusive=[f"{step.operation.value}: {outcome.reason}"])

    def _expanded(self, members: Iterable[PossibleState], session: int) -> list[PossibleState]:
        """``members``, and those in which pending writes of ``session`` are applied by now."""
        expanded = list(members)
        for member in expanded:
            for number in member.pending:
                if self._scenario.steps[number].session != session:
                    continue
                oracle = member.oracle.fork()
                if oracle.assume_applied(number):
                    rest = tuple(other for other in member.pending if other != number)
                    _add(expanded, replace(member, oracle=oracle, pending=rest))
            if len(expanded) > 4 * MOST_MEMBERS:
                break
        return expanded

    def _keep(self, members: Iterable[PossibleState]) -> None:
        kept: list[PossibleState] = []
        for member in members:
            _add(kept, member)
        if len(kept) > MOST_MEMBERS:
            self._abandoned.update(
                *({self._scenario.steps[n].session for n in member.pending} for member in kept),
                self._bursts,
            )
            kept = kept[:1]
        self._members = kept

    def _give_up(self, sessions: Iterable[int]) -> None:
        """Nothing of ``sessions`` is judged until they are read."""
        self._members = self._members[:1]
        for session in sessions:
            self._bursts.pop(session, None)
            self._members[0].oracle.give_up(session)

    # --- bursts ----------------------------------------------------------------------------

    def _burst(self, first: int, outcomes: Sequence[Response | NoResponse]) -> Burst:
        steps = self._scenario.steps[first : first + len(outcomes)]
        created = frozenset(
            step.session
            for step in steps
            if not any(member.oracle.exists(step.session) for member in self._members)
        )
        return Burst(first=first, steps=steps, outcomes=tuple(outcomes), created=created)

    def _orderless(self, burst: Burst) -> list[Discrepancy]:
        """What is wrong with the answers whatever the order."""
        oracle = self._members[0].oracle
        return [
            msgspec.structs.replace(
                discrepancy, alternatives=(*discrepancy.alternatives, *plain_races())
            )
            for place, outcome in enumerate(burst.outcomes, start=burst.first)
            for discrepancy in oracle.fork().judge(place, outcome).discrepancies
            if discrepancy.check in ORDERLESS_CHECKS
        ]

    def _taken_next(
        self, member: PossibleState, burst: Burst, place: int
    ) -> list[PossibleState] | Refuted:
        """The possibilities after ``member`` if step ``place`` of ``burst`` comes next."""
        number = burst.first + place
        step, outcome = burst.steps[place], burst.decisions[place]
        after: list[PossibleState] = []
        reason = ""
        for start in self._expanded([member], step.session):
            order = (*start.order, number)
            if isinstance(outcome, NoResponse) or outcome.status >= 500:
                after.extend(_undecided(start, number, step, outcome))
                continue
            oracle = start.oracle.fork()
            wrong = self._refutes(number, oracle.judge(number, outcome))
            if wrong:
                reason = reason or difference(wrong[0])
                self._refuting.setdefault(wrong[0].signature, wrong[0])
            else:
                after.append(replace(start, oracle=oracle, order=order))
        return after or Refuted(reason)


def _undecided(
    start: PossibleState, number: int, step: Step, outcome: Response | NoResponse
) -> Iterator[PossibleState]:
    """The possibilities after a concurrent step whose answer does not tell what it did."""
    order = (*start.order, number)
    late = isinstance(outcome, NoResponse) and outcome.fate is Delivery.UNKNOWN and writes(step)
    pending = (*start.pending, number) if late else start.pending
    yield replace(start, order=order, pending=pending)
    oracle = start.oracle.fork()
    if writes(step) and (late or isinstance(outcome, Response)) and oracle.assume_applied(number):
        yield replace(start, oracle=oracle, order=order)


def _add(members: list[PossibleState], new: PossibleState) -> None:
    if not any(new.same_as(member) for member in members):
        members.append(new)
