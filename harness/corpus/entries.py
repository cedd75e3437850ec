"""What a corpus holds, as bytes and back."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

import msgspec

from ...contract import ContractVersion, Operation, Scenario
from ...record import decode_value, encode_value

_FORMAT = 1
MAX_BYTES = 2**20
"""The largest entry that is stored or read, in bytes."""


class Shelf(StrEnum):
    """The two kinds of entries."""

    FAILURES = "failures"
    SEEDS = "seeds"


class Kept(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One entry."""

    scenario: Scenario
    signature: str = ""
    """Of the discrepancy that the scenario showed; empty: it is a seed."""

    def __post_init__(self) -> None:
        if not self.scenario.steps:
            raise ValueError("expected a scenario with at least one step, found none")


class BadEntryError(ValueError):
    """Bytes in a corpus that are no entry; the text says what is wrong."""


def key_of(version: ContractVersion, shelf: Shelf) -> bytes:
    """The key under which the entries of ``shelf`` lie: what one contract version says of a
    scenario another one need not say."""
    return f"cartfuzz/{_FORMAT}/{version.value}/{shelf.value}".encode("ascii")


def encoded(entry: Kept) -> bytes:
    """``entry`` as bytes; equal entries are equal bytes."""
    return encode_value(entry)


def decoded(text: bytes, version: ContractVersion, shelf: Shelf) -> Kept:
    """The entry of a shelf that `encoded` made ``text`` of.

    Raises:
        BadEntryError: it is none.
    """
    if len(text) > MAX_BYTES:
        raise BadEntryError(f"expected at most {MAX_BYTES:,} bytes, found {len(text):,}")
    try:
        entry = decode_value(text, Kept)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadEntryError(f"expected a scenario as JSON, found none: {error}") from None
    if bool(entry.signature) is not (shelf is Shelf.FAILURES):
        raise BadEntryError(
            f"expected a signature in {Shelf.FAILURES.value} and none in {Shelf.SEEDS.value}, "
            f"found {entry.signature!r}"
        )
    operations = {step.operation for step in entry.scenario.steps}
    if Operation.REOPEN in operations and version is not ContractVersion.CURRENT:
        raise BadEntryError(f"expected operations of contract {version.value}, found a reopen")
    return entry


def name_of(text: bytes) -> str:
    """A short name for bytes, by which two messages about the same ones can be told."""
    return blake2b(text, digest_size=5).hexdigest()


def weight(entry: Kept) -> tuple[int, int, bytes]:
    """What makes one entry plainer than another: its steps, its bytes; ties by the bytes."""
    text = encoded(entry)
    return len(entry.scenario.steps), len(text), text
