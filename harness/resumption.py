"""Goes on with a run that ended early: what its record says was done, and what must be the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version

import msgspec

from ..analysis import RunState
from ..contract import ConfigurationError
from ..record import (
    FORMAT,
    Event,
    OptionsOfRun,
    Phase,
    RunFinished,
    RunStarted,
    ScenarioRun,
    Tally,
    position_of,
)
from .plan import DoneScenarios, Plan
from .run_started import corpus_digest

OPTION = "--resume"
_MIN_ROOM = 1_000
"""Rows of a phase that are gathered before neighbours are joined: a long record has a million."""
_SANDBOX = "the embedded sandbox"


@dataclass(slots=True)
class PhaseCosts:
    """What the scenarios of each phase took, as the shares of the phases need it."""

    scenarios: Counter[str] = field(default_factory=Counter)
    elapsed_ms: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """The earlier parts of a run."""

    name: str
    """Of its folder, for messages."""
    started: RunStarted
    """Of the last part."""
    state: RunState
    """After all events of the record."""
    done: DoneScenarios
    sweeps_sec: float | None
    """How long the phases took until the sweeps were through; None: they are not."""
    costs: PhaseCosts
    last: RunFinished | None
    """The end of the last part; None: it was killed."""

    @property
    def number(self) -> int:
        """Of the next resumption, from 1."""
        return self.started.resumption + 1

    @property
    def options(self) -> OptionsOfRun:
        """As the last part had them."""
        return self.started.options or OptionsOfRun()


def read_resumption(events: Iterable[Event], name: str) -> Resumption:
    """What the record of a run says about its earlier parts.

    Args:
        events: the record.
        name: of the run's folder.

    Raises:
        ConfigurationError: nothing can go on from this record.
    """
    state, costs = RunState(), PhaseCosts()
    started: RunStarted | None = None
    sweeps_sec: float | None = None
    positions: dict[str, list[tuple[int, int]]] = {}
    room: defaultdict[str, int] = defaultdict(lambda: _MIN_ROOM)
    for event in events:
        state.add(event)
        if isinstance(event, RunStarted):
            _check_readable(event, name)
            started = event
        elif isinstance(event, ScenarioRun | Tally):
            _count(event, costs)
            for phase, first, last in _executed(event, name):
                rows = positions.setdefault(phase, [])
                rows.append((first, last))
                if len(rows) >= room[phase]:
                    rows[:] = _joined(rows)
                    room[phase] = 2 * len(rows) + _MIN_ROOM
            if sweeps_sec is None and state.sweeps_are_through:
                sweeps_sec = state.parts.phases_sec
    if started is None:
        raise _refusal(name, "the record of a run that has begun", "one that holds no event")
    done = {phase: tuple(_joined(found)) for phase, found in positions.items()}
    return Resumption(
        name=name,
        started=started,
        state=state,
        done=DoneScenarios(rows=done, corpus_size=_corpus_size(started, done)),
        sweeps_sec=sweeps_sec,
        costs=costs,
        last=state.finished,
    )


def check_same(resumption: Resumption, plan: Plan, *, given_sweeps: dict[str, int]) -> None:
    """Refuses to go on with a run in another way than it began.

    Args:
        resumption: the earlier parts.
        plan: of the part that is to come.
        given_sweeps: by phase, the size of the sweeps that it would send.

    Raises:
        ConfigurationError: naming what differs, and both values.
    """
    for what, before, now in _compared(resumption.started, plan, given_sweeps):
        if before != now:
            raise _refusal(resumption.name, f"the {what} of the run, {_shown(before)}", _shown(now))
    corpus = corpus_digest(plan.known)
    if corpus != resumption.started.corpus and not resumption.done.corpus_size:
        raise _refusal(
            resumption.name,
            "the corpus as the run read it, since its phase corpus is not through",
            "one that holds other scenarios",
        )


def _check_readable(started: RunStarted, name: str) -> None:
    hypothesis = version("hypothesis")
    for what, before, now in (
        ("format of the record", started.format_version, FORMAT),
        ("version of Cartfuzz", started.cartfuzz, version("cartfuzz")),
        (
            "version of Hypothesis (it decides what a seed draws)",
            started.hypothesis,
            hypothesis,
        ),
    ):
        if before != now:
            raise _refusal(name, f"the {what} of the run, {_shown(before)}", _shown(now))
    if started.options is None or started.selected:
        raise _refusal(
            name,
            "a record that holds the options of its run",
            "that of an earlier version, or of a run of tests",
        )


def _compared(
    started: RunStarted, plan: Plan, sweeps: dict[str, int]
) -> Iterator[tuple[str, object, object]]:
    """What must be the same: its name, and both values."""
    yield "target", _target(started.target, started.sandbox), _target(plan.url, plan.sandbox)
    for member in msgspec.structs.fields(started.environment):
        before, now = (getattr(one, member.name) for one in (started.environment, plan.environment))
        yield f"{member.encode_name} in [environment]", before, now
    rules = sorted({*started.rule_levels, *plan.rule_levels})
    for rule in rules:
        yield f"level of {rule}", started.rule_levels.get(rule), plan.rule_levels.get(rule)
    yield "seed", started.seed, plan.seed
    yield "traffic", started.traffic.value, plan.traffic.value
    yield "phases", started.phases, tuple(phase.value for phase in plan.phases)
    yield "baseline", dict(started.baseline), dict(plan.baseline)
    yield "sizes of the sweeps", dict(started.sweeps), sweeps


def _target(url: str, sandbox: object | None) -> str:
    """The embedded sandbox has another port each time."""
    return url if sandbox is None else f"{_SANDBOX} with {_shown(sandbox)}"


def _shown(value: object) -> str:
    text = str(msgspec.to_builtins(value))
    return text if len(text) <= 200 else f"{text[:200]}..."


def _refusal(name: str, expected: str, found: str) -> ConfigurationError:
    return ConfigurationError(f"{OPTION} {name}", expected=expected, found=found)


def _executed(event: ScenarioRun | Tally, name: str) -> Iterator[tuple[str, int, int]]:
    """The phase, first and last position of each row of scenarios that an event holds."""
    if isinstance(event, ScenarioRun):
        position = None if event.is_late_read else position_of(event.id)
        if position is not None:
            yield event.phase, position, position
        return
    rows = [
        (phase, first, last) for phase, found in event.executed.items() for first, last in found
    ]
    if sum(last - first + 1 for _, first, last in rows) != sum(event.scenarios.values()):
        raise _refusal(
            name,
            "a record that names each scenario",
            "one whose merged lines do not, as an earlier version wrote them with --record sampled",
        )
    yield from rows


def _joined(rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Rows without gaps between them as one, in order."""
    begun: tuple[int, int] | None = None
    for first, last in sorted(rows):
        if begun is not None and first <= begun[1] + 1:
            begun = (begun[0], max(begun[1], last))
            continue
        if begun is not None:
            yield begun
        begun = (first, last)
    if begun is not None:
        yield begun


def _corpus_size(started: RunStarted, rows: dict[str, tuple[tuple[int, int], ...]]) -> int:
    size = started.sweeps.get(Phase.CORPUS, 0)
    return size if rows.get(Phase.CORPUS) == ((0, size - 1),) else 0


def _count(event: ScenarioRun | Tally, costs: PhaseCosts) -> None:
    if isinstance(event, ScenarioRun):
        costs.scenarios[event.phase] += not event.is_late_read
        costs.elapsed_ms[event.phase] += event.elapsed_ms  # type: ignore[assignment]
        return
    requests = sum(event.requests.values()) or 1
    costs.scenarios.update(event.scenarios)
    for phase, sent in event.requests.items():  # a tally has one time for all of its phases
        costs.elapsed_ms[phase] += event.elapsed_ms * sent / requests  # type: ignore[assignment]
