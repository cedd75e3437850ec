"""A comparison of two runs as Markdown tables, for a pull request or a release page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis import Change, ComparedRun, Comparison, DiscrepancyChange, SideOfDrift
from ..record import Kind
from .diff_totals import diff_totals
from .discrepancy_text import request_line
from .markdown_text import cell
from .wording import target_name

_RUN_HEADER = (
    "| run | target | started | contract | seed | requests | sweeps | verdict | discrepancies |"
)


def markdown(comparison: Comparison) -> Iterator[str]:
    """The lines of the page: no text of a target adds a cell, a line or markup."""
    yield f"## {cell(diff_totals(comparison))}"
    if comparison.runs:
        yield from ("", _RUN_HEADER, "| " + " | ".join(["---"] * 9) + " |")
        yield from map(_run, comparison.runs)
    for warning in comparison.warnings:
        yield from ("", f"> {cell(warning)}")
    changed = [one for one in comparison.changes if one.change is not Change.STILL_THERE]
    if changed:
        yield from ("", "| change | rule | discrepancy | expected | found | signature |")
        yield "| --- | --- | --- | --- | --- | --- |"
        yield from map(_row, changed)
    yield from _scenarios(changed)
    yield from _drifts(comparison)
    if comparison.lost_coverage:
        yield from ("", "| rule no longer tested | what was judged | |", "| --- | --- | --- |")
        for lost in comparison.lost_coverage:
            yield _table_row((lost.rule, ", ".join(lost.sides), lost.note))
    unchanged = comparison.with_change(Change.STILL_THERE)
    if unchanged:
        names = ", ".join(cell(one.signature) for one in unchanged)
        yield from ("", f"Still there: {names}")


def _table_row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(map(cell, texts))} |"


def _run(run: ComparedRun) -> str:
    share = "unknown" if run.sweep_share is None else f"{run.sweep_share:.0%}"
    known = f" and {run.known} known" if run.known else ""
    return _table_row(
        (
            run.name,
            target_name(run.target, run.sandbox),
            run.started,
            run.contract.value,
            str(run.seed),
            f"{run.requests} in {run.seconds:.1f} s",
            share,
            run.outcome.word,
            f"{run.discrepancies}{known}",
        )
    )


def _row(changed: DiscrepancyChange) -> str:
    kind = "; contradicts itself" if changed.kind is Kind.CONTRADICTION else ""
    note = f" ({changed.note})" if changed.note else ""
    ticket = f"; known: {changed.ticket}" if changed.ticket else ""
    return _table_row(
        (
            changed.change.value,
            changed.rule,
            f"{changed.title}{note}{kind}{ticket}",
            changed.expected,
            changed.found,
            changed.signature,
        )
    )


def _scenarios(changed: Iterable[DiscrepancyChange]) -> Iterator[str]:
    """The smallest requests of what only the newer run shows."""
    for one in changed:
        if one.operations:
            yield from ("", f"Requests of {cell(one.signature)}:", "")
            for number, operation in enumerate(one.operations, start=1):
                yield f"{number}. {cell(request_line(operation))}"


def _drifts(comparison: Comparison) -> Iterator[str]:
    if not comparison.drifts:
        return
    yield from ("", "| drifted | situation | old | new |", "| --- | --- | --- | --- |")
    for drift in comparison.drifts:
        yield _table_row((drift.rule, drift.situation, _side(drift.old), _side(drift.new)))


def _side(side: SideOfDrift) -> str:
    shown = f"{' or '.join(side.outcomes)}, request {side.step + 1} of scenario {side.scenario}"
    if not side.operations:
        return shown
    last = side.operations[-1]
    return f"{shown}: {request_line(dict(last))}"
