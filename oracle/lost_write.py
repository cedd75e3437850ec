"""The discrepancy of a write without a response that was neither applied once nor left undone."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import Reopen, ReturnItems, Step
from ..record import CheckName, Claim, Discrepancy, Form, Outcome, Situation, discrepancy
from .refutations import readings_of

CHECK = CheckName.LOST_ANSWER
_OUTCOME = Outcome.other("neither applied once nor left undone")
_MAX_READINGS = 4
"""The most possible states that an explanation names."""


def unexplained_lost_write(
    lost: Step, step: int, readings: Sequence[Discrepancy], claim: Claim | None
) -> Discrepancy:
    """The discrepancy of a later response that fits neither a target that applied the write nor one
    that did not.

    Args:
        lost: the write without a response.
        step: index of the step whose response shows it.
        readings: what contradicts each possible state.
        claim: that one of the possible states explains the responses.
    """
    return discrepancy(
        rule=_rule(lost),
        check=CHECK,
        operation=lost.operation,
        situation=Situation(form=Form.LOST_ANSWER, operation=lost.operation),
        outcome=_OUTCOME,
        expected="the session as it was, or as the write once leaves it",
        found="\n".join(
            f"expected {reading.expected}, found {reading.found}"
            for reading in readings[:_MAX_READINGS]
        ),
        step=step,
        claim=claim,
        alternatives=readings_of(readings),
    )


def _rule(lost: Step) -> str:
    if isinstance(lost, ReturnItems):
        return "RET-02" if lost.idempotency_key is None else "RET-06"
    return "STATE-15" if isinstance(lost, Reopen) else "RESP-03"
