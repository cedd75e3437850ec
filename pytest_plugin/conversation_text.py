"""Shows what a test's own conversations sent and got, for a failure of the test itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..contract import Scenario
from ..reports import plain
from ..wire import NoResponse, Request, Response
from ..wire.encoding import encode_json

if TYPE_CHECKING:
    from .conversation import Conversation

_MAX_CONVERSATIONS = 2
_MAX_EXCHANGES = 12
_MAX_BODY = 300
_MAX_TARGET = 120


def conversation_text(conversations: Sequence[Conversation]) -> list[str]:
    """The last requests of the last conversations with their answers, as lines of a bounded length.

    No line holds a header, so none holds the API key.
    """
    used = [one for one in conversations if one.exchanges]
    shown = used[-_MAX_CONVERSATIONS:]
    lines = [f"({len(used) - len(shown)} earlier conversations are left out)"]
    lines = lines if len(used) > len(shown) else []
    for conversation in shown:
        lines += _exchanges(conversation.scenario, conversation.exchanges)
    return lines


def _exchanges(
    scenario: Scenario, exchanges: Sequence[tuple[int, Request, Response | NoResponse]]
) -> Iterator[str]:
    hidden = max(0, len(exchanges) - _MAX_EXCHANGES)
    if hidden:
        yield f"(the first {hidden} requests are left out)"
    for number, (step, request, outcome) in enumerate(exchanges[hidden:], start=hidden + 1):
        target = plain(request.target, longest=_MAX_TARGET)
        yield f"{number}. {request.method} {target}{_sent(scenario, step, request)}"
        yield f"   -> {_answer(outcome)}"


def _sent(scenario: Scenario, step: int, request: Request) -> str:
    """The body of the step, which the log does not hold; reads that the oracle adds have none."""
    body = getattr(scenario.steps[step], "body", None) if step < len(scenario.steps) else None
    return f" {_body(body)}" if body is not None and request.method != "GET" else ""


def _body(body: object) -> str:
    raw = body if isinstance(body, bytes) else encode_json(body)
    return plain(raw.decode("utf-8", "replace"), longest=_MAX_BODY)


def _answer(outcome: Response | NoResponse) -> str:
    if isinstance(outcome, NoResponse):
        return f"no answer: {plain(outcome.reason)}"
    return f"{outcome.status} {_body(outcome.body)}".rstrip()
