"""A corpus: entries by contract version, in an example database of Hypothesis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hypothesis.database import ExampleDatabase

from ...contract import ContractVersion, Scenario
from ..errors import CorpusError
from .entries import (
    MAX_BYTES,
    BadEntryError,
    Kept,
    Shelf,
    decoded,
    encoded,
    key_of,
    name_of,
    weight,
)

MOST = {Shelf.FAILURES: 1_000, Shelf.SEEDS: 200}
"""Most entries of a shelf that a run uses or adds to; the simplest come first."""
MOST_BYTES = 2**22
"""Most bytes of a shelf that a run uses: they travel to every worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """What lies on one shelf.

    Attributes:
        entries: the simplest first; the same order for the same entries.
        notes: a line for each thing that was left out, saying where it lies and why.
    """

    entries: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return tuple(entry.scenario for entry in self.entries)


class Corpus:
    """A corpus.

    Args:
        database: where the entries lie. Others may write to it at the same time.
        place: its name in messages; holds no password.
    """

    def __init__(self, database: ExampleDatabase, *, place: str) -> None:
        self._database = database
        self.place = place

    def read(self, version: ContractVersion, shelf: Shelf) -> Shelved:
        """What a run by ``version`` uses of ``shelf``; nothing is deleted.

        Raises:
            CorpusError: the database does not answer any more.
        """
        good, notes = self._good(version, shelf)
        used: list[Kept] = []
        size = 0
        for entry in sorted(good.values(), key=weight):
            size += len(encoded(entry))
            if len(used) == MOST[shelf] or size > MOST_BYTES:
                notes.append(
                    f"corpus {self.place}: {len(good) - len(used):,} of {len(good):,} "
                    f"{shelf.value} are left out: a run uses at most {MOST[shelf]:,} of them, and "
                    f"{MOST_BYTES:,} bytes; move old ones away"
                )
                break
            used.append(entry)
        return Shelved(entries=tuple(used), notes=tuple(notes))

    def add_failures(self, version: ContractVersion, scenarios: Mapping[str, Scenario]) -> int:
        """Stores one scenario a signature, the plainer one where there is one already.

        Args:
            version: the contract version by which they were judged.
            scenarios: by signature.

        Returns:
            How many signatures are new.

        Raises:
            CorpusError: they cannot be stored.
        """
        key = key_of(version, Shelf.FAILURES)
        good, _ = self._good(version, Shelf.FAILURES)
        known: dict[str, list[tuple[bytes, Kept]]] = {}
        for text, entry in good.items():
            known.setdefault(entry.signature, []).append((text, entry))
        room = MOST[Shelf.FAILURES] - len(known)
        new, saved = 0, []
        for signature, scenario in scenarios.items():
            entry = Kept(scenario=scenario, signature=signature)
            text = encoded(entry)
            there = known.get(signature, [])
            if len(text) > MAX_BYTES or (not there and new >= room):
                continue
            if any(weight(other) <= weight(entry) for _, other in there):
                continue
            self._database.save(key, text)
            saved.append(text)
            new += not there
            for old, _ in there:
                self._database.delete(key, old)
        self._stored(key, saved)
        return new

    def add_seeds(self, version: ContractVersion, scenarios: Iterable[Scenario]) -> int:
        """Stores recorded traffic.

        Returns:
            How many of ``scenarios`` are new.

        Raises:
            CorpusError: they cannot be stored.
        """
        key = key_of(version, Shelf.SEEDS)
        good, _ = self._good(version, Shelf.SEEDS)
        texts = {encoded(Kept(scenario=scenario)) for scenario in scenarios}
        new = sorted(text for text in texts - good.keys() if len(text) <= MAX_BYTES)
        for text in new:
            self._database.save(key, text)
        self._stored(key, new)
        return len(new)

    def _stored(self, key: bytes, texts: Iterable[bytes]) -> None:
        """A folder's database swallows what goes wrong; so look."""
        missing = set(texts).difference(self._database.fetch(key))
        if missing:
            raise CorpusError(
                f"corpus {self.place}: expected it to keep what is stored, found {len(missing)} "
                "scenarios missing; look at its space and permissions"
            )

    def _good(self, version: ContractVersion, shelf: Shelf) -> tuple[dict[bytes, Kept], list[str]]:
        good: dict[bytes, Kept] = {}
        notes: list[str] = []
        for text in self._database.fetch(key_of(version, shelf)):
            try:
                entry = decoded(text, version, shelf)
            except BadEntryError as error:
                start = ascii(text[:40].decode("utf-8", "replace"))
                notes.append(
                    f"corpus {self.place}: entry {name_of(text)} of {shelf.value}, contract "
                    f"{version.value}, which begins {start}, is left out: {error}"
                )
            else:
                good[text] = entry
        return good, sorted(notes)
