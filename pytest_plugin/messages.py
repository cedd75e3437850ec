"""Texts for people: why a test failed, and the terminal section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from ..analysis import Bug, Summary
from ..reports import discrepancy_lines
from .baseline import ticket_of


def failure(summary: Summary, entries: Iterable[Bug], *, command: str = "") -> str:
    """Why a test fails: rule, difference, the shortest scenario, and how to see it again.

    Args:
        summary: of the run.
        entries: what the test fails for.
        command: what to type to see it again; empty: nothing fits in a line.
    """
    lines = _shown(summary, list(entries))
    scenarios = dict.fromkeys(entry.scenario for entry in entries)
    lines.append("")
    lines.append(f"scenario {', '.join(scenarios)}; seed {summary.seed}; target {summary.target}")
    if command:
        lines.append(f"again: {command}")
    lines.append("known and ticketed? add the signature to the file of --cartfuzz-baseline")
    return "\n".join(lines).strip("\n")


def section(summary: Summary, known: Mapping[str, str], verbosity: int) -> Iterator[str]:
    """The lines of the terminal section: the discrepancies by rule, the known ones in short."""
    tickets = {entry.signature: ticket_of(entry, known) for entry in summary.discrepancies}
    new = [entry for entry in summary.discrepancies if tickets[entry.signature] is None]
    if verbosity >= 0:
        yield from _shown(summary, new)
    for signature, ticket in tickets.items():
        if ticket is not None:
            yield f"known: {signature}, {ticket}"
    count = len(new)
    yield (
        f"{summary.scenarios} scenarios, {summary.requests} requests; "
        f"{len(summary.coverage.rules)} rules put to the test; "
        + (f"{count} discrepanc{'y' if count == 1 else 'ies'}" if count else "no discrepancy")
    )
    for reason, times in summary.inconclusive.items():
        yield f"not judged: {times} x {reason!a:.200}"
    if summary.run:
        yield f"sessions made here start their marks with cf-{summary.run}-"


def _shown(summary: Summary, entries: list[Bug]) -> list[str]:
    return discrepancy_lines(msgspec.structs.replace(summary, discrepancies=entries))
