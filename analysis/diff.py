"""Compares two runs: which discrepancies are new, still there, fixed, or were not tested again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Self

import msgspec

from ..record.check_names import CheckName
from ..record.events import Kind
from ..record.expected_status import ExpectedStatus
from ..record.outcome import SESSION_EXISTS, Outcome
from ..record.phase import Phase, phase_of
from .bugs import Bug
from .summary import Summary


class Change(StrEnum):
    """What became of one discrepancy."""

    NEW = "new"
    STILL_THERE = "still there"
    DIFFERENT = "different"
    """Its own scenario, sent again, shows another discrepancy."""
    CONTRADICTED = "drifted"
    """The target contradicts itself where the contract is silent."""
    FLAKY = "flaky"
    """One of the runs did not see it every time: that it comes or goes proves nothing."""
    FIXED = "fixed"
    NOT_EXERCISED = "not exercised"
    """The newer run did not see it, but sent nothing that could have shown it."""


class FailOn(StrEnum):
    """Which changes make a comparison fail."""

    NEW = "new"
    CONTRADICTION = "drift"
    ANY = "any"
    """Whatever the newer run shows."""


_FAILURES = {
    FailOn.NEW: frozenset((Change.NEW,)),
    FailOn.CONTRADICTION: frozenset((Change.CONTRADICTED,)),
    FailOn.ANY: frozenset(
        (Change.NEW, Change.STILL_THERE, Change.DIFFERENT, Change.CONTRADICTED, Change.FLAKY)
    ),
}


class DiscrepancyChange(msgspec.Struct, frozen=True, kw_only=True):
    """One discrepancy of either run, and what became of it."""

    change: Change
    signature: str
    rule: str
    title: str
    expected: str
    found: str
    """Of the newer run, unless only the older one has the discrepancy."""
    note: str = ""

    @classmethod
    def of(cls, bug: Bug, change: Change, note: str = "") -> Self:
        """What became of ``bug``; without a note a flaky one gets its reproduction rate."""
        return cls(
            change=change,
            signature=bug.signature,
            rule=bug.rule,
            title=bug.title,
            expected=bug.expected,
            found=bug.found,
            note=note or _rate(bug),
        )


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All discrepancies of two runs; in the order of `Change`, then by signature."""

    old: str
    """What the older run is called."""
    new: str
    changes: tuple[DiscrepancyChange, ...]
    warnings: tuple[str, ...] = ()
    """Why the two runs may not be comparable."""

    @classmethod
    def build(
        cls,
        changes: Iterable[DiscrepancyChange],
        *,
        names: tuple[str, str],
        warnings: Iterable[str] = (),
    ) -> Self:
        """The comparison of the runs that ``names`` calls (old, new), with its changes in order."""
        order = list(Change)
        return cls(
            old=names[0],
            new=names[1],
            changes=tuple(
                sorted(changes, key=lambda one: (order.index(one.change), one.signature))
            ),
            warnings=tuple(warnings),
        )

    def with_change(self, change: Change) -> tuple[DiscrepancyChange, ...]:
        """The discrepancies that ``change`` happened to."""
        return tuple(one for one in self.changes if one.change is change)

    def fails(self, on: Iterable[FailOn]) -> bool:
        """Whether it holds a change that counts as a failure."""
        failures = frozenset[Change]().union(*(_FAILURES[one] for one in on))
        return any(one.change in failures for one in self.changes)


def compare(old: Summary, new: Summary, *, names: tuple[str, str]) -> Comparison:
    """What changed from ``old`` to ``new``.

    A bug is new if no bug of the older run has its signature, not even as a symptom: a new bug may
    explain what an old one showed. An older bug is gone if the newer run shows none of its
    signatures. Then it counts as fixed only if the newer run put its rule to the test on the side
    that it breaks, in the phase that sends such requests, and nothing about it was flaky.

    Args:
        old: of the older run.
        new: of the newer run.
        names: what to call the two.
    """
    before = {name: bug for bug in old.discrepancies for name in bug.signatures}
    after = frozenset(name for bug in new.discrepancies for name in bug.signatures)
    changes = [
        DiscrepancyChange.of(bug, _change_of_seen(bug, before.get(bug.signature)))
        for bug in new.discrepancies
    ]
    gone = (bug for bug in old.discrepancies if not bug.signatures & after)
    changes.extend(_change_of_gone(bug, new) for bug in gone)
    return Comparison.build(changes, names=names, warnings=_warnings(old, new))


def _rate(bug: Bug) -> str:
    confirmation = bug.confirmation
    if bug.kind is not Kind.FLAKY or confirmation is None:
        return ""
    return f"shown {confirmation.shown} times out of {confirmation.of}"


def _change_of_seen(bug: Bug, before: Bug | None) -> Change:
    """What became of a bug that the newer run shows."""
    if bug.kind is Kind.FLAKY or (before is not None and before.kind is Kind.FLAKY):
        return Change.FLAKY
    if bug.kind is Kind.CONTRADICTION:
        return Change.CONTRADICTED
    return Change.NEW if before is None else Change.STILL_THERE


def _change_of_gone(bug: Bug, new: Summary) -> DiscrepancyChange:
    """What became of a bug that the newer run does not show."""
    if bug.kind is Kind.FLAKY:
        return DiscrepancyChange.of(bug, Change.FLAKY, "not seen this time; it was flaky before")
    reason = _reason_not_exercised(bug, new)
    return DiscrepancyChange.of(bug, Change.NOT_EXERCISED if reason else Change.FIXED, reason)


def _reason_not_exercised(bug: Bug, new: Summary) -> str:
    """Why the newer run cannot have shown ``bug``; empty: it can."""
    phase = phase_of(bug.scenario)
    if phase is not None and phase.sends_unique_requests and not _sent(new, phase):
        return f"nothing of the phase {phase} was sent"
    side = _side(bug)
    reached = new.coverage.rules.get(bug.rule, {})
    if side and not reached.get(side):
        return f"nothing that {bug.rule} must {side} was judged"
    if not side and not reached and not _any_answer_shows(bug, new):
        return f"{bug.rule} was not put to the test"
    return ""


def _sent(summary: Summary, phase: Phase) -> bool:
    return phase in summary.phases and summary.phases[phase].scenarios > 0


def _side(bug: Bug) -> str:
    """The side of its rule that a wrong status breaks; empty: another kind of deviation."""
    if bug.check != CheckName.STATUS:
        return ""
    outcome, expected = Outcome.parse(bug.outcome), ExpectedStatus.parse(bug.expected)
    wrongly_accepted = outcome.is_acceptance or outcome == SESSION_EXISTS
    refusing = wrongly_accepted or (expected is not None and expected.is_refusal)
    return "refuse" if refusing else "accept"


def _any_answer_shows(bug: Bug, new: Summary) -> bool:
    """Whether the rule is about every answer to the operation, so that coverage has no side."""
    return bug.rule == "ERR-02" and bool(new.coverage.endpoints.get(bug.operation.value))


def _warnings(old: Summary, new: Summary) -> Iterator[str]:
    if old.contract is not new.contract:
        yield f"the contract versions differ: {old.contract.value} and {new.contract.value}"
    elif old.environment != new.environment:
        yield "the environments differ"
    if old.rules != new.rules:
        yield "the levels of rules differ"
    for name, summary in (("older", old), ("newer", new)):
        if summary.reason is None or summary.reason.value != "completed":
            why = "was killed" if summary.reason is None else f"ended early: {summary.reason.value}"
            yield f"the {name} run {why}"
