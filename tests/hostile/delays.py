"""Modes of time: slow answers, and clocks that are far off."""

from __future__ import annotations

from functools import partial

from tests.hostile.exchange import Exchange, Json, Moves, Pause, header_added, session_changed
from tests.hostile.mode import Area, Mode


def _late(seconds: float, exchange: Exchange) -> Moves:
    return [Pause(seconds), exchange.answer.message()]


def _slower(exchange: Exchange) -> Moves:
    """Each changed answer takes 50 ms longer than the one before, 1.5 s at most."""
    return [Pause(min(1.5, 0.05 * exchange.number)), exchange.answer.message()]


def _late_and_wrong(exchange: Exchange) -> Moves:
    """A slow target with a bug, which has to be minimised."""
    return [Pause(0.5), session_changed(exchange, {"state": "sold"})]


def _date(value: bytes, exchange: Exchange) -> Moves:
    return [header_added(exchange, b"date", value)]


def _times(created: Json, updated: Json, exchange: Exchange) -> Moves:
    return [session_changed(exchange, {"created": created, "updated": updated})]


_FAR = "9999-12-31T23:59:59Z"
_CLOCKS: tuple[tuple[str, str, Json, Json], ...] = (
    ("clock-1970", "times of 1970", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ("clock-9999", "times of the year 9999", _FAR, _FAR),
    ("clock-year-0", "times of the year 0", "0000-01-01T00:00:00Z", "0000-00-00T00:00:00Z"),
    (
        "clock-year-100000",
        "times of a year of six digits",
        "+100000-01-01T00:00:00Z",
        "+100000-01-01T00:00:00Z",
    ),
    ("clock-leap-second", "a leap second", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
    (
        "clock-offset",
        "an offset of 99 hours",
        "2026-01-01T00:00:00+99:99",
        "2026-01-01T00:00:00-99:99",
    ),
    ("clock-digits", "a fraction of 4,000 digits", f"2026-01-01T00:00:00.{'1' * 4000}Z", _FAR),
    ("clock-number", "times as numbers", 1_900_000_000, 1e300),
    ("clock-backwards", "created after updated", _FAR, "1970-01-01T00:00:00Z"),
)

MODES = (
    Mode("slow-2s", Area.TIME, "2 s an answer", partial(_late, 2.0), False),
    Mode("slow-half", Area.TIME, "0.5 s an answer", partial(_late, 0.5), False),
    Mode("slower-and-slower", Area.TIME, "each answer 50 ms slower", _slower, False),
    Mode("slow-and-wrong", Area.TIME, "0.5 s an answer, and a wrong state", _late_and_wrong),
    Mode(
        "date-1970",
        Area.TIME,
        "a Date header of 1970",
        partial(_date, b"Thu, 01 Jan 1970 00:00:00 GMT"),
        False,
    ),
    Mode(
        "date-odd",
        Area.TIME,
        "a Date header of no calendar",
        partial(_date, b"Fri, 99 Foo 99999 99:99:99 GMT"),
        False,
    ),
    *(
        Mode(name, Area.TIME, what, partial(_times, created, updated))
        for name, what, created, updated in _CLOCKS
    ),
)
