"""JSON with exact numbers: what has a point or an exponent is a Decimal, both ways.

Choices: a byte order mark, duplicate member names, lone surrogates, NaN and numbers of more than
400 digits are refused; texts go out as UTF-8, not as escapes.
"""

from __future__ import annotations

import json
from decimal import Decimal

_WIDEST = 400


class NotJSONError(ValueError):
    """The bytes are not JSON as this target takes it."""


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise NotJSONError("number") from None
    if not number.is_finite() or abs(number.adjusted()) > _WIDEST or len(text) > _WIDEST:
        raise NotJSONError("number")
    return number


def _whole(text: str) -> int:
    if len(text) > _WIDEST:
        raise NotJSONError("number")
    return int(text)


def _constant(text: str) -> Decimal:
    raise NotJSONError(text)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJSONError("duplicate member")
    return members


def parse(data: bytes) -> object:
    """The value that the bytes hold. Raises: NotJSONError."""
    try:
        value: object = json.loads(
            data.decode("utf-8"),
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_constant,
            object_pairs_hook=_unique,
        )
        # A lone surrogate can be escaped in JSON, but no column of text can hold it.
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except (ValueError, RecursionError):
        raise NotJSONError("not JSON") from None
    return value


def write(value: object) -> str:
    """JSON text of a value, members in the order of their names."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(k)}:{write(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
