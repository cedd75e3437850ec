"""Two runs side by side: what is new, still there, fixed, or was not put to the test this time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

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
    DRIFTED = "drifted"
    """The target contradicts itself where the contract is silent."""
    FLAKY = "flaky"
    """In one of the runs it was not seen every time: neither its coming nor its going is proof."""
    FIXED = "fixed"
    NOT_EXERCISED = "not exercised"
    """It was not seen, but nothing in the newer run could have shown it."""


class FailOn(StrEnum):
    """Which changes make a comparison fail."""

    NEW = "new"
    DRIFT = "drift"
    ANY = "any"
    """Whatever the newer run shows."""


_FAILURES = {
    FailOn.NEW: frozenset((Change.NEW,)),
    FailOn.DRIFT: frozenset((Change.DRIFTED,)),
    FailOn.ANY: frozenset(
        (Change.NEW, Change.STILL_THERE, Change.DIFFERENT, Change.DRIFTED, Change.FLAKY)
    ),
}


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """One discrepancy of either run."""

    change: Change
    signature: str
    rule: str
    title: str
    expected: str
    found: str
    """As the newer run has it, where it has."""
    note: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All discrepancies of two runs; in the order of `Change`, then by signature."""

    old: str
    """What the older run is called."""
    new: str
    changes: tuple[Changed, ...]
    warnings: tuple[str, ...] = ()
    """Why the two runs may not be comparable."""

    def of(self, change: Change) -> tuple[Changed, ...]:
        """All that became of ``change``."""
        return tuple(one for one in self.changes if one.change is change)

    def fails(self, on: Iterable[FailOn]) -> bool:
        """Whether it holds a change that counts as a failure."""
        failures = frozenset[Change]().union(*(_FAILURES[one] for one in on))
        return any(one.change in failures for one in self.changes)


def compare(old: Summary, new: Summary, *, names: tuple[str, str]) -> Comparison:
    """What changed from ``old`` to ``new``.

    An entry is new if the older run knows its signature in no entry, not even as another sight: a
    new bug may explain what an old one showed. An older entry is gone if nothing of it was seen.
    Then it counts as fixed only if the newer run put its rule to the test on the side that it
    breaks, in the phase that sends such things, and nothing about it was flaky.
    """
    before = {name: entry for entry in old.discrepancies for name in entry.signatures}
    after = frozenset(name for entry in new.discrepancies for name in entry.signatures)
    changes = [
        changed(_seen(entry, before.get(entry.signature)), entry) for entry in new.discrepancies
    ]
    gone = (entry for entry in old.discrepancies if not entry.signatures & after)
    changes.extend(_unseen(entry, new) for entry in gone)
    return comparison(changes, names=names, warnings=_warnings(old, new))


def comparison(
    changes: Iterable[Changed], *, names: tuple[str, str], warnings: Iterable[str] = ()
) -> Comparison:
    """``changes`` in order."""
    order = list(Change)
    return Comparison(
        old=names[0],
        new=names[1],
        changes=tuple(sorted(changes, key=lambda one: (order.index(one.change), one.signature))),
        warnings=tuple(warnings),
    )


def changed(change: Change, entry: Bug, note: str = "") -> Changed:
    """What became of ``entry``."""
    return Changed(
        change=change,
        signature=entry.signature,
        rule=entry.rule,
        title=entry.title,
        expected=entry.expected,
        found=entry.found,
        note=note or _rate(entry),
    )


def _rate(entry: Bug) -> str:
    confirmation = entry.confirmation
    if entry.kind is not Kind.FLAKY or confirmation is None:
        return ""
    return f"shown {confirmation.shown} times out of {confirmation.of}"


def _seen(entry: Bug, before: Bug | None) -> Change:
    if entry.kind is Kind.FLAKY or (before is not None and before.kind is Kind.FLAKY):
        return Change.FLAKY
    if entry.kind is Kind.DRIFT:
        return Change.DRIFTED
    return Change.NEW if before is None else Change.STILL_THERE


def _unseen(entry: Bug, new: Summary) -> Changed:
    if entry.kind is Kind.FLAKY:
        return changed(Change.FLAKY, entry, "not seen this time; it was flaky before")
    phase = phase_of(entry.scenario)
    if phase is not None and phase.sends_unique_requests and not _sent(new, phase):
        return changed(Change.NOT_EXERCISED, entry, f"nothing of the phase {phase} was sent")
    side = _side(entry)
    reached = new.coverage.rules.get(entry.rule, {})
    if side and not reached.get(side):
        return changed(
            Change.NOT_EXERCISED, entry, f"nothing that {entry.rule} must {side} was judged"
        )
    if not side and not reached and not _any_answer_shows(entry, new):
        return changed(Change.NOT_EXERCISED, entry, f"{entry.rule} was not put to the test")
    return changed(Change.FIXED, entry)


def _sent(summary: Summary, phase: Phase) -> bool:
    return phase in summary.phases and summary.phases[phase].scenarios > 0


def _side(entry: Bug) -> str:
    """The side of its rule that a wrong status breaks; empty: another kind of deviation."""
    if entry.check != CheckName.STATUS:
        return ""
    outcome, expected = Outcome.parse(entry.outcome), ExpectedStatus.parse(entry.expected)
    wrongly_accepted = outcome.is_acceptance or outcome == SESSION_EXISTS
    refusing = wrongly_accepted or (expected is not None and expected.is_refusal)
    return "refuse" if refusing else "accept"


def _any_answer_shows(entry: Bug, new: Summary) -> bool:
    """Whether the rule is about every answer to the operation, so that coverage has no side."""
    return entry.rule == "ERR-02" and bool(new.coverage.endpoints.get(entry.operation.value))


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
