"""Stores and reads the entries of a corpus by contract version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hypothesis.database import ExampleDatabase

from ...contract import ContractVersion, Scenario
from ..errors import CorpusError
from .entries import (
    MAX_ENTRY_BYTES,
    BadEntryError,
    CorpusEntry,
    EntryKind,
    complexity,
    decode_entry,
    encode_entry,
    key_of,
    name_of,
)

MAX_ENTRIES = {EntryKind.FAILURES: 1_000, EntryKind.SEEDS: 200}
"""Most entries of each kind that a run uses; no failures are added beyond that."""
MAX_TOTAL_BYTES = 2**22
"""Most bytes of each kind that a run uses, since every worker receives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedEntries:
    """The entries of one kind that a run uses.

    Attributes:
        entries: the simplest first; equal entries have an equal order.
        notes: a line for each bad entry and each limit that was hit, with the reason.
    """

    entries: tuple[CorpusEntry, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios of the entries, in their order."""
        return tuple(entry.scenario for entry in self.entries)


class Corpus:
    """A corpus in an example database of Hypothesis.

    Args:
        database: holds the entries. Other processes may write to it at the same time.
        location: its folder or URL for messages, without a password.
    """

    def __init__(self, database: ExampleDatabase, *, location: str) -> None:
        self._database = database
        self.location = location

    def read(self, version: ContractVersion, kind: EntryKind) -> SelectedEntries:
        """The entries that a run uses. Nothing is deleted.

        Args:
            version: the contract version of the run.
            kind: failures or seeds.

        Raises:
            CorpusError: the database cannot be read any more.
        """
        good, notes = self._good(version, kind)
        used: list[CorpusEntry] = []
        size = 0
        for entry in sorted(good.values(), key=complexity):
            size += len(encode_entry(entry))
            if len(used) == MAX_ENTRIES[kind] or size > MAX_TOTAL_BYTES:
                notes.append(
                    f"corpus {self.location}: {len(good) - len(used):,} of {len(good):,} "
                    f"{kind.value} are left out: a run uses at most {MAX_ENTRIES[kind]:,} of them, "
                    f"and {MAX_TOTAL_BYTES:,} bytes; move old ones away"
                )
                break
            used.append(entry)
        return SelectedEntries(entries=tuple(used), notes=tuple(notes))

    def add_failures(self, version: ContractVersion, scenarios: Mapping[str, Scenario]) -> int:
        """Stores one scenario for each signature. If there is one already, the simpler one stays.

        Args:
            version: the contract version that they violate.
            scenarios: signature to scenario.

        Returns:
            How many signatures are new.

        Raises:
            CorpusError: they cannot be stored.
        """
        key = key_of(version, EntryKind.FAILURES)
        good, _ = self._good(version, EntryKind.FAILURES)
        known: dict[str, list[tuple[bytes, CorpusEntry]]] = {}
        for text, entry in good.items():
            known.setdefault(entry.signature, []).append((text, entry))
        room = MAX_ENTRIES[EntryKind.FAILURES] - len(known)
        new, saved = 0, []
        for signature, scenario in scenarios.items():
            entry = CorpusEntry(scenario=scenario, signature=signature)
            text = encode_entry(entry)
            stored = known.get(signature, [])
            if len(text) > MAX_ENTRY_BYTES or (not stored and new >= room):
                continue
            if any(complexity(other) <= complexity(entry) for _, other in stored):
                continue
            self._database.save(key, text)
            saved.append(text)
            new += not stored
            for old, _ in stored:
                self._database.delete(key, old)
        self._check_stored(key, saved)
        return new

    def add_seeds(self, version: ContractVersion, scenarios: Iterable[Scenario]) -> int:
        """Stores recorded traffic; scenarios that are too large are ignored.

        Args:
            version: the contract version of the recorded API.
            scenarios: the traffic.

        Returns:
            How many of ``scenarios`` are new.

        Raises:
            CorpusError: they cannot be stored.
        """
        key = key_of(version, EntryKind.SEEDS)
        good, _ = self._good(version, EntryKind.SEEDS)
        texts = {encode_entry(CorpusEntry(scenario=scenario)) for scenario in scenarios}
        new = sorted(text for text in texts - good.keys() if len(text) <= MAX_ENTRY_BYTES)
        for text in new:
            self._database.save(key, text)
        self._check_stored(key, new)
        return len(new)

    def _check_stored(self, key: bytes, texts: Iterable[bytes]) -> None:
        # Hypothesis' folder database ignores errors of the file system.
        missing = set(texts).difference(self._database.fetch(key))
        if missing:
            raise CorpusError(
                f"corpus {self.location}: expected it to keep what is stored, found {len(missing)} "
                "scenarios missing; look at its space and permissions"
            )

    def _good(
        self, version: ContractVersion, kind: EntryKind
    ) -> tuple[dict[bytes, CorpusEntry], list[str]]:
        good: dict[bytes, CorpusEntry] = {}
        notes: list[str] = []
        for text in self._database.fetch(key_of(version, kind)):
            try:
                entry = decode_entry(text, version, kind)
            except BadEntryError as error:
                start = ascii(text[:40].decode("utf-8", "replace"))
                notes.append(
                    f"corpus {self.location}: entry {name_of(text)} of {kind.value}, contract "
                    f"{version.value}, which begins {start}, is left out: {error}"
                )
            else:
                good[text] = entry
        return good, sorted(notes)
