"""Reads a few sessions again, long after their scenario: what nobody wrote to must not change.

One scenario of a shard, if all went well in it: its sessions are read at its end and once more when
a later one is chosen, or when the worker ends. Marks keep sessions apart, so nobody has written to
them in between (RESP-03).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from time import time
from typing import Any

import msgspec

from ..contract import Environment, Fetch, Scenario
from ..oracle.checks import untouched
from ..oracle.discrepancies import reported
from ..oracle.judged_response import VIEW
from ..oracle.model import DATA_FIELDS, is_empty, same_instant, same_json
from ..oracle.model.attribute_values import same_attributes
from ..record import SESSION_IS_GONE, Discrepancy, JudgingError, Outcome, ScenarioRun
from ..record.phase import SHARD_SIZE
from ..wire import NoResponse, Response
from ..wire.encoding import decode_json, session_view
from .big_responses import one_at_a_time
from .engine import Engine, Moment, SessionReads
from .judging_errors import kept_errors
from .scheduling.shards import NumberedScenario

_COMPUTED_FIELDS = ("id", "created", "updated", "updateCount", "state", "total", "cartItemTotal")
"""What a session shows besides its data that only a write may change."""
_TIMES = ("created", "updated")
_CANDIDATES_PER_SHARD = 5
"""One of the first scenarios of a shard is chosen, another one in the next shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _FirstRead:
    """A scenario whose sessions were read at its end."""

    numbered: NumberedScenario
    mark: str
    reads: SessionReads
    moment: Moment
    """When they were read: a target that was away since may have forgotten all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    """How the second read of a session differs from the first."""

    outcome: Outcome
    """What differs."""
    expected: str
    found: str


class LateReads:
    """The sessions that a worker will read again. Threads may share one."""

    def __init__(self, engine: Engine, environment: Environment) -> None:
        self._engine = engine
        self._environment = environment
        self._waiting: deque[_FirstRead] = deque()
        self._lock = Lock()

    def after(
        self, numbered: NumberedScenario, mark: str, scenario_run: ScenarioRun
    ) -> Iterator[ScenarioRun]:
        """May read the sessions of ``numbered``, and those of an earlier scenario again.

        Args:
            numbered: what was executed.
            mark: of that execution.
            scenario_run: its event, which the caller has passed on already.

        Yields:
            The event of a second read.
        """
        if not _chosen(numbered) or not _settled(numbered.scenario, scenario_run):
            return
        first = _FirstRead(
            numbered=numbered,
            mark=mark,
            reads=self._engine.read_sessions(
                numbered.scenario, mark, scenario_id=f"{numbered.id}/after"
            ),
            moment=self._engine.moment,
        )
        with self._lock:
            self._waiting.append(first)
            oldest = self._waiting.popleft() if len(self._waiting) > 1 else None
        if oldest is not None:
            yield self._read_again(oldest)

    def rest(self) -> Iterator[ScenarioRun]:
        """Reads again what still waits."""
        while self._waiting:
            yield self._read_again(self._waiting.popleft())

    def _read_again(self, first: _FirstRead) -> ScenarioRun:
        scenario = first.numbered.scenario
        second_id = f"{first.numbered.id}/later"
        second = self._engine.read_sessions(scenario, first.mark, scenario_id=second_id)
        sessions = range(len(scenario.sessions))
        # Fewer outcomes where the run was stopped: there is nothing to compare then.
        pairs = zip(sessions, first.reads.outcomes, second.outcomes, strict=False)
        undisturbed = self._engine.moment == first.moment
        changed: list[Discrepancy] = []
        errors: list[JudgingError] = []
        for session, before, now in pairs if undisturbed else ():
            step = len(scenario.steps) + session
            with kept_errors(errors, step), one_at_a_time((before, now)):
                difference = self._difference(before, now)
                changed += [] if difference is None else [_discrepancy(step, difference)]
        slowest_sec = max((one.elapsed_sec for one in second.outcomes), default=0.0)
        self._engine.await_extra_answer(changed, slowest_sec)
        if self._engine.moment != first.moment:
            changed = []  # an answer may have been to another request
        if any(one.outcome == SESSION_IS_GONE.key for one in changed) and (
            self._engine.has_lost_state(scenario, first.mark, scenario_id=second_id)
        ):
            changed = []  # it was started again, and says nothing of this session
        is_whole = bool(changed or errors)
        whole = msgspec.structs.replace(
            scenario, steps=(*scenario.steps, *(Fetch(session=session) for session in sessions))
        )
        return ScenarioRun(
            id=second_id,
            phase=first.numbered.phase.value,
            mark=first.mark,
            title=f"{scenario.title}, read again later",
            statuses=(*first.reads.statuses, *second.statuses),
            elapsed_ms=round(first.reads.elapsed_ms + second.elapsed_ms, 3),
            reached={"RESP-03 show": len(second.statuses)},
            discrepancies=tuple(changed),
            latency=Counter(first.reads.latency) + Counter(second.latency),
            finished_at=round(time(), 3),
            is_late_read=True,
            scenario=whole if is_whole else None,
            exchanges=(*first.reads.exchanges, *second.exchanges) if is_whole else (),
            errors=tuple(errors),
            request_times=(*first.reads.request_times, *second.request_times),
        )

    def _difference(
        self, before: Response | NoResponse, now: Response | NoResponse
    ) -> _Difference | None:
        """How ``now`` differs from ``before``; None: not at all, or it cannot be said."""
        if isinstance(before, NoResponse) or isinstance(now, NoResponse):
            return None
        if self._engine.lag.is_known:
            return None  # the first read may have shown an older state
        if before.status != 200:
            return None  # a session that was not there may come late, out of a lost write
        if now.status in (400, 404):
            return _Difference(outcome=SESSION_IS_GONE, expected="200", found=str(now.status))
        old, new = (session_view(decode_json(response.body)) for response in (before, now))
        if old is None or new is None:
            return None  # a 429 or a 503, say: nothing is known of the session
        for name in (*_COMPUTED_FIELDS, *DATA_FIELDS):
            one, other = self._value(name, old), self._value(name, new)
            if not self._same(name, one, other):
                return _Difference(
                    outcome=Outcome.field_differs(name),
                    expected=f"{name}: {one!r:.200}",
                    found=f"{name}: {other!r:.200}",
                )
        return None

    def _same(self, name: str, one: Any, other: Any) -> bool:
        if name == "attributes":
            return same_attributes(one, other, self._environment.session_attributes)
        if name in _TIMES:
            return same_instant(one, other)
        return same_json(one, other) or (is_empty(one) and is_empty(other))

    def _value(self, name: str, view: Mapping[str, Any]) -> Any:
        """A value to compare; only declared attributes, since built-in ones may hold the time."""
        value = view.get(name)
        if name != "attributes" or not isinstance(value, dict):
            return value
        declared = self._environment.session_attributes
        return {key: part for key, part in value.items() if key in declared}


def _chosen(numbered: NumberedScenario) -> bool:
    """One scenario of a shard, not always the same one of the first few."""
    shard, index = divmod(numbered.execution_index, SHARD_SIZE)
    return index == shard % _CANDIDATES_PER_SHARD


def _settled(scenario: Scenario, scenario_run: ScenarioRun) -> bool:
    """Whether nothing of ``scenario`` can still be on its way to the target."""
    cut = any(step.cut is not None for step in scenario.steps)
    unsure = scenario_run.discrepancies or scenario_run.inconclusive or scenario_run.errors
    return not (cut or scenario.burst or unsure)


def _discrepancy(step_index: int, difference: _Difference) -> Discrepancy:
    finding = untouched(difference.outcome, expected=difference.expected, found=difference.found)
    return reported(step_index, VIEW, finding, unseen=(), mistakes=())
