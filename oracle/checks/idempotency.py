"""Checks that an update or a reopen has the answer that it had under its Idempotency-Key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...contract import Reopen, Update
from ...record import Outcome
from ..judged_response import Finding, JudgedResponse, brief
from ..model import same_instant, same_json

_TIMES = ("created", "updated")
_ANOTHER_ANSWER = Outcome.other("another answer")


def check_repeated_write(response: JudgedResponse) -> Iterator[Finding]:
    """IDEM-01: the session in the answer is the one of the first answer, whatever came since.

    Where nothing came since, the other checks compare the answer with the session as it is.
    """
    step = response.step
    if not response.expectation.repeats_write or not isinstance(step, Update | Reopen):
        return
    key = step.idempotency_key or ""
    first = response.before.accepted_writes[key].answer
    if key not in response.before.outdated_keys or not isinstance(first, Mapping):
        return
    found = response.answered_view
    name = _difference(first, found) if isinstance(found, Mapping) else "customerSession"
    if name is None or not response.accepted:
        return
    before = first if name == "customerSession" else first.get(name)
    now = found.get(name) if isinstance(found, Mapping) else None
    yield Finding(
        rule="IDEM-01",
        situation=response.expectation.situation,
        outcome=_ANOTHER_ANSWER,
        expected=f"{name}: {brief(before)}, as before",
        found=f"{name}: {brief(now)}",
    )


def _difference(first: Mapping[str, Any], found: Mapping[str, Any]) -> str | None:
    """The first member that is not as it was; a time may be written in another way."""
    for name, known in first.items():
        same = same_instant if name in _TIMES else same_json
        if not same(known, found.get(name)):
            return name
    return None
