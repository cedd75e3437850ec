"""Input classes: what sort of odd value it is, as a short text that is the same every time.

Where the contract is silent a target may choose its behaviour, but must treat all values of one
class alike (`cartfuzz.analysis.Contradictions`). A class therefore holds no values that a sane
target may tell apart: numbers are split at the powers of ten and of two where types end, texts by
their odd characters and where these are. Names form classes of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from itertools import groupby
from typing import Any

from ...contract import MARK
from .knowledge import is_number

_ENDS = sorted(
    [(Decimal(2) ** bits, f"2^{bits}") for bits in (31, 32, 53, 63, 64, 127, 128)]
    + [(Decimal(10) ** power, f"10^{power}") for power in range(8, 310)]
)
"""Where number types of servers and databases end, each with its name."""
_LONGEST = 60


def kind_of(value: Any) -> str:
    """The JSON type of ``value``, and those of its members; emptiness is told apart."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if is_number(value):
        return "integer" if isinstance(value, int) else "float"
    if isinstance(value, str):
        return "string" if value else "empty string"
    if isinstance(value, list):
        kinds = sorted({kind_of(part) for part in value})
        return f"list of {' and '.join(kinds)}" if value else "empty list"
    return "map" if value else "empty map"


def reading_of(value: Any, least: int, most: int) -> str:
    """The class of a value in place of a whole number: its type, and what a lax reader makes of it.

    Args:
        value: what was sent.
        least: the least number that is right.
        most: the greatest.
    """
    number = _number_in(value)
    if number is None:
        return kind_of(value)
    place = "below" if number < least else "above" if number >= most + 1 else "within"
    place = "the most" if number == most else place
    fraction = "" if number == number.to_integral_value() else ", with a fraction"
    return f"{kind_of(value)}, {place}{fraction}"


def _number_in(value: Any) -> Decimal | None:
    """The number that a lax reader takes ``value`` for; None: it is none."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if not isinstance(value, float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def magnitude(value: float | Decimal) -> str:
    """The class of a number: its sign, and between which ends of number types it lies."""
    number = Decimal(value) if not isinstance(value, Decimal) else value
    if not number.is_finite():
        return str(number)
    if not number:
        return "zero"
    place = bisect_right(_ENDS, abs(number), key=lambda end: end[0])
    size = f"from {_ENDS[place - 1][1]}" if place else f"below {_ENDS[0][1]}"
    return f"negative, {size}" if number < 0 else size


def shape_of(text: str) -> str:
    """A text with all that is ordinary in it made one letter: ``"a/a"``, ``"\\u0000a"``."""
    plain = text.replace(MARK, "a")
    parts = []
    for ordinary, run in groupby(plain, key=_is_ordinary):
        parts.append("a" if ordinary else "".join(_escaped(char) for char in run))
    return short("".join(parts))


def named(names: Iterable[str]) -> str:
    """Names in one order, as they are."""
    return short(", ".join(sorted(ascii(name.replace(MARK, "MARK"))[1:-1] for name in names)))


def short(text: str) -> str:
    """``text`` if it is short; else its beginning and a digest of it all."""
    if len(text) <= _LONGEST:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{text[: _LONGEST - 10]}~{digest}"


def _is_ordinary(char: str) -> bool:
    return char.isalnum() or char in " -_"


def _escaped(char: str) -> str:
    return char if "!" <= char <= "~" else ascii(char)[1:-1]
