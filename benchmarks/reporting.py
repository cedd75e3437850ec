"""What it costs to make discrepancies small, and to make the reports of a record."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from time import perf_counter

from measures import Measure, Report, in_turns

from cartfuzz.analysis import RunState, reproducers_of, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.plan import Plan, TriageBudget
from cartfuzz.record import Minimised, Phase, RecordWriter, read_events
from cartfuzz.reports import write_junit, write_summary
from cartfuzz.reports.reproduction import build_artefacts, write_artefact
from cartfuzz.sandbox import start

_FAULTS = (
    "ignores-cancelling",
    "drops-the-weight",
    "counts-closing-twice",
    "trims-skus",
    "dry-updates-count",
)


def reporting(report: Report, count: int, repeats: int) -> None:
    """A run on a sandbox with five faults at once: its follow-up, and its reports made anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = folder / "events.ndjson"
        small, events = _recorded(record, count)
        for what, unit, values in (
            ("minimised and confirmed", "s/signature", [one.elapsed_ms / 1000 for one in small]),
            ("minimised and confirmed", "requests", [float(one.requests) for one in small]),
        ):
            report.measures.append(Measure(name=what, unit=unit, values=values))

        def reported() -> float:
            began = perf_counter()
            state = RunState.of(read_events(record))
            summary = summary_of(state)
            write_summary(summary, folder / "summary.json")
            write_junit(summary, folder / "junit.xml")
            for artefact in build_artefacts(reproducers_of(state), folder):
                write_artefact(artefact, folder / "discrepancies")
            return (perf_counter() - began) / events * 1000

        in_turns(report, {"all reports, from a record": reported}, repeats, "s/1000 scenarios")


def _recorded(path: Path, count: int) -> tuple[list[Minimised], int]:
    """Writes the record of a run; what was made small, and how many events there are."""
    small, events = [], 0
    with start(EXAMPLE_ENVIRONMENT, faults=_FAULTS) as sandbox, RecordWriter(path) as record:
        plan = Plan(
            url=sandbox.url,
            environment=EXAMPLE_ENVIRONMENT,
            seed=1,
            phases=(Phase.EDGES, Phase.EXPLORE),
            requests=count,
            minimise=TriageBudget(),
        )
        for event in run_campaign(plan, sandbox.api_key, stop=threading.Event()):
            record.write(event)
            events += 1
            if isinstance(event, Minimised):
                small.append(event)
    return small, events
