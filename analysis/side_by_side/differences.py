"""Differences between two answers, and their identity."""

from __future__ import annotations

import re

import msgspec

from ...record.signature import signature_of

_RULE = "DIFF"
_CHECK = "side by side"
_MEMBER_OF_EFFECTS = re.compile(r"effects\[[^\]]*\]\.((?!props\b).+)")
_NUMBERS = frozenset(("zero", "a number", "a negative number", "a greater number"))

Change = tuple[str, frozenset[str]]
"""A part with its two forms in any order, see `PartDifference.change`."""


class PartDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One part in which two answers differ, as its identity: it holds no value of a target."""

    part: str
    """``"status"``, ``"content type"``, or a path without indexes:
    ``"customerSession.cartItems[].remainingQuantity"``."""
    old: str
    """The form of the old value: ``"a number"``, ``"missing"``."""
    new: str

    @property
    def coarse(self) -> PartDifference:
        """The same without signs and sizes of numbers: one cause makes some greater, some less."""
        old, new = ("a number" if one in _NUMBERS else one for one in (self.old, self.new))
        return PartDifference(part=self.part, old=old, new=new)

    @property
    def change(self) -> Change:
        """The part with its two forms in any order: what one target shows of it at two times."""
        coarse = self.coarse
        return coarse.part, frozenset((coarse.old, coarse.new))

    @property
    def member_of_effects(self) -> str:
        """The member that it is of an effect, whatever its kind; empty: it is none, or a property,
        which has another meaning for each kind."""
        found = _MEMBER_OF_EFFECTS.fullmatch(self.part)
        return "" if found is None else found[1]

    @property
    def is_status(self) -> bool:
        """Whether the answers have different statuses."""
        return self.part == "status"

    @property
    def is_about_presence(self) -> bool:
        """Whether a member is there on one target alone; which effects are listed is a result."""
        return "missing" in (self.old, self.new) and "listed" not in (self.old, self.new)

    @property
    def is_total(self) -> bool:
        """Whether the part is a sum of others, which most likely differ first."""
        return self.part.lower().endswith("total")

    @property
    def reversed(self) -> PartDifference:
        """The same, seen from the other side."""
        if self.new.startswith("another "):
            return self  # neither form shows which side it is on
        return PartDifference(part=self.part, old=self.new, new=self.old)


class ShownDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A difference with the place and the values that show it."""

    difference: PartDifference
    at: str = ""
    """A path with indexes and names: ``"customerSession.cartItems[0].remainingQuantity"``."""
    old: str = ""
    """The old value as JSON, shortened; empty where there is none."""
    new: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A difference in answers to one step of a scenario."""

    step: int
    """Index of the step."""
    operation: str
    situation: str
    """Key of a `cartfuzz.record.Situation`."""
    shown: ShownDifference

    @property
    def part(self) -> PartDifference:
        """What differs."""
        return self.shown.difference

    @property
    def signature(self) -> str:
        """Equal for equal differences across seeds and runs: ``"DIFF-91f0c3a7de"``."""
        return signature_of(
            rule=_RULE,
            check=_CHECK,
            operation=self.operation,
            situation=self.situation,
            outcome=f"{self.part.part}: {self.part.old} -> {self.part.new}",
        )

    @property
    def title(self) -> str:
        """For people, without a value of a target."""
        return f"{self.situation}: {self.part.part}: {self.part.old} -> {self.part.new}"
