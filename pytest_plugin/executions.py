"""The suite's scenarios, each sent once however many tests and workers want to know.

The scenarios lie in shards. A worker takes a shard by a lock on a file in the shared folder, sends
its scenarios and leaves a record there. Whoever needs a shard that another worker has taken waits
for the lock: the operating system lets go of it when a worker dies, and the next one sends the
shard again, under other marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ..harness.late_reads import LateReads
from ..harness.plan import Plan
from ..harness.scheduling.shards import SHARD_SIZE, NumberedScenario, Shards
from ..record import Event, Phase, RecordWriter, ScenarioRun, read_events
from ..wire.marks import mark_of
from .selection import Selection
from .target import Target
from .triage import smallest

_PHASE_STRIDE = 10**6
_HOPELESS = 5
"""After so many scenarios in a row without a usable answer the target counts as lost."""
_LOST = "target-lost"


class TargetLostError(Exception):
    """The target stopped giving usable answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    phase: Phase
    shard: int

    @property
    def name(self) -> str:
        return f"{list(Phase).index(self.phase)}-{self.phase.value}-{self.shard:05}"


class Executions:
    """Sends what a selection needs, together with all other workers.

    Args:
        target: where to.
        shared: the folder that all workers share.
    """

    def __init__(self, target: Target, shared: Path) -> None:
        self.target = target
        self._shared = shared
        self._shards = {phase: Shards(self._plan(phase)) for phase in Phase}
        self._useless = 0

    def complete(self, selection: Selection) -> list[Event]:
        """All events of the selection, in an order that depends on nothing but the seed.

        Raises:
            TargetLostError: this or another worker got no usable answers any more.
        """
        jobs = list(self._jobs(selection))
        waiting = [job for job in jobs if not self._tried(job, selection, wait=False)]
        for job in waiting:
            self._tried(job, selection, wait=True)
        events: list[Event] = []
        for job in jobs:
            events.extend(read_events(self._record(job)))
        events.extend(smallest(self.target, self._shared, events))
        return events

    def _jobs(self, selection: Selection) -> Iterator[_Job]:
        for phase in Phase:
            if phase.is_endless:
                asked = self.target.explore if phase in selection.phases else 0
                drawn = -(-asked // SHARD_SIZE)
                count = drawn and drawn + self._shards[phase].sweep_shards(phase)
                shards: Iterable[int] = {*range(count), *selection.shards_of(phase)}
                yield from (_Job(phase=phase, shard=shard) for shard in sorted(shards))
                continue
            shard = 0
            while (members := self._shards[phase].scenarios_of(shard)) is not None:
                if any(_wanted(member, selection) for member in members):
                    yield _Job(phase=phase, shard=shard)
                shard += 1

    def _tried(self, job: _Job, selection: Selection, *, wait: bool) -> bool:
        """Sees to it that ``job`` is done; False if another worker is at it."""
        if self._record(job).exists():
            return True
        try:
            with FileLock(self._shared / f"{job.name}.lock", timeout=-1 if wait else 0):
                if not self._record(job).exists():
                    self._do(job, selection)
        except Timeout:
            return False
        return True

    def _do(self, job: _Job, selection: Selection) -> None:
        self._raise_if_lost()
        attempt = self._attempt(job)
        engine = self.target.engine()
        revisits = LateReads(engine, self.target.environment)

        def execute(numbered: NumberedScenario) -> list[ScenarioRun]:
            place = list(Phase).index(job.phase) * _PHASE_STRIDE + numbered.execution_index
            mark = mark_of(self.target.run, place, attempt)
            run = engine.execute(
                numbered.scenario, phase=numbered.phase.value, number=numbered.id, mark=mark
            )
            return [run, *revisits.after(numbered, mark, run)]

        part = self._record(job).with_suffix(".part")
        members = self._shards[job.phase].scenarios_of(job.shard) or ()
        wanted = [member for member in members if _wanted(member, selection)]
        with RecordWriter(part) as record, ThreadPoolExecutor(self.target.in_flight) as pool:
            for runs in pool.map(execute, wanted):
                for run in runs:
                    record.write(run)
                    self._weigh(run)
            for run in revisits.rest():
                record.write(run)
        part.replace(self._record(job))

    def _attempt(self, job: _Job) -> int:
        """How often the shard was begun before; a worker may have died in it."""
        tries = self._shared / f"{job.name}.tries"
        with tries.open("ab") as file:
            file.write(b".")
        return tries.stat().st_size - 1

    def _weigh(self, run: ScenarioRun) -> None:
        useless = run.requests > 0 and len(run.inconclusive) >= run.requests
        self._useless = self._useless + 1 if useless else 0
        if self._useless >= _HOPELESS:
            (self._shared / _LOST).write_text(run.inconclusive[-1], "utf-8")
            self._raise_if_lost()

    def _raise_if_lost(self) -> None:
        lost = self._shared / _LOST
        if lost.exists():
            raise TargetLostError(
                f"{self.target.url} gives no usable answers any more: {lost.read_text('utf-8')}; "
                "look whether it still runs, and whether it takes this load (--cartfuzz-rps)"
            )

    def _record(self, job: _Job) -> Path:
        return self._shared / f"{job.name}.ndjson"

    def _plan(self, phase: Phase) -> Plan:
        return Plan(
            url=self.target.url,
            environment=self.target.environment,
            rule_levels=self.target.rule_levels,
            seed=self.target.seed,
            phases=(phase,),
            known=self.target.known,
        )


def _wanted(member: NumberedScenario, selection: Selection) -> bool:
    return (
        member.phase is Phase.CORPUS  # what is known is tried in any case
        or member.phase in selection.phases
        or member.id in selection.ids
        or (member.phase is Phase.EDGES and member.scenario.title in selection.titles)
        or (member.phase is Phase.EDGES and not selection.rules.isdisjoint(member.scenario.aims))
    )


def lost_reason(shared: Path) -> str:
    """Why the target counts as lost; empty if it does not."""
    lost = shared / _LOST
    return lost.read_text("utf-8") if lost.exists() else ""


def recorded(shared: Path) -> Iterator[Event]:
    """Everything that the workers of a run recorded, in the order of phases and shards."""
    for path in sorted(shared.glob("*.ndjson")):
        yield from read_events(path)
