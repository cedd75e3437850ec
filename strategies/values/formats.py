"""Strategies and edges for texts of the formats that a schema may declare.

They draw what every implementation of a format takes; the reading of the schema takes more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from hypothesis import strategies as st

from ...contract.text_formats import CHECKERS

DATES = (
    "2024-02-29",
    "2000-02-29",
    "1900-02-28",
    "0001-01-01",
    "9999-12-31",
    "1582-10-10",
    "1970-01-01",
    "2038-01-19",
)
_TIMES = (
    "00:00:00Z",
    "23:59:59Z",
    "23:59:59.999999Z",
    "01:30:00-03:30",
    "00:00:00+14:00",
    "12:00:00.5+05:45",
)
DATE_TIMES = (
    "2024-02-29T23:59:59+01:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "1969-12-31T23:59:59.999Z",
    "2000-02-29T12:00:00.123456Z",
    "2026-03-29T01:30:00-03:30",
    "2026-01-01T00:15:00+05:45",
    "2038-01-19T03:14:08Z",
    "1582-10-10T00:00:00Z",
    "2100-02-28T23:59:59.999999+14:00",
    "2026-12-31T23:59:59.9-12:00",
)
EDGES: Mapping[str, tuple[str, ...]] = {
    "date-time": DATE_TIMES,
    "date": DATES,
    "time": _TIMES,
    "duration": ("P1D", "PT0S", "P1Y2M3DT4H5M6S", "P3W", "PT36H"),
    "email": ("a@example.com", "first.last+tag@mail.example.org"),
    "hostname": ("example.com", "a-1.example.org", "xn--bcher-kva.example"),
    "idn-email": ("a@example.com", "jörg@bücher.example"),
    "idn-hostname": ("example.com", "bücher.example"),
    "ipv4": ("192.0.2.1", "10.0.0.0", "255.255.255.255"),
    "ipv6": ("2001:db8::1", "::1", "2001:db8:0:0:1:0:0:1"),
    "iri": ("https://example.com/", "https://example.com/grün?x=é"),
    "iri-reference": ("/grün", "https://example.com/é"),
    "json-pointer": ("", "/a/0/~1b~0"),
    "regex": ("^[a-z]+$", "a|b"),
    "relative-json-pointer": ("0", "1/a", "2#"),
    "uri": ("https://example.com/", "https://example.com:8443/a%20b?x=1&y=2#end"),
    "uri-reference": ("/a/b", "?x=1", "https://example.com/"),
    "uri-template": ("https://example.com/{id}", "/a{?x,y}"),
    "uuid": ("123e4567-e89b-42d3-a456-426614174000", "ffffffff-ffff-4fff-bfff-ffffffffffff"),
}
"""Format to texts of it that parsers and databases are known to get wrong, plain ones first."""

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
_HOSTS = st.lists(_WORDS, min_size=1, max_size=3).map(lambda parts: ".".join((*parts, "example")))
_PATHS = st.lists(_WORDS, max_size=3).map(lambda parts: "".join(f"/{part}" for part in parts))


def _offset(minutes: int) -> str:
    if not minutes:
        return "Z"
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _clock(at: time, digits: int) -> str:
    fraction = f".{at.microsecond:06}"[: digits + 1] if digits else ""
    return f"{at.hour:02}:{at.minute:02}:{at.second:02}{fraction}"


_OFFSETS = st.integers(-48, 56).map(lambda quarters: _offset(quarters * 15))
_CLOCKS = st.builds(_clock, st.times(), st.sampled_from((0, 3, 6, 1)))
_DATES = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
_DRAWN: Mapping[str, st.SearchStrategy[str]] = {
    "date-time": st.builds("{}T{}{}".format, _DATES, _CLOCKS, _OFFSETS).filter(
        CHECKERS["date-time"]
    ),
    "date": _DATES,
    "time": st.builds("{}{}".format, _CLOCKS, _OFFSETS),
    "duration": st.builds("P{}DT{}H{}M".format, *[st.integers(0, 99)] * 3),
    "email": st.builds("{}@{}".format, _WORDS, _HOSTS),
    "hostname": _HOSTS,
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "json-pointer": _PATHS,
    "uri": st.builds("https://{}{}".format, _HOSTS, _PATHS),
    "uri-reference": _PATHS,
    "uuid": st.uuids(version=4).map(str),
}


def format_strategies(prefix: str) -> dict[str, st.SearchStrategy[str]]:
    """Format, with ``prefix`` before its name, to a strategy for texts of it."""
    return {
        f"{prefix}{name}": st.sampled_from(edges) | _DRAWN[name]
        if name in _DRAWN
        else st.sampled_from(edges)
        for name, edges in EDGES.items()
    }
