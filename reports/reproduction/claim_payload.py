"""The claim of an artefact as its scripts check it, and the recorded answers in the same form."""

from __future__ import annotations

from typing import Any

import msgspec

from .artefact import Artefact
from .runtime.claim_checker import Answer, decisions_of, problem

_CONDITIONAL_CLAIMS = (
    "any of",
    "differs",
    "holds",
    "near",
    "present",
    "status in",
    "type is",
    "unchanged",
)
"""Claims that follow from what the target accepted and refused before. The other claims hold
whatever came before, or name the answers on which they depend."""
_CAMPAIGN_RULES = ("BUDG", "COUP", "DISC", "EFF", "LOY", "REF")
"""Families of rules whose claims follow from what the target's campaigns decided before."""


def claim_payload(artefact: Artefact) -> dict[str, Any]:
    """The claim of ``artefact`` as `claim_checker.problem` takes it, with its preconditions.

    The member ``accepted`` lists (step, whether the target accepted it) for the steps before the
    one in question. Example: a session must not exist because its creation was refused. Once the
    bug is fixed, a target may accept that creation, and then the claim proves nothing.

    The member ``decided`` lists (step, kinds of effects) for the steps whose answer accepts or
    rejects codes, where the rule is about campaigns. Example: a rollback is missing. Where the code
    is used up, nothing is redeemed, and nothing rolled back.

    Chance decides the answers to concurrent requests and whether a cut request is answered, so
    these are no preconditions.
    """
    found = artefact.discrepancy
    claim: dict[str, Any] = msgspec.to_builtins(found.claim)
    if artefact.synthetic:
        return claim
    if found.rule.partition("-")[0] in _CAMPAIGN_RULES and (decided := _decided(artefact)):
        claim["decided"] = decided
    if claim["claim"] in _CONDITIONAL_CLAIMS and (accepted := _preconditions(artefact)):
        claim["accepted"] = accepted
    return claim


def _decided(artefact: Artefact) -> list[tuple[int, list[str]]]:
    answers = recorded_answers(artefact)
    first, last = artefact.burst or (0, 0)
    steps = (step for step in range(artefact.step + 1) if not first <= step < last)
    return [(step, kinds) for step in steps if (kinds := decisions_of(answers[step]))]


def _preconditions(artefact: Artefact) -> list[tuple[int, bool]]:
    exchanges = artefact.exchange_by_step
    first, last = artefact.burst or (0, 0)
    accepted = []
    for step in range(min(artefact.discrepancy.step, len(artefact.requests))):
        status = exchanges[step].status if step in exchanges else None
        if status is not None and status < 500 and not first <= step < last:
            accepted.append((step, status < 300))
    return accepted


def recorded_answers(artefact: Artefact) -> list[Answer]:
    """The answers on record as `claim_checker.problem` takes them, one a request."""
    exchanges = artefact.exchange_by_step
    return [
        {
            "session": request.session_index,
            "dry": request.dry,
            "status": exchanges[step].status if step in exchanges else None,
            "body": exchanges[step].answer if step in exchanges else "",
        }
        for step, request in enumerate(artefact.requests)
    ]


def record_breaks_claim(artefact: Artefact) -> bool:
    """Whether a script would report the bug if it got the answers on record."""
    return bool(problem(claim_payload(artefact), recorded_answers(artefact), artefact.step))
