"""``explain.md``: what was sent, what was answered, what the rule demands, and what differs."""

from __future__ import annotations

import difflib
import json
import shlex
from collections.abc import Iterator

from ...analysis import target_points_at
from ...contract import Rule, Sureness
from ...record import Consistent, Discrepancy, Exchange, Holds, Kind, StatusIn
from ...wire.trace import TRACE_HEADER
from ..plain import plain
from ..wording import numbered_requests
from .artefact import Artefact
from .artefact_request import ArtefactRequest
from .runtime.claim_checker import MISSING, value_at

_MAX_BODY = 4_000
"""Characters of a body that are shown."""
_MAX_DIFF_LINES = 200
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "[": "\\[", "]": "\\]"}


def explanation(artefact: Artefact) -> str:
    """The text for ``artefact``."""
    return "\n".join(_lines(artefact)) + "\n"


def _lines(artefact: Artefact) -> Iterator[str]:
    found, rule = artefact.discrepancy, artefact.rule
    yield from (f"# {_heading(found.title)}", "")
    if rule is not None:
        yield from (f"**{rule.id}**: {rule.statement}", "")
        yield from (_source(rule), "")
    yield f"Signature: `{found.signature}`. {artefact.confirmation}".rstrip()
    if artefact.flaky:
        yield from ("", "It is flaky: the same requests do not show it every time.")
    yield from ("", "## What was sent and what was answered", "")
    if artefact.changed_by_plugins:
        yield from (f"In the form of the contract: {artefact.no_script_reason}.", "")
    yield from _circumstances(artefact)
    exchanges = artefact.exchange_by_step
    for index, request in enumerate(artefact.requests):
        yield from _request(index + 1, request)
        if not artefact.synthetic:
            yield from _answer(exchanges.get(index))
    yield from ("## What differs", "")
    yield from _difference(artefact)
    yield from ("## Try it", "")
    yield from _try_it(artefact)


# --- sections -----------------------------------------------------------------------------------


def _source(rule: Rule) -> str:
    if rule.sureness is Sureness.SILENT:
        return f"The contract leaves it open: {rule.source}."
    return f"Source of the rule: {rule.source} ({rule.sureness.value})."


def _circumstances(artefact: Artefact) -> Iterator[str]:
    """What the list of requests alone does not show."""
    if artefact.burst:
        first, last = artefact.burst
        yield f"{numbered_requests(range(first, last))} are sent at the same moment."
    if artefact.second_scenario is not None:
        first = len(artefact.requests) - len(artefact.second_scenario.steps)
        second = numbered_requests(range(first, len(artefact.requests)))
        belong = "belong" if len(artefact.second_scenario.steps) > 1 else "belongs"
        yield f"{second} {belong} to a second scenario, which has its own sessions."
    if artefact.synthetic:
        yield "The run found this across many scenarios: no single scenario shows it."
        if artefact.requests:
            yield "The requests below were made for the script, so no answers are on record."
    if artefact.requests:
        marks = " and ".join(f"`{mark}`" for mark in artefact.marks)
        yield f"Each execution replaces {marks} with a mark of its own, so its sessions are new."
    if artefact.request_names:
        name = f"{TRACE_HEADER}: {plain(artefact.request_names)}#"
        yield f"In the logs of the target, `{name}` and the number of the request find it."
    if artefact.trace_id:
        yield f"The trace-id of all these requests was `{plain(artefact.trace_id)}`."
    if artefact.codes:
        codes = ", ".join(f"`{plain(code.text)}`" for code in artefact.codes)
        yield f"It has numbers of its own for the codes {codes}; a code that an earlier run used up"
        yield "decides nothing."
    yield ""


def _request(number: int, request: ArtefactRequest) -> Iterator[str]:
    cut = f" (the connection is cut {request.cut.value})" if request.cut is not None else ""
    times = ""
    if request.repetitions > 1:
        times = f" ({request.repetitions} times, with `{{n}}` from 1 to {request.repetitions})"
    yield from (f"{number}. `{_inline(f'{request.method} {request.target}')}`{cut}{times}", "")
    if request.body:
        yield from _fenced(request.body.decode("utf-8", "replace"), "json")


def _answer(exchange: Exchange | None) -> Iterator[str]:
    if exchange is None:
        yield from ("   The record holds no answer.", "")
    elif exchange.status is None:
        yield from (f"   No answer: {_inline(exchange.failure)}.", "")
    else:
        yield from (f"   Answered **{exchange.status}**:", "")
        yield from _fenced(exchange.answer, "json")


