"""Merges what all workers of a run recorded: one run record, one summary, files for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ..analysis import Summary, summarise
from ..contract import Environment, RuleLevel
from ..record import (
    Activity,
    Event,
    Phase,
    RecordWriter,
    RunFinished,
    RunStarted,
    ScenarioRun,
    StopReason,
)
from ..reports import write_junit, write_summary
from .corpus import keep_found, phases_of
from .executions import lost_reason, recorded
from .options import Settings
from .target import OpenTarget, environment_of, rule_levels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The result of a run.

    Attributes:
        summary: of everything that was sent.
        shown: rule to IDs of scenarios that showed it broken.
        notes: lines for the terminal.
    """

    summary: Summary | None
    shown: Mapping[str, list[str]]
    notes: Sequence[str] = ()


def merge(opened: OpenTarget, settings: Settings, shared: Path) -> Merged:
    """The result of the run whose workers recorded in ``shared``; writes the report folder."""
    events = [
        run_started(
            environment_of(settings),
            rule_levels_of(settings),
            seed=settings.seed,
            run=opened.run,
            url=opened.url,
            phases=phases_of(settings),
        ),
        *recorded(shared),
    ]
    if opened.problem or len(events) == 1:
        return Merged(summary=None, shown={})
    lost = lost_reason(shared)
    seconds = sum(event.elapsed_ms for event in events if isinstance(event, ScenarioRun)) / 1000
    events.append(
        RunFinished(
            seconds=round(seconds, 3),
            reason=StopReason.TARGET_LOST if lost else StopReason.COMPLETED,
            detail=lost,
        )
    )
    summary = summarise(events)
    notes: list[str] = list(opened.notes)
    if settings.report_dir is not None:
        notes.append(_written(events, summary, settings.report_dir))
    notes.extend(keep_found(events, settings))
    shown: dict[str, list[str]] = {}
    for entry in summary.discrepancies:
        if not entry.scenario.startswith(Activity.CLIENT):
            shown.setdefault(entry.rule, []).append(entry.scenario)
    return Merged(summary=summary, shown=shown, notes=notes)


def run_started(
    environment: Environment,
    levels: Mapping[str, RuleLevel],
    *,
    seed: int,
    run: str,
    url: str,
    phases: Iterable[Phase] = tuple(Phase),
) -> RunStarted:
    """The first event of a run of tests."""
    return RunStarted(
        cartfuzz=version("cartfuzz"),
        contract=environment.contract,
        seed=seed,
        run=run,
        target=url,
        phases=tuple(phase.value for phase in phases),
        workers=1,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        environment=environment,
        rule_levels=levels,
    )


def _written(events: Iterable[Event], summary: Summary, folder: Path) -> str:
    """Writes the files of the report; a line that says so, or why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with RecordWriter(folder / "events.ndjson") as record:
            for event in events:
                record.write(event)
        write_summary(summary, folder / "summary.json")
        write_junit(summary, folder / "junit.xml")
    except OSError as error:
        return f"report: {folder} cannot be written: {error.strerror or error}"
    return f"report: {folder}"
