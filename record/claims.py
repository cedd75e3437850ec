"""Claims: what a right answer would have satisfied, as data that any client can check.

A claim is about the answer to one request of a scenario, and may look at the answers before it.
Texts in it hold the placeholder mark wherever the execution's own would stand.
"""

from __future__ import annotations

from typing import Any

import msgspec


class _Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="claim"):
    """The base of all claims."""


class StatusIn(_Claim, frozen=True, tag="status in"):
    """The status is one of these."""

    statuses: tuple[int, ...]


class NoServerError(_Claim, frozen=True, tag="no 5xx"):
    """The status is below 500."""


class Holds(_Claim, frozen=True, tag="holds"):
    """The body holds a value: objects may have more members, lists may not; empty is as absent."""

    pointer: str
    """JSON Pointer (RFC 6901)."""
    value: Any


class TypeIs(_Claim, frozen=True, tag="type is"):
    """There is a value of a JSON type in the body."""

    pointer: str
    type: str
    """``object``, ``array``, ``string``, ``number``, ``boolean`` or ``null``."""


class Present(_Claim, frozen=True, tag="present"):
    """There is a value in the body, of whatever type."""

    pointer: str


class Near(_Claim, frozen=True, tag="near"):
    """The body holds a number that is one of these, but for rounding."""

    pointer: str
    values: tuple[str, ...]
    """Exact decimals."""
    tolerance: str


class Unchanged(_Claim, frozen=True, tag="unchanged"):
    """A value is what the last real answer before, on the same session, showed."""

    pointer: str
    tolerance: float = 0.0
    """Relative, for numbers."""
    may_grow: bool = False
    """Texts that order like times may be later."""


class Differs(_Claim, frozen=True, tag="differs"):
    """A value is other than that of every other session."""

    pointer: str


class OneValue(_Claim, frozen=True, tag="one value"):
    """All answers on the session that show the value show the same."""

    pointer: str


class Without(_Claim, frozen=True, tag="without"):
    """The body holds no text that a pattern finds."""

    pattern: str
    """Of Python's `re`; empty: the API key."""


class AnyOf(_Claim, frozen=True, tag="any of"):
    """At least one of these holds."""

    claims: tuple[Claim, ...]


Claim = (
    StatusIn
    | NoServerError
    | Holds
    | TypeIs
    | Present
    | Near
    | Unchanged
    | Differs
    | OneValue
    | Without
    | AnyOf
)

LARGEST = 32 * 1024
"""Bytes of JSON: larger values are not claimed, so that the record stays small."""


def holds(pointer: str, value: Any) -> Holds | None:
    """The claim that ``value`` stands at ``pointer``; None where it is too large, or no JSON."""
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, UnicodeEncodeError):
        return None
    return Holds(pointer=pointer, value=value) if size <= LARGEST else None


def pointer(*parts: object) -> str:
    """The JSON Pointer that leads through ``parts``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
