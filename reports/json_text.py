"""What Cartfuzz writes for programs, as JSON."""

from __future__ import annotations

import json

import msgspec


def json_text(value: object) -> str:
    """``value``, which `msgspec` can encode, as indented JSON in ASCII.

    So no output lacks a character of it, and lone surrogates of a target have their escapes.
    """
    return json.dumps(msgspec.to_builtins(value), indent=2)
