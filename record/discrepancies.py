"""Makes discrepancies, so that every one has the signature of what it says."""

from __future__ import annotations

from collections.abc import Iterable

from ..contract import Operation
from .claims import Claim
from .events import Discrepancy, Kind
from .signature import signature_of

MOST_READINGS = 96
"""A discrepancy names at most so many other readings of what it shows."""


def discrepancy(
    *,
    rule: str,
    check: str,
    operation: Operation,
    situation: str,
    outcome: str,
    expected: str,
    found: str,
    step: int,
    kind: Kind = Kind.VIOLATION,
    title: str = "",
    claim: Claim | None = None,
    about: str = "",
    family: str = "",
    alternatives: Iterable[str] = (),
) -> Discrepancy:
    """A discrepancy with its signature; the title is situation and outcome where none is given.

    The arguments are the fields of `Discrepancy`.
    """
    signature = signature_of(
        rule=rule,
        check=check,
        operation=operation.value,
        situation=situation,
        outcome=outcome,
    )
    others = dict.fromkeys(other for other in alternatives if other != signature)
    return Discrepancy(
        signature=signature,
        about=about,
        family=family,
        alternatives=tuple(others)[:MOST_READINGS],
        kind=kind,
        rule=rule,
        check=check,
        operation=operation,
        situation=situation,
        outcome=outcome,
        title=title or f"{situation}: {outcome}",
        expected=expected,
        found=found,
        step=step,
        claim=claim,
    )
