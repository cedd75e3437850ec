"""What differences an execution showed so far, and the simplest scenario for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...analysis.side_by_side import Change, Difference, PartDifference
from .paired_execution import PairedRun

MOST_SIGNATURES = 400
"""A target could make up differences without end; more are only counted."""
_MOST_FURTHER = 10_000
"""From here on they are not even counted."""


@dataclass(slots=True, kw_only=True)
class Sighting:
    """A difference with the simplest execution that showed it."""

    difference: Difference
    run: PairedRun
    scenarios: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Requests up to the difference, and the length of the scenario."""
        return self.difference.step + 1, self.run.length

    def take(self, difference: Difference, run: PairedRun) -> None:
        """Keeps another execution in the place of `run` if it is simpler."""
        if (difference.step + 1, run.length) < self.size:
            self.difference, self.run = difference, run.kept


class Sightings:
    """All differences, by signature."""

    def __init__(self) -> None:
        self._by_signature: dict[str, Sighting] = {}
        self._later: dict[str, Sighting] = {}
        """Those that never were the first one of their part in an execution."""
        self._further: set[str] = set()

    def __len__(self) -> int:
        return len(self._by_signature)

    @property
    def further(self) -> int:
        """How many signatures were only counted, up to 10,000."""
        return len(self._further)

    def add(self, run: PairedRun) -> None:
        """Takes in an execution; of one part, the first difference counts."""
        parts: set[PartDifference] = set()
        for signature, difference in run.by_signature.items():
            if difference.part not in parts:
                parts.add(difference.part)
                self._add(signature, difference, run)
            elif signature not in self._by_signature:
                self._note(self._later, signature, difference, run)

    def uncover(self, change: Change) -> list[Sighting]:
        """Lets later differences of a part count too, since the first ones do not.

        Returns:
            Those that did not count until now, the simplest first.
        """
        found = [one for one in self._later.values() if one.difference.part.change == change]
        for one in found:
            signature = one.difference.signature
            del self._later[signature]
            self._by_signature[signature] = one
        return sorted(found, key=_order)

    def look_into(self, run: PairedRun) -> None:
        """Takes simpler scenarios of known differences out of an execution of triage."""
        for signature, difference in run.by_signature.items():
            known = self._by_signature.get(signature) or self._later.get(signature)
            if known is not None:
                known.take(difference, run)

    def of(self, signature: str) -> Sighting:
        """The sighting of a known signature."""
        return self._by_signature[signature]

    def in_order(self) -> Iterator[Sighting]:
        """The sightings: of each part the simplest one first, then the others."""
        ordered = sorted(self._by_signature.values(), key=_order)
        first: dict[PartDifference, Sighting] = {}
        for one in ordered:
            first.setdefault(one.difference.part, one)
        chosen = {one.difference.signature for one in first.values()}
        yield from first.values()
        yield from _without(ordered, chosen)

    def _add(self, signature: str, difference: Difference, run: PairedRun) -> None:
        later = self._later.pop(signature, None)
        if later is not None:
            self._by_signature[signature] = later
        is_kept = self._note(self._by_signature, signature, difference, run)
        if not is_kept and len(self._further) < _MOST_FURTHER:
            self._further.add(signature)

    @staticmethod
    def _note(
        into: dict[str, Sighting], signature: str, difference: Difference, run: PairedRun
    ) -> bool:
        """Counts a difference; False: there are too many to keep this one."""
        known = into.get(signature)
        if known is None and len(into) >= MOST_SIGNATURES:
            return False
        if known is None:
            into[signature] = Sighting(difference=difference, run=run.kept)
        else:
            known.take(difference, run)
        into[signature].scenarios += 1
        return True


def _order(one: Sighting) -> tuple[int, int, bool]:
    return *one.size, one.difference.part.is_total


def _without(sightings: Iterable[Sighting], chosen: set[str]) -> Iterator[Sighting]:
    return (one for one in sightings if one.difference.signature not in chosen)