def _difference(artefact: Artefact) -> Iterator[str]:
    found = artefact.discrepancy
    labels = ("expected", "found")
    if found.kind is Kind.CONTRADICTION:
        yield "The contract leaves the behaviour open, but a target must keep to one."
        if isinstance(found.claim, Consistent):
            compared = numbered_requests(recorded.step for recorded in found.claim.then)
            yield f"The answers to {compared.lower()} show two."
        yield ""
        labels = ("first scenario", "second scenario")
    elif artefact.requests:
        if artefact.synthetic:
            yield f"The answer to request {found.step + 1} must show it. The run found:"
        else:
            yield f"The answer to request {found.step + 1} showed it."
        yield ""
    quote = target_points_at(artefact.exchange_by_step.get(found.step))
    if quote:
        yield from (f"The target points at `{_inline(quote)}`.", "")
    expected, shown = _expected_and_found(found, artefact.exchange_by_step.get(found.step))
    lines = difflib.unified_diff(expected, shown, *labels, lineterm="", n=2)
    yield from _fenced("\n".join(list(lines)[:_MAX_DIFF_LINES]), "diff")


def _expected_and_found(
    found: Discrepancy, exchange: Exchange | None
) -> tuple[list[str], list[str]]:
    """The lines to compare: JSON values if the claim is about one, else the discrepancy's texts."""
    claim = found.claim
    expected, shown = found.expected.splitlines(), found.found.splitlines()
    if isinstance(claim, Holds) and exchange is not None:
        value = value_at(exchange.answer, claim.pointer)
        expected = _value_lines(claim.pointer, claim.value)
        shown = _value_lines(claim.pointer, "(nothing)" if value is MISSING else value)
    elif isinstance(claim, StatusIn) and exchange is not None:
        shown = [str(exchange.status)]
    return expected, shown


def _try_it(artefact: Artefact) -> Iterator[str]:
    if artefact.can_be_scripted:
        yield "`reproduce.sh` (curl) and `test_reproduce.py` (pytest) fail while the target has the"
        yield "bug. Both read the API key from the environment variable `CARTFUZZ_API_KEY`."
        if export := _export_line(artefact):
            yield from ("", "```console", f"$ {export}", "```", "")
        if artefact.serve_line:
            yield "The target was the embedded sandbox, which has ended. This line starts one like"
            yield "it, and shows its URL, for `CARTFUZZ_URL`, and its API key:"
            yield from ("", "```console", f"$ {artefact.serve_line}", "```", "")
        if artefact.attempts > 1:
            yield f"Chance has a part in it, so both make up to {artefact.attempts} attempts."
    else:
        reason = artefact.no_script_reason or "only the model can decide what is wrong here"
        yield f"There is no script: {_inline(reason)}."
    if artefact.synthetic:
        yield "`cartfuzz replay` cannot show it, because it sends one scenario."
    else:
        yield "This line sends them again, to the target of the run, and judges the answers:"
        yield from ("", "```console", f"$ {artefact.replay_line}", "```")
        if not artefact.serve_line:
            yield from ("", f"It reads the API key from {_key_place(artefact)}.")


def _key_place(artefact: Artefact) -> str:
    if artefact.key_file:
        return f"the file `{_inline(artefact.key_file)}`"
    if artefact.key_keyring:
        return f"the keyring of the system, entry `{_inline(artefact.key_keyring)}`"
    return f"the variable `{artefact.key_variable}`"


def _export_line(artefact: Artefact) -> str:
    """The line that sets the variable from where the run read the key; empty: from a variable."""
    if artefact.key_file:
        return f'export CARTFUZZ_API_KEY="$(cat {shlex.quote(plain(artefact.key_file))})"'
    if artefact.key_keyring:
        service, _, user = plain(artefact.key_keyring).partition("/")
        words = shlex.join(("keyring", "get", service, user))
        return f'export CARTFUZZ_API_KEY="$({words})"'
    return ""


# --- text ---------------------------------------------------------------------------------------


def _value_lines(pointer: str, value: object) -> list[str]:
    return f"{pointer}: {json.dumps(value, indent=2, sort_keys=True)}".splitlines()


def _fenced(text: str, language: str) -> Iterator[str]:
    """``text`` in a code block that nothing in it can close."""
    if language == "json":
        text = _indented(text)
    shown = "\n".join(plain(line) for line in text.splitlines())
    if len(shown) > _MAX_BODY:
        shown = f"{shown[:_MAX_BODY]}\n… ({len(shown):,} characters in all)"
    fence = "```"
    while fence in shown:
        fence += "`"
    yield from (f"{fence}{language}", shown, fence, "")


def _indented(text: str) -> str:
    """JSON over several lines if it is short; any other text as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(value, indent=2) if len(text) < _MAX_BODY else json.dumps(value)


def _heading(text: str) -> str:
    """``text`` outside of code without HTML, links and pictures: a target may have a part in it."""
    return "".join(_ESCAPES.get(char, char) for char in _inline(text))


def _inline(text: str) -> str:
    return plain(text).replace("`", "'")
