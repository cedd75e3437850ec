"""What became of one discrepancy between two runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

import msgspec

from ..record.scenario_parts import Kind
from .bugs import Bug


class Change(StrEnum):
    """What became of one discrepancy."""

    NEW = "new"
    """The older run was right where the newer one shows it."""
    FIRST_SEEN = "first seen"
    """The older run does not show it, but sent nothing that would have."""
    DIFFERENT = "different"
    """Its own scenario, sent again, shows another discrepancy."""
    FLAKY = "flaky"
    """Only the newer run saw it, and not every time: the older one may have missed it."""
    FIXED = "fixed"
    """The newer run was right where the older one shows it."""
    NOT_SEEN = "not seen"
    """The newer run does not show it, but sent nothing that would have."""
    STILL_THERE = "still there"
    """Both runs show it: no change."""


class ShownInstead(msgspec.Struct, frozen=True, kw_only=True):
    """What the scenario of a discrepancy shows now in its place."""

    signature: str
    rule: str
    title: str
    expected: str
    found: str


_ONLY_NEWER = (Change.NEW, Change.FIRST_SEEN, Change.DIFFERENT, Change.FLAKY)


class DiscrepancyChange(msgspec.Struct, frozen=True, kw_only=True):
    """One discrepancy of either run, and what became of it."""

    change: Change
    signature: str
    rule: str
    title: str
    expected: str
    found: str
    """Of the newer run, unless only the older one has the discrepancy."""
    shows_now: tuple[ShownInstead, ...] = ()
    """Where it is `Change.DIFFERENT`: what its scenario shows instead."""
    note: str = ""
    """Why it counts as what it does."""
    kind: Kind = Kind.VIOLATION
    operations: tuple[dict[str, Any], ...] = ()
    """Of what only the newer run shows: the smallest scenario, as `Bug.operations` has it."""
    ticket: str = ""
    """Where the newer run was given the discrepancy as known: ticket and reason."""
    cause: str = ""
    """As `Bug.cause`."""
    unconfirmed: bool = False
    """As `Bug.unconfirmed`."""
    curl: tuple[str, ...] = ()
    """Lines for a shell that send the smallest scenario; empty: curl cannot, or it was not looked
    up."""
    replay: str = ""
    """The command line that sends the smallest scenario again; empty: it was not looked up."""
    folder: str = ""
    """The folder with its reproducer; empty: there is none."""

    @property
    def is_only_newer(self) -> bool:
        """Whether the newer run alone shows it."""
        return self.change in _ONLY_NEWER

    @classmethod
    def of(cls, bug: Bug, change: Change, note: str = "", *, ticket: str = "") -> Self:
        """What became of ``bug``; without a note a flaky one gets its reproduction rate."""
        return cls(
            change=change,
            signature=bug.signature,
            rule=bug.rule,
            title=bug.title,
            expected=bug.expected,
            found=bug.found,
            note=note or _rate(bug),
            kind=bug.kind,
            operations=tuple(bug.operations) if change in _ONLY_NEWER else (),
            ticket=ticket,
            cause=bug.cause,
            unconfirmed=bug.unconfirmed,
        )


def _rate(bug: Bug) -> str:
    confirmation = bug.confirmation
    if bug.kind is not Kind.FLAKY or confirmation is None:
        return ""
    return f"shown {confirmation.shown} times out of {confirmation.of}"
