"""What `make bench` measures, and the table of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping

import msgspec
from peers import Peer
from rich.console import Console
from rich.table import Table


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One thing measured some times."""

    name: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)


class Report(msgspec.Struct, kw_only=True):
    """The content of ``speed.json``."""

    measures: list[Measure] = []
    ratios: dict[str, float] = {}
    """Medians of the ratios of values that were measured side by side."""
    parts: dict[str, float] = {}
    """Of the time of one worker, by what it was spent on; together 1."""
    busiest: list[tuple[str, float]] = []
    """The functions with most of that time."""
    peer: list[Peer] = []


def ratio(over: Measure, under: Measure) -> float:
    """The median of the ratios of values that were measured after each other."""
    return statistics.median(a / b for a, b in zip(over.values, under.values, strict=True))


def in_turns(
    report: Report, jobs: Mapping[str, Callable[[], float]], repeats: int, unit: str
) -> dict[str, Measure]:
    """Does each job in turn, ``repeats`` times over; what each returns is the value."""
    values: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            values[name].append(job())
    found = {n: Measure(name=n, unit=unit, values=numbers) for n, numbers in values.items()}
    report.measures.extend(found.values())
    return found


def printed(report: Report) -> None:
    console = Console(width=110)
    table = Table(title="Medians")
    for column in ("what", "median", "smallest", "largest", "unit"):
        table.add_column(column)
    for measure in report.measures:
        numbers = (measure.median, min(measure.values), max(measure.values))
        table.add_row(measure.name, *(f"{number:,.3g}" for number in numbers), measure.unit)
    console.print(table)
    for name, value in report.ratios.items():
        console.print(f"{name}: {value:.2f}")
    shares = ", ".join(f"{name} {share:.0%}" for name, share in report.parts.items())
    console.print(f"one worker's time: {shares}")
    for name, share in report.busiest:
        console.print(f"  {share:.1%}  {name}")
