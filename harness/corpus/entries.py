"""Encodes and decodes the entries of a corpus."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

import msgspec

from ...contract import ContractVersion, Operation, Scenario
from ...record import decode_value, encode_value

_FORMAT = 1
MAX_ENTRY_BYTES = 2**20
"""The largest entry that is stored or read, in bytes."""


class EntryKind(StrEnum):
    """The two kinds of entries."""

    FAILURES = "failures"
    SEEDS = "seeds"


class CorpusEntry(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One entry of a corpus.

    Raises:
        ValueError: the scenario has no step.
    """

    scenario: Scenario
    signature: str = ""
    """The signature of the discrepancy that the scenario showed; empty: it is a seed."""

    def __post_init__(self) -> None:
        if not self.scenario.steps:
            raise ValueError(
                f"expected a scenario with at least one step, found none in {self.scenario.title!r}"
            )


class BadEntryError(ValueError):
    """Bytes in a corpus that are not a valid entry; the text says what is wrong."""


def key_of(version: ContractVersion, kind: EntryKind) -> bytes:
    """The key of the entries of one kind. Each contract version has its own keys, since a scenario
    that violates one version may be right in another."""
    return f"cartfuzz/{_FORMAT}/{version.value}/{kind.value}".encode("ascii")


def encode_entry(entry: CorpusEntry) -> bytes:
    """``entry`` as JSON; equal entries are equal bytes."""
    return encode_value(entry)


def decode_entry(text: bytes, version: ContractVersion, kind: EntryKind) -> CorpusEntry:
    """The entry that `encode_entry` turned into ``text``.

    Args:
        text: the bytes in the database.
        version: the contract version of their key.
        kind: the kind of their key.

    Raises:
        BadEntryError: they are not a valid entry of this version and kind.
    """
    if len(text) > MAX_ENTRY_BYTES:
        raise BadEntryError(f"expected at most {MAX_ENTRY_BYTES:,} bytes, found {len(text):,}")
    try:
        entry = decode_value(text, CorpusEntry)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadEntryError(f"expected a scenario as JSON, found none: {error}") from None
    if bool(entry.signature) is not (kind is EntryKind.FAILURES):
        raise BadEntryError(
            f"expected a signature in {EntryKind.FAILURES.value} and none in "
            f"{EntryKind.SEEDS.value}, found {entry.signature!r}"
        )
    operations = {step.operation for step in entry.scenario.steps}
    if Operation.REOPEN in operations and version is not ContractVersion.CURRENT:
        raise BadEntryError(f"expected operations of contract {version.value}, found a reopen")
    return entry


def name_of(text: bytes) -> str:
    """A short name of an entry's bytes for messages: equal bytes have equal names."""
    return blake2b(text, digest_size=5).hexdigest()


def complexity(entry: CorpusEntry) -> tuple[int, int, bytes]:
    """A sort key that puts simpler entries first: number of steps, number of bytes, the bytes."""
    text = encode_entry(entry)
    return len(entry.scenario.steps), len(text), text
