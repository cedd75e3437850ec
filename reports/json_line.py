"""A JSON value on one line of a report, as people paste it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from .plain import plain

_MAX_WHOLE = 240
"""Characters of a value that is shown whole."""
_MAX_TEXT = 60
"""Characters of a text in a value that is not."""
_MAX_LIST = 2
_MAX_DEPTH = 6


def json_line(value: object) -> str:
    """``value`` as JSON without control characters: whole if it is short enough, else with its long
    parts left out, which then is no JSON any more: ``[1001 members]``."""
    whole = _dumped(value)
    if len(whole) <= _MAX_WHOLE:
        return whole
    return plain(_shortened(value, _MAX_DEPTH), longest=_MAX_WHOLE)


def raw_line(encoded: str) -> str:
    """A body of bytes that a record holds in base64: as text, else in base64, cut where it is
    long."""
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):  # not UTF-8 either
        return plain(f"base64 {encoded}", longest=_MAX_WHOLE)
    return plain(text, longest=_MAX_WHOLE)


def _dumped(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def _shortened(value: Any, depth: int) -> str:
    if isinstance(value, dict) and value:
        if depth == 0:
            return f"{{{len(value)} members}}"
        members = (
            f"{_dumped(str(name)[:_MAX_TEXT])}:{_shortened(member, depth - 1)}"
            for name, member in value.items()
        )
        return f"{{{','.join(members)}}}"
    if isinstance(value, list) and value:
        if len(value) > _MAX_LIST or depth == 0:
            return f"[{len(value)} members]"
        return f"[{','.join(_shortened(member, depth - 1) for member in value)}]"
    if isinstance(value, str) and len(value) > _MAX_TEXT:
        return f'{_dumped(value[:_MAX_TEXT])[:-1]}…" ({len(value)} characters)'
    return _dumped(value)
