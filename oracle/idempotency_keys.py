"""Finds the returns whose Idempotency-Key was used before in a way that the contract leaves open.

A key that the session accepted is the model's own (RET-06). A target may also remember what it
refused, and a key used for another session: it then answers as it did before, whatever is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ..contract import ReturnItems, Ruling, Step
from ..record import Form, Situation
from .model import Expectation, Remark, Verdict

_RULE = "RET-06"
_REFUSED = "Idempotency-Key of a return that was not accepted"
_ELSEWHERE = "Idempotency-Key of a return from another session"


def used_key(step: Step) -> str | None:
    """The Idempotency-Key under which a target may remember ``step``; None: it has none."""
    return step.idempotency_key if isinstance(step, ReturnItems) and not step.dry else None


def with_used_key(
    expectation: Expectation,
    step: Step,
    *,
    earlier_steps: Iterable[Step],
    refused_keys: Collection[str],
) -> Expectation:
    """``expectation``, open where a target may answer as it answered the key before.

    Args:
        expectation: what the contract says of the step, whatever its key.
        step: what is sent.
        earlier_steps: all that was sent before in the execution.
        refused_keys: the keys of returns that were answered, but not accepted, and of those that
            arrived in part.
    """
    key = used_key(step)
    is_open = expectation.verdict is Verdict.UNSPECIFIED
    if key is None or is_open or expectation.repeats_return:
        return expectation
    is_elsewhere = any(
        earlier.session != step.session and used_key(earlier) == key for earlier in earlier_steps
    )
    # What must be refused here stays refused, whatever refusal is remembered.
    is_refusal = key in refused_keys and expectation.verdict is Verdict.MUST_ACCEPT
    if not is_elsewhere and not is_refusal:
        return expectation
    subject = _ELSEWHERE if is_elsewhere else _REFUSED
    remark = Remark(ruling=Ruling.SILENT, rule=_RULE, subject=subject, hidden=True)
    return replace(
        expectation,
        verdict=Verdict.UNSPECIFIED,
        rules=(_RULE,),
        situation=Situation(form=Form.CONTENT, operation=step.operation, subject=subject),
        statuses=frozenset(),
        others=(),
        remarks=(remark,),
    )
