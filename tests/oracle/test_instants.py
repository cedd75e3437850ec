"""RFC 3339 times are read as instants: what is one time in two spellings, and what is no time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.oracle.model import instant, same_instant

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2, 9998))
TIMES = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@given(time=TIMES, other=TIMES, offset=OFFSETS)
def test_spellings_of_one_time_are_equal(time: datetime, other: datetime, offset: timezone) -> None:
    """Whatever the offset; two times differ where they are more than a microsecond apart."""
    first, second = time.isoformat(), other.astimezone(offset).isoformat()
    assert same_instant(first, time.astimezone(offset).isoformat())
    assert same_instant(first, second) == (abs(time - other) <= timedelta(microseconds=1))
    assert (time - other).total_seconds() == pytest.approx(
        float((instant(first) or Decimal()) - (instant(second) or Decimal())), abs=1e-3
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2024-02-29T12:00:00Z", "2024-02-29t13:00:00+01:00"),
        ("2024-02-29T12:00:00.1234567Z", "2024-02-29 12:00:00.123457z"),
        # A leap second is the start of the next minute.
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ],
)
def test_equal(first: str, second: str) -> None:
    """Letters in either case, a blank for the T, more digits than a database keeps."""
    assert same_instant(first, second)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29T12:00:61Z",
        "2024-02-29T12:60:00Z",
        "2024-02-29T24:00:00Z",
        "2023-02-29T12:00:00Z",
        "2024-02-29T12:00:00",
        "2024-02-29T12:00Z",
        "0000-01-01T00:00:00Z",
        "2024-02-29T12:00:00.Z",
        "2024-02-29T12:00:00Z\n",
        " 2024-02-29T12:00:00Z",
        "",
        None,
        20240229,
    ],
)
def test_no_time(text: object) -> None:
    """It equals itself alone."""
    assert instant(text) is None
    assert same_instant(text, text)
    assert not same_instant(text, "2024-02-29T12:00:00Z")
