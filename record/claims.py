"""Defines claims: what a correct response would have satisfied, as data that any client can check.

A claim is about the response to one request of a scenario, and may use the responses before it.
Texts in it hold the placeholder mark where an execution has its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


class Fits(_Claim, frozen=True, tag="fits"):
    """A value, if the body holds one, matches a schema."""

    pointer: str
    types: tuple[str, ...] = ()
    """JSON types as `TypeIs` names them; empty: any."""
    least: float | None = None
    """For numbers."""
    shortest: int | None = None
    """Characters of a text, or members of a list."""


class Present(_Claim, frozen=True, tag="present"):
    """There is a value in the body, of any type."""

    pointer: str


class Near(_Claim, frozen=True, tag="near"):
    """The body holds a number that is one of these, but for rounding."""

    pointer: str
    values: tuple[str, ...]
    """Exact decimals."""
    tolerance: str


class Unchanged(_Claim, frozen=True, tag="unchanged"):
    """A value is the one that the last real response before, on the same session, showed."""

    pointer: str
    tolerance: float = 0.0
    """Relative, for numbers."""
    may_grow: bool = False
    """Texts that order like times may be later."""


class Differs(_Claim, frozen=True, tag="differs"):
    """A value differs from that of every other session."""

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


class Refutation(msgspec.Struct, frozen=True, kw_only=True):
    """What the answer to a step would have satisfied, had things gone one possible way."""

    step: int
    claim: Claim


class Explained(_Claim, frozen=True, tag="explained"):
    """Some order of concurrent requests, with some delivery of lost ones, explains the responses.

    In the run the response to some step refuted each order and each delivery, so a correct target
    satisfies at least one of the refuted claims. That holds for requests that are accepted and
    refused as they were in the run: where another status comes, the claim holds.
    """

    answered: tuple[tuple[int, int | None], ...]
    """(step, status) of the other answers."""
    refuted: tuple[Refutation, ...]
    burst: tuple[int, int] | None = None
    """As `cartfuzz.contract.Scenario.burst`."""


class ShownThen(msgspec.Struct, frozen=True, kw_only=True):
    """What the answer to one step was when a contradiction was found."""

    step: int
    status: int
    view: Any
    """Members of the session in the answer; None: it showed none."""


class Consistent(_Claim, frozen=True, tag="consistent"):
    """One situation is answered in one way: not all of these answers come again."""

    then: tuple[ShownThen, ...]


class Distinct(_Claim, frozen=True, tag="distinct"):
    """All answers that show the value show another one each, those of repeated requests too."""

    pointer: str


class AtMost(_Claim, frozen=True, tag="at most"):
    """At most ``limit`` of the answers to ``steps`` accept a code by an effect."""

    limit: int
    steps: tuple[int, ...]
    coupon: str = ""
    referral: str = ""
    """Given in the place of ``coupon``."""


Claim = (
    StatusIn
    | NoServerError
    | Holds
    | TypeIs
    | Fits
    | Present
    | Near
    | Unchanged
    | Differs
    | OneValue
    | Without
    | AnyOf
    | Explained
    | Consistent
    | Distinct
    | AtMost
)

MAX_VALUE_BYTES = 32 * 1024
"""Of JSON. A larger value makes no claim, so that the record stays small."""
MAX_REFUTATIONS = 48
"""More refuted possibilities make no claim."""


def holds(pointer: str, value: Any) -> Holds | None:
    """The claim that the body holds ``value`` at ``pointer``; None: too large, or not JSON."""
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, UnicodeEncodeError):
        return None
    return Holds(pointer=pointer, value=value) if size <= MAX_VALUE_BYTES else None


def explained(
    answered: Mapping[int, int | None],
    refuted: Iterable[tuple[int, Claim | None]],
    burst: tuple[int, int] | None,
) -> Explained | None:
    """The claim that some possibility explains the answers.

    Args:
        answered: the statuses of the other steps.
        refuted: for each possibility the step that refutes it, and the claim that failed there.
        burst: the steps that were concurrent.

    Returns:
        None where one possibility was refuted without a claim, or where there are too many.
    """
    claims: list[Refutation] = []
    for step, claim in refuted:
        if claim is None:
            return None
        refutation = Refutation(step=step, claim=claim)
        if refutation not in claims:
            claims.append(refutation)
    if not 0 < len(claims) <= MAX_REFUTATIONS:
        return None
    return Explained(answered=tuple(sorted(answered.items())), refuted=tuple(claims), burst=burst)


def pointer(*parts: object) -> str:
    """The JSON Pointer that leads through ``parts``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
