"""What a script checks: the claim, and the answers before it on which it rests."""

from __future__ import annotations

from typing import Any

import msgspec

from .artefact import Artefact
from .explain import first_answers

_RESTING = (
    "any of",
    "differs",
    "holds",
    "near",
    "present",
    "status in",
    "type is",
    "unchanged",
)
"""Claims that follow from what the target accepted and refused before; the others hold always, or
name the answers on which they rest by themselves."""


def claim_of(artefact: Artefact) -> dict[str, Any]:
    """The claim of ``artefact`` as `checks.problem` takes it, with what was ``accepted`` before.

    That a session must not be there, say, rests on the refusal of the update before: where a target
    accepts that update, as it may once the bug is gone, the claim says nothing. What chance decides
    is left out: requests that are sent together, and those without an answer, as after a cut.
    """
    claim: dict[str, Any] = msgspec.to_builtins(artefact.discrepancy.claim)
    if claim["claim"] not in _RESTING or artefact.made:
        return claim
    first, last = artefact.burst or (0, 0)
    answers = first_answers(artefact)
    accepted = [
        [place, status < 300]
        for place in range(min(artefact.discrepancy.step, len(artefact.requests)))
        if not first <= place < last
        and place in answers
        and (status := answers[place].status) is not None
        and status < 500
    ]
    return {**claim, "accepted": accepted} if accepted else claim
