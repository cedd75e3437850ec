"""Writes the texts for people: why a test failed, and the terminal section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..analysis import Bug, Summary
from ..reports import discrepancy_lines
from .baseline import ticket_of


def failure_text(summary: Summary, bugs: Sequence[Bug], *, command: str = "") -> str:
    """Why a test fails: rule, difference, the smallest scenario, and how to reproduce it.

    Args:
        summary: of the run.
        bugs: what the test fails for.
        command: the command that reproduces it; empty: there is none that fits in a line.
    """
    lines = _lines_of(summary, bugs)
    scenarios = dict.fromkeys(bug.scenario for bug in bugs)
    lines.append("")
    lines.append(f"scenario {', '.join(scenarios)}; seed {summary.seed}; target {summary.target}")
    if command:
        lines.append(f"reproduce: {command}")
    lines.append(
        "already ticketed? add the signature and the ticket to the file of --cartfuzz-baseline"
    )
    return "\n".join(lines).strip("\n")


def section_lines(summary: Summary, baseline: Mapping[str, str], verbosity: int) -> Iterator[str]:
    """The lines of the terminal section: the discrepancies by rule, the known ones in short.

    Args:
        summary: of the run.
        baseline: signature to ticket of the known failures.
        verbosity: below 0 the new discrepancies are only counted.
    """
    tickets = {bug.signature: ticket_of(bug, baseline) for bug in summary.discrepancies}
    new = [bug for bug in summary.discrepancies if tickets[bug.signature] is None]
    if verbosity >= 0:
        yield from _lines_of(summary, new)
    for signature, ticket in tickets.items():
        if ticket is not None:
            yield f"known failure: {signature}, {ticket}"
    yield (
        f"{summary.scenarios} scenarios, {summary.requests} requests; "
        f"{len(summary.coverage.rules)} rules tested; {_counted(len(new))}"
    )
    for reason, times in summary.inconclusive.items():
        yield f"could not be judged, {times} x: {reason!a:.200}"
    if summary.run:
        yield f"the session IDs of this run contain cf-{summary.run}-"


def _counted(discrepancies: int) -> str:
    if not discrepancies:
        return "no discrepancy"
    return f"{discrepancies} discrepanc{'y' if discrepancies == 1 else 'ies'}"


def _lines_of(summary: Summary, bugs: Sequence[Bug]) -> list[str]:
    return discrepancy_lines(msgspec.structs.replace(summary, discrepancies=list(bugs)))
