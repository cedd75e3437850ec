"""Reads RFC 3339 times as instants, so that two spellings of one time are equal.

A time has any offset and a fraction of any length: ``12:00:00+01:00`` is ``11:00:00.000Z``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<minute>\d\d:\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)"
)
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_RESOLUTION = Decimal("0.000001")
"""Seconds. Clocks give more digits than databases keep, and databases round the last one."""


def instant(text: object) -> Decimal | None:
    """The seconds from the start of the year 1 to an RFC 3339 time; None for anything else."""
    if not isinstance(text, str) or (found := _TIME.fullmatch(text)) is None:
        return None
    offset = "+00:00" if found["offset"] in "Zz" else found["offset"]
    second = int(found["second"])  # 60 is a leap second, which `datetime` does not know
    if second > 60:
        return None
    try:
        minute = datetime.fromisoformat(f"{found['date']}T{found['minute']}:00{offset}")
        whole = (minute - _EPOCH) // _SECOND
    except ValueError:
        return None
    return whole + second + Decimal(f"0.{found['fraction'] or 0}")


def same_instant(known: object, found: object) -> bool:
    """Whether two values are one time, however it is written; other texts must be equal."""
    one, other = instant(known), instant(found)
    if one is None or other is None:
        return known == found
    return abs(one - other) <= _RESOLUTION
