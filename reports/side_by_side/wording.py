"""Words that the reports of a comparison share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ...analysis.side_by_side import (
    ComparedStep,
    DifferenceEntry,
    SideBySide,
    Standing,
    Verdict,
)
from ..plain import plain
from ..wording import counted, duration

_MAX_LINE = 140
_MAX_BODY = 300
_MOST_LINES = 40


def verdict_line(result: SideBySide) -> str:
    """The verdict and its reason, in one line."""
    return f"{result.verdict.word}: {'; '.join(_reasons(result))}"


def totals_line(result: SideBySide) -> str:
    """How much was compared."""
    sweeps, swept = sum(result.sweeps.values()), sum(result.swept.values())
    share = f", {swept / sweeps:.0%} of the sweeps" if sweeps else ""
    return (
        f"{counted(result.scenarios, 'scenario')}, {counted(result.steps, 'answer')} of each "
        f"target compared, in {duration(result.seconds)}{share}; seed {result.seed}"
    )


def notes(result: SideBySide) -> Iterator[str]:
    """What was not compared, and why."""
    for reason, number in sorted(result.not_compared.items(), key=lambda pair: -pair[1])[:5]:
        yield f"not compared {counted(number, 'time')}: {plain(reason)}"
    if result.settled_reads:
        yield (
            f"{counted(result.settled_reads, 'read')} differed at first and agreed a moment later: "
            "a target shows writes late"
        )
    if result.ignored:
        yield f"left out as asked: {', '.join(map(plain, result.ignored))}"
    if result.further_signatures:
        yield f"{counted(result.further_signatures, 'further difference')} only counted"


def standing_line(entry: DifferenceEntry) -> str:
    """How sure a difference is, and how often it was seen."""
    seen = f"in {counted(entry.scenarios, 'scenario')}"
    if entry.standing is Standing.NOT_CONFIRMED:
        return f"{entry.signature}, {seen}, not confirmed: there was no time to send it again"
    if not entry.confirmations:
        return f"{entry.signature}, {seen}, {entry.standing.value}"
    smallest = "" if entry.is_minimal else "; a smaller scenario may exist"
    return (
        f"{entry.signature}, {seen}, {entry.standing.value}: shown in {entry.shown} of "
        f"{entry.confirmations} executions afresh{smallest}"
    )


def request_text(step: ComparedStep) -> str:
    """One request with both statuses."""
    body = f" {plain(step.body, longest=_MAX_BODY)}" if step.body else ""
    statuses = f"{_status(step.old_status)} | {_status(step.new_status)}"
    return f"{plain(step.method)} {plain(step.target)}{body}  => {statuses}"


def shown_steps(entry: DifferenceEntry) -> Sequence[ComparedStep]:
    """The requests up to the one that shows the difference."""
    return [step for step in entry.steps if step.step <= entry.difference.step]


def place_line(entry: DifferenceEntry) -> str:
    """Where the answers differ, and both values."""
    shown = entry.difference.shown
    values = f"{shown.old or entry.difference.part.old} -> {shown.new or entry.difference.part.new}"
    return f"{plain(shown.at)}: {plain(values, longest=400)}"


def marked(entry: DifferenceEntry) -> Iterator[str]:
    """The lines of both answers around what differs, marked, shortened."""
    differing = (step for step in entry.steps if step.step == entry.difference.step)
    lines = (line for step in differing for line in step.marked)
    for line in islice(lines, _MOST_LINES):
        yield plain(line, longest=_MAX_LINE)
    if next(lines, None) is not None:
        yield "  ..."


def apart(result: SideBySide) -> Iterator[tuple[str, tuple[DifferenceEntry, ...]]]:
    """What does not count, with a heading each."""
    flaky, unsteady = result.of(Standing.FLAKY), result.of(Standing.UNSTEADY)
    if flaky:
        yield "Flaky: comes and goes", flaky
    if unsteady:
        yield (
            "Unsteady: the old target has another value each time (--ignore leaves it out)",
            unsteady,
        )


def _reasons(result: SideBySide) -> Iterator[str]:
    if result.lost:
        yield plain(result.lost)
    causes = result.causes
    number = sum(map(len, causes))
    if causes:
        of = f" of {counted(len(causes), 'cause')}" if len(causes) != number else ""
        yield f"{counted(number, 'difference')}{of}"
    else:
        yield "no difference that shows every time"
    unconfirmed = len(result.of(Standing.NOT_CONFIRMED))
    if unconfirmed:
        yield f"{unconfirmed} not confirmed"
    flaky = len(result.of(Standing.FLAKY))
    if flaky:
        yield f"{flaky} flaky"
    if result.is_interrupted:
        yield "interrupted"
    if result.verdict is Verdict.PARTIAL:
        swept, sweeps = sum(result.swept.values()), sum(result.sweeps.values())
        yield f"ended after {swept} of {sweeps} scenarios of the sweeps (see --allow-partial)"
    if result.verdict is Verdict.INCONCLUSIVE:
        sides = [
            name
            for name, side in (("old", result.old), ("new", result.new))
            if not side.accepted_writes
        ]
        yield f"the {' and the '.join(sides)} target accepted no write: little was compared"


def _status(status: int | None) -> str:
    return "no answer" if status is None else str(status)
