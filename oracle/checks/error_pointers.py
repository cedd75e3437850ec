"""Reads what the target's own error says is wrong in a request: a pointer to something sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...contract import ReturnItems, Update
from ..judged_response import JudgedResponse

_MAX_POINTER_LENGTH = 120
_SEPARATORS = re.compile(r"[/.\[\]]+")
"""Of a JSON Pointer (RFC 6901), and of the paths that other libraries write."""


def pointed_at(response: JudgedResponse) -> Sequence[str]:
    """The path, below the body, of the sent member that the first error points at.

    Empty where it points at nothing that was sent. A target is free to write anything there, so
    only a path that exists in the request is believed.
    """
    body = response.step.body if isinstance(response.step, Update | ReturnItems) else None
    parts = [part for part in _SEPARATORS.split(_pointer(response.json)) if part]
    return parts if _exists(body, parts) else ()


def in_words(path: Sequence[str]) -> str:
    """A path as a finding quotes it: short, and printable whatever was sent."""
    return ascii("/" + "/".join(path))[1:-1][:_MAX_POINTER_LENGTH]


def _pointer(answered: Any) -> str:
    errors = answered.get("errors") if isinstance(answered, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    source = first.get("source") if isinstance(first, dict) else None
    pointer = source.get("pointer") if isinstance(source, dict) else None
    return pointer if isinstance(pointer, str) else ""


def _exists(value: Any, path: Sequence[str]) -> bool:
    for part in path:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part in map(str, range(len(value))):
            value = value[int(part)]
        else:
            return False
    return True
