"""Names a discrepancy by its cause, and quotes what the target itself says of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..contract import Operation
from ..record.check_names import BY_REQUEST
from ..record.events import Cause, Element
from ..record.outcome import Outcome
from ..record.scenario_parts import Discrepancy, Exchange
from ..record.situation import Form, Situation
from .cause_parts import parts_of

_ROOTS = frozenset(("customerSession", "return"))
_PARAMETERS = {"idempotency_key": "an Idempotency-Key", "cut": "a cut connection"}
_MAX_PARTS = 3
"""A cause of more parts is not specific enough to be a name."""
_MAX_VALUE = 40
_MAX_QUOTE = 240


def named_title(found: Discrepancy, causes: Iterable[Cause]) -> str:
    """The title with its cause: ``"update with attributes.PickupTime: answered 400"``."""
    cause = cause_text(causes)
    if not cause:
        return found.title
    situation = Situation.parse(found.situation)
    if found.check in BY_REQUEST and situation.form is Form.REQUEST and not situation.subject:
        asked = f"{'dry ' if situation.dry else ''}{_operation(found, situation).value}"
        return f"{asked} with {cause}: {Outcome.parse(found.outcome).text}"
    return f"{found.title}, with {cause}"


def _operation(found: Discrepancy, situation: Situation) -> Operation:
    return situation.operation or found.operation


def cause_text(causes: Iterable[Cause]) -> str:
    """The parts of a request that make a discrepancy; empty where they are too many, or none."""
    parts = list(_parts(list(causes)))
    return " and ".join(parts) if len(parts) <= _MAX_PARTS else ""


def _parts(causes: list[Cause]) -> Iterator[str]:
    """One text for each part; a member whose value matters too is named once."""
    parts = parts_of(causes)
    for (element, path), cause in parts.items():
        if element is Element.SESSION_ID:
            yield "such a session ID"
        elif element is Element.PARAMETER:
            yield _PARAMETERS.get(path[0], path[0])
        elif element is Element.MEMBER or (Element.MEMBER, path) not in parts:
            yield _member(cause)


def _member(cause: Cause) -> str:
    path = cause.path[1:] if cause.path[0] in _ROOTS else cause.path
    name = ".".join(path)
    if cause.element is Element.MEMBER or cause.value is None:
        return name
    if isinstance(cause.value, list):
        return f"{len(cause.value)} {name}"
    value = repr(cause.value)
    return f"{name} {value if len(value) <= _MAX_VALUE else f'{value[: _MAX_VALUE - 1]}…'}"


def target_points_at(exchange: Exchange | None) -> str:
    """What a refusal points at: ``"/customerSession/cartItems: at least one item"``.

    It is the target's text, shortened; a report must escape it. Empty where it has no pointer.
    """
    if exchange is None or exchange.status is None or exchange.status < 400:
        return ""
    try:
        body = json.loads(exchange.answer)
    except (ValueError, RecursionError):
        return ""
    errors = body.get("errors") if isinstance(body, dict) else None
    for error in errors if isinstance(errors, list) else ():
        source = error.get("source") if isinstance(error, dict) else None
        pointer = source.get("pointer") if isinstance(source, dict) else None
        if isinstance(pointer, str) and pointer:
            detail = _first_text(error.get("details"), error.get("title"))
            quote = f"{pointer}: {detail}" if detail else pointer
            return quote if len(quote) <= _MAX_QUOTE else f"{quote[: _MAX_QUOTE - 1]}…"
    return ""


def _first_text(*values: object) -> str:
    return next((value for value in values if isinstance(value, str) and value), "")
