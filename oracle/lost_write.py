"""A write whose answer never came: what to say if it was neither applied once nor left undone."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import Reopen, ReturnItems, Step
from ..record import CheckName, Claim, Discrepancy, Form, Outcome, Situation, discrepancy
from .burst import readings_of

CHECK = CheckName.LOST_ANSWER
_OUTCOME = Outcome.other("neither applied once nor left undone")
_MOST_READINGS = 4


def neither(
    lost: Step, step: int, readings: Sequence[Discrepancy], claim: Claim | None
) -> Discrepancy:
    """What a later answer shows fits neither a target that applied the write nor one that did not.

    Args:
        lost: the write without an answer.
        step: index of the step whose answer shows it.
        readings: for each thing that may have become of the write, what contradicts it.
        claim: that one of them explains the answers.
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
            for reading in readings[:_MOST_READINGS]
        ),
        step=step,
        claim=claim,
        alternatives=readings_of(readings),
    )


def _rule(lost: Step) -> str:
    if isinstance(lost, ReturnItems):
        return "RET-02" if lost.idempotency_key is None else "RET-06"
    return "STATE-15" if isinstance(lost, Reopen) else "RESP-03"
