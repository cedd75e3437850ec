"""Events as lines of JSON, and back.

Nearly every event goes through msgspec. Texts with lone surrogates cannot be UTF-8; they are
written with ``\\ud800`` escapes instead, which the standard library reads back.
"""

from __future__ import annotations

import json

import msgspec

from .events import Event

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode_line(event: Event) -> bytes:
    """``event`` as one line of JSON, with its line feed."""
    try:
        return _ENCODER.encode(event) + b"\n"
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(event)).encode("ascii") + b"\n"


def decode_line(line: bytes) -> Event:
    """The event that `encode_line` made ``line`` of.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: ``line`` is no event.
    """
    try:
        return _DECODER.decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        try:
            value = json.loads(line)
        except ValueError:
            raise error from None
        event: Event = msgspec.convert(value, Event)
        return event
