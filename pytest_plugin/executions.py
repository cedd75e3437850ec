"""Sends the suite's scenarios, each once, however many tests and workers ask for them.

The scenarios are in shards. A worker claims a shard by a lock on a file in the shared folder, sends
its scenarios and leaves their record there. A worker that needs a shard which another one has
claimed waits for the lock. The operating system releases the lock when a worker dies; the next
worker then sends the shard again, under other marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from ..contract import Raw, Scenario
from ..harness.errors import TargetLostError
from ..harness.late_reads import LateReads
from ..harness.pace.target_loss import TargetLoss
from ..harness.plan import SweepSizes
from ..harness.scheduling.shards import NumberedScenario, Shards
from ..record import Event, Phase, RecordWriter, ScenarioRun, read_events
from ..record.phase import SHARD_SIZE
from ..wire.known_secrets import line_without_secrets
from ..wire.marks import mark_of
from .selection import Selection
from .shared_records import Asked, loss_text, lost_reason, write_asked, write_lost_reason
from .target import Target
from .triage import triage_once

_PHASE_STRIDE = 10**6
"""Executions of one phase: more than it can make. Phases thus share no mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PhaseShard:
    phase: Phase
    shard: int

    @property
    def name(self) -> str:
        """The name of its files: they sort in the order of phases and shards."""
        return f"{_index_of(self.phase)}-{self.phase.value}-{self.shard:05}"


class Executions:
    """Sends what a selection needs, together with all other workers.

    Args:
        target: where to.
        shared: the folder that all workers share.
    """

    def __init__(self, target: Target, shared: Path) -> None:
        self.target = target
        self._shared = shared
        self._shards = {
            phase: Shards(msgspec.structs.replace(target.plan, phases=(phase,))) for phase in Phase
        }
        self._target_loss = TargetLoss()

    def complete(self, selection: Selection) -> list[Event]:
        """All events of the selection, in an order that depends on nothing but the seed.

        Raises:
            TargetLostError: this or another worker gets no usable responses any more.
        """
        shards = list(self._shards_for(selection))
        whole = selection.is_complete and self.target.explore > 0
        write_asked(self._shared, Asked(whole=whole, sweeps=self._sweep_sizes()))
        # First what nobody has claimed, so that workers wait for each other only at the end.
        claimed = [shard for shard in shards if not self._ensure_sent(shard, selection, wait=False)]
        for shard in claimed:
            self._ensure_sent(shard, selection, wait=True)
        events: list[Event] = []
        for shard in shards:
            events.extend(read_events(self._record(shard)))
        events.extend(triage_once(self.target, self._shared, events))
        return events

    def _sweep_sizes(self) -> SweepSizes:
        sizes = [shards.sweep_sizes() for shards in self._shards.values()]
        return SweepSizes(
            scenarios={name: count for size in sizes for name, count in size.scenarios.items()},
            requests=sum(size.requests for size in sizes),
        )

    def _shards_for(self, selection: Selection) -> Iterator[_PhaseShard]:
        for phase in Phase:
            indexes = (
                self._drawn_shards(phase, selection)
                if phase.is_endless
                else self._swept_shards(phase, selection)
            )
            yield from (_PhaseShard(phase=phase, shard=index) for index in indexes)

    def _drawn_shards(self, phase: Phase, selection: Selection) -> Iterable[int]:
        """As many shards as the user asks for, after the sweep that the phase may begin with."""
        wanted = self.target.explore if phase in selection.phases else 0
        drawn = -(-wanted // SHARD_SIZE)  # rounded up
        count = drawn and drawn + self._shards[phase].sweep_shards(phase)
        return sorted({*range(count), *selection.shards_of(phase)})

    def _swept_shards(self, phase: Phase, selection: Selection) -> Iterator[int]:
        """The shards that hold a selected scenario."""
        index = 0
        while (members := self._shards[phase].scenarios_of(index)) is not None:
            if any(_is_selected(member, selection) for member in members):
                yield index
            index += 1

    def _ensure_sent(self, shard: _PhaseShard, selection: Selection, *, wait: bool) -> bool:
        """Whether ``shard`` is sent and recorded now; False if another worker is sending it."""
        if self._record(shard).exists():
            return True
        try:
            with FileLock(self._shared / f"{shard.name}.lock", timeout=-1 if wait else 0):
                if not self._record(shard).exists():
                    self._send(shard, selection)
        except Timeout:
            return False
        return True

    def _send(self, shard: _PhaseShard, selection: Selection) -> None:
        self._raise_if_lost()
        attempt = self._next_attempt(shard)
        engine = self.target.engine()
        late_reads = LateReads(engine, self.target.environment)

        def execute(numbered: NumberedScenario) -> list[ScenarioRun]:
            execution = _index_of(shard.phase) * _PHASE_STRIDE + numbered.execution_index
            mark = mark_of(self.target.run, execution, attempt)
            run = engine.execute(
                numbered.scenario, phase=numbered.phase.value, scenario_id=numbered.id, mark=mark
            )
            return [run, *late_reads.after(numbered, mark, run)]

        part = self._record(shard).with_suffix(".part")
        members = self._shards[shard.phase].scenarios_of(shard.shard) or ()
        selected = [member for member in members if _is_selected(member, selection)]
        with (
            RecordWriter(part, clean=line_without_secrets) as record,
            ThreadPoolExecutor(self.target.in_flight) as pool,
        ):
            for runs in pool.map(execute, selected):
                for run in runs:
                    record.write(run)
                    self._watch(run)
            for run in late_reads.rest():
                record.write(run)
        self._raise_if_lost()
        # Only a complete record gets its name: what a dead worker leaves is sent again.
        part.replace(self._record(shard))

    def _next_attempt(self, shard: _PhaseShard) -> int:
        """How many workers began ``shard`` before and died in it; each appends a byte to a file."""
        tries = self._shared / f"{shard.name}.tries"
        with tries.open("ab") as file:
            file.write(b".")
        return tries.stat().st_size - 1

    def _watch(self, run: ScenarioRun) -> None:
        if self._target_loss.add(run):
            write_lost_reason(self._shared, run.inconclusive[-1])
            self._raise_if_lost()

    def _raise_if_lost(self) -> None:
        if self.target.is_lost and not lost_reason(self._shared):
            write_lost_reason(self._shared, "it was away for too long")
        reason = lost_reason(self._shared)
        if reason:
            raise TargetLostError(loss_text(self.target.url, reason))

    def _record(self, shard: _PhaseShard) -> Path:
        return self._shared / f"{shard.name}.ndjson"


def _is_selected(member: NumberedScenario, selection: Selection) -> bool:
    if member.phase is Phase.CORPUS:  # what the corpus holds is sent for every selection
        return True
    if member.phase in selection.phases or member.id in selection.ids:
        return True
    if member.phase is Phase.WIRE:
        return not selection.rules.isdisjoint(_aims_of_raw_requests(member.scenario))
    return member.phase is Phase.EDGES and (
        member.scenario.title in selection.titles
        or not selection.rules.isdisjoint(member.scenario.aims)
    )


def _aims_of_raw_requests(scenario: Scenario) -> frozenset[str]:
    """What only the phase `Phase.WIRE` tests; the updates and reads around it are everywhere."""
    return frozenset(aim for step in scenario.steps if isinstance(step, Raw) for aim in step.aims)


def _index_of(phase: Phase) -> int:
    return list(Phase).index(phase)
