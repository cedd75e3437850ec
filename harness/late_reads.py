"""Reads a few sessions again, long after their scenario: what nobody wrote to must not change.

One scenario of a shard, if all went well in it: its sessions are read at its end and once more when
a later one is chosen, or when the worker ends. Marks keep sessions apart, so nobody has written to
them in between (RESP-03).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec

from ..contract import Environment, Fetch, Scenario
from ..oracle.checks import untouched
from ..oracle.discrepancies import reported
from ..oracle.judged_response import VIEW
from ..oracle.model import DATA_FIELDS, is_empty, same_json
from ..record import Discrepancy, ScenarioRun
from ..wire import Response
from ..wire.encoding import decode_json
from .engine import Engine, Look
from .scheduling.shards import SHARD_SIZE, NumberedScenario

_KEPT = ("id", "created", "updated", "updateCount", "state", "total", "cartItemTotal")
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """A scenario whose sessions were read at its end."""

    numbered: NumberedScenario
    mark: str
    look: Look


class LateReads:
    """The sessions that a worker will read again. Threads may share one."""

    def __init__(self, engine: Engine, environment: Environment) -> None:
        self._engine = engine
        self._environment = environment
        self._waiting: deque[_Visit] = deque()
        self._lock = Lock()

    def after(
        self, numbered: NumberedScenario, mark: str, run: ScenarioRun
    ) -> Iterator[ScenarioRun]:
        """Call it once ``run`` is told; it may read the sessions of ``numbered``, or older ones."""
        if not _chosen(numbered) or not _quiet(numbered.scenario, run):
            return
        visit = _Visit(
            numbered=numbered, mark=mark, look=self._engine.look(numbered.scenario, mark)
        )
        with self._lock:
            self._waiting.append(visit)
            oldest = self._waiting.popleft() if len(self._waiting) > 1 else None
        if oldest is not None:
            yield self._again(oldest)

    def rest(self) -> Iterator[ScenarioRun]:
        """Reads again what still waits."""
        while self._waiting:
            yield self._again(self._waiting.popleft())

    def _again(self, visit: _Visit) -> ScenarioRun:
        scenario = visit.numbered.scenario
        look = self._engine.look(scenario, visit.mark)
        places = range(len(scenario.sessions))
        changed = [
            _discrepancy(len(scenario.steps) + place, difference)
            for place, before, now in zip(places, visit.look.outcomes, look.outcomes, strict=False)
            if (difference := self._difference(before, now)) is not None
        ]
        whole = msgspec.structs.replace(
            scenario, steps=(*scenario.steps, *(Fetch(session=place) for place in places))
        )
        return ScenarioRun(
            id=f"{visit.numbered.id}/later",
            phase=visit.numbered.phase.value,
            mark=visit.mark,
            title=f"{scenario.title}, read again later",
            statuses=(*visit.look.statuses, *look.statuses),
            elapsed_ms=round(visit.look.elapsed_ms + look.elapsed_ms, 3),
            reached={"RESP-03 show": len(look.statuses)},
            discrepancies=tuple(changed),
            is_late_read=True,
            scenario=whole if changed else None,
            exchanges=(*visit.look.exchanges, *look.exchanges) if changed else (),
        )

    def _difference(self, before: object, now: object) -> tuple[str, str, str] | None:
        """(what differs, the former value, the one found) of two reads; None: nothing, or no word.

        A session that was not there may come late, out of a lost write; one that was must stay.
        """
        if (
            not isinstance(before, Response)
            or not isinstance(now, Response)
            or before.status != 200
        ):
            return None
        if now.status in (400, 404):
            return "it is gone", "200", str(now.status)
        former, found = _view(before), _view(now)
        if former is None or found is None:
            return None
        for name in (*_KEPT, *DATA_FIELDS):
            one, other = (self._value(name, view) for view in (former, found))
            if not same_json(one, other) and not (is_empty(one) and is_empty(other)):
                return f"{name} differs", f"{name}: {one!r:.200}", f"{name}: {other!r:.200}"
        return None

    def _value(self, name: str, view: Mapping[str, Any]) -> Any:
        """A value to compare; built-in attributes may say what time it is."""
        value = view.get(name)
        if name != "attributes" or not isinstance(value, dict):
            return value
        return {key: part for key, part in value.items() if key in self._declared}

    @property
    def _declared(self) -> Mapping[str, Any]:
        return self._environment.session_attributes


def _chosen(numbered: NumberedScenario) -> bool:
    """One scenario of a shard, not always the same one of the first few."""
    shard, index = divmod(numbered.execution_index, SHARD_SIZE)
    return index == shard % _FEW


def _quiet(scenario: Scenario, run: ScenarioRun) -> bool:
    """Whether nothing of ``scenario`` can still be on its way to the target."""
    lost = any(getattr(step, "cut", None) is not None for step in scenario.steps)
    return not (lost or scenario.burst or run.discrepancies or run.inconclusive)


def _view(answer: Response) -> Mapping[str, Any] | None:
    body = decode_json(answer.body)
    view = body.get("customerSession") if isinstance(body, dict) else None
    return view if isinstance(view, dict) else None


def _discrepancy(step: int, difference: tuple[str, str, str]) -> Discrepancy:
    outcome, expected, found = difference
    finding = untouched(outcome, expected=expected, found=found)
    return reported(step, VIEW, (finding.check, finding), suspected=(), mistakes=())
