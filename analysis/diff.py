"""Compares two runs: which discrepancies are new, still there or fixed, and what else changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Self

import msgspec

from ..record.format_version import FORMAT
from ..record.scenario_parts import Kind
from .absence import AbsenceJudge
from .behaviour_diff import Drift, LostCoverage, drifts, lost_coverage
from .bugs import Bug
from .compared_run import ComparedRun
from .diff_verdict import DiffVerdict, diff_verdict, doubts_about
from .discrepancy_change import Change, DiscrepancyChange
from .latency_diff import LatencyChange, latency_changes
from .not_compared import NotCompared, not_compared
from .rule_changes import RuleChange, rule_changes
from .summary import Summary
from .transition_diff import TransitionChange, transition_changes


class FailOn(StrEnum):
    """Which changes make a comparison fail."""

    NEW = "new"
    """A discrepancy that only the newer run shows, whether or not the older one would have."""
    DRIFT = "drift"
    """Another behaviour where the contract is silent."""
    LOST_COVERAGE = "lost-coverage"
    """A rule that was put to the test before, and now is not, or on fewer sides."""
    ANY = "any"
    """Any of these, or a new flaky discrepancy."""


_FAILURES = {
    FailOn.NEW: frozenset((Change.NEW, Change.FIRST_SEEN, Change.DIFFERENT)),
    FailOn.ANY: frozenset((Change.NEW, Change.FIRST_SEEN, Change.DIFFERENT, Change.FLAKY)),
}


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed between two runs, and the discrepancies that both show."""

    old: str
    """What the older run is called."""
    new: str
    changes: tuple[DiscrepancyChange, ...]
    """All discrepancies of either run, in the order of `Change`, then by signature."""
    warnings: tuple[str, ...] = ()
    """Why the two runs may not be comparable."""
    fails_on: tuple[FailOn, ...] = ()
    """Those of ``--fail-on`` that such a change is there for: the comparison fails."""
    runs: tuple[ComparedRun, ...] = ()
    """The older run and, unless its scenarios were sent again alone, the newer one."""
    drifts: tuple[Drift, ...] = ()
    """By rule and situation."""
    lost_coverage: tuple[LostCoverage, ...] = ()
    """By rule."""
    verdict: DiffVerdict = DiffVerdict()
    rules: tuple[RuleChange, ...] = ()
    """What became of each rule, by ID; empty: the runs have other rules."""
    transitions: tuple[TransitionChange, ...] = ()
    """Requests of the state machine that are answered in another way now."""
    latency: tuple[LatencyChange, ...] = ()
    """By operation; empty: one of the records does not hold times."""
    not_compared: tuple[NotCompared, ...] = ()
    format_version: int = msgspec.field(name="format", default=FORMAT)
    """`FORMAT` of the Cartfuzz that made the comparison; ``format`` in JSON."""

    @classmethod
    def build(
        cls,
        changes: Iterable[DiscrepancyChange],
        *,
        names: tuple[str, str],
        warnings: Iterable[str] = (),
        runs: Iterable[ComparedRun] = (),
        drifts: Iterable[Drift] = (),
        lost_coverage: Iterable[LostCoverage] = (),
        doubts: Iterable[str] = (),
        not_compared: Iterable[NotCompared] = (),
    ) -> Self:
        """The comparison of the runs that ``names`` calls (old, new), with its changes in order.

        ``doubts`` are those of `DiffVerdict`.
        """
        base = cls(
            old=names[0],
            new=names[1],
            changes=(),
            warnings=tuple(warnings),
            runs=tuple(runs),
            drifts=tuple(drifts),
            lost_coverage=tuple(lost_coverage),
            not_compared=tuple(not_compared),
            verdict=DiffVerdict(doubts=tuple(doubts)),
        )
        return base.with_changes(changes)

    def with_changes(self, changes: Iterable[DiscrepancyChange]) -> Self:
        """The comparison with these discrepancies, in order, and the verdict that they lead to."""
        order = list(Change)
        ordered = sorted(changes, key=lambda one: (order.index(one.change), one.signature))
        verdict = diff_verdict(
            ordered,
            drifts=len(self.drifts),
            lost_rules=len(self.lost_coverage),
            doubts=self.verdict.doubts,
        )
        return msgspec.structs.replace(self, changes=tuple(ordered), verdict=verdict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        unchanged = self.with_change(Change.STILL_THERE)
        return len(unchanged) == len(self.changes) and not (self.drifts or self.lost_coverage)

    def with_change(self, change: Change) -> tuple[DiscrepancyChange, ...]:
        """The discrepancies that ``change`` happened to."""
        return tuple(one for one in self.changes if one.change is change)

    def fails(self, on: Iterable[FailOn]) -> bool:
        """Whether it holds a change that counts as a failure; what is known never does."""
        return any(self._fails(one) for one in on)

    def _fails(self, on: FailOn) -> bool:
        failures = _FAILURES.get(on, frozenset())
        return (
            any(one.change in failures and not one.ticket for one in self.changes)
            or (on in (FailOn.DRIFT, FailOn.ANY) and bool(self.drifts))
            or (on in (FailOn.LOST_COVERAGE, FailOn.ANY) and bool(self.lost_coverage))
        )


def compare(old: Summary, new: Summary, *, names: tuple[str, str]) -> Comparison:
    """What changed from ``old`` to ``new``.

    A discrepancy is still there if a bug of the older run has its signature, be it as a symptom.
    What only one run shows is new or fixed if the other one was right in the very same place
    (`cartfuzz.analysis.absence`); else it is first seen, or not seen.

    Args:
        old: of the older run.
        new: of the newer run.
        names: what to call the two.
    """
    before = {name: bug for bug in old.found for name in bug.signatures}
    after = frozenset(name for bug in new.found for name in bug.signatures)
    older, newer = AbsenceJudge(shows=new, lacks=old), AbsenceJudge(shows=old, lacks=new)
    changes = [_shown(bug, before.get(bug.signature), older, new) for bug in new.found]
    gone = (bug for bug in old.found if not bug.signatures & after)
    changes.extend(_gone(bug, newer) for bug in gone)
    result = Comparison.build(
        changes,
        names=names,
        warnings=_warnings(old, new),
        runs=(ComparedRun.of(names[0], old), ComparedRun.of(names[1], new)),
        drifts=drifts(old, new),
        lost_coverage=lost_coverage(old, new),
        doubts=doubts_about(old, new),
    )
    same = old.contract is new.contract
    both = bool(old.latency.operations and new.latency.operations)
    latency = latency_changes(old.latency, new.latency) if both else []
    return msgspec.structs.replace(
        result,
        rules=tuple(rule_changes(old, new)),
        transitions=tuple(transition_changes(old.transitions, new.transitions)) if same else (),
        latency=tuple(latency),
        not_compared=tuple(not_compared(old, new, latency)),
    )


def _shown(bug: Bug, before: Bug | None, older: AbsenceJudge, new: Summary) -> DiscrepancyChange:
    """What became of a bug that the newer run shows."""
    known = new.baseline.get(bug.signature)
    ticket = known.text if known is not None else ""
    if before is not None:
        note = "it was flaky before" if before.kind is Kind.FLAKY is not bug.kind else ""
        return DiscrepancyChange.of(bug, Change.STILL_THERE, note, ticket=ticket)
    if bug.kind is Kind.FLAKY:
        return DiscrepancyChange.of(bug, Change.FLAKY, ticket=ticket)
    absence = older.absence_of(bug)
    change = Change.NEW if absence.is_proof else Change.FIRST_SEEN
    return DiscrepancyChange.of(bug, change, f"the older run: {absence.reason}", ticket=ticket)


def _gone(bug: Bug, newer: AbsenceJudge) -> DiscrepancyChange:
    """What became of a bug that the newer run does not show."""
    absence = newer.absence_of(bug)
    change = Change.FIXED if absence.is_proof else Change.NOT_SEEN
    return DiscrepancyChange.of(bug, change, absence.reason)


def _warnings(old: Summary, new: Summary) -> Iterator[str]:
    if old.contract is not new.contract:
        yield f"the contract versions differ: {old.contract.value} and {new.contract.value}"
    elif old.environment != new.environment:
        yield "the environments differ"
    if old.rules != new.rules:
        yield "the levels of rules differ"
    if old.cartfuzz != new.cartfuzz:
        yield f"the versions of Cartfuzz differ: {old.cartfuzz} and {new.cartfuzz}"
    for name, summary in (("older", old), ("newer", new)):
        if summary.reason is None or summary.reason.value != "completed":
            why = "was killed" if summary.reason is None else f"ended early: {summary.reason.value}"
            yield f"the {name} run {why}"
        if summary.judged_right is None:
            yield (
                f"the record of the {name} run does not hold what was right: nothing counts as "
                f"{'new' if name == 'older' else 'fixed'}"
            )
    if new.requests * _FAR_FEWER < old.requests:
        yield f"the newer run sent far fewer requests: {new.requests} instead of {old.requests}"


_FAR_FEWER = 2
