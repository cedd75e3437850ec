"""``explain.md``: what was sent, what came back, what the rule says, and what differs."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from ...record import Exchange, Holds, StatusIn
from ..plain import plain
from .artefact import Artefact, Sent
from .runtime.claim_checker import MISSING, at

_LONGEST_BODY = 4_000
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "[": "\\[", "]": "\\]"}


def explanation(artefact: Artefact) -> str:
    """The text for ``artefact``."""
    return "\n".join(_lines(artefact)) + "\n"


def _lines(artefact: Artefact) -> Iterator[str]:
    found, rule = artefact.discrepancy, artefact.rule
    yield from (f"# {_heading(found.title)}", "")
    if rule is not None:
        yield f"**{rule.id}**: {rule.statement}"
        yield from ("", f"Where it stands: {rule.source} ({rule.sureness.value}).", "")
    yield f"Signature `{found.signature}`. {artefact.confirmed}".rstrip()
    yield from ("", "## What was sent, and what came back", "")
    if artefact.burst:
        first, last = artefact.burst
        yield from (f"Requests {first + 1} to {last} are released at the same moment.", "")
    if artefact.second is not None:
        begin = len(artefact.requests) - len(artefact.second.steps) + 1
        yield from (f"The requests from {begin} on are another scenario, on other sessions.", "")
    if artefact.made:
        told = "The script sends these; " if artefact.requests else ""
        yield from (f"{told}it was seen across many scenarios of the run.", "")
    answers = first_answers(artefact)
    for number, sent in enumerate(artefact.requests, start=1):
        yield from _request(number, sent)
        if not artefact.made:
            yield from _answer(answers.get(number - 1))
    yield from ("## What differs", "")
    yield from _difference(artefact, answers)
    yield from ("", "## Try it", "")
    if artefact.can_be_scripted:
        yield "While it is there, `reproduce.sh` (curl) and `test_reproduce.py` (pytest) fail."
    else:
        why = artefact.unscripted or "it takes the model to say what is wrong with the answer"
        yield f"There is no script: {_inline(why)}."
    if artefact.made:
        yield "It stands in no single scenario, so `cartfuzz replay` does not know it."
        return
    yield f"`cartfuzz replay RUN_DIR {found.signature}` sends it again and judges it."


def first_answers(artefact: Artefact) -> dict[int, Exchange]:
    """The answer to each step; reads that came between the steps are left out."""
    answers: dict[int, Exchange] = {}
    for exchange in artefact.exchanges:
        answers.setdefault(exchange.step, exchange)
    return answers


def answers_of(artefact: Artefact) -> list[dict[str, Any]]:
    """The answers as `checks.problem` takes them."""
    answers = first_answers(artefact)
    return [
        {
            "session": sent.session,
            "dry": sent.dry,
            "status": answers[number].status if number in answers else None,
            "body": answers[number].answer if number in answers else "",
        }
        for number, sent in enumerate(artefact.requests)
    ]


def _request(number: int, sent: Sent) -> Iterator[str]:
    cut = f" (the connection is cut {sent.cut.value})" if sent.cut is not None else ""
    times = f" ({sent.times} times, each with a number for `{{n}}`)" if sent.times > 1 else ""
    yield from (f"{number}. `{_inline(f'{sent.method} {sent.target}')}`{cut}{times}", "")
    if sent.body:
        yield from _fenced(sent.body.decode("utf-8", "replace"), "json")


def _answer(exchange: Exchange | None) -> Iterator[str]:
    if exchange is None:
        yield from ("   No answer is on record.", "")
    elif exchange.status is None:
        yield from (f"   No answer: {_inline(exchange.failure)}.", "")
    else:
        yield from (f"   Answered **{exchange.status}**:", "")
        yield from _fenced(exchange.answer, "json")


def _difference(artefact: Artefact, answers: dict[int, Exchange]) -> Iterator[str]:
    found = artefact.discrepancy
    if artefact.requests:
        yield from (f"Request {found.step + 1} shows it.", "")
    claim, exchange = found.claim, answers.get(found.step)
    expected, shown = found.expected.splitlines(), found.found.splitlines()
    if isinstance(claim, Holds) and exchange is not None:
        value = at({"body": exchange.answer}, claim.pointer)
        expected = _pretty(claim.pointer, claim.value)
        shown = _pretty(claim.pointer, "(nothing)" if value is MISSING else value)
    elif isinstance(claim, StatusIn) and exchange is not None:
        shown = [str(exchange.status)]
    lines = difflib.unified_diff(expected, shown, "expected", "found", lineterm="", n=2)
    yield from _fenced("\n".join(list(lines)[:200]), "diff")


def _pretty(pointer: str, value: Any) -> list[str]:
    return f"{pointer}: {json.dumps(value, indent=2, sort_keys=True)}".splitlines()


def _fenced(text: str, language: str) -> Iterator[str]:
    """``text`` in a fence that nothing in it can close."""
    if language == "json":
        text = _readable(text)
    shown = "\n".join(plain(line) for line in text.splitlines())
    if len(shown) > _LONGEST_BODY:
        shown = f"{shown[:_LONGEST_BODY]}\n… ({len(shown):,} characters)"
    fence = "```"
    while fence in shown:
        fence += "`"
    yield from (f"{fence}{language}", shown, fence, "")


def _readable(text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(value, indent=2) if len(text) < _LONGEST_BODY else json.dumps(value)


def _heading(text: str) -> str:
    """``text``, perhaps a target's, outside of code: no HTML, no link, no picture."""
    return "".join(_ESCAPES.get(char, char) for char in _inline(text))


def _inline(text: str) -> str:
    return plain(text).replace("`", "'")
