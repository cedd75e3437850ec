"""Follows a target over many runs: which discrepancy was seen first and last where, and trends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import msgspec

from ..record.format_version import FORMAT
from ..record.scenario_parts import Kind
from .absence import Absence
from .compared_run import ComparedRun
from .sightings import LaterRuns, Sightings, sightings
from .summary import Summary
from .tested_rules import testable_rules, was_tested

_SANDBOX = "the embedded sandbox"


class OperationLatency(msgspec.Struct, frozen=True, kw_only=True):
    """How long the responses to one operation took, in milliseconds."""

    p50_ms: float
    p95_ms: float


class HistoryRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a history."""

    run: ComparedRun
    rps: float
    """Requests a second, over the whole run."""
    new: int
    """Discrepancies that no earlier run of the target shows; what is known is not among them."""
    rules_tested: int
    rules_testable: int
    latency: dict[str, OperationLatency]
    """By operation; empty where the record does not say."""


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One discrepancy over the runs of a target."""

    signature: str
    rule: str
    title: str
    kind: Kind
    """As the last run has it that shows it."""
    first: str
    """The name of the first run that shows it."""
    last: str
    runs: int
    """How many show it."""
    runs_since: int
    """How many there are from the first one on that shows it."""
    ticket: str = ""
    """Ticket and reason, where the last run that shows it was given it as known."""
    gone_in: str = ""
    """The newest run after ``last`` that sent what shows it and was right; empty: none is known."""
    reason: str = ""
    """Why that run proves it, or why the newest run proves nothing; empty: the newest shows it."""

    @property
    def is_open(self) -> bool:
        """Whether the newest run shows it."""
        return not self.reason


class TargetHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of one target."""

    target: str
    """Its URL, or that it is the embedded sandbox."""
    runs: tuple[HistoryRun, ...]
    """In order of their start."""
    entries: tuple[HistoryEntry, ...]
    """Those that the newest run shows first; then by their first and last run."""


class SkippedFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that holds no run, or none that can be read."""

    name: str
    reason: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that many run folders amount to."""

    targets: tuple[TargetHistory, ...]
    """By the start of their first run."""
    skipped: tuple[SkippedFolder, ...] = ()
    format_version: int = msgspec.field(name="format", default=FORMAT)
    """`FORMAT` of the Cartfuzz that wrote it; ``format`` in JSON."""

    @classmethod
    def build(
        cls, runs: Iterable[tuple[str, Summary]], skipped: Iterable[SkippedFolder] = ()
    ) -> Self:
        """The history of ``runs``, in any order.

        Args:
            runs: the name of each, and its summary. A run that comes twice counts once.
            skipped: folders without a run.
        """
        left_out = list(skipped)
        seen: dict[tuple[str, str], str] = {}
        by_target: dict[str, list[_NamedRun]] = {}
        for name, summary in runs:
            first = seen.setdefault((summary.run, summary.started), name)
            if first != name:
                left_out.append(SkippedFolder(name=name, reason=f"the same run as {first}"))
                continue
            by_target.setdefault(target_of(summary), []).append(_NamedRun.of(name, summary))
        ordered = {
            target: sorted(of_target, key=lambda one: (one.summary.started, one.name))
            for target, of_target in by_target.items()
        }
        return cls(
            targets=tuple(
                _target_history(target, of_target)
                for target, of_target in sorted(
                    ordered.items(), key=lambda item: (item[1][0].summary.started, item[0])
                )
            ),
            skipped=tuple(left_out),
        )


def target_of(summary: Summary) -> str:
    """What runs of one target have in common, see `target_at`."""
    return target_at(summary.target, is_sandbox=summary.sandbox is not None)


def target_at(url: str, *, is_sandbox: bool) -> str:
    """What runs of one target have in common: its URL; every embedded sandbox is one target."""
    return _SANDBOX if is_sandbox else url.rstrip("/")


@dataclass(frozen=True, slots=True)
class _NamedRun:
    name: str
    summary: Summary
    rules_tested: int
    rules_testable: int

    @classmethod
    def of(cls, name: str, summary: Summary) -> Self:
        """Keeps of a summary what a history needs: there may be hundreds."""
        rules = testable_rules(summary)
        slim = msgspec.structs.replace(
            summary, observations=[], behaviours=[], transitions=[], discovery_curve=[]
        )
        return cls(name, slim, sum(was_tested(one, summary) for one in rules), len(rules))


def _target_history(target: str, runs: list[_NamedRun]) -> TargetHistory:
    summaries = [run.summary for run in runs]
    found = sightings(summaries)
    later = LaterRuns(summaries)
    new = Counter(
        seen.first for seen in found if not _is_known(seen.bug.signatures, summaries[seen.first])
    )
    entries = [_entry(seen, runs, later.absence_of(seen)) for seen in found]
    return TargetHistory(
        target=target,
        runs=tuple(_history_run(run, new[index]) for index, run in enumerate(runs)),
        entries=tuple(sorted(entries, key=lambda entry: not entry.is_open)),
    )


def _is_known(signatures: frozenset[str], summary: Summary) -> bool:
    return any(bug.signature in signatures for bug in summary.known)


def _history_run(run: _NamedRun, new: int) -> HistoryRun:
    summary = run.summary
    return HistoryRun(
        run=ComparedRun.of(run.name, summary),
        rps=round(summary.requests / summary.seconds, 1) if summary.seconds else 0.0,
        new=new,
        rules_tested=run.rules_tested,
        rules_testable=run.rules_testable,
        latency=dict(_latency(summary)),
    )


def _latency(summary: Summary) -> Iterator[tuple[str, OperationLatency]]:
    for name, histogram in summary.latency.operations.items():
        p50, p95 = histogram.percentile(50), histogram.percentile(95)
        if p50 is not None and p95 is not None:
            yield name, OperationLatency(p50_ms=round(p50, 3), p95_ms=round(p95, 3))


def _entry(
    seen: Sightings, runs: list[_NamedRun], later: tuple[int, Absence] | None
) -> HistoryEntry:
    bug = seen.bug
    known = runs[seen.last].summary.baseline.get(bug.signature)
    return HistoryEntry(
        signature=bug.signature,
        rule=bug.rule,
        title=bug.title,
        kind=bug.kind,
        first=runs[seen.first].name,
        last=runs[seen.last].name,
        runs=len(seen.runs),
        runs_since=len(runs) - seen.first,
        ticket=known.text if known is not None else "",
        gone_in=runs[later[0]].name if later is not None and later[1].is_proof else "",
        reason=later[1].reason if later is not None else "",
    )
