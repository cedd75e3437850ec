"""Makes discrepancies, so that every one has the signature of its identity."""

from __future__ import annotations

from collections.abc import Iterable

from ..contract import Operation
from .claims import Claim
from .outcome import Outcome
from .scenario_parts import Discrepancy, Kind
from .signature import signature_of
from .situation import Situation

MOST_READINGS = 96
"""The most other readings that a discrepancy names."""


def discrepancy(
    *,
    rule: str,
    check: str,
    operation: Operation,
    situation: Situation,
    outcome: Outcome,
    expected: str,
    found: str,
    step: int,
    kind: Kind = Kind.VIOLATION,
    title: str = "",
    claim: Claim | None = None,
    field_name: str = "",
    family: str = "",
    alternatives: Iterable[str] = (),
) -> Discrepancy:
    """A discrepancy with its signature; the title is situation and outcome where none is given.

    The arguments are the fields of `Discrepancy`. Of the alternatives the first `MOST_READINGS`
    are kept, each once.
    """
    signature = signature_of(
        rule=rule,
        check=check,
        operation=operation.value,
        situation=situation.key,
        outcome=outcome.key,
    )
    others = dict.fromkeys(other for other in alternatives if other != signature)
    return Discrepancy(
        signature=signature,
        field_name=field_name,
        family=family,
        alternatives=tuple(others)[:MOST_READINGS],
        kind=kind,
        rule=rule,
        check=check,
        operation=operation,
        situation=situation.key,
        outcome=outcome.key,
        title=title or f"{situation.text}: {outcome.text}",
        expected=expected,
        found=found,
        step=step,
        claim=claim,
    )
