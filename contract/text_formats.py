"""Reads texts of the formats of JSON Schema that stand for a value: times, UUIDs, addresses.

A target may keep a time as a time and write it in another way: at another offset, with other
digits. So such texts are compared by their value. What is valid is read strictly: leap seconds,
the year 0 and the like are valid by RFC 3339, but no common library for dates holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from ipaddress import AddressValueError, IPv6Address

_SECOND = 10**9
_DAY = 86_400 * _SECOND
_FIRST = date.min.toordinal() * _DAY
_END = (date.max.toordinal() + 1) * _DAY
_MAX_OFFSET_MINUTES = 14 * 60
"""The greatest offset that any place has."""
_DIGITS = 9
"""Of a fraction of a second; nobody keeps more."""
_TOLERANCE = 1_000
"""In nanoseconds. Databases keep microseconds."""
_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?:Z|(?P<sign>[+-])(?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-9]{2}))"
)
_DATE_TIME = re.compile(f"{_DATE}T{_TIME}")
_FULL_TIME = re.compile(_TIME)


def _day(text: str) -> int | None:
    """The number of a day; None: no such day."""
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def _in_day(found: re.Match[str]) -> int | None:
    """Nanoseconds from midnight UTC, outside a day too; None: no such time."""
    hour, minute, second = (int(found[name]) for name in ("hour", "minute", "second"))
    fraction = found["fraction"] or ""
    away = int(found["offset_hour"] or 0) * 60 + int(found["offset_minute"] or 0)
    if hour > 23 or minute > 59 or second > 59 or len(fraction) > _DIGITS:
        return None
    if away > _MAX_OFFSET_MINUTES or int(found["offset_minute"] or 0) > 59:
        return None
    shift = -away if found["sign"] == "-" else away
    seconds = hour * 3_600 + (minute - shift) * 60 + second
    return seconds * _SECOND + int(fraction.ljust(_DIGITS, "0"))


def instant(text: str) -> int | None:
    """Nanoseconds of a date-time since the day 0 in UTC; None: it is no date-time.

    The instant must be in the years 1 to 9999 of UTC too.
    """
    found = _DATE_TIME.fullmatch(text)
    day = _day(found["date"]) if found else None
    rest = _in_day(found) if found else None
    if day is None or rest is None:
        return None
    whole = day * _DAY + rest
    return whole if _FIRST <= whole < _END else None


def time_of_day(text: str) -> int | None:
    """Nanoseconds of a full-time since midnight in UTC; None: it is none."""
    found = _FULL_TIME.fullmatch(text)
    rest = _in_day(found) if found else None
    return None if rest is None else rest % _DAY


CHECKERS: Mapping[str, Callable[[str], bool]] = {
    "date-time": lambda text: instant(text) is not None,
    "date": lambda text: (
        re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and _day(text) is not None
    ),
    "time": lambda text: time_of_day(text) is not None,
}
"""Format to whether a text is of it, where the validator's own reading is wider."""
FORMATS = (
    *CHECKERS,
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
)
"""All formats that are known; each is asserted."""


def _address(text: str) -> int | None:
    try:
        return int(IPv6Address(text))
    except AddressValueError:
        return None


def same_text(one: str, other: str, formats: Collection[str]) -> bool:
    """Whether two texts are the same value of one of ``formats``."""
    if one == other:
        return True
    if "date-time" in formats and _near(instant(one), instant(other)):
        return True
    if "time" in formats and _near(time_of_day(one), time_of_day(other)):
        return True
    if "ipv6" in formats and _address(one) is not None:
        return _address(one) == _address(other)
    return "uuid" in formats and one.lower() == other.lower()


def _near(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _TOLERANCE
