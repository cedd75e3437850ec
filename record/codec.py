"""Converts events, and other values of this project, to JSON texts and back.

Nearly every value goes through msgspec. Texts with lone surrogates cannot be UTF-8; they are
written with ``\\ud800`` escapes instead, which the standard library reads back.
"""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from .events import Event

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_Value = TypeVar("_Value")


def encode_value(value: msgspec.Struct) -> bytes:
    """``value`` as a JSON text on one line."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value)).encode("ascii")


def decode_value(text: bytes, kind: type[_Value]) -> _Value:
    """The value that `encode_value` made ``text`` of.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: ``text`` is no ``kind``.
    """
    return _decoded(text, msgspec.json.Decoder(kind), kind)


def encode_line(event: Event) -> bytes:
    """``event`` as one line of JSON, with its line feed."""
    return encode_value(event) + b"\n"


def decode_line(line: bytes) -> Event:
    """The event that `encode_line` made ``line`` of.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: ``line`` is no event.
    """
    event: Event = _decoded(line, _DECODER, Event)  # type: ignore[arg-type]
    return event


def _decoded(text: bytes, decoder: msgspec.json.Decoder[_Value], kind: type[_Value]) -> _Value:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        try:
            value = json.loads(text)
        except ValueError:
            raise error from None
        return msgspec.convert(value, kind)
