"""Finds the requests whose Idempotency-Key was used before in a way that the contract leaves open.

A request that the session accepted under its key is the model's own (RET-06, IDEM-01). A target may
also remember what it refused, and a key used otherwise: for another session, another operation or
another body. It then answers as it did before, whatever is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ..contract import Reopen, ReturnItems, Ruling, Step, Update
from ..record import Form, Situation
from .model import LONGEST_KEY, Expectation, Remark, Verdict

_RETURN_RULE = "RET-06"
_WRITE_RULE = "IDEM-U1"
_REFUSED = "Idempotency-Key of a return that was not accepted"
_ELSEWHERE = "Idempotency-Key of a return from another session"
_WRITE_REFUSED = "Idempotency-Key of a request that was not accepted"
_WRITE_ELSEWHERE = "Idempotency-Key of another session"
_OTHERWISE = "Idempotency-Key of another request to the session"
_LONG = f"Idempotency-Key over {LONGEST_KEY}"


def used_key(step: Step) -> str | None:
    """The Idempotency-Key under which a target may remember ``step``; None: it has none."""
    if not isinstance(step, ReturnItems | Update | Reopen) or step.dry:
        return None
    return step.idempotency_key


def with_used_key(
    expectation: Expectation,
    step: Step,
    *,
    earlier_steps: Iterable[Step],
    accepted_keys: Collection[str],
    refused_keys: Collection[str],
) -> Expectation:
    """``expectation``, open where a target may answer as it answered the key before.

    Args:
        expectation: what the contract says of the step, whatever its key.
        step: what is sent.
        earlier_steps: all that was sent before in the execution.
        accepted_keys: the keys of requests that were accepted, or not answered.
        refused_keys: the keys of requests that were answered, but not accepted, and of those that
            arrived in part.
    """
    key = used_key(step)
    if key is None or expectation.repeats_return or expectation.repeats_write:
        return expectation
    users = [earlier for earlier in earlier_steps if used_key(earlier) == key]
    about_return = isinstance(step, ReturnItems)
    is_elsewhere = any(earlier.session != step.session for earlier in users)
    if is_elsewhere and about_return:
        return _open(expectation, step, _ELSEWHERE)
    if is_elsewhere:
        subject = _WRITE_ELSEWHERE
    elif users and key in accepted_keys:
        subject = _OTHERWISE
    elif len(key) > LONGEST_KEY and not about_return:
        subject = _LONG
    elif key in refused_keys and expectation.verdict is Verdict.MUST_ACCEPT:
        # What must be refused here stays refused, whatever refusal is remembered.
        return _open(expectation, step, _REFUSED if about_return else _WRITE_REFUSED)
    else:
        return expectation
    return replace(_open(expectation, step, subject), effect_is_open=True)


def _open(expectation: Expectation, step: Step, subject: str) -> Expectation:
    if expectation.verdict is Verdict.UNSPECIFIED:
        return expectation
    rule = _RETURN_RULE if isinstance(step, ReturnItems) else _WRITE_RULE
    remark = Remark(ruling=Ruling.SILENT, rule=rule, subject=subject, hidden=True)
    return replace(
        expectation,
        verdict=Verdict.UNSPECIFIED,
        rules=(rule,),
        situation=Situation(form=Form.CONTENT, operation=step.operation, subject=subject),
        statuses=frozenset(),
        others=(),
        remarks=(remark,),
    )
